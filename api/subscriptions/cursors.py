"""Where a subscriber stands: opaque to it, `<epoch>.<seq>` to us."""

from api.errors import Invalid, Resync


def write_cursor(epoch: str, seq: int) -> str:
    """The cursor of an event, for the client to hand back."""
    return f"{epoch}.{seq}"


def read_cursor(epoch: str, cursor: str, *, field: str = "after") -> int:
    """The number behind a cursor.

    Raises Resync when it was given by another database (a restored backup), Invalid when it is not a cursor.
    """
    its_epoch, _, seq = cursor.partition(".")
    if not seq.isascii() or not seq.isdigit() or len(seq) > 18:
        raise Invalid("bad_cursor", field=(field,))
    if its_epoch != epoch:
        raise Resync("resync")
    return int(seq)

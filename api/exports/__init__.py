"""Files that the panels hand out: a link opens them, and they are written while they are read."""

from starlette.routing import Route

from api.exports import audit, history, inventory, privacy


def exports() -> list[Route]:
    """The routes of the downloads."""
    return [*audit.routes(), *history.routes(), *inventory.routes(), *privacy.routes()]

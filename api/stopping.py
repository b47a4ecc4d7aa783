"""Whether this process is on its way out."""


class Stopping:
    """Begun by the signal that ends the process; from then on it is not ready, and takes no sockets."""

    def __init__(self) -> None:
        self.begun = False

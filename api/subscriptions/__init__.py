"""Live streams: the hub that feeds them, the transport that carries them, one file a noun."""

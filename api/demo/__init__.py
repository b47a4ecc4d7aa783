"""A desk to try: a believable day behind it, and customers who write while it runs. Disposable, made anew each time."""

from api.demo.day import prepare
from api.demo.live import simulate

__all__ = ["prepare", "simulate"]

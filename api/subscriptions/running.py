"""One app that is up: its services, and what feeds its streams."""

from dataclasses import dataclass

from api.context import Context, Services, System
from api.subscriptions.hub import Hub
from api.subscriptions.positions import Positions


@dataclass(frozen=True)
class Running:
    """The services of an app, the hub that feeds its streams, and the places in its queues."""

    services: Services
    hub: Hub
    positions: Positions

    def as_system(self) -> Context:
        """A context in which AliDash itself acts."""
        return Context(self.services, System(), locale=self.services.settings.locale)

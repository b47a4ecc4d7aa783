"""One app that is up: its services, and what feeds its streams."""

from dataclasses import dataclass, field

from api.context import Context, Services, System
from api.stopping import Stopping
from api.subscriptions.attendance import Attendance
from api.subscriptions.board import Board
from api.subscriptions.groups import Groups
from api.subscriptions.hub import Hub
from api.subscriptions.positions import Positions
from api.subscriptions.routing import Routing
from api.telemetry import Telemetry


@dataclass(frozen=True)
class Running:
    """The services of an app, and what its live side knows: streams, places in queues, who is connected."""

    services: Services
    hub: Hub
    positions: Positions
    attendance: Attendance
    groups: Groups
    routing: Routing
    board: Board
    telemetry: Telemetry = field(default_factory=Telemetry)
    stopping: Stopping = field(default_factory=Stopping)

    def as_system(self) -> Context:
        """A context in which AliDash itself acts."""
        return Context(self.services, System(), locale=self.services.settings.locale)

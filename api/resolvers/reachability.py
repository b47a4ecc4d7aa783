"""What a result makes of an access point: a pure function, with hysteresis both ways.

One result is no news: a point is down after `fail_after` failures in a row and up again after `recover_after`
successes, slow and quick again likewise. Flapping is judged by how often the latest results changed, with a high and a
low threshold, as Nagios does, unweighted
(https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/flapping.html).
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from api.models.enums import AccessPointStatus

REMEMBERED = 21
"""How many results flapping is judged by: twenty possible changes."""
FLAPPING_FROM = 10
"""Changes among them from which a point flaps."""
FLAPPING_BELOW = 5
"""Changes among them below which it flaps no more."""


@dataclass(frozen=True)
class Rules:
    """What a point's owner chose."""

    fail_after: int = 3
    recover_after: int = 2
    slow_above: timedelta | None = None


@dataclass(frozen=True)
class State:
    """What the results so far have come to."""

    up: bool | None = None
    slow: bool = False
    known: bool = False
    failures: int = 0
    successes: int = 0
    slows: int = 0
    fasts: int = 0
    history: str = ""
    flapping: bool = False

    @property
    def status(self) -> AccessPointStatus:
        """What the state is called; maintenance is none of its business."""
        if not self.known or self.up is None:
            return AccessPointStatus.UNKNOWN
        if not self.up:
            return AccessPointStatus.OFFLINE
        return AccessPointStatus.DEGRADED if self.slow else AccessPointStatus.ONLINE


def after_result(state: State, rules: Rules, up: bool | None, latency: timedelta | None = None) -> State:
    """The state after one more result; `up` is None when nobody can tell.

    Not knowing hides what was known and forgets nothing of it: an outage goes on through it, and ends by
    `recover_after` successes as any other.
    """
    if up is None:
        return replace(state, known=False, failures=0, successes=0)
    counted = _counted(state, rules, up, latency)
    hard = _hard(counted, rules)
    slow = _slow(counted, rules) if hard else False
    return replace(counted, up=hard, slow=slow, known=True, flapping=_flaps(counted))


def _counted(state: State, rules: Rules, up: bool, latency: timedelta | None) -> State:
    slow = up and rules.slow_above is not None and latency is not None and latency > rules.slow_above
    return replace(
        state,
        failures=0 if up else min(state.failures + 1, rules.fail_after),
        successes=min(state.successes + 1, rules.recover_after) if up else 0,
        slows=min(state.slows + 1, rules.fail_after) if slow else 0,
        fasts=min(state.fasts + 1, rules.recover_after) if up and not slow else 0,
        history=(state.history + ("1" if up else "0"))[-REMEMBERED:],
    )


def _hard(counted: State, rules: Rules) -> bool | None:
    if counted.up is None:
        # Of a new point the first success says enough; that it is down takes as long as for any other.
        return True if counted.successes else False if counted.failures >= rules.fail_after else None
    if counted.up:
        return counted.failures < rules.fail_after
    return counted.successes >= rules.recover_after


def _slow(counted: State, rules: Rules) -> bool:
    if counted.slow:
        return counted.fasts < rules.recover_after
    return rules.slow_above is not None and counted.slows >= rules.fail_after


def _flaps(counted: State) -> bool:
    changes = sum(a != b for a, b in zip(counted.history, counted.history[1:], strict=False))
    return changes >= (FLAPPING_BELOW if counted.flapping else FLAPPING_FROM)

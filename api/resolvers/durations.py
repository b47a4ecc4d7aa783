"""The durations that figures are made of, on the clock and in business hours: when a leg counts, and for how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from api.models import Leg
from api.models.enums import MetricFigure


@dataclass(frozen=True)
class Basis:
    """The legs of a duration: those of which `moment` lies in the period and `value` was noted.

    In business hours these are of the same legs: `on_the_clock` is what was noted of them otherwise.
    """

    moment: Any
    value: Any
    on_the_clock: Any = None

    @property
    def noted(self) -> ColumnElement[bool]:
        """The legs that have it, whenever."""
        there = self.value.is_not(None)
        return there if self.on_the_clock is None else and_(self.on_the_clock.is_not(None), there)


BASES: Mapping[MetricFigure, Basis] = {
    MetricFigure.WAIT_TIME: Basis(col(Leg.claimed_at), col(Leg.waited)),
    MetricFigure.FIRST_RESPONSE: Basis(col(Leg.first_reply_at), col(Leg.responded_after)),
    MetricFigure.HANDLE_TIME: Basis(col(Leg.left_at), col(Leg.handled)),
    MetricFigure.ACTIVE_HANDLE_TIME: Basis(col(Leg.left_at), col(Leg.handled_actively)),
    MetricFigure.RESOLUTION: Basis(col(Leg.left_at), col(Leg.resolved_after)),
    MetricFigure.BUSINESS_WAIT_TIME: Basis(col(Leg.claimed_at), col(Leg.business_wait), col(Leg.waited)),
    MetricFigure.BUSINESS_FIRST_RESPONSE: Basis(
        col(Leg.first_reply_at), col(Leg.business_response), col(Leg.responded_after)
    ),
    MetricFigure.BUSINESS_HANDLE_TIME: Basis(col(Leg.left_at), col(Leg.business_handle), col(Leg.handled)),
    MetricFigure.BUSINESS_RESOLUTION: Basis(col(Leg.left_at), col(Leg.business_resolution), col(Leg.resolved_after)),
}

IN_BUSINESS_HOURS: Mapping[MetricFigure, MetricFigure] = {
    MetricFigure.WAIT_TIME: MetricFigure.BUSINESS_WAIT_TIME,
    MetricFigure.FIRST_RESPONSE: MetricFigure.BUSINESS_FIRST_RESPONSE,
    MetricFigure.HANDLE_TIME: MetricFigure.BUSINESS_HANDLE_TIME,
    MetricFigure.RESOLUTION: MetricFigure.BUSINESS_RESOLUTION,
}
"""Durations on the clock, and the same in the hours of their departments."""

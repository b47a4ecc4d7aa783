"""What every table shares: aware times, durations in milliseconds, enums by their value, JSON as it was."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel, col

from api.models import Customer, Department, EventRow, User
from api.models.base import Milliseconds, UtcDateTime, new_id
from api.models.enums import CpfPolicy, Role
from api.services import Running
from tests.clock import NOON

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("America/Sao_Paulo"), timezone(timedelta(hours=14))])))
def test_a_time_is_kept_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UtcDateTime()
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    kept = column.process_bind_param(moment, DIALECT)
    assert kept is not None
    assert kept.tzinfo is None
    read = column.process_result_value(kept, DIALECT)
    assert read == expected
    assert read is not None
    assert read.tzinfo is UTC


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2), DIALECT)  # noqa: DTZ001


@given(st.timedeltas(timedelta(days=-1000), timedelta(days=1000)))
def test_a_duration_is_kept_to_the_millisecond(duration: timedelta) -> None:
    column = Milliseconds()
    read = column.process_result_value(column.process_bind_param(duration, DIALECT), DIALECT)
    assert read is not None
    assert timedelta() <= duration - read < timedelta(milliseconds=1)


async def test_times_come_back_as_the_same_moment(running: Running) -> None:
    moment = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=ZoneInfo("America/Sao_Paulo"))
    customer = Customer(name="Zé", created_at=moment)
    async with running.services.db.transaction() as tx:
        tx.session.add(customer)
    async with running.services.db.read() as session:
        read = await session.get_one(Customer, customer.id)
        (found,) = (await session.execute(select(Customer).where(col(Customer.created_at) == moment))).scalars()
    assert read.created_at == moment
    assert read.created_at.tzinfo is UTC
    assert found.id == customer.id


async def test_a_naive_time_never_reaches_the_database(running: Running) -> None:
    with pytest.raises(StatementError, match="naive"):
        await add(running, Customer(name="Zé", created_at=datetime(2026, 3, 2)))  # noqa: DTZ001
    async with running.services.db.read() as session:
        assert (await session.execute(select(Customer))).all() == []


async def add(running: Running, row: SQLModel) -> None:
    async with running.services.db.transaction() as tx:
        tx.session.add(row)


async def test_enums_are_kept_by_their_value(running: Running) -> None:
    await add(
        running, User(email="a@x.com", name="A", role=Role.AGENT, password_hash="-", status_since=NOON, created_at=NOON)
    )
    async with running.services.db.read() as session:
        role, status = (await session.execute(text("SELECT role, status FROM users"))).one()
        policies = set((await session.execute(select(col(Department.cpf_policy)))).scalars())
    assert (role, status) == ("AGENT", "OFFLINE")
    assert policies == {CpfPolicy.REQUIRED}


async def test_json_comes_back_as_it_was(running: Running) -> None:
    payload = {"b": [1, 2.5, None, True, "é😀"], "a": {"nested": {}}, "big": 2**53}
    await add(running, EventRow(stream="s", seq=2**40, kind="X", payload=payload, at=NOON))
    async with running.services.db.read() as session:
        row = (await session.execute(select(EventRow))).scalar_one()
    assert (row.payload, row.seq) == (payload, 2**40)


def test_ids_are_distinct_and_in_the_order_of_creation() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    assert {id_.version for id_ in ids} == {7}


def test_every_time_is_kept_as_an_aware_one() -> None:
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            assert not isinstance(column.type, DateTime), f"{table.name}.{column.name}"

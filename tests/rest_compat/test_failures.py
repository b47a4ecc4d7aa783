"""What is our fault: told without detail, and logged without what people wrote."""

from typing import Any

import pytest

from api.errors import StorageFull, Unavailable
from rest_compat import departments as door_of_departments
from tests.rest_compat.callers import Door, refusal

SECRET = "529.982.247-25"


async def test_an_unexpected_failure_tells_a_reference_only(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail(monkeypatch, RuntimeError(f"cannot insert {SECRET}"))
    response = await door.anybody.get("/departments/")
    problem = refusal(response, 500, "INTERNAL")
    reference = response.headers["x-request-id"]
    assert problem["detail"] == f"Algo falhou do nosso lado. Referência: {reference}."
    assert SECRET not in response.text
    log = capsys.readouterr()
    assert reference in log.out + log.err
    assert "RuntimeError" in log.out + log.err
    assert SECRET not in log.out + log.err


@pytest.mark.parametrize(
    ("error", "code"), [(Unavailable("unavailable"), "UNAVAILABLE"), (StorageFull("storage_full"), "STORAGE_FULL")]
)
async def test_what_passes_by_itself_says_when_to_try_again(
    door: Door, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    _fail(monkeypatch, error)
    response = await door.anybody.get("/departments/")
    refusal(response, 503, code)
    assert int(response.headers["retry-after"]) >= 1


async def test_a_full_disk_keeps_nobody_from_reading(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await door.admin()
    door.desk.clock.advance(minutes=2)

    async def full(*_: Any) -> None:
        raise StorageFull("storage_full")

    monkeypatch.setattr("rest_compat.operations.touch", full)
    assert (await admin.get("/agent/queue/")).status_code == 200


def _fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def failing(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(door_of_departments.departments, "list_departments", failing)

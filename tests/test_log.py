"""Lines for collectors: one JSON object each, with the request's id wherever there is one, and never an error."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from api.log import REQUEST_ID, configure


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the logging of the test run as it was."""
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = structlog.get_config(), root.handlers[:], root.level, uvicorn.disabled
    yield
    structlog.configure(**before[0])
    root.handlers[:] = before[1]
    root.setLevel(before[2])
    uvicorn.disabled = before[3]


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_line_is_one_object_with_the_requests_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    before = REQUEST_ID.set("0199")
    structlog.get_logger("ours").info("request", path="/linha\n2", ms=1.5)
    logging.getLogger("theirs").warning("%s is away", "it")
    REQUEST_ID.reset(before)
    structlog.get_logger("ours").info("later")
    lines = written(capsys)
    assert [(line["event"], line["level"], line.get("request_id")) for line in lines] == [
        ("request", "info", "0199"),
        ("it is away", "warning", "0199"),
        ("later", "info", None),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert lines[0]["path"] == "/linha\n2"


def test_an_exception_is_told_with_its_place_and_without_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    secret = "529.982.247-25"
    try:
        assert {}[len(secret)]
    except KeyError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed too")
    for line in written(capsys):
        assert line["level"] == "error"
        assert "test_log.py" in line["exception"]
        assert secret not in json.dumps(line)


@pytest.mark.parametrize("odd", [2**70, "\ud800", float("nan"), object(), {1: 2}])
def test_nothing_is_too_odd_to_be_logged(capsys: pytest.CaptureFixture[str], odd: object) -> None:
    configure("json")
    structlog.get_logger("ours").info("odd", value=odd)
    assert written(capsys)[0]["event"] == "odd"


@pytest.mark.parametrize("style", ["json", "console"])
def test_what_is_below_the_level_is_left_out(
    capsys: pytest.CaptureFixture[str], style: Literal["json", "console"]
) -> None:
    configure(style, level="warning")
    structlog.get_logger("ours").info("quiet")
    logging.getLogger("theirs").info("quiet")
    structlog.get_logger("ours").warning("loud")
    errors = capsys.readouterr().err
    assert "quiet" not in errors
    assert "loud" in errors

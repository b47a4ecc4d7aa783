"""`pytest --everyday` leaves out what takes long, so that people run the rest often. CI leaves out nothing."""

from pathlib import Path

import pytest

from tests.forbid_skips import forbidden

LONG = ("browser", "faults", "test_serving.py", "test_stateful.py", "test_policy.py")
"""Tests that start the whole program and wait for it, or try everything with everybody."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--everyday",
        action="store_true",
        help="leave out the browser, faults, slow tests, and the PostgreSQL half of what runs on both databases",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the long ones away."""
    if not config.getoption("everyday"):
        return
    if forbidden():
        raise pytest.UsageError("--everyday leaves tests out, which is forbidden here")
    left_out = [item for item in items if _takes_long(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _takes_long(item: pytest.Item) -> bool:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return folder in LONG or item.get_closest_marker("slow") is not None or "postgres" in parameters.values()

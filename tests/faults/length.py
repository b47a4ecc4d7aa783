"""How long the fault tests run: briefly, or as many times longer as `--long` says. A pytest plugin."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long FACTOR`."""
    parser.addoption("--long", type=int, default=1, metavar="FACTOR", help="run the fault tests so many times longer")


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """How many times longer than briefly this run is."""
    return request.config.getoption("--long") or 1

"""What tests share: real servers, an app on each kind of database, and the people of a desk."""

import pytest

pytest_plugins = [
    "tests.compiled",
    "tests.databases",
    "tests.forbid_skips",
    "tests.everyday",
    "tests.running",
    "tests.people",
    "tests.cluster",
    "tests.faults.length",
]

MARKERS = (
    "settings(**overrides): settings of the app that the `running` fixture opens.",
    "real_passwords: the app hashes with Argon2, as in production.",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser to the end: once started, its driver keeps an event loop running in this process."""
    items.sort(key=lambda item: item.path.parent.name == "browser")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers of our own fixtures."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)

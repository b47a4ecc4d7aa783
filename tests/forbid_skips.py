"""With ALIDASH_FORBID_SKIPS set, a test that would be skipped fails: a full run leaves nothing untried."""

import os
from collections.abc import Generator
from typing import Any

import pytest

VARIABLE = "ALIDASH_FORBID_SKIPS"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the report of a skipped test into that of a failed one."""
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module, as pytest.importorskip leaves one out."""
    return _without_skip((yield))


def forbidden() -> bool:
    """Whether nothing may be left out here."""
    return bool(os.environ.get(VARIABLE))


def _without_skip(report: Any) -> Any:
    # An expected failure is reported as skipped too, but it did run.
    if report.skipped and forbidden() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{VARIABLE} is set, and this was skipped: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> object:
    return longrepr[-1] if isinstance(longrepr, tuple) else longrepr

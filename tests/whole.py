"""A run on CI is whole: a test that is skipped there is a program that `.ci/run` forgets to install."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something and had no reason to."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # there is none in xdist's workers
    if reporter is None or not os.environ.get("CI"):
        return
    skipped = reporter.stats.get("skipped", [])
    for report in skipped:
        reporter.write_line(f"SKIPPED ON CI {report.nodeid}: {report.longrepr[2]}")
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

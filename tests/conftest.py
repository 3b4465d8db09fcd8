"""What every suite shares: real grounds are used where they are, and their absence is never silent."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

from netdiag import findings, invocation, lab, masking, outcome
from netdiag.model.report import Report

pytest_plugins = ("docker_ground", "inside_ground")

# nohup, a background job and some CI services start this with signals ignored, and every program that is started here
# would inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)
for _number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)

MISSING = pytest.StashKey[dict[str, str]]()
"""Why each ground that a test asked for was not there."""


@pytest.fixture(scope="session")
def require(pytestconfig: pytest.Config) -> Callable[[str, str], NoReturn]:
    """Return the way to give up for want of a ground: ``require("docker", "no engine answers; start it: …")``.

    The test is skipped, and the summary names the ground; where ``NETDIAG_REQUIRE`` lists it (``lab,docker,ollama``,
    as ``.ci/run`` does) the test fails instead.
    """
    wanted = os.environ.get("NETDIAG_REQUIRE", "").split(",")
    missing = pytestconfig.stash.setdefault(MISSING, {})

    def give_up(ground: str, reason: str) -> NoReturn:
        missing[ground] = reason
        if ground in wanted:
            pytest.fail(f"NETDIAG_REQUIRE lists {ground}: {reason}", pytrace=False)
        pytest.skip(f"{ground}: {reason}")

    return give_up


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """Keep the secrets of one test from masking anything in another."""
    with masking.apart():
        yield


@pytest.fixture(autouse=True)
def own_invocation() -> Iterator[None]:
    """Keep how netdiag was called in one test from the commands that another one reads."""
    invocation.use(invocation.Invocation())
    yield
    invocation.use(invocation.Invocation())


@pytest.fixture(autouse=True)
def complete_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a run ends with a finding that lacks a value its words need, or has one of another type."""
    finished = outcome.finished

    def checked(*arguments: Any, **options: Any) -> Report:
        report = finished(*arguments, **options)
        said = (*report.findings, *(finding for item in report.endpoints for finding in item.findings))
        assert [(finding.code, lacking) for finding in said if (lacking := findings.lacking(finding))] == []
        return report

    monkeypatch.setattr(outcome, "finished", checked)


@pytest.fixture(scope="session")
def namespaces(require: Callable[[str, str], NoReturn]) -> None:
    """Give up, saying by what, where the kernel makes no lab."""
    if reason := lab.available():
        require("lab", reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say at the very end which grounds were missing, and how to get them."""
    for ground, reason in config.stash.get(MISSING, {}).items():
        terminalreporter.section(f"the {ground} tests did not run", yellow=True, bold=True)
        terminalreporter.write_line(reason)

"""What can heal: the table says it of every code there is, with a reason."""

import pytest

from netdiag import failures, findings
from netdiag.findings.catalog import catalog
from netdiag.model.report import Finding
from netdiag.waiting.healing import DEPENDS, HEALING_FAILURES, HEALS, NEVER, heals

DECIDING_WARNINGS = {"ND537", "ND538", "ND542", "ND543", "ND556", "ND560"}
"""Warnings that are errors where nothing was examined, or after which something is left to be done by hand."""


def test_every_code_that_can_stand_in_the_way_is_in_one_table():
    """A new error needs a decision, and none has two."""
    tables = [*HEALS, *NEVER, *DEPENDS]
    assert len(tables) == len(set(tables))
    errors = {code for code in catalog() if findings.severity(code) == "error"}
    assert set(tables) == errors | DECIDING_WARNINGS


def test_every_decision_has_a_reason():
    """The reason is what a reader checks the decision by."""
    assert all([*HEALS.values(), *NEVER.values()])


def test_the_failures_are_of_the_closed_vocabulary():
    """No word is misspelt: one that nobody says would never heal."""
    assert HEALING_FAILURES < failures.WORDS


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("ND201", {}, True),
        ("ND416", {}, True),
        ("ND404", {}, False),
        ("ND403", {}, False),
        ("ND206", {"failure": "connection_refused"}, True),
        ("ND206", {"failure": "dns_nxdomain"}, True),
        ("ND206", {"failure": "not_permitted"}, False),
        ("ND302", {"failure": "tls_failed"}, False),
        ("ND302", {"failure": "connection_closed"}, True),
        ("ND406", {"status": "503"}, True),
        ("ND406", {"status": "501"}, False),
        ("ND401", {"status": "502"}, True),
        ("ND401", {"status": "404"}, False),
        ("ND530", {"reason": "db_refused"}, True),
        ("ND530", {"reason": "db_login_refused"}, False),
        ("ND530", {}, False),
        ("ND999", {}, False),
    ],
)
def test_what_heals(code, values, expected):
    """Where a code says several things, its value decides."""
    assert heals(Finding(code, values=values)) is expected

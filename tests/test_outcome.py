"""How a run ends: a table of what became of its endpoints, and the status and severities that follow."""

import pytest
from made_reports import broken, endpoint, repairable, report, works
from made_suggestions import chat, embedding, keyed, suggestions

from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined, Finding, Report
from netdiag.outcome import concluded, outcomes

LEFT_ALONE = Examined(endpoint("ner_llm"), "left_alone", findings=(Finding("ND504"),))
LOCAL = Examined(endpoint("vectorizer"), "works", proofs=(Proof("", "", None, "type bge calls no service"),))
FOLDED = repairable("folded")._replace(findings=(Finding("ND506", "f:9", {"reason": "escaped"}),))
OF_SERVER = repairable("server")._replace(findings=(Finding("ND603"),))
WRONG = broken("ND201")
UNREAD = ("ND530", "ND531", "ND536", "ND547", "ND548", "ND549", "ND553", "ND554")
"""Every way in which the server's database was not read."""

FIX = {"command": "fix-base-url"}
WROTE = {**FIX, "wrote": True}


@pytest.mark.parametrize(
    ("found", "status", "became"),
    [
        (report(works()), 0, "works"),
        (report(works(), LOCAL), 0, "works calls_nobody"),
        (report(LOCAL), 78, "calls_nobody"),
        (report(LEFT_ALONE), 78, "left_alone"),
        (report(LEFT_ALONE, LOCAL), 78, "left_alone calls_nobody"),
        (report(works(), LEFT_ALONE), 1, "works left_alone"),
        (report(works(), WRONG), 1, "works broken"),
        (report(WRONG, LEFT_ALONE), 1, "broken left_alone"),
        (report(), 78, ""),
        (report(repairable()), 1, "repairable"),
        (report(repairable(), **FIX), 3, "repairable"),
        (report(repairable(), **WROTE), 0, "repaired"),
        (report(repairable(), LEFT_ALONE, **WROTE), 1, "repaired left_alone"),
        (report(repairable(), FOLDED, **WROTE), 3, "repaired by_hand"),
        (report(FOLDED, **FIX), 3, "by_hand"),
        (report(OF_SERVER, **FIX), 3, "by_hand"),
        (report(OF_SERVER), 1, "by_hand"),
        (report(FOLDED, WRONG, **FIX), 1, "by_hand broken"),
        (report(repairable(), said=(Finding("ND601"),), **FIX), 77, "repairable"),
        (report(works(), said=(Finding("ND531"),)), 78, "works"),
        *((report(works(), said=(Finding(code),)), 78, "works") for code in UNREAD),
        (report(works(), said=(Finding("ND538"),)), 0, "works"),
        (report(said=(Finding("ND536"),)), 78, ""),
        (report(works(), said=(Finding("ND104"),)), 0, "works"),
        (report(WRONG, said=(Finding("ND104"),)), 1, "broken"),
        (report(Examined(endpoint(), "broken")), 1, "broken"),
    ],
)
def test_how_it_ends(found, status, became):
    """Status 0 means that a model was called and all that were examined answered; what is written is repaired."""
    assert (found.exit_code, " ".join(outcomes(found))) == (status, became)


FOUND = suggestions("models_page", chat(), embedding())
NOBODY = suggestions("models_page")


@pytest.mark.parametrize(
    ("command", "found", "status", "first"),
    [
        ("fix-base-url", FOUND, 3, "ND585"),
        ("suggest", FOUND, 3, "ND585"),
        ("check", FOUND, 78, "ND585"),
        ("fix-base-url", suggestions("models_page", chat()), 3, "ND585"),
        ("fix-base-url", suggestions("models_page", keyed()), 78, "ND581"),
        ("suggest", suggestions("models_page", keyed()), 78, "ND581"),
        ("fix-base-url", NOBODY, 78, "ND581"),
        ("suggest", NOBODY, 78, "ND581"),
    ],
)
def test_how_a_search_ends(command, found, status, first):
    """What is proven and has to be entered comes first, and is pending; `check` says that nothing is there."""
    said = (Finding("ND538"),) if found.is_proven else (Finding("ND538"), Finding("ND581"))
    made = Report(command, "", 1.0, 0, findings=said, suggestions=found)
    ended = concluded(made, writes=command == "fix-base-url")
    assert (ended.exit_code, ended.findings[0].code) == (status, first)
    assert concluded(ended, writes=command == "fix-base-url") == ended


@pytest.mark.parametrize(
    ("found", "severities"),
    [
        (report(works(), said=(Finding("ND104"),)), ["note"]),
        (report(WRONG, said=(Finding("ND104"),)), [None]),
        (report(works(), LEFT_ALONE, said=(Finding("ND104"),)), [None]),
        (report(works(), said=(Finding("ND537"),)), [None]),
        (report(said=(Finding("ND537"),)), ["error"]),
        (report(LOCAL, said=(Finding("ND230"),)), [None, None]),
    ],
)
def test_how_severe_it_is(found, severities):
    """A fact about the place is no problem where every model answered; why nothing was examined always is one."""
    assert [finding.severity for finding in found.findings] == severities


def test_concluding_twice_changes_nothing():
    """A report that is read again ends in the same way: nothing is said of it twice."""
    once = report(LOCAL)
    assert [finding.code for finding in once.findings] == ["ND545"]
    assert concluded(once, writes=False) == once


def test_what_does_not_work_has_a_finding():
    """Where no rule knows the cause, how the call ended is told."""
    odd = Proof("h", "http://h:1/", "unknown_failure", "Odd")
    (finding,) = of_endpoint(Examined(endpoint(), "broken", proofs=(odd,)), Context((), "0.8", 1.0))
    assert (finding.code, finding.evidence) == ("ND546", ("http://h:1/: unknown_failure",))

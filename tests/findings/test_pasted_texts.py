"""Texts that clients, servers and pages really print: each is told right or honestly undecided, and so is any piece."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdiag import findings
from netdiag.findings.pasted import read
from netdiag.findings.pasted.causes import is_vaguer

PASTED = [json.loads(line) for line in (Path(__file__).parent / "pasted.jsonl").read_text("utf-8").splitlines()]
"""Texts of clients, servers and pages: ``from`` is who printed it (a client's name: it was run and failed so),
``cause`` the code of what had happened, ``code`` that of what the text tells: the same, or a vaguer one."""


def codes(text: str) -> list[str]:
    """What a text can mean, by its codes."""
    return [finding.code for finding in read(text)]


@pytest.mark.parametrize("case", PASTED, ids=[f"{n}: {case['kind']}, {case['from']}" for n, case in enumerate(PASTED)])
def test_every_text_is_told_right_or_undecided(case):
    """The code is what the text tells, and no other cause than the true one."""
    assert (codes(case["text"]) or [""])[0] == case["code"]
    assert not case["code"] or is_vaguer(case["code"], case["cause"])


def test_the_texts_are_many_and_most_of_them_are_told_right():
    """Texts of sixty kinds and more; where the code is vaguer than the cause the text does not say more."""
    assert len(PASTED) >= 300
    assert len({case["kind"] for case in PASTED}) >= 60
    assert sum(case["code"] == case["cause"] for case in PASTED) >= 0.8 * len(PASTED)


def says_another(cut: str, whole: str) -> list[str]:
    """Return the codes of a text that was cut that say anything beyond what the whole text says."""
    said = codes(whole)
    return [code for code in codes(cut) if not any(is_vaguer(code, one) for one in said)]


EVERY = 1 if os.environ.get("NETDIAG_ALL_CUTS") else 29
"""Of all cuts each so many-th is tried, another one in each text; all of them take ten minutes."""


@pytest.mark.parametrize("case", PASTED, ids=range(len(PASTED)))
def test_a_text_that_was_cut_tells_no_other_cause(case):
    """Cut at the front or the back, it has the same code, a vaguer one or none."""
    text = case["text"]
    places = range(sum(map(ord, text)) % EVERY, len(text), EVERY)
    cuts = [cut for at in places for cut in (text[:at], text[at:])]
    assert [(cut, codes(cut)) for cut in cuts if says_another(cut, text)] == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_text_that_was_cut_at_both_ends_tells_no_other_cause(data):
    """Whatever piece of a text is pasted."""
    text = data.draw(st.sampled_from(PASTED))["text"]
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    assert says_another(piece, text) == []


@pytest.mark.parametrize("case", PASTED, ids=range(len(PASTED)))
def test_no_address_is_told_that_is_not_in_the_text(case):
    """Hosts and ports stand in the text, or are said not to."""
    for finding in read(case["text"]):
        for name in ("host", "port"):
            value = finding.values.get(name, "")
            assert (
                value.startswith("untold_")
                or value in case["text"]
                or (name, value) in DEFAULTS | OLLAMA.get(finding.code, set())
            ), (name, value)


DEFAULTS = {("port", "80"), ("port", "443"), ("port", ""), ("host", "")}
OLLAMA = {code: {("port", "11434")} for code in ("ND514", "ND515", "ND516", "ND517")}
"""What a URL means that names no port, and a value of OLLAMA_HOST."""


@pytest.mark.parametrize("language", findings.LANGUAGES)
@pytest.mark.parametrize("case", PASTED, ids=range(len(PASTED)))
def test_the_words_are_whole(case, language):
    """No placeholder is left, no command lacks a value, and no frame of a trace runs into a title."""
    for finding in read(case["text"]):
        said = findings.words(finding, language)
        assert not re.search(r"untold_|…|\(\)|\?\?", said.title.replace(finding.values.get("said", "-"), ""))
        assert not re.search(r"untold_|…", "".join(remedy.command for remedy in said.remedies))
        assert not re.search(r"\sat [\w.$/]+\(|\.py\", line", said.title)

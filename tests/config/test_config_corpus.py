"""Every file of the corpus survives the change from localhost to 172.17.0.1 with exactly the lines that are expected.

``corpus/expected.json`` names each changed line: its number (lines end at a line feed), and its text before and after.
"""

import json
from pathlib import Path

import pytest
from docker_ground import CACHE

from netdiag.config import apply, edits, is_host_local, load, parse, shifted, split

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "expected.json").read_text("utf-8"))


def repaired(data, source):
    """Return ``data`` with every local host that may be edited as 172.17.0.1, after making sure it can be undone."""
    document = parse(data, source)
    local = [e for e in document.endpoints if e.url_span and is_host_local(split(e.base_url).host)]
    planned = [edit for endpoint in local for edit in edits(document, endpoint, host="172.17.0.1")]
    done = apply(data, planned)
    assert apply(done, shifted(planned)) == data
    return done


def changed_lines(before, after):
    """Return the number of each line that differs, with its two texts."""
    lines = enumerate(zip(before.split(b"\n"), after.split(b"\n"), strict=True), 1)
    return {str(number): [old.decode(), new.decode()] for number, (old, new) in lines if old != new}


def test_the_corpus_is_whole():
    """Every file has its expected lines, and there are at least 60."""
    assert {path.name for path in CORPUS.glob("*.*")} - {"expected.json", ".gitattributes"} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_the_expected_lines(name):
    """The repaired file differs in the expected lines alone, and repairing it again changes nothing."""
    data = (CORPUS / name).read_bytes()
    done = repaired(data, name)
    assert changed_lines(data, done) == EXPECTED[name]
    assert repaired(done, name) == done


@pytest.mark.parametrize("version", ["0.7", "0.8.0"])
def test_the_files_of_kags_own_package(version, require):
    """Every configuration file in KAG's package is read, and only lines with a base_url would change."""
    site = CACHE / "kag" / version
    paths = sorted(path for path in site.glob("k*/**/*") if path.suffix in (".yaml", ".cfg", ".json"))
    if not paths:
        require("kag", f"{site} holds no openspg-kag; fetch it: tests/grounds/up kag")
    for path in paths:
        data = load(path)
        done = repaired(data, str(path))
        assert all("base_url" in old for old, _ in changed_lines(data, done).values()), path

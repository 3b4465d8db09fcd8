"""`netdiag rollback`: what the journal holds, and undoing a chosen run."""

import pytest
from cli.conftest import codes

pytestmark = pytest.mark.lab

BEFORE = "chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n  base_url: http://localhost:11434/\n"
AFTER = BEFORE.replace("localhost", "172.17.0.1")


@pytest.fixture
def state(place, tmp_path_factory):
    """The environment that gives a test a journal of its own."""
    return {"NETDIAG_STATE_DIR": str(place.directory / tmp_path_factory.mktemp("journal").name)}


def fixed(place, state, *names: str) -> str:
    """Repair files and return the run's name."""
    for name in names:
        place.write(name, BEFORE)
    report = place.report("fix-base-url", *names, env=state)
    assert report["runs"] == []
    (run,) = {applied["run"] for applied in report["applied"]}
    return run


def listed(place, state) -> list:
    """Every run of the journal with what became of its files."""
    report = place.report("rollback", "--list", env=state)
    assert report["exit_code"] == 0
    return [
        (run["id"], [(f["state"], f["how"], f["edits"], f["undoes"]) for f in run["files"]]) for run in report["runs"]
    ]


def test_the_journal_is_listed_and_a_run_in_it_undone(place, state):
    """Newest first, with what became of each file; an older run can be undone before a newer one of other files."""
    assert listed(place, state) == []
    first, second = fixed(place, state, "a.yaml", "b.yaml"), fixed(place, state, "c.yaml")
    done, edit = ("done", "rename", 1, ""), ("rename", 1, "")
    assert listed(place, state) == [(second, [done]), (first, [done, done])]
    undone = place.report("rollback", "--run", first, "b.yaml", env=state)
    assert [applied["source"] for applied in undone["applied"]] == [str(place.directory / "b.yaml")]
    third = undone["applied"][0]["run"]
    assert listed(place, state) == [
        (third, [("done", "rename", 1, first)]),
        (second, [done]),
        (first, [done, ("rolled_back", *edit)]),
    ]
    assert place.netdiag("rollback", "--run", first, env=state).returncode == 0
    texts = [(place.directory / name).read_text() for name in ("a.yaml", "b.yaml", "c.yaml")]
    assert texts == [BEFORE, BEFORE, AFTER]


def test_the_list_as_people_read_it(place, state):
    """Each run with its UTC time, each file with what was done, and how to undo one; in either language."""
    run = fixed(place, state, "a.yaml")
    english, chinese = (place.netdiag("rollback", "--list", "--lang", lang, env=state).stdout for lang in ("en", "zh"))
    assert english.startswith(f"{run}  20")
    assert " UTC\n" in english
    assert f"{place.directory}/a.yaml: written (by rename, edits: 1)" in english
    assert f"{place.directory}/a.yaml：已写入（以重命名替换，1 处修改）" in chinese
    assert "netdiag rollback --run ID" in english


def refused(place, state, *arguments: str) -> tuple[int, str]:
    """What a rollback that does nothing ends with, and what it says."""
    report = place.report("rollback", *arguments, env=state)
    assert codes(report) == {"ND605"}
    assert report["applied"] == []
    return report["exit_code"], report["findings"][0]["title"]


def test_what_cannot_be_undone_is_told(place, state):
    """An unknown run, one rolled back, and one whose file was edited since: each with its reason and its status."""
    run = fixed(place, state, "a.yaml")
    code, said = refused(place, state, "--run", "unknown")
    assert (code, "the journal has no such run" in said) == (1, True)
    file = place.write("a.yaml", theirs := AFTER + "# mine\n")
    code, said = refused(place, state, "--run", run)
    assert (code, "a.yaml" in said, "it was edited since" in said) == (77, True, True)
    assert file.read_text() == theirs
    place.write("a.yaml", AFTER)
    assert place.netdiag("rollback", "--run", run, env=state).returncode == 0
    code, said = refused(place, state, "--run", run)
    assert (code, "it was rolled back already" in said) == (1, True)
    code, said = refused(place, state, "--run", run, "b.yaml")
    assert (code, "b.yaml" in said, "there is nothing to undo" in said) == (1, True, True)
    assert file.read_text() == BEFORE


def test_a_journal_that_cannot_be_read(place, state):
    """It is told, and is not taken for an empty one."""
    occupied = place.write("occupied", "")
    code, said = refused(place, {"NETDIAG_STATE_DIR": str(occupied)}, "--list")
    assert (code, str(occupied) in said) == (77, True)

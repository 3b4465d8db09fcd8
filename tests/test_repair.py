"""From what was proven to what is written, and back when it does not read back."""

import pytest

from netdiag import config, repair, undoing
from netdiag.model.attempt import Proof
from netdiag.model.journal import Applied
from netdiag.model.place import Candidate
from netdiag.model.report import Examined
from netdiag.sources import gather
from netdiag.store import Store

TEXT = "chat_llm:\n  type: ollama\n  model: q\n  base_url: http://localhost:11434/v1  # mine\n"
GATEWAY = Candidate("172.17.0.1", "gateway", "test", 1)


@pytest.fixture
def found(tmp_path):
    """A configuration on disk, as it is gathered."""
    file = tmp_path / "kag_config.yaml"
    file.write_text(TEXT)
    return gather([str(file)], tmp_path)


def proven(sources, url: str) -> list[Examined]:
    """What the prover says when ``url`` works for the only endpoint."""
    (endpoint,) = sources.endpoints
    return [Examined(endpoint, "repairable", (), (Proof("h", url, None),), GATEWAY, url)]


def said_of(examined) -> list[list[str]]:
    """What is said of each endpoint, with its reason."""
    return [[f"{finding.code} {finding.values['reason']}" for finding in item.findings] for item in examined]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://172.17.0.1:11434/v1", ["host"]),
        ("http://localhost:11434", ["path"]),
        ("http://172.17.0.1:11434", ["host", "path"]),
    ],
)
def test_host_and_path_are_edits_of_their_own(found, tmp_path, url, parts):
    """Only what differs is edited, and the file then says what was proven and nothing else changes."""
    plan, _ = repair.plan(proven(found, url), found.documents)
    assert [edit.part for edit in plan.edits] == parts
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"))
    assert written.findings == ()
    assert (tmp_path / "kag_config.yaml").read_text() == TEXT.replace("http://localhost:11434/v1", url)


def test_what_would_need_quotes_is_told_not_written(tmp_path):
    """An IPv6 address cannot stand without quotes in a flow mapping: a finding, not a broken file."""
    file = tmp_path / "kag_config.yaml"
    file.write_text("{type: ollama, model: q, base_url: localhost:11434}\n")
    found = gather([str(file)], tmp_path)
    plan, examined = repair.plan(proven(found, "[fd00::1]:11434"), found.documents)
    assert (plan.edits, said_of(examined)) == ((), [["ND506 unquoted"]])


def test_one_text_for_two_urls_is_told_not_written(tmp_path):
    """An aliased base_url whose two users need different paths cannot serve both: the first is repaired, both told."""
    file = tmp_path / "kag_config.yaml"
    file.write_text("a: {type: ollama, base_url: &u http://localhost:1/v1}\nb: {type: maas, base_url: *u}\n")
    found = gather([str(file)], tmp_path)
    urls = ("http://172.17.0.1:1", "http://172.17.0.1:1/v1")
    items = [Examined(e, "repairable", proven_url=u) for e, u in zip(found.endpoints, urls, strict=True)]
    plan, examined = repair.plan(items, found.documents)
    assert [edit.new for edit in plan.edits] == [b"172.17.0.1", b""]
    assert said_of(examined) == [[], ["ND506 shared"]]


def test_one_text_that_works_for_another_model_is_not_touched(tmp_path):
    """Where the same bytes work for one model, they are not edited for another: it is told instead."""
    file = tmp_path / "kag_config.yaml"
    file.write_text("a: &a {type: ollama, model: m, base_url: http://localhost:1}\nb: {<<: *a, model: n}\n")
    found = gather([str(file)], tmp_path)
    verdicts = ("repairable", "works")
    items = [Examined(e, v, proven_url="http://h:1") for e, v in zip(found.endpoints, verdicts, strict=True)]
    plan, examined = repair.plan(items, found.documents)
    assert (plan.edits, said_of(examined)) == ((), [["ND506 shared"], []])


def test_one_text_for_two_models_is_one_edit(tmp_path):
    """Two models that share a base_url and need the same one plan one edit."""
    file = tmp_path / "kag_config.yaml"
    file.write_text("a: &a {type: ollama, model: m, base_url: http://localhost:1}\nb: {<<: *a, model: n}\n")
    found = gather([str(file)], tmp_path)
    plan, examined = repair.plan(
        [Examined(e, "repairable", proven_url="http://h:1") for e in found.endpoints], found.documents
    )
    assert ([edit.new for edit in plan.edits], said_of(examined)) == ([b"h"], [[], []])


@pytest.mark.parametrize("only", [None, "files"])
def test_a_directory_is_looked_into(tmp_path, only):
    """A directory stands for the configurations in it, as KAG finds them, not for those above it."""
    (tmp_path / "kag_config.yaml").write_text(TEXT)
    (tmp_path / "kag_config.cfg").write_text("[llm]\nbase_url = u\n")
    found = gather([str(tmp_path), str(tmp_path / "kag_config.yaml")], tmp_path, only=only)
    assert list(found.documents) == [str(tmp_path / "kag_config.yaml"), str(tmp_path / "kag_config.cfg")]
    assert found.findings == ()


def test_a_directory_without_a_configuration_is_told(tmp_path):
    """A directory that holds none is missing one, whatever its parents hold."""
    (tmp_path / "kag_config.yaml").write_text(TEXT)
    (tmp_path / "empty").mkdir()
    found = gather([str(tmp_path / "empty")], tmp_path)
    assert [(f.code, f.where, f.values["reason"]) for f in found.findings] == [
        ("ND501", str(tmp_path / "empty"), "file_missing")
    ]
    assert "kag_config.yaml" in found.findings[0].values["detail"]


def test_what_does_not_read_back_is_rolled_back(found, tmp_path, monkeypatch):
    """A file that is not as planned after writing (a faulty disk, another writer) is put back and told as such."""
    plan, _ = repair.plan(proven(found, "http://172.17.0.1:11434/v1"), found.documents)
    monkeypatch.setattr(config, "load", lambda path: b"something else")
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"))
    assert [finding.code for finding in written.findings] == ["ND602"]
    assert written.applied == ()
    assert (tmp_path / "kag_config.yaml").read_text() == TEXT


def test_a_file_changed_meanwhile_is_not_overwritten(found, tmp_path):
    """What somebody else wrote between reading and writing stays."""
    plan, _ = repair.plan(proven(found, "http://172.17.0.1:11434/v1"), found.documents)
    (tmp_path / "kag_config.yaml").write_text("mine: now\n")
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"))
    assert [(f.code, f.values["reason"]) for f in written.findings] == [("ND601", "file_changed_since")]
    assert (tmp_path / "kag_config.yaml").read_text() == "mine: now\n"


@pytest.mark.parametrize(
    "name",
    [".kag_config.yaml.swp", ".#kag_config.yaml", ".~lock.kag_config.yaml#"],
    ids=["vim and nano", "emacs", "LibreOffice"],
)
def test_an_editor_that_has_the_file_open_is_told(found, tmp_path, name):
    """Its swap or lock file lies beside the file (emacs's is a link to nowhere): written anyway, and warned of."""
    lock = tmp_path / name
    lock.symlink_to("user@host.1234")
    plan, _ = repair.plan(proven(found, "http://172.17.0.1:11434/v1"), found.documents)
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"))
    assert len(written.applied) == 1
    assert [(f.code, f.where, f.values["editor"]) for f in written.findings] == [
        ("ND607", str(tmp_path / "kag_config.yaml"), str(lock))
    ]


def test_an_editor_beside_what_a_link_leads_to_is_told(tmp_path):
    """vim keeps its swap file where the real file is; what lies beside other files is not of interest."""
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real/real.yaml", tmp_path / "link.yaml"
    real.write_text(TEXT)
    link.symlink_to(real)
    swap = real.with_name(".real.yaml.swp")
    for path in (swap, real.with_name(".other.yaml.swp"), tmp_path / ".real.yaml.swp"):
        path.touch()
    assert [f.values for f in repair.around([Applied(str(link), "r", "rename", 1)])] == [{"editor": str(swap)}]


def test_other_names_of_the_file_are_told(found, tmp_path):
    """Hard links show the change too, and so they do when it is rolled back."""
    for name in ("second", "third"):
        (tmp_path / name).hardlink_to(tmp_path / "kag_config.yaml")
    plan, _ = repair.plan(proven(found, "http://172.17.0.1:11434/v1"), found.documents)
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"))
    undone = undoing.rollback([], open_store=lambda: Store(tmp_path / "state"))
    for findings in (written.findings, undone.findings):
        assert [(f.code, f.values["n"]) for f in findings] == [("ND608", "2")]
    assert (tmp_path / "second").read_text() == TEXT


def test_a_link_that_leads_elsewhere_since_is_not_followed(tmp_path):
    """The plan was made for one file; the same bytes in another one, which the link leads to now, are not."""
    file, twin, link = tmp_path / "kag_config.yaml", tmp_path / "twin.yaml", tmp_path / "link.yaml"
    for path in (file, twin):
        path.write_text(TEXT)
    link.symlink_to(file)
    found = gather([str(link)], tmp_path)
    plan, _ = repair.plan(proven(found, "http://172.17.0.1:11434/v1"), found.documents)
    link.unlink()
    link.symlink_to(twin)
    written = repair.write(plan, found.documents, lambda: Store(tmp_path / "state"), found.places)
    assert [(f.code, f.values["reason"]) for f in written.findings] == [("ND601", "file_leads_elsewhere")]
    assert str(twin) in written.findings[0].values["detail"]
    assert file.read_text() == twin.read_text() == TEXT


def test_nothing_to_write_writes_nothing(found, tmp_path):
    """A plan without edits leaves no journal behind."""
    plan, _ = repair.plan([], found.documents)
    assert repair.write(plan, found.documents, lambda: Store(tmp_path / "state")) == repair.Written()
    assert not (tmp_path / "state").exists()

"""What KAG needs of a whole configuration, and what it passes over, as the released packages were seen to do it.

``kag-whole.jsonl`` is what ``knext project create`` of 0.7 and 0.8 and the checkers of 0.6 said of a configuration
without one section; ``kag-unread.jsonl`` is what the checkers said of nodes with other keys than their own, and
``kag-sections.jsonl`` what the model's classes said of whole sections.
"""

import json
from pathlib import Path

import pytest

from netdiag import config, kag
from netdiag.kag import needs
from netdiag.kag.calls import Call

WHOLE, UNREAD, SECTIONS = (
    [json.loads(line) for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()]
    for name in ("kag-whole.jsonl", "kag-unread.jsonl", "kag-sections.jsonl")
)

THERE = dict.fromkeys(
    ("chat_llm", "openie_llm", "vectorize_model", "vectorizer", "project.namespace", "project.host_addr"), "there"
)


@pytest.mark.parametrize("row", WHOLE, ids=lambda row: " ".join((row["kag"], row["key"], row["state"])))
def test_what_is_missing_is_told_in_kags_words(row):
    """Each section that KAG was given a configuration without is a need, and what KAG then says is what is told."""
    (lacking,) = needs.lacking(row["kag"], THERE | {row["key"]: row["state"]})
    assert (lacking.key, lacking.state) == (row["key"], row["state"])
    words = lacking.says.replace("RetryError[… raised ", "").rstrip("]")
    assert words in row["said"]


def test_nothing_is_missing_of_a_whole_one():
    """Where all is there nothing is told, and KAG 0.5 needs nothing: it has a default for everything."""
    assert [list(needs.lacking(version, THERE)) for version in ("0.6", "0.7", "0.8")] == [[], [], []]
    assert list(needs.lacking("0.5", dict.fromkeys(THERE, "missing"))) == []


@pytest.mark.parametrize(
    ("missing", "like"),
    [("vectorizer", "vectorize_model"), ("vectorize_model", "vectorizer"), ("chat_llm", "openie_llm")],
)
def test_what_is_like_it_is_named(missing, like):
    """A section that can be referred to is told; where there is none of its kind none is."""
    (lacking,) = needs.lacking("0.8", THERE | {missing: "missing"})
    assert lacking.like == like
    (lacking,) = needs.lacking("0.8", {missing: "empty"})
    assert lacking.like == ""


NODES = {"chat": "chat_llm", "embedding": "vectorize_model"}
SENT = ("Connection error", "[Errno 111]", "Failed to connect", "object of type 'NoneType' has no len()")

MEANT = (
    # KAG calls another address than the one that is written: its own container, or OpenAI's with the user's key
    lambda row, spelt: spelt.get("base_url") and row["kag"] != "0.6" and row["config"]["type"] == "ollama",
    lambda row, spelt: spelt.get("base_url") and row["kag"] in ("0.6", "0.7") and row["kind"] == "embedding",
)
"""Where netdiag says that the key is not read although KAG sends something."""


@pytest.mark.parametrize("row", UNREAD, ids=lambda row: f"{row['kag']} {row['kind']} {' '.join(row['config'])}")
def test_a_key_that_kag_passes_over_is_none(row):
    """KAG refuses what netdiag refuses for want of a setting, and calls what netdiag calls."""
    text = json.dumps({NODES[row["kind"]]: row["config"], "project": {"namespace": "Lab"}})
    (endpoint,) = config.parse(text.encode(), "kag_config.json").endpoints
    spelt = {each.setting: each.written for each in endpoint.ignored}
    sent = isinstance(kag.call(row["kag"], endpoint, endpoint.base_url), Call)
    if any(meant(row, spelt) for meant in MEANT):
        assert not sent
        return
    assert sent == any(sign in row["said"] for sign in SENT)


def test_what_was_meant_is_called():
    """With every key read as it is meant, the call that was meant is made, with its key."""
    text = b'{"chat_llm": {"type": "maas", "baseUrl": "http://h/v1", "apiKey": "k", "model_name": "m"}}'
    (endpoint,) = config.parse(text, "kag_config.json").endpoints
    assert isinstance(kag.call("0.8", endpoint, endpoint.base_url), kag.NotSent)
    meant = kag.mended("0.8", endpoint, "missing_setting")
    call = kag.call("0.8", meant, meant.base_url)
    assert (call.request.url, call.body["model"], call.request.bearer.reveal()) == (
        "http://h/v1/chat/completions",
        "m",
        "k",
    )
    assert "k'" not in repr(endpoint.ignored)


@pytest.mark.parametrize(
    ("version", "source", "refused"),
    [
        ("0.5", "kag_config.json", False),
        ("0.6", "kag_config.json", True),
        ("0.8", "kag_config.json", True),
        ("0.6", "openspg:mysql:3306/openspg/kg_project_info/1", False),
        ("0.7", "openspg:mysql:3306/openspg/kg_project_info/1", False),
        ("0.8", "openspg:mysql:3306/openspg/kg_project_info/1", True),
    ],
)
def test_the_dialect_of_05(version, source, refused):
    """``client_type`` is read by KAG 0.5, and by the servers of 0.6 and 0.7, which hand KAG a ``type``."""
    (endpoint,) = config.parse(b'{"llm": {"client_type": "maas", "base_url": "u", "model": "m"}}', source).endpoints
    assert needs.unread(version, endpoint) == ("type" if refused else None)
    assert endpoint.type == "maas"


BUILT = {"chat": "chat_llm", "embedding": "vectorizer", "rerank": "rerank_model"}
PROJECT = "project: {namespace: Lab, host_addr: 'http://h'}\n"


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: f"{row['kag']} {row['kind']} {row['section']}")
def test_every_section_is_judged_as_kag_judges_it(row):
    """KAG refuses what netdiag refuses, whatever stands in a section that KAG makes a model of."""
    document = config.parse(f"{PROJECT}{BUILT[row['kind']]}: {row['section']}\n".encode(), "kag_config.yaml")
    lacking = [each.says for each in needs.lacking(row["kag"], document.whole.keys) if each.key == BUILT[row["kind"]]]
    if lacking:
        assert lacking[0] in row["said"]
        return
    (endpoint,) = document.endpoints
    call = kag.call(row["kag"], endpoint, endpoint.base_url)
    refused = isinstance(call, kag.NotSent) and call.failure is not None
    is_sent = any(sign in row["said"] for sign in SENT)
    assert refused == (row["said"] != "" and not is_sent), call


def test_what_06_does_not_look_at():
    """KAG 0.6 has no reranking, so a section for it is nobody's."""
    (endpoint,) = config.parse(f"{PROJECT}rerank_model: {{a: 1}}\n".encode(), "kag_config.yaml").endpoints
    assert [kag.call(version, endpoint, "").failure for version in ("0.6", "0.7")] == [None, "missing_setting"]


@pytest.mark.parametrize("key", ["Type", "TYPE", "type_"])
def test_a_misspelt_type_is_never_the_type(key):
    """No KAG reads it, so the call fails for want of the type, and is tried with what was meant."""
    text = f"chat_llm: {{{key}: maas, base_url: 'http://h/v1', model: m, api_key: k}}\n"
    (endpoint,) = config.parse(text.encode(), "kag_config.yaml").endpoints
    for version in ("0.5", "0.6", "0.7", "0.8"):
        assert kag.call(version, endpoint, endpoint.base_url)[:2] == ("missing_setting", "type")
        assert isinstance(kag.call(version, kag.mended(version, endpoint, "missing_setting"), "http://h/v1"), Call)


@pytest.mark.parametrize(
    ("version", "keys", "missing"),
    [
        ("0.5", "type = maas", "client_type"),
        ("0.5", "client_type = maas", None),
        ("0.5", "type = x\nclient_type = maas", None),
        ("0.8", "type = maas", None),
    ],
)
def test_the_type_in_the_file_of_05(version, keys, missing):
    """KAG 0.5 reads no type in its file; the call that was meant is made."""
    text = f"[llm]\n{keys}\nbase_url = http://h/v1\nmodel = m\napi_key = k\n"
    (endpoint,) = config.parse(text.encode(), "x.cfg").endpoints
    assert needs.unread(version, endpoint) == missing
    meant = kag.mended(version, endpoint, "missing_setting") if missing else endpoint
    assert isinstance(kag.call(version, meant, "http://h/v1"), Call)

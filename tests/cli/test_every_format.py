"""One run in every format: the same status, the result alone on standard output, and events in their order."""

import json

import pytest
from report.judges import JUDGES

from netdiag.report.rendered import FORMATS, OF_A_CALL

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]

REPAIRABLE = "chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n  base_url: http://localhost:11434/\n"
CONFIGURATIONS = {
    "works": (REPAIRABLE.replace("localhost", "172.17.0.1"), 0),
    "repairable": (REPAIRABLE, 1),
    "broken": (REPAIRABLE.replace("11434", "9"), 1),
    "unreadable": ("chat_llm: [\n", 78),
}


@pytest.mark.parametrize(("text", "status"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_check_ends_alike(place, text, status):
    """Whatever the format, the status is the same and nothing but the result is on standard output."""
    place.write("kag_config.yaml", text)
    for form in FORMATS:
        done = place.netdiag("check", "kag_config.yaml", "--format", form)
        assert (done.returncode, done.stderr) == (status, ""), form
        if form != "text":
            JUDGES[form](done.stdout)


@pytest.mark.parametrize("form", FORMATS)
def test_a_repair_ends_alike(place, form):
    """Pending, repaired, then nothing to do: 3, 0, 0 in each format."""
    place.write("kag_config.yaml", REPAIRABLE)
    statuses = [
        place.netdiag("fix-base-url", *options, "kag_config.yaml", "--format", form).returncode
        for options in (["--dry-run"], [], [])
    ]
    assert statuses == [3, 0, 0]


@pytest.mark.parametrize("form", OF_A_CALL)
def test_a_call_ends_alike(place, form):
    """A call that goes well and one that does not."""
    argv = ("chat", "--type", "ollama", "--model", "qwen2.5:3b", "--format", form, "--base-url")
    statuses = [place.netdiag(*argv, url).returncode for url in ("http://172.17.0.1:11434/", "http://172.17.0.1:9/")]
    assert statuses == [0, 1]


def test_the_events_of_a_repair(place):
    """Attempts, then the call with its wait before it, then what is planned and written, then the end."""
    place.write("kag_config.yaml", REPAIRABLE)
    done = place.netdiag("fix-base-url", "kag_config.yaml", "--format", "jsonl")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "started"
    assert names[1] == "attempt"
    assert [name for name in names if name not in ("attempt", "finding")] == [
        "started",
        "calling",
        "call",
        "edit",
        "applied",
        "finished",
    ]
    times = [event["at_ms"] for event in events]
    assert times == sorted(times)


def test_standard_input_keeps_its_output_pure(place):
    """The corrected text is all that is on standard output; events go to standard error, and nothing else does."""
    done = place.netdiag("fix-base-url", "-", "--format", "jsonl", input=REPAIRABLE)
    assert done.stdout == REPAIRABLE.replace("localhost", "172.17.0.1")
    JUDGES["jsonl"](done.stderr)

"""A single call names the causes that a check names: the same code for the same address, and never an empty list."""

import json
from typing import NamedTuple

import pytest
from cli.conftest import Place, codes
from report.judges import JUDGES

from netdiag import lab
from netdiag.lab import Fault, Service, World
from netdiag.report.rendered import OF_A_CALL

pytestmark = pytest.mark.lab

WORLD = World(
    services=(
        Service("ollama", 11434),
        Service("vllm-with-key", 8000),
        Service("ollama", 11435, tls="trusted"),
        Service("silent", 12000),
        Service("web-page", 12001),
        Service("ollama", 12002, drop=True),
    ),
    dead=("10.9.9.9",),
    faults=(Fault("route-unreachable", address="10.9.9.8"),),
)
SIMPLE = ("ollama", "qwen2.5:3b")
OPENAI = ("maas", "Qwen/Qwen2.5-0.5B-Instruct")


class Case(NamedTuple):
    """What is called, and the codes that are told of it. ``repairs`` tells that a check finds a base_url that works.

    ``checked`` are the codes of a check where it sees more than one call does: Ollama answers at the gateway.
    """

    url: str
    codes: set[str]
    what: tuple[str, str] = SIMPLE
    repairs: bool = False
    checked: frozenset[str] = frozenset()


OFFERED = frozenset({"ND224"})

CASES = {
    "works": Case("http://172.17.0.1:11434", set()),
    "refused": Case("http://172.17.0.1:9", {"ND201"}),
    "refused by itself": Case("http://127.0.0.1:9", {"ND222"}),
    "dropped": Case("http://172.17.0.1:12002", {"ND209"}),
    "silent": Case("http://172.17.0.1:12000", {"ND218"}),
    "no such name": Case("http://nobody.invalid:11434", {"ND206"}, checked=OFFERED),
    "no name of the host": Case("http://host.docker.internal:11434", {"ND103"}, repairs=True),
    "nobody there": Case("http://10.9.9.9:11434", {"ND206"}, checked=OFFERED),
    "no route": Case("http://10.9.9.8:11434", {"ND206"}, checked=OFFERED),
    "TLS on plain": Case("https://172.17.0.1:11434", {"ND318"}),
    "plain on TLS": Case("http://172.17.0.1:11435", {"ND317"}),
    "a web page": Case("http://172.17.0.1:12001", {"ND401"}),
    "wrong path": Case("http://172.17.0.1:11434/v1", {"ND402"}, repairs=True),
    "wrong model": Case("http://172.17.0.1:11434", {"ND403"}, ("ollama", "none:1b")),
    "key missing": Case("http://172.17.0.1:8000/v1", {"ND413"}, OPENAI),
    "no URL": Case("http:/172.17.0.1:11434", {"ND503"}),
    "unknown type": Case("http://172.17.0.1:11434/v1", {"ND507"}, ("xinference", "qwen2.5:3b")),
    "calls nobody": Case("http://172.17.0.1:11434", {"ND545"}, ("mock", "m")),
}
ABOUT_THE_PLACE = "ND1"
ABOUT_THE_NAME = {"ND103"}


@pytest.fixture(scope="module")
def place(namespaces):
    """A container whose host has all these services."""
    with lab.make(WORLD) as inside:
        yield Place(inside)


def argv(case: Case) -> tuple[str, ...]:
    """The command line of the call."""
    kind, model = case.what
    return "chat", "--type", kind, "--model", model, "--base-url", case.url, "--kag-version", "0.8", "--timeout", "2"


def told(report: dict) -> set[str]:
    """The codes that are problems, without those about the place."""
    said = [*report["findings"], *(finding for item in report["endpoints"] for finding in item["findings"])]
    wrong = {finding["code"] for finding in said if finding["severity"] == "error"}
    return {code for code in wrong if not code.startswith(ABOUT_THE_PLACE) or code in ABOUT_THE_NAME}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_call_names_its_cause(place, case):
    """What fails is never without a finding, and a check of the same address says the same."""
    called = place.report(*argv(case))
    assert told(called) == case.codes
    kind, model = case.what
    place.write("llm.json", json.dumps({"type": kind, "model": model, "base_url": case.url}))
    checked = place.report("check", "llm.json", "--kag-version", "0.8", "--timeout", "2")
    if case.repairs:
        assert (checked["summary"]["repairable"], called["summary"]["broken"]) == (1, 1)
    elif case.url.startswith("http://127."):
        assert checked["exit_code"] == called["exit_code"] == 1  # a check tries the host's addresses as well
    else:
        assert (told(checked), checked["exit_code"]) == (case.checked or case.codes, called["exit_code"])


@pytest.mark.parametrize("name", ["refused", "no such name", "wrong path", "calls nobody"])
def test_every_format_names_it(place, name):
    """The status is the same in each, and the code is in all."""
    case = CASES[name]
    (code,) = case.codes
    done = {form: place.netdiag(*argv(case), "--format", form) for form in OF_A_CALL}
    assert len({each.returncode for each in done.values()}) == 1
    assert [form for form, each in done.items() if code not in each.stdout] == []
    for form in OF_A_CALL[1:]:
        JUDGES[form](done[form].stdout)


def test_no_other_address_is_tried(place):
    """The host answers at its gateway, and the call was to be made at localhost: it is made nowhere else."""
    report = place.report(*argv(Case("http://localhost:11434", set())))
    assert {attempt["host"] for attempt in report["endpoints"][0]["attempts"]} == {"localhost"}
    assert (report["exit_code"], report["plan"]["edits"], codes(report) >= {"ND222"}) == (1, [], True)

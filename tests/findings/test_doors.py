"""Remedies that open something: the narrow way first, and what they open is said in both languages."""

import re

import pytest

from netdiag import findings
from netdiag.findings.catalog import catalog
from netdiag.model.report import Finding

OPENS = re.compile(
    r"0\.0\.0\.0|--host \{gateway\}|OLLAMA_HOST=\{(?:suggestion|gateway)|ufw (?:prepend )?allow|iptables -I INPUT -s"
    r"|--publish |^ports: \[|New-NetFirewallRule|lms server start --bind"
)
"""Lets a model service be reached by others than its own machine."""

SAYS = {"en": re.compile(r"no login|other machines reach it"), "zh": re.compile("没有登录")}
NO_MODEL_SERVICE = {"ND531", "ND532", "ND533", "ND534", "ND547", "ND548", "ND549", "ND553", "ND554"}
"""About MySQL, which has a login."""

REMEDIES = [
    (f"{code} {number}", code, remedy)
    for code, entry in catalog().items()
    if code not in NO_MODEL_SERVICE
    for number, remedy in enumerate(entry["remedies"])
]
OPENING = [each for each in REMEDIES if OPENS.search(f"{each[2].get('command', '')} {each[2]['en']}")]


def test_there_are_some():
    """The pattern finds what it is for."""
    assert {code for _, code, _ in OPENING} >= {
        *("ND201", "ND202", "ND203", "ND209", "ND210", "ND212", "ND270", "ND271", "ND272", "ND273", "ND274", "ND275"),
        *("ND514", "ND515", "ND516", "ND517", "ND584"),
    }


@pytest.mark.parametrize("remedy", [each[2] for each in OPENING], ids=[each[0] for each in OPENING])
def test_it_says_that_there_is_no_login(remedy):
    """Whoever pastes the command has read who can use the service then."""
    if "see which it is" in remedy["en"] or "see where" in remedy["en"]:
        return  # reads what listens
    for language, said in SAYS.items():
        assert said.search(remedy[language]), remedy[language]


@pytest.mark.parametrize("remedy", [each[2] for each in REMEDIES], ids=[each[0] for each in REMEDIES])
def test_no_range_of_networks_is_let_in(remedy):
    """One bridge is meant, so neither Docker's pools nor a private range is written; the run knows the network."""
    assert not re.search(r"172\.(?:16|0)\.0\.0|10\.0\.0\.0/8|192\.168\.0\.0/16", remedy.get("command", ""))


WIDE = re.compile(r"0\.0\.0\.0[:\s`\"]")


@pytest.mark.parametrize("service", ["ollama", "vllm", "other"])
@pytest.mark.parametrize("code", ["ND201", "ND270", "ND271", "ND272", "ND581", "ND584"])
def test_the_narrow_way_where_it_works(code, service):
    """On a bridge of a Linux host nothing need listen on all addresses; elsewhere the wide way is offered."""
    place = {"systems": "linux", "platform": "docker-compose", "service": service, "port": "8000", "is_explained": "no"}
    network = {"gateway": "172.18.0.1", "containers": "172.18.0.0/16"}
    for language in findings.LANGUAGES:
        narrow = findings.words(Finding(code, values={**place, **network, "bridge": "yes"}), language).remedies
        wide = findings.words(Finding(code, values={**place, **network, "bridge": "no"}), language).remedies
        looks = [each for each in narrow if "ss -ltn" not in each.command]
        assert not [each for each in looks if WIDE.search(each.command)]
        opened = [each for each in wide if "ss -ltn" not in each.command and WIDE.search(f"{each.text} {each.command}")]
        assert len(narrow) == len(wide)
        assert bool([each for each in looks if "172.18.0.1" in f"{each.text} {each.command}"]) <= bool(opened)

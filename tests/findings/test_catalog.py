"""The catalogue: every code complete in both languages, every word of the vocabularies translated."""

import re
import string

import pytest
from golden import check

from netdiag import failures, findings
from netdiag.findings import places, reach, service
from netdiag.findings.catalog import REGISTRY
from netdiag.findings.registry import registry
from netdiag.model.report import Finding
from netdiag.platform.table import ROWS
from netdiag.text import shown

CODES = sorted(findings.catalog())


def fields(text: str) -> set[str]:
    """The names of the values a text is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_complete(code):
    """Severity, title and explanation are there in both languages and use the same values."""
    entry = findings.catalog()[code]
    assert re.fullmatch(r"ND[1-7]\d\d", code)
    assert entry["severity"] in ("error", "warning", "note")
    for part in (entry["title"], entry["explanation"], *entry["remedies"]):
        assert part["en"].strip()
        assert part["zh"].strip()
        assert fields(part["en"]) == fields(part["zh"])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_every_code_can_be_said(code, language):
    """A finding without any of its values still has a title, and never an exception or a gap."""
    said = findings.words(Finding(code, "kag_config.yaml:3"), language)
    assert said.title
    assert not re.search(r"\?|\(\)|（）", said.title)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", findings.LANGUAGES)
def test_no_command_holds_what_is_secret_in_a_url(code, language):
    """Whatever a value is, user-info and keys of a URL are masked, in the command to paste too."""
    entry = findings.catalog()[code]
    url = "http://user:c4n4ry@host/v1?api_key=c4n4ry"
    for remedy in entry["remedies"]:
        parts = (entry["title"][language], entry["explanation"][language], remedy.get("command", ""))
        names = {name.partition("[")[0] for part in parts for name in fields(part)}
        met = {
            name: str(value[0] if isinstance(value, list) else value) for name, value in remedy.get("when", {}).items()
        }
        said = findings.words(Finding(code, url, dict.fromkeys(names, url) | met), language)
        assert "c4n4ry" not in str(said)


def test_titles_begin_in_lower_case():
    """A title follows a place and a colon, so it begins like the middle of a sentence (names aside)."""
    first = [entry["title"]["en"].split()[0] for entry in findings.catalog().values()]
    names = {"TLS", "KAG", "KAG's", "Ollama", *(word for word in first if word.isupper())}
    assert [word for word in first if word[0].isupper() and word not in names] == []


def test_every_code_of_the_rules_is_in_the_catalogue():
    """A rule cannot raise what nobody can explain."""
    raised = {
        *service._BY_PROOF.values(),
        *(cause.partition(" ")[0] for cause in reach._TELLING),
        *places._OF_SERVER.values(),
        *places._NOTES.values(),
        *places._BY_NAME.values(),
    }
    assert raised <= set(CODES)


def test_every_failure_and_platform_has_words():
    """The closed vocabularies are translated as a whole."""
    wanted = failures.WORDS | {row.name for row in ROWS}
    assert sorted(wanted - findings.terms().keys()) == []
    assert all(set(word) == {"en", "zh"} for word in findings.terms().values())


def test_the_registry_is_what_people_wrote():
    """registry.json follows codes/*.yaml and terms.yaml; `python -m netdiag.findings.registry` makes it anew."""
    check(REGISTRY, registry())


LOOK, MAC, WINDOWS = "on the host", "macOS", "Windows (PowerShell)"
OF_LINUX = [f"Linux, Ollama {how}" for how in ("as a system service", "started by hand", "from snap")]
OF_MAC = [f"{MAC}, {how}" for how in ("the Ollama app", "Ollama by Homebrew or started by hand")]
OF_WINDOWS = [f"{WINDOWS}, {how}" for how in ("the Ollama app", "Ollama started by hand")]


@pytest.mark.parametrize(
    ("service", "systems", "on"),
    [
        ("ollama", "linux", [LOOK, *OF_LINUX]),
        ("ollama", "macos", [MAC, *OF_MAC]),
        ("ollama", "linux windows", [LOOK, WINDOWS, *OF_LINUX, *OF_WINDOWS]),
        ("ollama", "linux macos windows", [LOOK, WINDOWS, MAC, *OF_LINUX, *OF_MAC, *OF_WINDOWS]),
        ("vllm", "linux", [LOOK, ""]),
        ("other", "linux", [LOOK, ""]),
    ],
)
def test_a_loopback_bind_has_a_command_for_each_system_the_host_may_have(service, systems, on):
    """How to look and how to mend it, for the systems that can be meant and no other, with the port filled in."""
    said = findings.words(Finding("ND201", "", {"service": service, "systems": systems, "port": "11434", "model": "m"}))
    assert [remedy.on for remedy in said.remedies] == on
    assert all("11434" in remedy.command for remedy in said.remedies if remedy.command)


def test_values_from_a_server_are_not_templates():
    """Braces in what a server said are text: they are not filled in, and they do not fail."""
    said = findings.words(Finding("ND404", "", {"address": "a", "detail": "{port} {0} {x.__class__}"}))
    assert "{port} {0} {x.__class__}" in said.explanation


@pytest.mark.parametrize("code", CODES)
def test_a_command_is_printed_as_it_is_written(code):
    """Nothing that stands in a command of the catalogue is taken for a secret, cut or drawn together."""
    lines = [line.lstrip() for remedy, _ in findings.described(code).remedies for line in remedy.command.splitlines()]
    assert [shown(line) for line in lines] == lines


@pytest.mark.parametrize("said", ["place_models > Ollama > qwen2.5:3b", "model page > Ollama > qwen2.5:3b"])
def test_a_place_is_said_in_each_language(said):
    """Also one that a saved report has in its own."""
    assert findings.placed(said, "zh") == "模型页面 > Ollama > qwen2.5:3b"
    assert findings.placed(findings.placed(said, "zh"), "en") == "model page > Ollama > qwen2.5:3b"

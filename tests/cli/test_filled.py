"""What KAG fills in from its environment: netdiag calls with it, writes what stands in the file, and shows no key."""

import pytest
from cli.conftest import Place, codes

from netdiag import lab
from netdiag.lab import Service, World
from netdiag.lab.servers.openai_compatible import KEY

pytestmark = pytest.mark.lab

CHAT = "chat_llm:\n  type: ollama\n  model: {model}\n  base_url: {url}\n"
KEYED = """\
chat_llm:
  type: maas
  model: qwen25-7B-chat
  base_url: http://localhost:8000/v1
  api_key: {key}
  max_tokens: 100
"""
OLLAMA = "qwen2.5:3b"
URL = "http://localhost:11434"
PROVEN = "http://172.17.0.1:11434"
VARIABLES = {
    "PORT": "11434",
    "MODEL": OLLAMA,
    "USE": "1",
    "SECONDS": "30",
    "KEY": KEY,
    "URL": URL,
    "HOST": "localhost",
    "RIGHT": PROVEN,
    "OTHER_KEY": "sk-canary-1c9e",
}


@pytest.fixture(scope="module")
def filled(namespaces):
    """A container whose first process has these variables, and no shell of it; the services are on the host."""
    services = (Service("ollama", 11434), Service("vllm-with-key", 8000))
    with lab.make(World(services=services, first_environment=tuple(VARIABLES.items()))) as inside:
        yield Place(inside)


def chat(url=URL, model=OLLAMA):
    """Return a configuration of Ollama."""
    return CHAT.format(url=url, model=model)


def ran(place, text, version="0.8", command="fix-base-url", name="kag_config.yaml"):
    """Run a command on a file of this text; return the report, and the file as it is then."""
    file = place.write(name, text)
    report = place.report(command, "--kag-version", version, name)
    return report, file.read_bytes().decode()


@pytest.mark.parametrize("version", ["0.7", "0.8"])
@pytest.mark.parametrize(
    "text",
    [
        chat("http://localhost:{{ PORT }}"),
        chat("'http://localhost:{{ PORT }}/'"),
        chat(model="{{ MODEL }}"),
        chat(model="{{ NOBODY | default('qwen2.5:3b') }}"),
        "{% if USE %}\n" + chat() + "{% else %}\n" + chat("http://localhost:1") + "{% endif %}\n",
        chat() + "  timeout: {{ SECONDS }}\n",
        chat().replace("\n", "\r\n") + "{# é #}",
        KEYED.format(key="{{ KEY }}"),
        KEYED.format(key="'{{ KEY }}'"),
    ],
    ids=["port", "port in quotes", "model", "default", "condition", "number", "CRLF", "key", "key in quotes"],
)
def test_what_stands_in_the_file_is_repaired(filled, version, text):
    """The call is made with what KAG reads; of the file only the host changes."""
    report, after = ran(filled, text, version)
    assert (report["exit_code"], codes(report)) == (0, set())
    assert after == text.replace("localhost:11434", "172.17.0.1:11434").replace("localhost:8", "172.17.0.1:8").replace(
        "localhost:{{", "172.17.0.1:{{"
    )


def test_a_tag_is_filled_in(filled):
    """KAG 0.8 takes the value of a variable for the tag that names it, and so does netdiag."""
    report, after = ran(filled, KEYED.format(key="!ENV KEY"))
    assert (report["exit_code"], codes(report)) == (0, set())
    assert after == KEYED.format(key="!ENV KEY").replace("localhost", "172.17.0.1")
    assert report["endpoints"][0]["filled"] == {"api_key": ["KEY"]}


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("{{ URL }}", "URL=http://172.17.0.1:11434"),
        ("!ENV URL", "URL=http://172.17.0.1:11434"),
        ("http://{{ HOST }}:11434", "HOST=172.17.0.1"),
        ("{{ URL }}/", "URL=http://172.17.0.1:11434"),
        ("{% set u = URL %}{{ u }}", "URL=http://172.17.0.1:11434"),
    ],
)
@pytest.mark.parametrize(("command", "status"), [("check", 1), ("fix-base-url", 3)])
def test_a_base_url_of_a_variable_is_proven(filled, url, line, command, status):
    """Nothing is written; the variable is named, with the value to give it."""
    text = chat(url)
    report, after = ran(filled, text, command=command)
    assert (report["exit_code"], codes(report), after) == (status, {"ND556"}, text)
    (finding,) = report["endpoints"][0]["findings"]
    assert line in finding["remedies"][0]["command"]


def test_a_base_url_of_a_variable_that_works(filled):
    """Where it comes from is no matter then."""
    report, _ = ran(filled, chat("{{ RIGHT }}"))
    assert (report["exit_code"], codes(report), report["summary"]["works"]) == (0, set(), 1)


@pytest.mark.parametrize(
    ("text", "version", "code"),
    [
        (chat("{{ NOBODY }}"), "0.8", "ND556"),
        (chat("!ENV NOBODY"), "0.8", "ND556"),
        (chat("http://{{ NOBODY }}:11434"), "0.7", "ND559"),
        (KEYED.format(key="{{ NOBODY }}"), "0.8", "ND559"),
        (chat("${URL}"), "0.8", "ND558"),
        (chat("http://$HOST:11434/v1"), "0.8", "ND558"),
        (chat("'{{ URL }}'"), "0.6", "ND558"),
        (chat("'!ENV URL'"), "0.8", "ND558"),
        (chat() + "  timeout: !ENV SECONDS\n", "0.8", "ND562"),
        (chat() + "a: !ENV URL\n", "0.7", "ND557"),
        (chat() + "a: {{ URL }}\n", "0.6", "ND557"),
        (chat() + "---\na: 1\n", "0.8", "ND557"),
        (chat() + "[llm]\ntype = ollama\nmodel = qwen2.5:3b\nbase_url = http://localhost:11434\n", "0.7", "ND557"),
        (chat() + "a: {{ NOBODY.x }}\n", "0.8", "ND557"),
        (chat() + "a: {{ URL | env }}\n", "0.8", "ND557"),
    ],
)
def test_what_kag_does_not_fill_in_or_cannot_load(filled, text, version, code):
    """It is an error that names the place and what to do, whoever answers; nothing is written."""
    report, after = ran(filled, text, version)
    found = report["endpoints"][0] if code in ("ND556", "ND558", "ND559") else {}
    has_no_url = "base_url" in {**found.get("unset", {}), **found.get("unfilled", {})}
    status = 3 if code == "ND556" else 78 if has_no_url else 1
    assert (report["exit_code"], codes(report), after) == (status, {code}, text)
    assert report["summary"]["works"] == report["summary"]["repaired"] == 0
    said = [*report["findings"], *report["endpoints"][0]["findings"]]
    assert all(finding["remedies"] for finding in said)


def test_a_version_that_is_only_assumed(filled):
    """Where no KAG is installed and none is named, what the newest could not load is a warning."""
    text = chat() + "---\na: 1\n"
    file = filled.write("kag_config.yaml", text)
    report = filled.report("fix-base-url", "kag_config.yaml")
    assert (report["exit_code"], "ND560" in codes(report), report["summary"]["repaired"]) == (0, True, 1)
    assert file.read_text() == text.replace("localhost", "172.17.0.1")


def test_a_template_that_is_not_evaluated(filled):
    """What could cost hours is left alone with a word; a model beside it, which needs no template, is repaired."""
    text = "{% for i in range(10**9) %}{% endfor %}\n" + chat() + "b:\n" + chat(model="{{ MODEL }}")[10:]
    report, after = ran(filled, text)
    assert codes(report) == {"ND504", "ND561"}
    assert [item["verdict"] for item in report["endpoints"]] == ["repairable", "left_alone"]
    assert after == text.replace("localhost", "172.17.0.1", 1)


@pytest.mark.parametrize(
    ("template", "model", "code"),
    [
        ("{% macro m() %}{% endmacro %}", chat(), 1),
        ("x: '{{ lipsum() }}'", chat(), 1),
        ("x: '{{ URL.format(1) }}'", chat(), 1),
        ("{% macro m() %}{% endmacro %}", chat(url="{{ URL }}"), 78),
    ],
)
def test_what_is_not_evaluated_is_not_proven(filled, template, model, code):
    """Where models were called as they stand the run has found a problem, where none was it has examined nothing."""
    filled.write("kag_config.yaml", template + "\n" + model.replace("localhost", "172.17.0.1"))
    report = filled.report("check", "--kag-version", "0.8", "kag_config.yaml")
    (said,) = [finding for finding in report["findings"] if finding["code"] == "ND561"]
    assert (report["exit_code"], said["severity"], bool(said["remedies"])) == (code, "error", True)


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "junit", "sarif", "nagios"])
def test_no_value_of_a_key_is_shown(filled, form):
    """A key that a variable holds is in no output, not even where the service refuses it."""
    filled.write("kag_config.yaml", KEYED.format(key="{{ OTHER_KEY }}") + "  timeout: {{ OTHER_KEY }}\n")
    done = filled.netdiag("check", "--kag-version", "0.8", "-v", "--format", form, "kag_config.yaml")
    assert done.returncode == 1
    assert VARIABLES["OTHER_KEY"] not in done.stdout + done.stderr

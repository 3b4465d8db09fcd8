"""Words of every code with every combination of what may be known: nothing is left open, and there is a way out."""

import itertools
import re

import pytest
from made_reports import broken, report

from netdiag import findings
from netdiag.findings import templates
from netdiag.model.report import Finding
from netdiag.report.as_html import as_html
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text
from netdiag.report.rendered import rendered

CATALOG = findings.catalog()
CODES = sorted(CATALOG)
ERRORS = [code for code in CODES if CATALOG[code]["severity"] == "error"]
SAMPLES = {
    "text": "said",
    "url": "http://172.17.0.1:8000/v1",
    "port": "8000",
    "number": "7",
    "seconds": "2.5",
    "list": "one, two",
    "piece": "",
    "command": "docker",
    "block": "a: 1",
}
OPEN = re.compile(r"[?？…]|(?<!\$)\{\w*\}|(?<!\w)\(\)|（）|(?<=\S)  |“”|‘’|「」| [,;.:](?:\s|$)|：$")
"""What a gap leaves behind: a mark for it, brackets around nothing, two blanks, a colon with nothing after it."""

OPEN_COMMAND = re.compile(r"(?<!\w)\?(?!\w)|…|(?<!\w)\(\)|=\s*$(?<!\w=)|\{\w+\}")


def knowing(code):
    """Yield what may be known of a finding: each condition of its remedies, with and without what is optional."""
    entry = CATALOG[code]
    needed = {name: SAMPLES[type_] for name, type_ in entry["values"].items()}
    conditions = [{}, *(each["when"] for each in entry["remedies"] if "when" in each)]
    met = sorted({tuple(sorted((name, words[0]) for name, words in when.items())) for when in conditions})
    for given in met:
        for size in range(len(entry["optional"]) + 1):
            for left_out in itertools.combinations(entry["optional"], size):
                values = {**needed, **dict(given)}
                yield {name: "" if name in left_out else value for name, value in values.items()}


def texts(said):
    """All sentences of a finding."""
    return [said.title, said.explanation, *(part for each in said.remedies for part in (each.text, each.on))]


@pytest.mark.parametrize("language", findings.LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_nothing_is_left_open(code, language):
    """Whatever optional value is missing, no sentence and no command shows that one is."""
    for values in knowing(code):
        said = findings.words(Finding(code, "kag_config.yaml:3", values), language)
        assert said.title
        found = [text for text in texts(said) if OPEN.search(text)]
        assert found == []
        assert [each.command for each in said.remedies if OPEN_COMMAND.search(each.command)] == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_needed_is_enough(code):
    """A finding with a value of its type for each name lacks nothing; without one that its title needs it does."""
    for values in knowing(code):
        absent = {name for name in CATALOG[code]["optional"] if not values[name]}
        titled = set(templates.fields(CATALOG[code]["title"]["en"]))
        lacking = findings.lacking(Finding(code, "a", values))
        assert {each.partition(":")[0] for each in lacking} == absent & titled


@pytest.mark.parametrize("language", findings.LANGUAGES)
@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_a_way_out(code, language):
    """Whatever is known, and even where nothing is, there is something to do: a command, or what to edit or look at."""
    for values in ({}, *knowing(code)):
        said = findings.words(Finding(code, "kag_config.yaml:3", values), language)
        assert any(each.command or each.text for each in said.remedies)


@pytest.mark.parametrize("code", ERRORS)
def test_every_format_tells_the_way_out(code):
    """`check` shows what to do in each format, not `explain` alone, and leaves nothing open in any."""
    found = Finding(code, "kag_config.yaml:3", next(iter(knowing(code))))
    made = report(broken("ND201")._replace(findings=(found,)))
    remedy = findings.words(found).remedies[0]
    first = remedy.text.split()[0]
    pages = [as_text(made), as_markdown(made), as_html(made)]
    pages += [rendered(made, name, "en") for name in ("json", "junit", "sarif")]
    for page in pages:
        assert first in page
        assert not re.search(r"\s\?\s|\(\)|（）|…", re.sub(r"\w\(\)", "", page))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("qwen2.5:3b", "ollama pull qwen2.5:3b"),
        ("a b; rm -rf ~", "ollama pull 'a b; rm -rf ~'"),
        ("it's", """ollama pull 'it'"'"'s'"""),
        ("'quoted already'", "ollama pull 'quoted already'"),
    ],
)
def test_a_value_is_one_word_of_a_shell(value, expected):
    """Whatever it holds it ends no command, and what was quoted before is not quoted twice."""
    assert templates.command("ollama pull {model}", {"model": value}, {}) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("base_url: {value}", "base_url: a'b"),
        ("docker logs '{value}'", None),
        ("ss -ltn 'sport = :{port}'", "ss -ltn 'sport = :80'"),
        ("docker start {missing}", None),
    ],
)
def test_where_a_value_cannot_stand(template, expected):
    """A command is left out where a value would end its quotation marks, or is not there; YAML is no shell."""
    values = {"value": "a'b", "port": "80", "missing": ""}
    if expected is None:
        with pytest.raises(templates.MissingValueError):
            templates.command(template, values, {})
    else:
        assert templates.command(template, values, {}) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("address: missing",)),
        ({"address": "a", "port": "80"}, ()),
        ({"address": "a", "port": "none"}, ("port: no port",)),
    ],
)
def test_values_have_types(values, expected):
    """What a finding lacks is named, and a value of another kind than it should be is, too."""
    assert findings.lacking(Finding("ND205", "", {"port": "1", **values})) == expected


BLANKS = (
    "API_KEY", "CERTIFICATE", "CONTAINER", "DEPLOYMENT", "NAME_SERVER", "NETWORK", "SERVICE", "SERVICE_CONTAINER",
    "USER@HOST",
)  # fmt: skip
"""What commands of the registry leave to the reader to fill in."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_to_be_filled_in_is_said(language):
    """A word in capitals that a command is written with is named by the sentence before it, in each language."""
    left = [
        (code, word, remedy.text)
        for code in findings.catalog()
        for (remedy, _), entry in zip(
            findings.described(code, language).remedies,
            [e for e in findings.catalog()[code]["remedies"] if "otherwise" not in e]
            or findings.catalog()[code]["remedies"],
            strict=True,
        )
        for word in BLANKS
        if re.search(rf"(?<![\w{{]){word}(?![\w}}])", entry.get("command", ""))
        and not re.search(rf"(?<![A-Z_]){word.partition('@')[0]}(?![A-Z_])", remedy.text)
    ]
    assert left == []

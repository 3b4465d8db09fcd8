"""What makes a document a whole configuration, and the state of each of its sections."""

import pytest

from netdiag.config import parse

WHOLE = "chat_llm: {type: t}\nvectorize_model: &v {type: t}\nvectorizer: *v\nproject: {namespace: N, host_addr: 'http://h:1'}\n"


def whole(text, source="kag_config.yaml"):
    """Return what there is of a whole configuration."""
    return parse(text.encode(), source).whole


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("chat_llm: {type: t}\n", "kag_config.yaml"),
        ("vectorize_model: {type: t}\nvectorizer: {type: t}\n", "kag_config.yaml"),
        ("project: {name: x}\nllm: {type: t}\n", "kag_config.yaml"),
        ('{"chat_llm": {}, "vectorizer": {}, "project": {"namespace": "N"}}', "kag_config.json"),
        ("OPENAI_BASE_URL=u\n", ".env"),
        ("[llm]\nbase_url = u\n", "kag_config.cfg"),
        ("- chat_llm: {}\n", "kag_config.yaml"),
    ],
)
def test_a_part_is_no_whole_configuration(text, source):
    """A single node, a pasted form, another program's project: of none of them anything is missing."""
    assert whole(text, source) is None


@pytest.mark.parametrize(
    ("text", "key", "state"),
    [
        (WHOLE, "vectorizer", "there"),
        (WHOLE.replace("vectorizer: *v\n", ""), "vectorizer", "missing"),
        (WHOLE.replace("*v", "{}"), "vectorizer", "empty"),
        (WHOLE.replace("*v", "''"), "vectorizer", "empty"),
        (WHOLE.replace("*v", "[]"), "vectorizer", "empty"),
        (WHOLE.replace("*v", ""), "vectorizer", "null"),
        (WHOLE.replace("*v", "~"), "vectorizer", "null"),
        (WHOLE.replace("*v", "{<<: *v}"), "vectorizer", "there"),
        (WHOLE.replace("*v", "!ENV X"), "vectorizer", "there"),
        (WHOLE.replace("*v", "'{{ X }}'"), "vectorizer", "there"),
        (WHOLE.replace("namespace: N, ", ""), "project.namespace", "missing"),
        (WHOLE.replace("'http://h:1'", ""), "project.host_addr", "null"),
        (WHOLE.replace("project: {", "kag_builder_pipeline: {}\nx: {"), "project", "missing"),
        ("base: &b {chat_llm: {type: t}}\n<<: *b\nvectorizer: {type: t}\n", "chat_llm", "there"),
    ],
)
def test_the_state_of_a_section(text, key, state):
    """A section is there, missing, empty or null; what is merged in or filled in is there."""
    assert whole(text).keys[key] == state


def test_what_else_is_told():
    """The lines of sections, the names they can be referred to by, and where the server is said to be."""
    found = whole(WHOLE)
    assert (found.lines["project"], found.anchors["vectorize_model"], found.host_addr) == (4, "v", "http://h:1")
    assert whole(WHOLE.replace("'http://h:1'", "'{{ H }}'")).host_addr == ""


def test_the_file_of_05():
    """Its sections have defaults when they are left out, so what is missing is told of it too."""
    found = whole("[project]\nnamespace = N\nhost_addr = http://h\n[llm]\nbase_url = u\n", "kag_config.cfg")
    assert (found.is_older, found.keys["llm"], found.keys["vectorizer"]) == (True, "there", "missing")


BUILT = "project: {namespace: N, host_addr: 'http://h:1'}\nchat_llm: {type: maas, base_url: u, model: m, api_key: k}\n"


@pytest.mark.parametrize(
    ("section", "state", "base_urls"),
    [
        ("{type: openai, model: e}", "there", ["https://api.openai.com/v1"]),
        ("{type: openai, model: e, base_url: }", "there", ["https://api.openai.com/v1"]),
        ("{type: ollama}", "there", ["http://127.0.0.1:11434"]),
        ("{type: foo}", "there", [""]),
        ("{type: bge, path: /x}", "there", [""]),
        ("{model: e}", "there", [""]),
        ("{a: 1}", "there", [""]),
        ("{type: openai, url: v}", "there", ["v"]),
        ("{}", "empty", []),
        ("[{type: openai}]", "list", []),
        ("foo", "text", []),
        ("5", "value", []),
        ("true", "value", []),
        ("'{{ X }}'", "there", []),
    ],
)
@pytest.mark.parametrize("key", ["vectorizer", "vectorize_model"])
def test_every_section_that_kag_makes_a_model_of_is_an_endpoint(key, section, state, base_urls):
    """Whatever stands in such a section it is looked at, and what is no section is told as such."""
    document = parse(f"{BUILT}{key}: {section}\n".encode(), "kag_config.yaml")
    assert document.whole.keys[key] == state
    assert [each.base_url for each in document.endpoints[1:]] == base_urls


def test_other_sections_are_endpoints_by_what_they_say():
    """A part of a configuration, and a section that only its users make a model of, may be anything."""
    for text in ("vectorizer: {a: 1}\n", f"{BUILT}openie_llm: {{a: 1}}\nmine: {{vectorizer: {{type: batch}}}}\n"):
        assert [
            each.node for each in parse(text.encode(), "kag_config.yaml").endpoints if each.node != "chat_llm"
        ] == []

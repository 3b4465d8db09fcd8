"""What is entered where nothing is configured: read back as it was meant, whatever a model is called."""

import json

import jinja2
import pytest
import yaml
from made_suggestions import KEYED, VLLM, chat, embedding, keyed, of_vllm, proof, suggestions

from netdiag import findings
from netdiag.findings.entries import FIELDS, block, entry, settings_of
from netdiag.findings.suggested import is_covered, of_suggestions
from netdiag.kag.keys import is_filler, is_mask
from netdiag.model.report import Finding

ODD = [
    "qwen2.5:3b",
    "Qwen/Qwen2.5-3B-Instruct",
    "hf.co/bartowski/gemma:Q4_K_M",
    "123",
    "1e3",
    "12:30:45",
    "0x1F",
    "2024-01-01",
    "true",
    "No",
    "null",
    "~",
    "on",
    "a: b",
    "a #b",
    "- a",
    "'a'",
    'say "hi"',
    "C:\\models\\m.gguf",
    "{x}",
    "{{ x }}",
    "{% raw %}",
    "[a, b]",
    "&a",
    "*a",
    "!ENV A",
    "%a",
    "@a",
    "`a`",
    " a ",
    "通义千问",
    "a\u200bb\u202e",
    "模型 😀",
    "a\tb\nc\x1b[2J\x85\u2028\U000e0001",
    "a:",
    "e",
    "-",
]


def rendered_as_by_kag(text: str) -> str:
    """The text after Jinja, by which KAG from 0.7 on reads a file."""
    return jinja2.Template(text).render()


@pytest.mark.parametrize("model", ODD)
def test_json_is_read_back(model):
    """The text for the global configuration is JSON on one line, prints everywhere, and holds what was meant."""
    for offer in (chat(model), embedding(model)):
        text = entry(offer, suggestions("global_page", offer)).text
        assert json.loads(text) == settings_of(offer)
        assert settings_of(offer)["model"] == model
        assert text.isprintable()


@pytest.mark.parametrize("model", ODD)
def test_yaml_is_read_back(model):
    """The block for a file is YAML, also after KAG's Jinja; its anchors are those of KAG's own examples."""
    made = suggestions("file", chat(model), embedding(model))
    text = block(made)
    assert all(line.isprintable() for line in text.split("\n"))
    for read in (yaml.safe_load(text), yaml.safe_load(rendered_as_by_kag(text))):
        assert read == {
            "openie_llm": settings_of(made.best[0]),
            "chat_llm": settings_of(made.best[0]),
            "vectorize_model": settings_of(made.best[1]),
            "vectorizer": settings_of(made.best[1]),
        }
    anchors = [token.value for token in yaml.scan(text) if isinstance(token, yaml.AnchorToken)]
    assert anchors == ["openie_llm", "chat_llm", "vectorize_model"]


def test_a_url_with_an_ipv6_address_is_read_back():
    """Brackets mean a list to YAML where they come first; they are quoted."""
    offer = chat(base_url="http://[fd00::1]:11434")
    assert yaml.safe_load(block(suggestions("file", offer)))["chat_llm"]["base_url"] == "http://[fd00::1]:11434"


EMBEDDING_OF_VLLM = embedding(service=VLLM, base_url="http://172.18.0.1:8000/v1")


@pytest.mark.parametrize(
    ("offer", "provider", "values"),
    [
        (chat(), "Ollama", ["qwen2.5:3b", "http://172.18.0.1:11434"]),
        (embedding(key=""), "Ollama", ["bge-m3", "http://172.18.0.1:11434/v1"]),
        (embedding(), "OpenAI", ["http://172.18.0.1:11434/v1", "EMPTY", "bge-m3"]),
        (of_vllm(), "OpenAI", ["http://172.18.0.1:8000/v1", "EMPTY", "Qwen/Qwen2.5-3B-Instruct"]),
        (EMBEDDING_OF_VLLM._replace(key=""), "OpenAI", ["http://172.18.0.1:8000/v1", "EMPTY", "bge-m3"]),
        (of_vllm(key="own"), "OpenAI", ["http://172.18.0.1:8000/v1", "YOUR_API_KEY", "Qwen/Qwen2.5-3B-Instruct"]),
        (chat(type="maas"), "OpenAI", ["http://172.18.0.1:11434", "EMPTY", "qwen2.5:3b"]),
    ],
)
def test_the_fields_of_the_model_page(offer, provider, values):
    """A provider, and its form's fields in their order; Ollama's has no key, so whatever needs one is OpenAI's."""
    typed = entry(offer, suggestions("models_page", offer))
    assert typed.provider == provider
    assert typed.fields == tuple(zip(FIELDS[provider], values, strict=True))
    assert typed.lines.splitlines() == [f"{name}: {value}" for name, value in typed.fields]


@pytest.mark.parametrize(
    ("offer", "vendor"),
    [
        (chat(), "Ollama"),
        (of_vllm(type="vllm"), "vllm"),
        (of_vllm(), "maas"),
        (of_vllm(type="openai"), "maas"),
        (embedding(), ""),
    ],
)
def test_the_vendor_on_the_page_of_0_6_and_0_7(offer, vendor):
    """A chat model has one of three; the vectorizer has none to choose."""
    assert entry(offer, suggestions("global_page", offer)).provider == vendor


def test_what_stands_for_a_key_is_known_for_what_it_is():
    """`check` tells a placeholder that was left standing, and takes the word for any key as one."""
    assert is_mask(settings_of(of_vllm(key="own"))["api_key"])
    assert is_filler(settings_of(embedding())["api_key"])


FAILED = embedding(proof=proof("http://172.18.0.1:11434/v1", "model_not_found", 404, "no such model"))


@pytest.mark.parametrize(
    ("found", "codes", "severities"),
    [
        ([chat(), embedding()], "ND585", "error"),
        ([chat()], "ND585 ND588", "error warning"),
        ([embedding()], "ND585 ND588", "error warning"),
        ([chat(), FAILED], "ND585 ND588", "error warning"),
        ([chat(), embedding(), keyed()], "ND585 ND586", "error warning"),
        ([chat(), keyed()], "ND585 ND588 ND586", "error warning warning"),
        ([keyed()], "", ""),
        ([FAILED, keyed()], "ND586", "warning"),
        ([FAILED], "", ""),
        ([], "", ""),
        ([chat(), embedding(), of_vllm(service=KEYED, key="own")], "ND585", "error"),
    ],
)
def test_what_is_said(found, codes, severities):
    """What was proven is to be entered; what is lacking, and who wants a key, is told beside it."""
    said = of_suggestions(suggestions("models_page", *found))
    assert " ".join(finding.code for finding in said) == codes
    assert " ".join(findings.severity_of(finding) for finding in said) == severities


def test_who_wants_a_key():
    """The command that proves it with the key names the variable, the port, and no key."""
    _, finding = of_suggestions(suggestions("file", chat(), embedding(), keyed()))
    (remedy,) = findings.words(finding).remedies
    assert remedy.command == "netdiag suggest --api-key-env API_KEY --port 4000"


def test_a_container_that_wants_a_key():
    """A container is sent a key only where it is named, so the command names it."""
    beside = keyed().service.candidate._replace(host="my-vllm", kind="sibling")
    offer = keyed()
    offer = offer._replace(service=offer.service._replace(candidate=beside))
    *_, finding = of_suggestions(suggestions("file", chat(), embedding(), offer))
    (remedy,) = findings.words(finding).remedies
    assert remedy.command == "netdiag suggest --api-key-env API_KEY --host my-vllm --port 4000"


def test_what_the_block_has_is_not_lacking():
    """Beside the block nobody is told to write the sections that are in it, with an address to be filled in."""
    both, half = suggestions("file", chat(), embedding()), suggestions("file", chat())
    page = suggestions("models_page", chat(), embedding())
    lacking = {key: Finding("ND563", values={"key": key}) for key in ("chat_llm", "vectorizer", "project.namespace")}
    for found, covered in ((both, {"chat_llm", "vectorizer"}), (half, {"chat_llm"}), (page, set())):
        assert {key for key, finding in lacking.items() if is_covered(finding, found)} == covered


@pytest.mark.parametrize("language", findings.LANGUAGES)
@pytest.mark.parametrize("form", ["models_page", "global_page", "file"])
def test_what_is_entered_is_said_whole(form, language):
    """Each text stands in the words of the finding, under the way to its place."""
    made = suggestions(form, chat(), embedding())
    (finding,) = of_suggestions(made)
    said = findings.words(finding, language)
    copied = [remedy.command for remedy in said.remedies]
    texts = [block(made)] if form == "file" else [entry(offer, made).lines for offer in made.best]
    assert set(texts) <= set(copied)
    assert copied[-1] == "netdiag check"

"""Remedies for a key that KAG does not read, and for a setting that an ``.env`` lacks, in the form of the file."""

import pytest

from netdiag import config, failures, findings
from netdiag.findings.answers import values
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Proof
from netdiag.model.report import Examined


def refused(text, source, missing):
    """Return the findings of an endpoint that KAG refuses for want of a setting."""
    endpoint = config.parse(text.encode(), source).endpoints[-1]
    proof = Proof("", endpoint.base_url, failures.MISSING_SETTING, missing)
    examined = Examined(endpoint, "broken", (), (proof,))
    assert "sk-1" not in str(values(proof, examined, Context((), "0.8", 1.0)))
    return of_endpoint(examined, Context((), "0.8", 1.0))


def commands(finding):
    """Return the commands of a finding's remedies."""
    return [remedy.command for remedy in findings.words(finding).remedies]


@pytest.mark.parametrize(
    ("text", "missing", "expected"),
    [
        (
            "OPENAI_BASE_URL=u\n",
            "model",
            "netdiag chat --type openai --base-url u --model any --kind chat\nOPENAI_MODEL=MODEL",
        ),
        (
            "OPENAI_API_BASE=http://u\n",
            "model",
            "netdiag chat --type openai --base-url http://u --model any --kind chat\nOPENAI_MODEL=MODEL",
        ),
        ("OPENAI_BASE_URL=u\nOPENAI_EMBEDDING_MODEL=e\n", "api_key", "OPENAI_API_KEY=none"),
        ("KAG_LLM_BASE_URL=u\nKAG_LLM_MODEL=m\n", "type", "KAG_LLM_TYPE=openai"),
    ],
)
def test_a_variable_is_named_by_its_name(text, missing, expected):
    """In an .env the remedy is a variable, not a line of YAML."""
    (finding,) = refused(text, ".env", missing)
    assert (finding.code, commands(finding)) == ("ND408", [expected])


@pytest.mark.parametrize(
    ("node", "missing", "expected"),
    [
        ("type: maas, base_url: u, model: m, apiKey: sk-1", "api_key", "api_key: KEY"),
        ("type: maas, baseUrl: http://h, model: m", "base_url", "base_url: http://h"),
        ("type: maas, base_url: u, model_name: m", "model", "model: m"),
        ("client_type: maas, base_url: u, model: m", "type", "type: maas"),
    ],
)
def test_the_right_spelling_is_told(node, missing, expected):
    """What KAG refuses for want of a key that is there in another spelling; a key's value is never repeated."""
    (finding,) = refused(f"chat_llm: {{{node}}}", "kag_config.yaml", missing)
    assert (finding.code, commands(finding)) == ("ND564", [expected])


def test_a_key_that_does_no_harm():
    """Where the call succeeds without it, a key that is passed over is a warning."""
    text = b"chat_llm: {type: maas, base_url: u, model: m, apikey: sk-1, stream: false}"
    (endpoint,) = config.parse(text, "kag_config.yaml").endpoints
    found = of_endpoint(Examined(endpoint, "works", (), (Proof("h", "u", None),)), Context((), "0.8", 1.0))
    assert [(finding.code, finding.values["written"], finding.values["setting"]) for finding in found] == [
        ("ND566", "apikey", "api_key")
    ]

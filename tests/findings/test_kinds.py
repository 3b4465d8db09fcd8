"""The wrong kind of server: what is told of the calls that were made, and where it is to be written."""

import pytest
from findings.test_service import CONTEXT, GATEWAY, OTHER, VLLM, codes, proof

from netdiag.findings import words
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined

URL = "http://172.17.0.1:8000/v1"
AT = {"host": "172.17.0.1", "status": 404}


def tried(what: str, failure: str | None = "path_not_found", service=VLLM, **seen: str) -> Proof:
    """A call that was tried in place of the configured one."""
    return proof(failure, service, alternative=what, **AT, **seen)


def examined(*proofs: Proof, source="llm.json", kind="chat", place="") -> Examined:
    """A broken endpoint of type ollama."""
    endpoint = Endpoint(source, 3, "chat_llm", kind, "ollama", "m", "http://localhost:8000/v1", place=place)
    return Examined(endpoint, "broken", proofs=proofs)


WORKS = tried("type", None, type="openai", other_type="openai")._replace(url=URL)
PAGE = {"source": "openspg:mysql:3306/openspg/kg_user_model/1", "place": "place_models > Ollama > m"}


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({}, f'"type": "openai", "base_url": "{URL}"'),
        ({"source": "kag_config.yaml"}, f"type: openai\nbase_url: {URL}"),
        (PAGE, f"base_url: {URL}"),
    ],
    ids=["a JSON text", "YAML", "the model page"],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_edit_has_the_form_of_its_place(more, command, language):
    """On the page a type cannot be typed: there the model is added under another provider."""
    (finding,) = of_endpoint(examined(proof("path_not_found", VLLM, **AT), WORKS, **more), CONTEXT)
    said = words(finding, language)
    assert (finding.code, [remedy.command for remedy in said.remedies]) == ("ND440", [command])
    assert "place_" not in said.remedies[0].text


FIRST = proof("path_not_found", GATEWAY, **AT)


@pytest.mark.parametrize(
    ("proofs", "kind", "expected"),
    [
        ((FIRST, tried("path"), tried("type", type="openai")), "chat", ["ND402"]),
        ((FIRST, tried("path"), tried("type", type="openai")), "embedding", ["ND441"]),
        ((FIRST,), "embedding", ["ND402"]),
        ((proof("path_not_found", OTHER, **AT), tried("path")), "embedding", ["ND402"]),
        ((proof("path_not_found", OTHER, is_provider="yes", **AT), tried("path")), "embedding", ["ND441"]),
        ((proof("web_page", Service("infinity"), **AT), tried("path")), "chat", ["ND442"]),
        ((FIRST, tried("type", "key_missing", type="openai", other_type="openai")), "chat", ["ND440", "ND413"]),
        ((proof("key_not_sent", GATEWAY, **AT), WORKS), "chat", ["ND415"]),
        ((proof("model_not_found", Service("litellm", "", ("m",)), **AT),), "chat", ["ND461"]),
        ((proof("model_not_found", Service("litellm", "", ("n",)), **AT),), "chat", ["ND403"]),
    ],
)
def test_what_was_tried_decides_what_is_told(proofs, kind, expected):
    """No code says more than the calls have shown."""
    assert codes(examined(*proofs, kind=kind)) == expected


def test_a_path_that_was_tried_in_vain_is_no_remedy():
    """It stays as evidence."""
    (finding,) = of_endpoint(examined(FIRST, tried("path")), CONTEXT)
    assert len(finding.evidence) == 2
    assert not [remedy for remedy in words(finding).remedies if "base_url:" in remedy.command]

"""What a service's answer means: codes, and the exact values that remedies write."""

import pytest

from netdiag import findings
from netdiag.findings.context import Context
from netdiag.findings.nearest import nearest, pulled
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Proof, Service
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined

CONTEXT = Context((), "0.8", 120, place={"systems": "linux"})
OLLAMA = Service("ollama", "0.17.4", ("qwen2.5:3b", "bge-m3:latest"))
VLLM = Service("vllm", "0.32.0", ("qwen25-7B-chat",))
GATEWAY = Service("openai-compatible", "", ("gpt-4o", "gpt-4o-mini"))
OTHER = Service("other")


def examined(*proofs: Proof, type_="maas", kind="chat", model="m", base_url="http://localhost:11434/v1") -> Examined:
    """A broken endpoint with its proofs."""
    return Examined(Endpoint("f.yaml", 3, "n", kind, type_, model, base_url), "broken", proofs=proofs)


def proof(failure, service=OLLAMA, *, detail="says so", status=400, wanted="", host="172.17.0.1", **seen) -> Proof:
    """A failed call at the gateway."""
    return Proof(host, f"http://{host}:11434/v1", failure, detail, status, 1.0, service, wanted, seen)


def codes(item: Examined) -> list[str]:
    """The codes of an endpoint's findings."""
    return [finding.code for finding in of_endpoint(item, CONTEXT)]


@pytest.mark.parametrize(
    ("failure", "service", "more", "code"),
    [
        ("web_page", GATEWAY, {}, "ND425"),
        ("not_a_model_service", OTHER, {"who": "nginx"}, "ND401"),
        ("model_loading", GATEWAY, {}, "ND416"),
        ("model_forbidden", GATEWAY, {}, "ND419"),
        ("cannot_embed", OLLAMA, {}, "ND422"),
        ("cannot_chat", OLLAMA, {}, "ND423"),
        ("too_many_tokens", VLLM, {"limit": "256"}, "ND420"),
        ("field_refused", GATEWAY, {"field": "tools"}, "ND421"),
        ("out_of_credit", GATEWAY, {}, "ND418"),
        ("origin_refused", GATEWAY, {}, "ND424"),
        ("stream_unreadable", OLLAMA, {}, "ND451"),
        ("path_not_found", VLLM, {"other_kag": "0.6"}, "ND452"),
        ("wrong_setting", OLLAMA, {"setting": "timeout", "value": '"30"', "write": "30"}, "ND550"),
        ("key_refused", VLLM, {}, "ND404"),
        ("key_masked", VLLM, {}, "ND412"),
        ("key_missing", VLLM, {}, "ND413"),
        ("key_expired", GATEWAY, {}, "ND414"),
        ("key_not_sent", VLLM, {}, "ND415"),
        ("rate_limited", GATEWAY, {}, "ND417"),
        ("service_unavailable", GATEWAY, {}, "ND406"),
        ("service_unavailable", GATEWAY, {"retry_after": "20 s"}, "ND417"),
        ("server_error", OLLAMA, {}, "ND406"),
        ("model_not_found", Service("ollama", "0.17.4", ()), {}, "ND427"),
        ("model_not_found", Service("ollama", "", ()), {}, "ND403"),
        ("path_not_found", Service("ollama", "0.1.48", ("m",)), {"asked_path": "/v1/embeddings"}, "ND426"),
        ("path_not_found", OLLAMA, {"asked_path": "/v1/embeddings"}, "ND402"),
        ("path_not_found", VLLM, {"asked_path": "/v1/chat/completions"}, "ND402"),
    ],
)
def test_what_an_answer_means(failure, service, more, code):
    """The failure names the code; who answered, and what else was seen, make it more exact."""
    assert codes(examined(proof(failure, service, **more))) == [code]


def test_a_vllm_without_embeddings_was_not_started_for_them():
    """vLLM has the path only for embedding models: a 404 at the right path is about the model."""
    assert codes(examined(proof("path_not_found", VLLM, status=404), kind="embedding")) == ["ND422"]


@pytest.mark.parametrize(("detail", "code"), [("placeholder", "ND518"), ("blanks", "ND503"), ("scheme_typo", "ND503")])
def test_a_base_url_nobody_can_use(detail, code):
    """A placeholder is told as one, any other slip as what it is."""
    assert codes(examined(Proof("h", "http://h", "bad_url", detail))) == [code]


@pytest.mark.parametrize(
    ("refusal", "seen", "code"),
    [
        ("unsupported_type", {}, "ND407"),
        ("unsupported_type", {"instead": "openai"}, "ND507"),
        ("local_type", {"instead": "openai"}, "ND508"),
        ("broken_type", {}, "ND509"),
        ("missing_setting", {}, "ND408"),
    ],
)
def test_what_kag_refuses_is_told_beside_what_the_service_says(refusal, seen, code):
    """Two faults in one configuration are both told, KAG's own refusal first."""
    refused = Proof("", "http://localhost:11434/v1", refusal, "x", seen=seen)
    assert codes(examined(refused)) == [code]
    assert codes(examined(refused, proof("model_not_found"))) == [code, "ND403"]


def test_a_type_that_was_proven_is_written_out():
    """The two lines to write are those with which KAG's own call has just succeeded."""
    refused = Proof("", "http://localhost:11434", "local_type", "path", seen={"instead": "openai"})
    went_well = Proof("172.17.0.1", "http://172.17.0.1:11434/v1", None, "", 200, 1.0, OLLAMA)
    (finding,) = of_endpoint(examined(refused, went_well, type_="bge_m3"), CONTEXT)
    (remedy,) = findings.words(finding).remedies
    assert remedy.command == "type: openai\nbase_url: http://172.17.0.1:11434/v1"


def test_a_path_that_led_further_is_told_too():
    """The corrected path reached the service, which then refused the model: both are faults of the configuration."""
    path = proof("path_not_found", status=404, wanted="http://172.17.0.1:11434", path_fault="path_v1_surplus")
    model = Proof("172.17.0.1", "http://172.17.0.1:11434", "model_not_found", "no", 404, 1.0, OLLAMA)
    assert codes(examined(path, model, type_="ollama")) == ["ND403", "ND402"]


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("bge-m3", ("qwen2.5:3b", "bge-m3:latest"), ("bge-m3:latest", "same")),
        ("QWEN2.5:3B", ("qwen2.5:3b",), ("qwen2.5:3b", "same")),
        ("library/qwen2.5:3b", ("qwen2.5:3b",), ("qwen2.5:3b", "same")),
        ("qwen2.5:3b ", ("qwen2.5:3b",), ("qwen2.5:3b", "same")),
        ("BAAI/bge-m3", ("bge-m3:latest",), ("bge-m3:latest", "other_name")),
        ("bge-m3", ("BAAI/bge-m3",), ("BAAI/bge-m3", "other_name")),
        ("qwen2.5", ("bge-m3", "qwen2.5:3b"), ("qwen2.5:3b", "other_size")),
        ("qwen2.5:latest", ("qwen2.5:3b",), ("qwen2.5:3b", "other_size")),
        ("gpt-4o-mni", ("gpt-4o", "gpt-4o-mini"), ("gpt-4o-mini", "typing_error")),
        ("qwen25-7b-chta", ("qwen25-7B-chat",), ("qwen25-7B-chat", "typing_error")),
        ("llama3", ("qwen2.5:3b",), ("", "")),
        ("llama3", (), ("", "")),
    ],
)
def test_the_nearest_model(wanted, offered, found):
    """Case, ``:latest`` and organisations are understood before letters are counted."""
    assert nearest(wanted, offered) == found


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("qwen2.5:7b", "qwen2.5:7b"),
        ("BAAI/bge-m3", "bge-m3"),
        ("Qwen/Qwen2.5-7B-Instruct", ""),
        ("quentinz/bge-large-zh-v1.5", "quentinz/bge-large-zh-v1.5"),
    ],
)
def test_what_ollama_downloads(wanted, name):
    """Hugging Face's names are not Ollama's, except where it is known what Ollama calls the model."""
    assert pulled(wanted) == name


@pytest.mark.parametrize(
    ("model", "commands"),
    [
        ("BAAI/bge-m3", ["model: bge-m3:latest", "ollama pull bge-m3", "ollama cp bge-m3:latest BAAI/bge-m3"]),
        ("qwen2.5:7b", ["model: qwen2.5:3b", "ollama pull qwen2.5:7b"]),
        ("qwen2.5:3b ", ["model: qwen2.5:3b"]),
        ("llama3", ["ollama pull llama3"]),
    ],
)
def test_the_lines_for_a_missing_model(model, commands):
    """What to write, to download, or to name again; nothing that would not help."""
    (finding,) = of_endpoint(examined(proof("model_not_found", status=404), model=model), CONTEXT)
    assert [remedy.command for remedy in findings.words(finding).remedies] == commands


@pytest.mark.parametrize(
    ("type_", "base_url", "keyed"),
    [
        ("vllm", "http://h:1/v1/chat/completions", "http://h:1/v1"),
        ("vllm", "http://h:1/v1", "http://h:1/v1"),
        ("ollama", "http://h:1/", "http://h:1/v1"),
    ],
)
def test_the_base_url_of_the_type_that_sends_the_key(type_, base_url, keyed):
    """maas wants what ends before the call, below /v1."""
    (finding,) = of_endpoint(examined(proof("key_not_sent", VLLM), type_=type_, base_url=base_url), CONTEXT)
    assert findings.words(finding).remedies[0].command == f"type: maas\nbase_url: {keyed}"


def test_the_wait_that_was_asked_for_is_shown():
    """Retry-After is the service's own word on when to come again."""
    (finding,) = of_endpoint(examined(proof("rate_limited", GATEWAY, status=429, retry_after="20 s")), CONTEXT)
    assert "20 s" in findings.words(finding).remedies[0].text


def test_a_command_with_a_servers_words_stays_one_command():
    """A model's name is quoted where a shell would take it apart."""
    (finding,) = of_endpoint(examined(proof("model_not_found"), model="m; rm -rf ~"), CONTEXT)
    assert "ollama pull 'm; rm -rf ~'" in [remedy.command for remedy in findings.words(finding).remedies]


def test_no_endpoint_is_too_odd():
    """A base_url that the standard library cannot take apart is still told of."""
    odd = Proof("h", "http://h:port/[", "bad_url", "bad_port")
    assert codes(examined(odd, base_url="http://h:port/[")) == ["ND503"]

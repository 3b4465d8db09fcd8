"""What netdiag tries beyond the call as configured: another path, another type, and what is seen on the way."""

import pytest
from probe.web import reply, serving
from prove.test_examine import FACTS

from netdiag.model.endpoint import Endpoint
from netdiag.model.place import Candidate
from netdiag.prove.caller import Caller
from netdiag.prove.examine import examine
from netdiag.prove.target import target
from netdiag.prove.ways import Ways
from netdiag.text import Secret

CHAT = b'{"choices":[{"message":{"content":"hi"}}]}'
VECTORS = b'{"data":[{"embedding":"AACAPwAAAEA="}]}'
MODELS = b'{"object":"list","data":[{"id":"m"}]}'
HERE = Candidate("localhost", "loopback", "test", 0, ("127.0.0.1",))
LOOPBACK = Candidate("localhost", "loopback", "test", 0, ("127.0.0.9",))
GATEWAY = Candidate("127.0.0.1", "gateway", "test", 5, ("127.0.0.1",))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """The machine's own proxy settings must not decide what a test sees."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def elsewhere(monkeypatch):
    """Loopback stands for an address that is not this host's."""
    monkeypatch.setattr(Ways, "target", lambda self, endpoint: target(endpoint)._replace(local=False))


def openai(method: str, path: str):
    """Answer as an OpenAI-compatible server does."""
    known = {"/v1/models": MODELS, "/v1/chat/completions": CHAT, "/v1/embeddings": VECTORS}
    return reply(200, known[path]) if path in known else reply(404, b'{"detail":"Not Found"}')


def with_pages(method: str, path: str):
    """Answer as a server whose web interface has every path that its API has not."""
    return openai(method, path) if path.startswith("/v1/") else reply(200, b"<html>UI</html>", content_type="text/html")


def guarded(method: str, path: str):
    """Answer as a provider that lists its models only for a key, and has another one than was asked for."""

    def write(handler) -> None:
        has_key = handler.headers.get("Authorization") == "Bearer sk-canary-4f1d"
        if path.endswith("/models"):
            (reply(200, MODELS) if has_key else reply(401, b'{"error":{"message":"no key"}}'))(handler)
        else:
            reply(404, b'{"error":{"message":"The model does not exist"}}')(handler)

    return write


def examined(base_url: str, *, version="0.8", candidates=(HERE,), **more):
    """Examine one endpoint as this KAG would call it."""
    fields = {"type": "maas", "model": "m", "api_key": Secret("sk-canary-4f1d"), "kind": "chat", **more}
    endpoint = Endpoint("f.yaml", 1, "n", base_url=base_url, **fields)
    ways = Ways(candidates, [endpoint], facts=FACTS)
    (item,) = examine([endpoint], ways, Caller(version, 2.0, lambda event: None))
    return item


@pytest.mark.parametrize("site", [openai, with_pages], ids=["404", "a web page"])
@pytest.mark.parametrize("path", ["", "/v1/chat/completions", "/v1/v1"])
def test_the_path_of_another_machines_service_is_mended_too(site, path, elsewhere):
    """Its host is nobody's business, but a path that is proven where the present one fails is offered."""
    with serving(site) as here:
        item = examined(f"{here.origin}{path}")
    assert (item.verdict, item.proven_url) == ("repairable", f"{here.origin}/v1")
    assert [proof.failure is None for proof in item.proofs] == [False, True]


def test_what_works_elsewhere_is_called_once(elsewhere):
    """Nothing is tried in place of a call that succeeded."""
    with serving(openai) as here:
        item = examined(f"{here.origin}/v1")
    assert (item.verdict, len(item.proofs)) == ("works", 1)


@pytest.mark.parametrize(
    ("type_", "kind", "path"), [("bge_m3", "embedding", "/v1/embeddings"), ("xinference", "chat", "/v1")]
)
def test_a_type_that_was_meant_is_proven_and_not_written(type_, kind, path):
    """The verdict stays: netdiag writes no types. What it proved is kept, the refusal first."""
    with serving(openai) as here:
        item = examined(f"http://127.0.0.9:{here.port}{path}", type=type_, kind=kind, candidates=(LOOPBACK, GATEWAY))
    assert item.verdict == "broken"
    assert item.endpoint.type == type_
    assert item.proofs[0].seen == {"instead": "openai"}
    assert (item.proofs[-1].failure, item.proofs[-1].url) == (None, f"{here.origin}/v1")
    assert item.attempts == ()


def test_a_mended_type_that_fails_leaves_both_faults():
    """The connects that failed are kept: the address is a fault of its own."""
    item = examined("http://127.0.0.9:9/v1", type="xinference", candidates=(LOOPBACK, GATEWAY))
    assert item.proofs[0].failure == "unsupported_type"
    assert {attempt.failure for attempt in item.attempts} == {"connection_refused"}


def test_a_providers_list_is_asked_for_with_the_key_that_it_was_sent():
    """The key goes where it has just been, and nowhere before."""
    with serving(guarded) as here:
        item = examined(f"{here.origin}/v1", model="n")
    assert (item.proofs[0].failure, item.proofs[0].service.models) == ("model_not_found", ("m",))
    with_key = [path for _, path, headers, _ in here.requests if "authorization" in headers]
    assert with_key == ["/v1/chat/completions", "/v1/models"]


def test_a_query_is_never_taken_for_a_path_to_mend():
    """It may hold a key, and what is replaced is kept in the journal."""
    with serving(openai) as here:
        item = examined(f"{here.origin}/v1?api_key=canary")
    assert (item.verdict, item.proofs[0].wanted_url) == ("broken", "")


@pytest.mark.parametrize(
    ("key", "failure"), [("******", "key_masked"), ("EMPTY", "key_missing"), ("sk-x1", "key_refused")]
)
def test_what_is_wrong_with_a_key_is_seen_in_what_was_sent(key, failure):
    """One refusal, three causes."""
    with serving(lambda method, path: reply(401, b'{"error":"Unauthorized"}')) as here:
        assert examined(f"{here.origin}/v1", api_key=Secret(key)).proofs[0].failure == failure


def test_who_answers_is_asked_only_after_a_failure():
    """A stranger's front page is read once, without a key, for the report."""
    with serving(lambda method, path: reply(404, b"<title>It works</title>", content_type="text/html")) as here:
        item = examined(f"{here.origin}/v1", api_key=None)
    assert item.proofs[0].seen["who"] == '"It works"'
    assert ("GET", "/") in [(method, path) for method, path, _, _ in here.requests]

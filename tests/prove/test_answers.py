"""KAG's call to its end: retries, redirects, limits and what an answer lacks, through the real client on loopback."""

import itertools
import json
import socket
import time

import pytest
from probe.web import reply, serving

from netdiag import findings, kag
from netdiag.findings.context import Context
from netdiag.findings.rules import of_endpoint
from netdiag.model.attempt import Answer, Proof
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined
from netdiag.platform import WHEREVER_IT_LEADS, Trust
from netdiag.probe.environment import Environment
from netdiag.prove import remarks
from netdiag.prove.between import Between
from netdiag.prove.caller import Caller
from netdiag.text import Secret

KEY = "sk-canary-4f1d"
JSON = {"content_type": "application/json"}


def chat(content="hi", **message):
    """Return a chat's answer."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content, **message}}]}).encode()


GOOD = reply(200, chat(), **JSON)
BUSY = reply(500, b'{"error":{"message":"busy with sk-canary-4f1d"}}', **JSON)
NO_KEY = reply(401, b'{"error":"Unauthorized"}', **JSON)


def hang_up(handler):
    """Close the connection without an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def late(handler):
    """Answer after 0.3 s."""
    time.sleep(0.3)
    GOOD(handler)


def endpoint(base_url: str, type_="maas", **settings) -> Endpoint:
    """Return a chat model at ``base_url``."""
    return Endpoint("f.yaml", 1, "chat_llm", "chat", type_, "m", base_url, Secret(KEY), settings=settings)


def after(*answers):
    """Answer KAG's call with these, one after another, and then with the last for ever; know no other path."""
    left = itertools.chain(answers[:-1], itertools.repeat(answers[-1]))
    return lambda method, path: next(left) if "completions" in path or "there" in path else reply(404)


@pytest.fixture
def slept(monkeypatch):
    """Return the pauses that were made, none of which is slept."""
    pauses = []
    sleepless = Between.__init__
    monkeypatch.setattr(Between, "__init__", lambda *given: sleepless(*given, sleep=pauses.append))
    return pauses


def proven(base_url: str, *, trusted=True, read_s=5.0, version="0.8", **settings):
    """Prove a base_url, and return the proof and the findings about it."""
    caller = Caller(version, read_s, lambda event: None, Environment())
    asked = endpoint(base_url, **settings)
    proof = caller.prove(asked, "127.0.0.1", base_url, WHEREVER_IT_LEADS if trusted else Trust("unproven"))
    item = Examined(asked, "broken" if proof.failure else "works", proofs=(proof,))
    return proof, of_endpoint(item, Context((), version, read_s))


@pytest.mark.parametrize(
    ("answers", "failure", "codes", "pauses"),
    [
        ((GOOD,), None, [], []),
        ((BUSY, GOOD), None, ["ND456"], [0.5]),
        ((BUSY, BUSY, GOOD), None, ["ND456"], [0.5, 1.0]),
        ((BUSY,), "server_error", ["ND406"], [0.5, 1.0]),
        ((hang_up, GOOD), None, ["ND456"], [0.5]),
        ((BUSY, reply(404, b"{}")), "not_a_model_service", ["ND401"], [0.5]),
    ],
    ids=["good", "second", "third", "never", "closed", "the last counts"],
)
def test_a_call_is_made_as_often_as_kag_makes_it(slept, answers, failure, codes, pauses):
    """The last try is KAG's verdict; a success after a failure is told with what the first answer was."""
    with serving(after(*answers)) as site:
        proof, found = proven(f"{site.origin}/v1")
    assert (proof.failure, [finding.code for finding in found], slept) == (failure, codes, pauses)


def test_the_first_answer_is_told_and_the_key_in_it_is_not(slept):
    """Status and words of the first answer are in the warning, masked as everything is that a service says."""
    with serving(after(BUSY, GOOD)) as site:
        proof, (finding,) = proven(f"{site.origin}/v1")
    assert "HTTP 500: busy with" in findings.words(finding).explanation
    assert KEY not in json.dumps([dict(proof.seen), dict(finding.values)])


def test_no_pause_outlasts_the_limit(slept):
    """What KAG would wait for longer than netdiag may is not waited for: the answer there is counts."""
    with serving(after(reply(429, b"{}", retry_after="30"), GOOD)) as site:
        proof, _ = proven(f"{site.origin}/v1", read_s=10.0)
    assert (proof.failure, slept) == ("rate_limited", [])


def test_a_refusal_is_repeated_before_fewer_tokens_are_blamed():
    """A call that only once failed is not told as one that asks for too much."""
    with serving(after(reply(400, b'{"error":"Bad Request"}', **JSON), GOOD)) as site:
        proof, found = proven(f"{site.origin}/v1")
    assert (proof.failure, [finding.code for finding in found]) == (None, ["ND456"])
    asked = [json.loads(body)["max_tokens"] for _, path, _, body in site.requests if "completions" in path]
    assert asked == [8192, 1024, 8192]


@pytest.mark.parametrize(
    ("message", "empty"),
    [
        ({"content": None, "reasoning": "hm"}, "content_reasoning"),
        ({"content": None, "reasoning_content": "hm"}, "content_reasoning"),
        ({"content": "", "reasoning": "hm"}, "content_reasoning"),
        ({"content": None}, "content_missing"),
        ({"content": ""}, None),
        ({"content": ["hi"]}, "content_unusable"),
        ({"content": "hi", "reasoning": "hm"}, None),
    ],
)
def test_an_answer_without_content_works_with_a_warning(message, empty):
    """KAG's check passes and its use breaks: ND454."""
    with serving(after(reply(200, chat(**message), **JSON))) as site:
        proof, found = proven(f"{site.origin}/v1")
    assert (proof.failure, proof.seen.get("empty")) == (None, empty)
    assert [finding.code for finding in found] == (["ND454"] if empty else [])


@pytest.mark.parametrize(
    ("events", "empty"),
    [
        ([{"content": "h"}, {"content": "i"}], None),
        ([{"reasoning": "hm"}, {"content": None}], "content_reasoning"),
        ([{"content": ""}], None),
        ([], "content_missing"),
    ],
)
def test_a_stream_without_content_works_with_a_warning(events, empty):
    """What its pieces say together is what KAG has."""
    body = "".join(f"data: {json.dumps({'choices': [{'delta': each}]})}\n\n" for each in events) + "data: [DONE]\n\n"
    with serving(after(reply(200, body.encode(), content_type="text/event-stream"))) as site:
        proof, _ = proven(f"{site.origin}/v1", stream=True)
    assert (proof.failure, proof.seen.get("empty")) == (None, empty)


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (307, "POST")])
def test_a_redirect_that_loses_the_question_or_the_key(status, method):
    """The call fails where it was sent to, and the finding says where that is and what to write: ND457."""
    with (
        serving(lambda m, p: reply(405) if m == "GET" else NO_KEY) as other,
        serving(after(reply(status, b"", location=f"{other.origin}/v1/chat/completions"))) as site,
    ):
        proof, (finding,) = proven(f"{site.origin}/v1")
    assert (proof.failure, finding.code, finding.values["method"]) == ("redirected_away", "ND457", method)
    (write, *_) = findings.words(finding).remedies
    assert write.command == f"base_url: {other.origin}/v1"
    assert all("authorization" not in headers for _, _, headers, _ in other.requests)


def test_a_redirect_that_leads_to_an_answer_works():
    """KAG follows it, so its call works."""
    with (
        serving(lambda m, p: GOOD) as other,
        serving(after(reply(307, b"", location=f"{other.origin}/v1/chat/completions"))) as site,
    ):
        assert proven(f"{site.origin}/v1")[0].failure is None


def test_a_candidate_leads_nowhere_else():
    """Only the configured URL, or one that the user named, is followed to another origin."""
    with (
        serving(lambda m, p: GOOD) as other,
        serving(lambda m, p: reply(307, b"", location=f"{other.origin}/v1/chat/completions")) as site,
    ):
        proof, _ = proven(f"{site.origin}/v1", trusted=False)
        assert proof.failure
        assert other.requests == []


def test_what_somebody_wrote_into_the_body_stays_at_its_origin():
    """What is below extra_body may be a secret, so a call with it is not sent on to another origin."""
    with (
        serving(lambda m, p: GOOD) as other,
        serving(after(reply(307, b"", location=f"{other.origin}/v1/chat/completions"))) as site,
    ):
        proof, _ = proven(f"{site.origin}/v1", extra_body={"token": "canary"})
        assert (proof.failure, other.requests) == ("redirected_away", [])


def test_the_configured_timeout_ends_the_call(slept):
    """The setting, its value and what to write are told: ND453."""
    with serving(after(late)) as site:
        proof, (finding,) = proven(f"{site.origin}/v1", timeout=0.1)
    assert (proof.failure, finding.code) == ("client_timed_out", "ND453")
    assert (finding.values["limit"], finding.values["limited_by"]) == ("0.1 s", "limit_of_setting")
    assert "timeout: 600" in [remedy.command for remedy in findings.words(finding).remedies]


def test_a_timeout_that_this_kag_does_not_read_is_no_obstacle():
    """KAG 0.6 passes over the setting, so whatever stands there the call is made."""
    with serving(after(GOOD)) as site:
        proof, _ = proven(f"{site.origin}/v1", version="0.6", timeout={"a": "{1, 2}"})
    assert proof.failure is None


@pytest.mark.parametrize(
    ("version", "timeout", "took_s", "limit"),
    [
        ("0.8", None, 29, None),
        ("0.8", None, 75, "no_limit"),
        ("0.6", None, 75, "600 s"),
        ("0.8", 20, 11, "20 s"),
        ("0.8", 20, 9, None),
        ("0.8", 600, 75, "600 s"),
    ],
)
def test_a_slow_answer_is_told_with_kags_own_limit(version, timeout, took_s, limit):
    """Thirty seconds, or half of what KAG waits, is slow: ND455 names the limit."""
    asked = endpoint("http://h/v1", **({} if timeout is None else {"timeout": timeout}))
    call = kag.call(version, asked, asked.base_url)
    seen = remarks.of_success(asked, call, Answer(200, {}, chat(), duration_ms=took_s * 1000))
    assert seen.get("limit") == limit
    if limit:
        item = Examined(asked, "works", proofs=(Proof("h", asked.base_url, None, seen=seen),))
        assert [finding.code for finding in of_endpoint(item, Context((), version, 120))] == ["ND455"]


@pytest.mark.parametrize("status", [302, 308])
def test_a_redirect_to_where_nobody_answers(status):
    """What failed is the place to which the call was sent on, not the service that sent it there: ND457."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with serving(after(reply(status, b"", location=f"{gone}/v1/chat/completions"))) as site:
        proof, (finding,) = proven(f"{site.origin}/v1")
    assert (proof.failure, finding.code) == ("redirected_away", "ND457")
    assert finding.values["target"] == f"{gone}/v1/chat/completions"

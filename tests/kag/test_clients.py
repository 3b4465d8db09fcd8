"""KAG's HTTP clients: how often they try and after which pause, and how long they wait, as the judge has seen them."""

import pytest

from netdiag import kag
from netdiag.model.attempt import Answer, Redirect
from netdiag.model.endpoint import Endpoint
from netdiag.text import Secret

NOW = 1_445_412_480.0
"""Wed, 21 Oct 2015 07:28:00 GMT."""

ERROR = Answer(500)
ELSEWHERE = (Redirect(302, "GET", "http://127.0.0.1:9/", True),)


def call(version="0.8", type_="maas", kind="chat", **settings) -> kag.Call:
    """Return KAG's call."""
    made = kag.call(
        version, Endpoint("f", 1, "n", kind, type_, "m", "http://h", Secret("k"), settings=settings), "http://h"
    )
    assert isinstance(made, kag.Call)
    return made


OPENAI, OLLAMA = call(), call(type_="ollama")
STREAM, RERANK = call(stream=True), call(kind="rerank")
VLLM = call("0.6", "vllm")


@pytest.mark.parametrize(
    ("made", "answer", "pauses"),
    [
        (OPENAI, ERROR, (0.5, 1.0, None)),
        (OPENAI, Answer(200), (None,)),
        (OPENAI, Answer(400), (None,)),
        *((OPENAI, Answer(status), (0.5, 1.0, None)) for status in (408, 409, 429, 503, 529)),
        (OPENAI, Answer(400, {"x-should-retry": "true"}), (0.5, 1.0, None)),
        (OPENAI, Answer(500, {"x-should-retry": "false"}), (None,)),
        (OPENAI, Answer(500, {"x-should-retry": "yes"}), (0.5, 1.0, None)),
        (OPENAI, Answer(429, {"retry-after": "7"}), (7.0, 7.0, None)),
        (OPENAI, Answer(429, {"retry-after": "60.5"}), (0.5, 1.0, None)),
        (OPENAI, Answer(429, {"retry-after": "-1"}), (0.5, 1.0, None)),
        (OPENAI, Answer(429, {"retry-after": "soon"}), (0.5, 1.0, None)),
        (OPENAI, Answer(429, {"retry-after": "Wed, 21 Oct 2015 07:28:09 GMT"}), (9.0, 9.0, None)),
        (OPENAI, Answer(429, {"retry-after-ms": "1500", "retry-after": "7"}), (1.5, 1.5, None)),
        (OPENAI, Answer(failure="connection_reset"), (0.5, 1.0, None)),
        (OPENAI, Answer(failure="client_timed_out"), (0.5, 1.0, None)),
        (OPENAI, Answer(failure="connection_refused"), (None,)),
        (OPENAI, Answer(failure="connection_refused", redirects=ELSEWHERE), (0.5, 1.0, None)),
        (OPENAI, Answer(failure="key_unsendable"), (None,)),
        (OPENAI, Answer(200, failure="answer_unfinished"), (0.5, 1.0, None)),
        (STREAM, Answer(200, failure="answer_unfinished"), (None,)),
        (STREAM, Answer(failure="connection_closed"), (0.5, 1.0, None)),
        (OLLAMA, ERROR, (None,)),
        (VLLM, ERROR, (None,)),
        (RERANK, ERROR, (0.0, 0.0, None)),
        (RERANK, Answer(failure="connection_closed"), (0.0, 0.0, None)),
    ],
)
def test_how_often_and_after_which_pause(made, answer, pauses):
    """The openai SDK tries three times with growing pauses, rerank three times at once, everything else once."""
    assert tuple(kag.pause_s(made, answer, n + 1, failed=True, now=NOW) for n in range(len(pauses))) == pauses


def test_what_kag_takes_is_not_repeated():
    """KAG's own retries are of what fails, whatever the status is."""
    assert kag.pause_s(RERANK, ERROR, 1, failed=False, now=NOW) is None


@pytest.mark.parametrize(
    ("made", "limit_s"),
    [
        (call("0.6"), 600.0),
        (call("0.6", timeout=5), 600.0),
        (call("0.7"), None),
        (call("0.7", timeout=None), None),
        (call(timeout=5), 5),
        (call(type_="ollama", timeout=0.5), 0.5),
        (call(type_="ollama", kind="embedding", timeout=float("inf")), float("inf")),
        (call(kind="rerank", timeout=0), None),
        (VLLM, None),
    ],
)
def test_how_long_kag_waits(made, limit_s):
    """0.6 has the SDK's own limit; later versions have none, or ``timeout``."""
    assert kag.limit_s(made) == limit_s


@pytest.mark.parametrize(
    ("type_", "kind", "timeout"),
    [
        *(("maas", "chat", timeout) for timeout in (0, -1, float("inf"), float("nan"), 1e10)),
        *(("ollama", "chat", timeout) for timeout in (0, -1, 1e10)),
        *(("ollama", "embedding", timeout) for timeout in (-1, float("nan"))),
    ],
)
def test_a_limit_with_which_no_client_sends_anything_is_refused(type_, kind, timeout):
    """Zero, negative numbers, and what no socket takes: KAG's client fails before it sends."""
    endpoint = Endpoint("f", 1, "n", kind, type_, "m", "http://h", Secret("k"), settings={"timeout": timeout})
    refused = kag.call("0.8", endpoint, "http://h")
    assert isinstance(refused, kag.NotSent)
    assert (refused.failure, refused.detail) == ("wrong_setting", "timeout")


def test_every_call_has_a_client():
    """No row of the calls is without a row of the clients, and none has two."""
    from netdiag.kag import calls, clients  # noqa: PLC0415 - the tables themselves

    for row in calls.ROWS:
        for version in row.versions:
            assert len([r for r in clients.ROWS if version in r.versions and row.reads in r.reads]) == 1, row

"""How KAG judges what came back: the failure word, or ``None`` when its own check would pass."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from netdiag import failures, json_limits
from netdiag.kag import ollama_types, pieces, refusals
from netdiag.kag.bodies import dig, json_of
from netdiag.kag.calls import Call, Reads
from netdiag.kag.version import EARLY, OF_08, Version
from netdiag.model.attempt import Answer
from netdiag.wording import details

ABOUT_PATHS: Final = frozenset({failures.PATH_NOT_FOUND, failures.WEB_PAGE})
"""What a wrong path ends in: a server has no such path, or shows its web page for every path it does not know."""

NO_API: Final = ABOUT_PATHS | {failures.NOT_A_MODEL_SERVICE, failures.UNEXPECTED_ANSWER, failures.REDIRECTED_AWAY}
"""What KAG's call ends in where the API that its type speaks is not: also an answer of another shape, as llama.cpp's
server gives at Ollama's paths, and a redirect that loses the question."""


def judge(call: Call, answer: Answer) -> tuple[str | None, str]:
    """Return the failure word, or ``None``, and the server's own words about it (not yet made printable)."""
    if unread := _unread(answer):
        return unread
    status = answer.status or 0
    is_good = 200 <= status < 300
    if (is_good or call.reads in _UNCHECKED) and _readable(call, answer):
        return None, ""
    if status >= 400:
        return _refused(call, status, answer)
    if not is_good:
        return failures.UNEXPECTED_ANSWER, f"HTTP {status} without a place to go to: {_text(answer.body)}"
    if _is_unreadable_stream(call):
        return failures.STREAM_UNREADABLE, ""
    return _unreadable(call, status, answer)


def _unread(answer: Answer) -> tuple[str, str] | None:
    """Return why there is nothing to be judged, where the answer is none or holds more than is read."""
    if answer.failure:
        # h11 repeats the header that it refuses, with escapes: no mask for the key would fit
        return answer.failure, "" if answer.failure == failures.KEY_UNSENDABLE else answer.detail
    if json_limits.is_too_much(answer.body):
        return failures.TOO_LARGE, f"more than {json_limits.MOST_VALUES} values or {json_limits.MOST_LINES} lines"
    return None


_UNCHECKED: Final[tuple[Reads, ...]] = ("unchecked_chat", "rerank")
"""What KAG calls with requests, without looking at the status."""


def seen(call: Call, answer: Answer) -> Mapping[str, str]:
    """Return what else the answer tells of its failure, by name (see :func:`netdiag.kag.refusals.noted`)."""
    failure, _ = judge(call, answer)
    return (
        refusals.noted(call, failure, refusals.read(call, answer), answer.headers)
        if failure and not answer.failure
        else {}
    )


def _refused(call: Call, status: int, answer: Answer) -> tuple[str, str]:
    refusal = refusals.read(call, answer)
    said = refusals.meaning(call, status, refusal)
    return said or (failures.SERVER_ERROR if status >= 500 else failures.REQUEST_REFUSED), refusal.said


def _unreadable(call: Call, status: int, answer: Answer) -> tuple[str, str]:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if json_of(call, answer) is None:
        is_page = kind == "text/html" or details.is_page(answer.body[:100].decode("utf-8", "replace"))
        word = failures.WEB_PAGE if is_page else failures.NOT_A_MODEL_SERVICE
        return word, f"{kind or 'no content type'}: {_text(answer.body)}"
    refusal = refusals.read(call, answer)
    return refusals.meaning(call, status, refusal) or failures.UNEXPECTED_ANSWER, refusal.said


_CANNOT_STREAM: Final[Mapping[Reads, tuple[Version, ...]]] = {
    # 0.6 reads a stream as if it were one answer: 'Stream' object has no attribute 'choices'
    "openai_chat": EARLY,
    # 0.8 collects the pieces with list.append(a, b), which always raises (ollama_client.py:146)
    "ollama_chat": OF_08,
}


def _streams(call: Call) -> bool:
    return call.reads in _CANNOT_STREAM and call.streamed


def _is_unreadable_stream(call: Call) -> bool:
    """Tell whether KAG asks for a stream that it cannot read, or does not know that it asks for one."""
    if call.reads == "ollama_chat" and "stream" not in call.body:
        return True
    return _streams(call) and call.version in _CANNOT_STREAM[call.reads]


def _readable(call: Call, answer: Answer) -> bool:
    if not _streams(call):
        return _READERS[call.reads](json_of(call, answer), call)
    if call.reads == "openai_chat":
        return call.version not in _CANNOT_STREAM[call.reads] and pieces.of_openai(answer) is not None
    return pieces.of_ollama(call.version, answer) is not None


def _chat(body: Any, _: Call) -> bool:
    """The SDK checks no types: a message is good whatever its content is, or without any."""
    return isinstance(dig(body, "choices", 0, "message"), dict)


def _unchecked_chat(body: Any, _: Call) -> bool:
    """0.6's type vllm replaces quotation marks in the content, so it must be text (vllm_client.py:66)."""
    return isinstance(dig(body, "choices", 0, "message", "content"), str)


def _ollama_chat(body: Any, call: Call) -> bool:
    if not ollama_types.is_chat(call.version, body):
        return False
    if call.version not in OF_08:
        return True
    # 0.8 adds the counts up and looks for <think> in the content (ollama_client.py:129, :150)
    counts = (body.get("eval_count"), body.get("prompt_eval_count"))
    return isinstance(body["message"].get("content"), str) and None not in counts


def _generate(body: Any, _: Call) -> bool:
    return isinstance(dig(body, "response"), str)


def _embedding(body: Any, _: Call) -> bool:
    """KAG asserts that there is one vector for one text (openai_model.py:128)."""
    vectors = dig(body, "data")
    return isinstance(vectors, list) and len(vectors) == 1 and vector_length(body) > 0


def _ollama_embedding(body: Any, _: Call) -> bool:
    return ollama_types.is_embedding(body) and bool(body["embedding"])


def _rerank(body: Any, _: Call) -> bool:
    """KAG takes the ``index`` of every result, and uses it to find the document."""
    results = dig(body, "results")
    return isinstance(results, list) and bool(results) and all(isinstance(dig(r, "index"), int) for r in results)


_READERS: Final[Mapping[Reads, Callable[[Any, Call], bool]]] = {
    "openai_chat": _chat,
    "unchecked_chat": _unchecked_chat,
    "generate": _generate,
    "ollama_chat": _ollama_chat,
    "embedding": _embedding,
    "ollama_embedding": _ollama_embedding,
    "rerank": _rerank,
}


def said(call: Call, answer: Answer) -> pieces.Said | None:
    """Return what a model said in an answer that KAG takes; ``None`` of calls that are no chat."""
    if call.reads in ("embedding", "ollama_embedding", "rerank"):
        return None
    if _streams(call):
        return pieces.of_openai(answer) if call.reads == "openai_chat" else pieces.of_ollama(call.version, answer)
    body = json_of(call, answer)
    if call.reads == "generate":
        return pieces.Said(dig(body, "response"), str(dig(body, "thinking") or ""))
    found = dig(body, "message") if call.reads == "ollama_chat" else dig(body, "choices", 0, "message")
    return pieces.of_message(found)


def dimensions(call: Call, answer: Answer) -> int:
    """Return how many numbers the vector in an answer to a call for embeddings has; 0 where there is none."""
    return vector_length(json_of(call, answer)) if call.reads in ("embedding", "ollama_embedding") else 0


def vector_length(body: Any) -> int:
    """Return the length of the first vector: a list, or 32-bit numbers in base64 as the openai SDK asks for them."""
    vector = dig(body, "data", 0, "embedding") or dig(body, "embedding")
    if isinstance(vector, list):
        return len(vector)
    if not isinstance(vector, str):
        return 0
    try:
        size = len(base64.b64decode(vector))
    except ValueError:
        return 0
    return 0 if size % _NUMBER else size // _NUMBER


_NUMBER: Final = 4
"""Bytes of a number in a vector (openai/resources/embeddings.py: ``dtype="float32"``)."""


def _text(body: bytes) -> str:
    return body[:2000].decode("utf-8", "replace")

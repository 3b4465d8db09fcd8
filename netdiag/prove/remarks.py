"""What else an answer to KAG's call tells, by name: one that KAG takes, and one that it does not. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from netdiag import config, failures, kag
from netdiag.kag.calls import Call
from netdiag.model.attempt import Answer
from netdiag.model.endpoint import Endpoint
from netdiag.text import shown

SLOW_S: Final = 30.0
"""From how many seconds on an answer is called slow: a model that is loaded begins to answer much sooner, and a page
of KAG's, with three of its calls one after another, has been waiting for a minute and a half."""

_LOST_KEY: Final = frozenset(
    {failures.KEY_REFUSED, failures.KEY_MISSING, failures.KEY_NOT_SENT, failures.KEY_MASKED, failures.KEY_EXPIRED}
    | {failures.FORBIDDEN, failures.LOGIN_WANTED, failures.KEY_HEADER}
)
"""How a call ends that was redirected to another origin, where KAG's client sends no key."""


def of_success(endpoint: Endpoint, call: Call, answer: Answer) -> Mapping[str, str]:
    """Return what is to be told of an answer that KAG takes: its use may break all the same."""
    return {
        **_length(endpoint, call, answer),
        **_tries(endpoint, answer),
        **_content(call, answer),
        **_slow(call, answer),
    }


def of_limit(call: Call) -> Mapping[str, str]:
    """Return how long KAG's client waits for an answer, and what says so (findings/terms.yaml)."""
    limit_s, by_setting = kag.limit_s(call), kag.client_of(call).takes_timeout
    if limit_s is None:
        return {"limit": "no_limit", "limited_by": "limit_of_client", "by_setting": "no"}
    by = "limit_of_setting" if by_setting else "limit_of_client"
    return {"limit": f"{limit_s:g} s", "limited_by": by, "by_setting": "yes" if by_setting else "no"}


def of_redirects(endpoint: Endpoint, base_url: str, answer: Answer) -> Mapping[str, str]:
    """Return where the call was redirected to, and the base_url that leads there at once, where it can be told."""
    if not answer.redirects:
        return {}
    first, last = answer.redirects[0], answer.redirects[-1]
    told = {"redirect": str(first.status), "target": shown(last.url, endpoint.secrets), "method": last.method}
    onward = _onward(endpoint, base_url, last.url)
    return {**told, "onward": "yes" if onward else "no", "suggestion": shown(onward)}


def is_lost(answer: Answer, failure: str) -> bool:
    """Tell whether a call failed because it was redirected: without its question or key, or to where nobody answers."""
    if any(step.method == "GET" for step in answer.redirects):
        return True
    return failure in _LOST_KEY | failures.UNREACHED and any(step.away for step in answer.redirects)


def _onward(endpoint: Endpoint, base_url: str, target: str) -> str:
    """Return the base_url of which KAG's client would make ``target``."""
    asked = config.split(base_url).path.rstrip("/")
    there = config.split(target)
    suffix = next((s for s in _SUFFIXES[endpoint.kind] if there.path.endswith(s)), None)
    if suffix is None or not base_url.isprintable():
        return ""
    path = there.path if asked.endswith(suffix) else there.path.removesuffix(suffix)
    return target.removesuffix(there.path) + path


_SUFFIXES: Final[Mapping[str, Sequence[str]]] = {
    "chat": ("/chat/completions", "/api/chat", "/api/generate"),
    "embedding": ("/embeddings", "/api/embeddings"),
    "rerank": ("/rerank",),
}
"""What KAG's clients append."""


_MOST_DIMENSIONS: Final = 10**6
"""No vector is longer, and Python refuses to write numbers of more than 4300 digits."""


def _length(endpoint: Endpoint, call: Call, answer: Answer) -> Mapping[str, str]:
    """Return under ``dimensions`` how long a vector is that is not as long as its setting says."""
    said = endpoint.settings.get("vector_dimensions")
    if isinstance(said, int) and abs(said) > _MOST_DIMENSIONS:
        return {}
    length = kag.dimensions(call, answer) if said else 0
    return {"dimensions": str(length), "configured": shown(str(said))} if length and str(said) != str(length) else {}


def _tries(endpoint: Endpoint, answer: Answer) -> Mapping[str, str]:
    """Return how many tries it took, and what the first one ended with."""
    if not answer.earlier:
        return {}
    return {"tries": str(len(answer.earlier) + 1), "first": shown(answer.earlier[0], endpoint.secrets)}


def _content(call: Call, answer: Answer) -> Mapping[str, str]:
    """Return under ``empty`` what there is in place of content that KAG could use; a model may also say nothing."""
    said = kag.said(call, answer)
    if said is None:
        return {}
    if said.reasoning.strip() and not (isinstance(said.content, str) and said.content.strip()):
        return {"empty": "content_reasoning"}
    if isinstance(said.content, str):
        return {}
    return {"empty": "content_missing" if said.content is None else "content_unusable"}


def _slow(call: Call, answer: Answer) -> Mapping[str, str]:
    """Return how long a slow answer took: 30 s, or half of what KAG's client waits for it."""
    took_s, limit_s = answer.duration_ms / 1000, kag.limit_s(call)
    if took_s < SLOW_S and (limit_s is None or took_s < limit_s / 2):
        return {}
    return {"took": f"{took_s:.2g}" if took_s < 10 else f"{took_s:.0f}", **of_limit(call)}

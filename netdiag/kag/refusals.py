"""What a refusal of KAG's call means: what the service's words say, what was sent as the key, and which field. Pure."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from netdiag import failures, wording
from netdiag.kag import keys
from netdiag.kag.bodies import json_of
from netdiag.kag.calls import Call
from netdiag.model.attempt import Answer
from netdiag.wording import bodies, details

FEWER_TOKENS: Final = 1024
"""Tokens of answer to ask for where a model's own limit is not known: enough for what KAG extracts from a chunk."""

_SHOWN: Final = 2000
"""Bytes of a body of no known shape that are looked at."""

_HEADERS: Final = ("server", "www-authenticate", "via")
"""Headers that say who refuses, or how a login has to be sent, where the body does not."""


class Refusal(NamedTuple):
    """``said`` is the service's own words for people, ``text`` all in which the table is searched."""

    said: str
    text: str
    fields: tuple[str, ...] = ()


def read(call: Call, answer: Answer) -> Refusal:
    """Return what an answer says of its refusal; servers agree on no single place for it."""
    told = bodies.read(json_of(call, answer))
    text = answer.body[:_SHOWN].decode("utf-8", "replace")
    if told.message or told.codes:
        return Refusal(told.message or text, f"{told.message or text} {told.codes} {_headers(answer)}", told.fields)
    return Refusal(details.title(text) or text, f"{text} {_headers(answer)}")


def meaning(call: Call, status: int, refusal: Refusal) -> str | None:
    """Return the failure word that a refusal means, or ``None`` where neither its words nor its status tell more."""
    said = wording.by_words(status, refusal.text)
    if said is None and status in wording.BAD and field(call, refusal):
        return failures.FIELD_REFUSED
    said = said or _by_status(call, status, refusal)
    return _of_key(call) if said == failures.KEY_REFUSED else said


def _by_status(call: Call, status: int, refusal: Refusal) -> str | None:
    """Return what a status means beside words that no row knows: a 404 with a reason of its own is about no path."""
    said = wording.by_status(status)
    if said != failures.PATH_NOT_FOUND or details.is_page(refusal.text) or details.is_about_paths(refusal.said):
        return said
    return failures.MODEL_NOT_FOUND if details.names(refusal.said, str(call.body.get("model", ""))) else None


def field(call: Call, refusal: Refusal) -> str:
    """Return the field of KAG's own request that a refusal names; empty where it names none."""
    return details.field(refusal.said, refusal.fields, sent(call.body))


def sent(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of a request that a service may refuse, with those inside of them."""
    nested = (name for value in body.values() if isinstance(value, dict) for name in value)
    return frozenset({*body, *nested}) - {"model", "messages", "input", "prompt"}


def noted(call: Call, failure: str, refusal: Refusal, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return what else a refusal tells, by name: ``field``, ``limit``, ``asked`` and ``fewer`` (tokens)…"""
    unknown = {"fewer": str(FEWER_TOKENS)} if failure == failures.TOO_MANY_TOKENS else {}
    told = {**unknown, **details.told(failure, refusal.said, page=details.is_page(refusal.text))}
    told |= _NOTED.get(failure, _nothing)(call, refusal)
    if waiting := headers.get("retry-after"):
        told["retry_after"] = f"{waiting} s" if waiting.isdecimal() else waiting
    return told


def _nothing(_: Call, __: Refusal) -> Mapping[str, str]:
    return {}


def _of_field(call: Call, refusal: Refusal) -> Mapping[str, str]:
    return {"field": field(call, refusal)}


def _of_tokens(call: Call, _: Refusal) -> Mapping[str, str]:
    return {"asked": str(call.body.get("max_tokens", "?"))}


def _of_login(call: Call, _: Refusal) -> Mapping[str, str]:
    has = "@" in urlsplit(call.request.url).netloc
    return {"login": "sent" if has else "unsent", "reason": "login_sent" if has else "login_unsent"}


_NOTED: Final = {
    failures.FIELD_REFUSED: _of_field,
    failures.TOO_MANY_TOKENS: _of_tokens,
    failures.LOGIN_WANTED: _of_login,
}
"""What a refusal tells beside its words, since it is known what was sent."""


def _headers(answer: Answer) -> str:
    return " ".join(f"{name}: {answer.headers[name][:100]}" for name in _HEADERS if name in answer.headers)


def _of_key(call: Call) -> str:
    """Return what is wrong with the key that was sent, if any was."""
    bearer = call.request.bearer
    if bearer is None:
        return failures.KEY_NOT_SENT
    if keys.is_filler(bearer.reveal()):
        return failures.KEY_MISSING
    return failures.KEY_MASKED if keys.is_mask(bearer.reveal()) else failures.KEY_REFUSED

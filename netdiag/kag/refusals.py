"""What a refusal of KAG's call means: what the service's words say, what was sent as the key, and which field. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from netdiag import failures, wording
from netdiag.kag import keys
from netdiag.kag.calls import Call

FEWER_TOKENS: Final = 1024
"""Tokens of answer to ask for where a model's own limit is not known: enough for what KAG extracts from a chunk."""

_NAMES_A_FIELD: Final = (
    r"(?i)unrecogni[sz]ed|not permitted|forbidden|unsupported|not supported|not allowed|unexpected|unknown|"
    r"not support|is too short|not of type|should be|must be|invalid|deserializ"
)
_LIMIT: Final = r"(?i)(?:context (?:length|window|size)|max_model_len|max_seq_len)\D{0,20}(\d{2,})"


def meaning(call: Call, status: int, message: str) -> str | None:
    """Return the failure word that a refusal means, or ``None`` where neither its status nor its words tell more."""
    said = wording.meaning(status, message)
    if said == failures.KEY_REFUSED:
        return _of_key(call)
    return said or (failures.FIELD_REFUSED if status in wording.BAD and field(call, message) else None)


def field(call: Call, message: str) -> str:
    """Return the field of KAG's own request that a refusal names, the longest first; empty where it names none."""
    if not re.search(_NAMES_A_FIELD, message):
        return ""
    body: Mapping[str, Any] = call.body
    nested = (name for value in body.values() if isinstance(value, dict) for name in value)
    names = sorted({*body, *nested} - {"model", "messages", "input", "prompt"}, key=len, reverse=True)
    return next((name for name in names if re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", message)), "")


def noted(call: Call, failure: str, message: str, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return what else a refusal tells, by name: ``field``, ``limit``, ``asked`` and ``fewer`` (tokens)…"""
    told: dict[str, str] = {}
    if failure == failures.FIELD_REFUSED:
        told["field"] = field(call, message)
    if failure == failures.TOO_MANY_TOKENS:
        limit = re.search(_LIMIT, message)
        told |= {"asked": str(call.body.get("max_tokens", "")), "limit": limit[1] if limit else ""}
        told["fewer"] = str(int(limit[1]) // 2 if limit else FEWER_TOKENS)  # half leaves room for the question
    if waiting := headers.get("retry-after"):
        told["retry_after"] = f"{waiting} s" if waiting.isdecimal() else waiting
    return told


def _of_key(call: Call) -> str:
    """Return what is wrong with the key that was sent, if any was."""
    bearer = call.request.bearer
    if bearer is None:
        return failures.KEY_NOT_SENT
    if keys.is_filler(bearer.reveal()):
        return failures.KEY_MISSING
    return failures.KEY_MASKED if keys.is_mask(bearer.reveal()) else failures.KEY_REFUSED

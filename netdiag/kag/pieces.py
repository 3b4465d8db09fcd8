"""Answers that are read piece by piece, as KAG's clients read them: what they say, or that KAG fails at them. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from netdiag.kag import events, ollama_types
from netdiag.kag.bodies import dig, lines_of
from netdiag.kag.version import OF_08, Version
from netdiag.model.attempt import Answer

_REASONING: Final = ("reasoning_content", "reasoning", "thinking")
"""Where servers put what a model thinks: vLLM and DeepSeek, vLLM from 0.11 on and OpenRouter, Ollama."""


class Said(NamedTuple):
    """What a model said: the ``content`` as KAG has it, ``None`` where there is none, and what it thought."""

    content: Any
    reasoning: str = ""


def of_message(message: Any) -> Said:
    """Return what a message, or a piece of one, says."""
    thought = next((text for name in _REASONING if isinstance(text := dig(message, name), str)), "")
    return Said(dig(message, "content"), thought)


def of_openai(answer: Answer) -> Said | None:
    """Return what a stream of the openai SDK says, ``None`` where KAG fails at it or it is none."""
    if not events.has_data(answer.body):
        return None
    try:
        found = [(event, json.loads(event.data)) for event in events.decoded(answer.body)]
    except (ValueError, RecursionError):
        return None
    return _joined([_piece(event, data) for event, data in found])


def of_ollama(version: Version, answer: Answer) -> Said | None:
    """Return what a stream of Ollama's SDK says, ``None`` where KAG fails at it or no line came.

    0.8 fails at each piece that has content (ollama_client.py:146).
    """
    try:
        parts = [json.loads(line) for line in lines_of(answer)]
    except (ValueError, RecursionError):
        return None
    found: list[Said | None] = []
    for part in parts:
        if not ollama_types.is_chat(version, part) or part.get("error"):
            return None
        is_bad = version in OF_08 and part["message"].get("content", "") is not None
        found.append(None if is_bad else of_message(part["message"]))
    return _joined(found) if found else None


def _piece(event: events.Event, data: Any) -> Said | None:
    """Return what one event says, ``None`` where KAG fails at it.

    KAG skips what has no ``choices``, or empty ones, and wants text, or nothing, of the others (openai_client.py:150).
    """
    if isinstance(data, Mapping) and data.get("error") and (event.name == "error" or not event.is_wrapped):
        return None
    if event.is_wrapped:
        return Said(None)
    if not isinstance(data, Mapping):
        return None
    if not data.get("choices"):
        return Said(None)
    choice = dig(data, "choices", 0)
    if not isinstance(choice, Mapping):
        return None
    said = of_message(choice.get("delta"))
    return said if said.content is None or isinstance(said.content, str) else None


def _joined(found: list[Said | None]) -> Said | None:
    said = [each for each in found if each is not None]
    if len(said) < len(found):
        return None
    content = [each.content for each in said if each.content is not None]
    return Said("".join(content) if content else None, "".join(each.reasoning for each in said))

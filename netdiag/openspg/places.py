"""Where people find a model in OpenSPG: the way through its pages, in names. Pure."""

from typing import Any

from netdiag.model.endpoint import Endpoint
from netdiag.text import printable


def placed(place: tuple[str, ...], endpoint: Endpoint) -> str:
    """Return where a person finds a model: ``place_models > Ollama > qwen2.5:3b``, ``place_`` words to be translated.

    The page of 0.6 and 0.7 has a list of models and marks one of them as the default, of which it stores a copy.
    """
    model = said(endpoint.model) if endpoint.model else ""
    if place[0] == "place_models":
        parts = (*place[:2], model or "place_unnamed", *(name for name in place[2:] if name != model))
    elif endpoint.node.startswith("llm_select"):
        parts = (*place, model or "place_unnamed")
    else:
        parts = (*place, f"place_{endpoint.kind}", model)
    return " > ".join(filter(None, parts))


def said(name: Any) -> str:
    """Return a name as a part of a place."""
    return printable(str(name), 60).replace(">", "›") or "place_unnamed"

"""Models that a knowledge base refers to by an id, and which of them are there: 0.8 keeps them in one place. Pure."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from netdiag.model.report import Finding
from netdiag.openspg.places import said

_DEPTH = 20
"""Levels that are looked at; OpenSPG's own texts have three."""


def ids(text: bytes | None) -> frozenset[str] | None:
    """Return the ids of the models in a row of ``kg_user_model``, or ``None`` where its text cannot be read."""
    try:
        models = json.loads(text or b"[]")
    except (ValueError, RecursionError):
        return None
    if not isinstance(models, list | None):
        return None
    return frozenset(str(each["modelId"]) for each in models or () if isinstance(each, dict) and "modelId" in each)


def gone(place: tuple[str, ...], config: str | bytes | None, known: Collection[str] | None = None) -> Iterator[Finding]:
    """Yield each reference of a knowledge base to a model that is not there.

    ``config`` is its configuration. Without the ``known`` ids it is what the server tells, which puts in the base_url
    of each model that it finds.
    """
    for node, model in _gone(_parsed(config), "", known, _DEPTH):
        yield Finding("ND568", " > ".join(place), {"node": said(node or "vectorizer"), "model": said(model)})


def _gone(node: Any, name: str, known: Collection[str] | None, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(node, dict) or not depth:
        return
    wanted = node.get("modelId")
    if isinstance(wanted, str) and wanted and not node.get("base_url") and (known is None or wanted not in known):
        yield name, wanted
    for key, inner in node.items():
        yield from _gone(_parsed(inner), str(key), known, depth - 1)


def _parsed(value: Any) -> Any:
    """Return what a text of JSON holds: the server takes a vectorizer written so, too."""
    if not isinstance(value, str | bytes) or value.lstrip()[:1] not in ("{", b"{"):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None

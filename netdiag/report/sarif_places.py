"""Where things are, in SARIF's words: physical locations with regions, logical ones, and the replacements of a fix."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from netdiag.model.endpoint import Endpoint
from netdiag.model.plan import Edit
from netdiag.model.report import Finding
from netdiag.text import shown

_WITH_LINE: Final = re.compile(r"(.+):(\d+)")
_SUFFIXES: Final = frozenset({".cfg", ".conf", ".env", ".ini", ".json", ".service", ".txt", ".yaml", ".yml"})
"""Of a file that was not read as a configuration; ``mysql.lan:3306`` is none."""


def of_endpoint(endpoint: Endpoint, place: str) -> dict[str, Any]:
    """Return where an endpoint is; ``place`` is what people call it where it is in no file."""
    node = shown(endpoint.node)
    if place or not endpoint.line or not _is_file(endpoint.source, {endpoint.source}):
        name = " > ".join(filter(None, (place or shown(endpoint.source), node)))
        return {"logicalLocations": [{"name": node or place, "fullyQualifiedName": name, "kind": "object"}]}
    region = {"startLine": endpoint.line}
    if endpoint.column:
        region["startColumn"] = endpoint.column
        span, length = endpoint.url_span, len(endpoint.written)
        if span and span.end - span.start == length:  # nothing in it is written with an escape
            region["endColumn"] = endpoint.column + length
    return {
        "physicalLocation": {"artifactLocation": artifact(endpoint.source), "region": region},
        "logicalLocations": [{"fullyQualifiedName": node, "kind": "object"}],
    }


def of_finding(finding: Finding, sources: AbstractSet[str]) -> dict[str, Any]:
    """Return where a finding about the run is; empty where it is of no place."""
    at = _WITH_LINE.fullmatch(finding.where)
    path = at[1] if at else finding.where
    if _is_file(path, sources):
        place: dict[str, Any] = {"artifactLocation": artifact(path)}
        if at:
            place["region"] = {"startLine": int(at[2])}
        return {"physicalLocation": place}
    return {}


def fix(edits: Iterable[Edit], endpoint: Endpoint) -> dict[str, Any]:
    """Return the planned edits of an endpoint as the changes of a fix; empty where there are none, or no file."""
    span = endpoint.url_span
    if span is None or not endpoint.line:
        return {}
    own = [e for e in edits if e.source == endpoint.source and span.start <= e.span.start and e.span.end <= span.end]
    replacements = [
        {"deletedRegion": _deleted(edit), "insertedContent": {"text": edit.new.decode("utf-8", "replace")}}
        for edit in own
    ]
    changed = {"artifactLocation": artifact(endpoint.source), "replacements": replacements}
    return {"artifactChanges": [changed]} if replacements else {}


def artifact(path: str) -> dict[str, str]:
    """Return a path as a URI, relative where the path is."""
    written = quote(path, errors="surrogateescape")
    return {"uri": f"file://{written}" if path.startswith("/") else written}


def _deleted(edit: Edit) -> dict[str, int]:
    length = len(edit.old.decode("utf-8", "replace"))
    return {"startLine": edit.line, "startColumn": edit.column, "endColumn": edit.column + length}


def _is_file(path: str, sources: AbstractSet[str]) -> bool:
    if path in ("", "-", "command line") or "://" in path or path.startswith("openspg:"):
        return False
    return path in sources or path.startswith(("/", "./", "../")) or PurePosixPath(path).suffix in _SUFFIXES

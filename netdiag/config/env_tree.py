"""``.env`` text → a tree with one mapping for each variable that ends in ``BASE_URL``.

Nobody owns the format: what is read here is what Docker Compose, python-dotenv and a shell agree on. Where they do not
(a backslash, a value of several pieces), the value is reported and left alone.
"""

import re
from typing import Final

from netdiag.config.tree import Mapping, Node, NotRead, Scalar

_REST: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_VARIABLE: Final = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)(?P<value>[ \t]*=[ \t]*)?")
_NOTHING: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_UNQUOTED: Final = re.compile(r"[^\r\n]*?(?=[ \t]+#|[ \t]*(?:[\r\n]|\Z))")
_QUOTED: Final = {"'": re.compile(r"[^']*(?=')"), '"': re.compile(r"(?:[^\"\\]|\\.)*(?=\")", re.DOTALL)}
_AMBIGUOUS: Final = re.compile(r"[\\'\"]")

_BASE_URL: Final = re.compile(r"(?i)base_url\Z")
_SIBLINGS: Final = ("type", "client_type", "model", "api_key", "vector_dimensions")
"""The keys that make a call. KAG 0.5 exports each as ``KAG_<SECTION>_<KEY>`` (kag/common/env.py)."""

_UNKNOWN: Final = "neither NAME=value nor a # comment"


def read(text: str) -> list[Node]:
    """Return the variables that end in ``BASE_URL``, each with its siblings. Raises :class:`NotRead`."""
    variables: dict[str, Scalar] = {}
    at = 0
    while at < len(text):
        at = _line(text, at, variables)
    lowered = {name.lower(): scalar for name, scalar in variables.items()}
    root = Mapping(0)
    for name, scalar in variables.items():
        if ending := _BASE_URL.search(name):
            prefix = name[: ending.start()].lower()
            pairs: dict[str, Node] = {key: lowered[prefix + key] for key in _SIBLINGS if prefix + key in lowered}
            root.groups[name] = Mapping(scalar.start, pairs | {"base_url": scalar})
    return [root]


def _line(text: str, at: int, variables: dict[str, Scalar]) -> int:
    """Read the line at ``at``, with the further lines that its quotes hold, and return where the next one begins."""
    end = at
    if not _NOTHING.match(text, at):
        variable = _VARIABLE.match(text, at)
        if variable is None:
            raise NotRead(at, _UNKNOWN)
        end = variable.end()
        if variable["value"]:
            variables.pop(variable["name"], None)  # the last of equal names counts, and stands where it stands
            variables[variable["name"]] = scalar = _value(text, end)
            end = scalar.end
        elif not _NOTHING.match(text, end):  # NAME alone hands on a variable of the environment
            raise NotRead(at, _UNKNOWN)
    rest = _REST.match(text, end)
    return rest.end() if rest else len(text)


def _value(text: str, start: int) -> Scalar:
    quoted = _QUOTED.get(text[start : start + 1])
    if quoted is not None:
        body = quoted.match(text, start + 1)
        if body is None:
            raise NotRead(start, "a quote that is not closed")
        if _NOTHING.match(text, body.end() + 1):
            exact = "\\" not in body.group()
            return Scalar(body.group(), start, body.end() + 1, "env", within=body.span() if exact else None)
    found = _UNQUOTED.match(text, start)
    end = found.end() if found else start
    raw = text[start:end]
    return Scalar(raw, start, end, "env", within=None if _AMBIGUOUS.search(raw) else (start, end))

"""Hold a value of JSON to one of the JSON Schemas that ship with netdiag, by the keywords that those use. Pure.

The package ``jsonschema`` knows the rest of the language and costs four more packages in OpenSPG's image; a test holds
the two to the same verdicts on netdiag's own schemas.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

LONGEST: Final = 1024 * 1024
"""Characters of one text; the longest that netdiag writes is the diff of a run."""

_LARGEST: Final = 2**53
"""A number beyond it is not the same to every reader of JSON (RFC 8259, 6)."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
_FORMATS: Final = {"date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")}


class MismatchError(ValueError):
    """A value is not as its schema has it; the message says where, and what belongs there."""


def check(value: Any, schema: Mapping[str, Any]) -> None:
    """Raise :exc:`MismatchError` where ``value`` is not as ``schema`` has it.

    Keys that the schema does not name are left to the caller: newer versions add some.
    """
    _check(value, schema, schema["$defs"], "the report")


def _check(value: Any, schema: Mapping[str, Any], named: Mapping[str, Any], at: str) -> None:
    if "$ref" in schema:
        _check(value, named[schema["$ref"].rpartition("/")[2]], named, at)
    if "oneOf" in schema:  # null, or the other
        null, other = schema["oneOf"]
        _check(value, null if value is None else other, named, at)
    for wrong in _faults(value, schema):
        msg = f"{at}: {wrong}"
        raise MismatchError(msg)
    if isinstance(value, list):
        for number, each in enumerate(value):
            _check(each, schema.get("items", {}), named, f"{at}[{number}]")
    if isinstance(value, dict):
        more = schema.get("additionalProperties", False)
        for name, each in value.items():
            if inner := schema.get("properties", {}).get(name, more):
                _check(each, inner, named, f"{at}.{name[:40]}")


def _faults(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    kinds = schema.get("type")
    wanted = [kinds] if isinstance(kinds, str) else kinds
    if wanted and not any(_is(value, kind) for kind in wanted):
        yield f"{' or '.join(wanted)} expected"
    if "const" in schema and value != schema["const"]:
        yield f"{schema['const']!r} expected"
    if "enum" in schema and not any(value == each and type(value) is type(each) for each in schema["enum"]):
        yield f"one of {', '.join(map(repr, schema['enum']))} expected"
    if isinstance(value, int | float):
        least, most = schema.get("minimum", -_LARGEST), schema.get("maximum", _LARGEST)
        if not least <= value <= most:  # NaN is neither
            yield f"a number from {least} to {most} expected"
    elif isinstance(value, str):
        yield from _text_faults(value, schema)
    elif isinstance(value, dict):
        yield from (f"without {name}" for name in schema.get("required", ()) if name not in value)


def _text_faults(value: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if len(value) > LONGEST:
        yield f"a text of at most {LONGEST} characters expected"
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"a text like {schema['pattern']} expected"
    elif "format" in schema and not _FORMATS[schema["format"]].fullmatch(value):
        yield f"a {schema['format']} expected"


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))

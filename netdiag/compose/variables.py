"""What compose fills in: ``$NAME``, ``${NAME}``, ``${NAME:-default}``, ``${NAME-default}``, and ``$$`` for a dollar."""

import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<bare>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-+?])(?P<rest>[^}]*))?\})"
)
_SETTING: Final = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t]*\r?$")
_COMMENT: Final = re.compile(r"\s#.*")


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Return ``text`` as compose reads it; what is not set is empty."""
    return _VARIABLE.sub(lambda found: _value(found, variables), text)


def _value(found: "re.Match[str]", variables: Mapping[str, str]) -> str:
    if found["dollar"]:
        return "$"
    value = variables.get(found["bare"] or found["name"])
    how, rest = found["how"] or "", found["rest"] or ""
    is_set = value is not None and (value != "" or not how.startswith(":"))
    if how.endswith("+"):
        return rest if is_set else ""
    if how.endswith("-") and not is_set:
        return rest
    return value or ""


def settings(text: str) -> dict[str, str]:
    """Return what a ``.env`` file sets."""
    return {name: _unquoted(value) for name, value in _SETTING.findall(text)}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return _COMMENT.sub("", value)

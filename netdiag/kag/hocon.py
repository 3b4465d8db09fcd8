"""What pyhocon makes of a configuration's keys: KAG puts all of it into such a tree before it reads a setting. Pure.

pyhocon/config_tree.py, ``parse_key`` and ``_put``, 0.3.63.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from netdiag.model.endpoint import NotText

EMPTY: Final = "empty_key"
NOT_TEXT: Final = "key_not_text"
_TOKENS: Final = re.compile(r"\"[^\"]+\"|[^$}\[\]:=+#`^?!@*&.]+")


class KeyUnusableError(ValueError):
    """A key that is no text, or of which nothing is left: pyhocon fails, whatever else is configured.

    ``name`` is the setting it is in, ``reason`` the word for it (findings/terms.yaml), ``says`` what pyhocon says.
    """

    def __init__(self, name: str, reason: str, says: str) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason
        self.says = says


def tree(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings as KAG has them: ``extra_body.stream`` is ``stream`` in ``extra_body``.

    Raises :class:`KeyUnusableError`.
    """
    found: dict[str, Any] = {}
    for key, value in settings.items():
        _put(found, _path(key), _made(key, value))
    return found


def _made(setting: str, value: Any) -> Any:
    try:
        if isinstance(value, Mapping):
            return tree(value)
        return [_made(setting, item) for item in value] if isinstance(value, list) else value
    except KeyUnusableError as error:
        raise KeyUnusableError(setting, error.reason, error.says) from None


def _path(key: str) -> list[str]:
    if isinstance(key, NotText):
        raise KeyUnusableError(key, NOT_TEXT, f"expected string or bytes-like object, got '{key.type_name}'")
    path = [token.strip('"') for token in _TOKENS.findall(key)]
    if not path:
        raise KeyUnusableError(key, EMPTY, "list index out of range")
    return path


def _put(found: dict[str, Any], path: list[str], value: Any) -> None:
    first, *rest = path
    there = found.get(first)
    if rest:
        if not isinstance(there, dict):
            there = found[first] = {}
        _put(there, rest, value)
    elif isinstance(there, dict) and isinstance(value, dict):
        for name, inner in value.items():
            _put(there, [name], inner)
    else:
        found[first] = value

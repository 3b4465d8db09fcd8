"""Settings as Spring Boot finds them: which source counts, how variables are named, what placeholders stand for. Pure.

The order is that of Spring Boot's documentation ("Externalized Configuration"): arguments of the command line, then
``SPRING_APPLICATION_JSON``, properties of the virtual machine, variables of the environment, files beside the jar.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_JSON: Final = "spring.application.json"

_LENGTH: Final = 64 * 1024
_LOOKUPS: Final = 200
_DEPTH: Final = 16
"""How much is done for one setting: a placeholder may name another one, and itself."""


class Settings:
    """What a process of Spring Boot was told, each setting by its dotted name.

    ``arguments`` are the program's own, ``properties`` those of the virtual machine; ``files`` are what configuration
    files hold, the one that counts most first, and ``defaults`` what the program has within itself.
    """

    def __init__(
        self,
        arguments: Sequence[str] = (),
        properties: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        files: Sequence[Mapping[str, str]] = (),
        defaults: Mapping[str, str] | None = None,
    ) -> None:
        self._arguments = dict(_of_arguments(arguments))
        self._properties = properties or {}
        self._environ = environ or {}
        self._json: Mapping[str, str] = {}
        self._files = tuple(files)
        self._defaults = defaults or {}
        self._left = 0
        self._json = _of_json(self._raw(_JSON) or "")

    def get(self, name: str) -> str | None:
        """Return a setting with its placeholders filled in; ``None`` where it is not set or one cannot be filled in."""
        self._left = _LOOKUPS
        value = self._raw(name)
        return None if value is None else self._filled(value, _DEPTH)

    def names(self) -> Iterator[str]:
        """Yield the names that are set anywhere, those of the environment as Spring has them: dotted, in small."""
        for source in (self._arguments, self._json, self._properties, *self._files):
            yield from source
        yield from (name.lower().replace("_", ".") for name in self._environ)

    def _raw(self, name: str) -> str | None:
        sources = (self._arguments, self._json, self._properties, _variable(self._environ, name), *self._files)
        return next((source[name] for source in sources if name in source), None)

    def _filled(self, text: str, depth: int) -> str | None:
        """Return ``text`` with what each ``${name:default}`` in it stands for, from the inside out."""
        done, rest = "", text
        while (start := rest.find("${")) >= 0 and (end := _end(rest, start)) > 0:
            inner = self._filled(rest[start + 2 : end], depth - 1) if depth else None
            value = None if inner is None else self._meant(inner, depth - 1)
            if value is None or len(done) + len(value) > _LENGTH:
                return None
            done, rest = done + rest[:start] + value, rest[end + 1 :]
        return done + rest

    def _meant(self, inner: str, depth: int) -> str | None:
        """Return what a placeholder stands for: its name may hold a colon, else what follows the colon is a default."""
        self._left -= 1
        if self._left < 0:
            return None
        name, colon, default = inner.partition(":")
        for each in (inner, name):
            value = self._raw(each)
            value = self._defaults.get(each) if value is None else value
            if value is not None:
                return self._filled(value, depth) if depth else None
        return default if colon else None


def flat(value: Any, name: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, str]]:
    """Yield the settings of nested mappings and lists: ``server.port``, ``hosts[0]``."""
    if isinstance(value, Mapping) and depth:
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key), depth - 1)
    elif isinstance(value, list) and depth:
        for number, inner in enumerate(value):
            yield from flat(inner, f"{name}[{number}]", depth - 1)
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif isinstance(value, str | int | float):
        yield name, str(value)


def _of_arguments(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, _, value = word.partition("=")
        if name.startswith("--") and len(name) > 2:
            yield name[2:], value


def _of_json(text: str) -> Mapping[str, str]:
    try:
        return dict(flat(json.loads(text)))
    except (ValueError, RecursionError):
        return {}


def _variable(environ: Mapping[str, str], name: str) -> Mapping[str, str]:
    """Return a setting of the environment: by its own name, or with ``_`` for dots and dashes, in small or large."""
    plain = name.replace(".", "_")
    spelt = (name, plain, name.replace("-", "_"), plain.replace("-", "_"), plain.replace("-", ""))
    for each in (*spelt, *map(str.upper, spelt)):
        if each in environ:
            return {name: environ[each]}
    return {}


def _end(text: str, start: int) -> int:
    """Return where the placeholder that begins at ``start`` ends, or -1."""
    depth = 0
    for at in range(start, len(text)):
        if text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return -1

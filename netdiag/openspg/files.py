"""The configuration files that a Spring Boot program reads beside its jar: ``application.properties`` and YAML.

Where they are looked for is that of Spring Boot's documentation ("External Application Properties"): the working
directory and ``config`` in it, or what ``spring.config.location`` names; those of an active profile count first.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from netdiag.openspg.spring import Settings, flat
from netdiag.platform.files import read_text

_USUAL: Final = ("./", "./config/")
_LIMIT: Final = 64 * 1024
_PLACES: Final = 8
"""Places, names and profiles that are looked at, each; a file counts more the later its place is named."""

_LINE: Final = re.compile(r"((?:\\.|[^\\=:\s])+)(?:\s*[=:]\s*|\s+|$)(.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def settings_of(told: Settings, below: Callable[[str], Path]) -> tuple[Mapping[str, str], ...]:
    """Return what each configuration file holds, the one that counts most first.

    ``told`` is what the process was told otherwise, ``below`` returns the path of a file as the process sees it.
    """
    profiles = _listed(told.get("spring.profiles.active") or "default")
    names = _listed(told.get("spring.config.name") or "application")
    places = _listed(told.get("spring.config.location") or "") or list(_USUAL)
    places += _listed(told.get("spring.config.additional-location") or "")
    stems = [f"{name}-{profile}" for profile in reversed(profiles) for name in reversed(names)]
    found = (
        _read(below(path))
        for stem in (*stems, *reversed(names))
        for place in reversed(places)
        for path in _paths(place, stem, is_plain=stem in names)
    )
    return tuple(filter(None, found))


def _listed(text: str) -> list[str]:
    return [each.strip() for each in re.split("[,;]", text) if each.strip()][:_PLACES]


def _paths(place: str, stem: str, *, is_plain: bool) -> Iterator[str]:
    """Yield the files of a place: those in a directory, or the one that it names."""
    path = place.removeprefix("optional:").removeprefix("file:")
    if path.startswith("classpath"):
        return  # within the jar
    if not path.endswith("/"):
        if is_plain:
            yield path
        return
    for ending in ("properties", "yml", "yaml"):
        yield f"{path}{stem}.{ending}"


def _read(path: Path) -> Mapping[str, str]:
    text = read_text(path, _LIMIT)
    if not text:
        return {}
    return dict(_of_properties(text)) if path.suffix == ".properties" else _of_yaml(text)


def _of_yaml(text: str) -> Mapping[str, str]:
    """Return the settings of a YAML file's first document; of others it depends when they count."""
    import yaml  # noqa: PLC0415 - few servers have such a file

    try:
        return dict(flat(next(iter(yaml.safe_load_all(text)), None)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}


def _of_properties(text: str) -> Iterator[tuple[str, str]]:
    """Yield the settings of a text in the format of java.util.Properties."""
    for line in re.sub(r"\\\r?\n[ \t\f]*", "", text).splitlines():
        match = None if line.lstrip()[:1] in ("#", "!") else _LINE.fullmatch(line.strip())
        if match:
            yield _plain(match[1]), _plain(match[2])


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 5 else _LETTERS.get(m[1], m[1]), text)

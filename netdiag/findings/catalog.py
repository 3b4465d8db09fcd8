"""Load ``catalog.yaml`` and put a finding into words."""

import functools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import yaml

from netdiag.model import Finding, Severity

LANGUAGES: Final = ("en", "zh")

_TERMS: Final = frozenset({"failure", "reason"})
"""Values that are words of a closed vocabulary and have a translation of their own."""


@dataclass(frozen=True)
class Remedy:
    """Something to do: a sentence, the ``command`` to run (may span lines, may be empty), and where (``on``)."""

    text: str
    command: str
    on: str


@dataclass(frozen=True)
class Words:
    """A finding in one language."""

    title: str
    explanation: str
    remedies: tuple[Remedy, ...]


@functools.cache
def catalog() -> Mapping[str, Mapping[str, Any]]:
    """Return the catalogue: code → severity, title, explanation, remedies."""
    return _load("catalog.yaml")


@functools.cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Return the words for failures, reasons and platforms: word → language → text."""
    return _load("terms.yaml")


def term(word: str, language: str = "en") -> str:
    """Return a word of a closed vocabulary in ``language``; what is no such word is returned as it is."""
    return terms()[word][language] if word in terms() else word


def _load(name: str) -> dict[str, Mapping[str, Any]]:
    text = resources.files("netdiag.findings").joinpath(name).read_text("utf-8")
    loaded: dict[str, Mapping[str, Any]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded


def severity(code: str) -> Severity:
    """Return ``error``, ``warning`` or ``note``; raises :exc:`KeyError` for an unknown code."""
    found: Severity = catalog()[code]["severity"]
    return found


def words(finding: Finding, language: str = "en") -> Words:
    """Return the finding in ``language`` (``en`` or ``zh``), its values filled in; raises :exc:`KeyError`."""
    entry = catalog()[finding.code]
    told = {name: term(value, language) if name in _TERMS else value for name, value in finding.values.items()}
    values = defaultdict(lambda: "?", {**told, "where": finding.where})
    remedies = tuple(
        Remedy(
            remedy[language].format_map(values),
            remedy.get("command", "").rstrip("\n").format_map(values),
            remedy.get("on", {}).get(language, ""),
        )
        for remedy in entry["remedies"]
        if all(values[name] == wanted for name, wanted in remedy.get("when", {}).items())
    )
    title, explanation = entry["title"][language], entry["explanation"][language]
    return Words(title.format_map(values), explanation.format_map(values), remedies)

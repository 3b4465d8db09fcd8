"""Put a finding into words, from the registry: ``codes/*.yaml`` and ``terms.yaml``, written by people.

What is read here is ``registry.json``, made of them by ``netdiag.findings.registry``: to read YAML would cost every
command as much as starting Python twice.
"""

import contextlib
import functools
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from netdiag import handed_in, invocation, masking
from netdiag.findings import commands, details, grouped, templates
from netdiag.model.report import Finding, Severity
from netdiag.text import shown, without_secrets

LANGUAGES: Final = ("en", "zh")

REGISTRY: Final = Path(__file__).with_name("registry.json")

_TERMS: Final = frozenset({"failure", "reason", "tried", "limit", "limited_by", "empty", "first", "found", "ports"})
"""Values that are words of a closed vocabulary and have a translation of their own."""


class Remedy(NamedTuple):
    """Something to do: a sentence, the ``command`` to run (may span lines, may be empty), and where (``on``)."""

    text: str
    command: str
    on: str


class Words(NamedTuple):
    """A finding in one language."""

    title: str
    explanation: str
    remedies: tuple[Remedy, ...]


def catalog() -> Mapping[str, Mapping[str, Any]]:
    """Return the registry: code → severity, title, explanation, remedies."""
    codes: Mapping[str, Mapping[str, Any]] = _registry()["codes"]
    return codes


def terms() -> Mapping[str, Mapping[str, str]]:
    """Return the words for failures, reasons and platforms: word → language → text."""
    words: Mapping[str, Mapping[str, str]] = _registry()["terms"]
    return words


@functools.cache
def _registry() -> Mapping[str, Any]:
    loader: Any = __spec__.loader  # the package may lie in an archive
    text = loader.get_data(str(REGISTRY)).decode()
    masking.own_words(text)
    registry: Mapping[str, Any] = json.loads(text)
    return registry


def term(word: str, language: str = "en") -> str:
    """Return a word of a closed vocabulary in ``language``; what is no such word is returned as it is."""
    return terms()[word][language] if word in terms() else word


def placed(text: str, language: str = "en") -> str:
    """Return a place in OpenSPG's pages in ``language``: of ``place_models > Ollama`` the ``place_`` words.

    A saved report has them in its own language, and they are translated again. Any other text is returned as it is.
    """
    words = _place_words()
    return " > ".join(term(words[part], language) if part in words else part for part in text.split(" > "))


@functools.cache
def _place_words() -> Mapping[str, str]:
    """Return each ``place_`` word by itself, and by what it is in each language."""
    words = [word for word in terms() if word.startswith("place_")]
    return {said: word for word in words for said in (word, *terms()[word].values())}


def severity(code: str) -> Severity:
    """Return ``error``, ``warning`` or ``note``; raises :exc:`KeyError` for an unknown code."""
    found: Severity = catalog()[code]["severity"]
    return found


def severity_of(finding: Finding) -> Severity:
    """Return the severity of a finding in its run: its own, or else that of its code."""
    return finding.severity or severity(finding.code)


def words(finding: Finding, language: str = "en") -> Words:
    """Return the finding in ``language`` (``en`` or ``zh``), its values filled in; raises :exc:`KeyError`.

    What is secret in a URL is masked in all of it: a base_url that is to be written may hold a password.
    """
    entry = catalog()[finding.code]
    told = {name: without_secrets(_told(name, value, language)) for name, value in finding.values.items()}
    values = {**told, "where": without_secrets(placed(finding.where, language))}
    types = entry.get("values", {})
    explanation = templates.sentences(entry["explanation"][language], values, types)
    if "beside" in finding.values:
        explanation += _beside(finding.values["beside"], language)
    return Words(
        _title(entry["title"][language], values, types, language),
        explanation,
        tuple(dict.fromkeys(_remedies(entry, finding.values, language, values))),
    )


def _beside(value: str, language: str) -> str:
    """Return the sentence that says how connects to other addresses ended, after what is told of the first ones."""
    said = grouped.said(shown(value), lambda word: term(word, language))
    return term("ended_others", language).format(said=said)


def _told(name: str, value: str, language: str) -> str:
    if name == "detail":
        return details.detail(value, language)
    return term(value, language) if name in _TERMS else placed(value, language)


_GAP: Final = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
"""A space between two Chinese characters, which is left where words stand for a value that is not known."""


def _title(template: str, values: Mapping[str, str], types: Mapping[str, str], language: str) -> str:
    """Return a title, which has to be there whatever is missing: what is, is called unknown."""
    needed = [name for name in templates.fields(template) if types.get(name) != "piece"]
    known = {name: values.get(name) or _unknown(name, language) for name in needed}
    title = templates.filled(template, {**values, **known}, types)
    return _GAP.sub("", title) if language == "zh" else title


def _unknown(name: str, language: str) -> str:
    """Return what is said in place of a value, in a title; other words that need one are left out."""
    return term(f"unknown_{name}" if f"unknown_{name}" in terms() else "unknown_value", language)


def _remedies(
    entry: Mapping[str, Any], found: Mapping[str, str], language: str, values: Mapping[str, str]
) -> Iterator[Remedy]:
    """Yield what applies and can be said with these values; where nothing can, what is kept for that case."""
    is_told = False
    for remedy in entry["remedies"]:
        if remedy.get("otherwise") is True and is_told:
            continue
        if _applies(remedy.get("when", {}), found):
            with contextlib.suppress(templates.MissingValueError):
                yield _remedy(remedy, language, values, entry.get("values", {}))
                is_told = True


def _remedy(entry: Mapping[str, Any], language: str, values: Mapping[str, str], types: Mapping[str, str]) -> Remedy:
    """Return a remedy with its values, and netdiag called as it is where this is read.

    A finding's own ``called`` says it where this run is not in the place that its commands are for. Raises
    :exc:`templates.MissingValueError`.
    """
    text = templates.filled(entry[language], values, types)
    written = entry.get("command", "")
    command = templates.command(written, values, types)
    on = templates.filled(entry.get("on", {}).get(language, ""), values, types)
    run = invocation.current()
    handed = handed_in.called() or (shlex.join(run.program) if "--container" in run.program else "")
    called = values.get("called") or handed
    if commands.runs_there(command):
        on = _where(on, called, language)
    command = commands.naming(commands.as_called(command, called, run), handed)
    return Remedy(term("then_also", language).join((text, *_blanks(written, command, text, language))), command, on)


_BLANK: Final = re.compile(r"USER@HOST|(?<![\w{])[A-Z][A-Z_]{3,}(?!\w)")
"""What a command of the registry may have for the reader to put something else in its place."""


def _blanks(written: str, command: str, text: str, language: str) -> Iterator[str]:
    """Yield what to put in place of each word in capitals that ``command`` still has, unless ``text`` names it."""
    for word in dict.fromkeys(_BLANK.findall(written)):
        if f"blank_{word}" in terms() and _has(command, word) and not _has(text, word):
            yield term(f"blank_{word}", language)


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){word}(?!\w)", text, re.ASCII) is not None


def _where(on: str, called: str, language: str) -> str:
    """Return where a command of netdiag's own is run; one that is ``called`` from its host is run where it is read."""
    if not called:
        return on or term("where_it_ran", language)
    return term("in_this_container", language) if called == commands.OURS else ""


def lacking(finding: Finding) -> tuple[str, ...]:
    """Return what is wrong with the values of a finding: ``port: missing``, ``port: no port``; empty where all is well.

    Needed is what stands in its title, in its explanation and in the remedies that apply; what may be missing by
    ``values.yaml`` is needed by the title alone.
    """
    entry = catalog()[finding.code]
    applying = [each for each in entry["remedies"] if _applies(each.get("when", {}), finding.values)]
    parts = [entry["explanation"], *applying, *(each["on"] for each in applying if "on" in each)]
    parts = [part.get(key, "") for part in parts for key in ("en", "command")]
    titled = set(templates.fields(entry["title"]["en"]))
    needed = titled | {name for part in parts for name in templates.fields(part)} - {*entry["optional"]}
    return tuple(
        fault
        for name, type_ in entry["values"].items()
        if (fault := _fault(name, type_, finding.values, needed=name in needed))
    )


def _fault(name: str, type_: str, values: Mapping[str, str], *, needed: bool) -> str:
    if not values.get(name) and type_ != "piece":
        return f"{name}: missing" if needed else ""
    is_known = name not in values or templates.fits(values[name], type_) or values[name] in terms()
    return "" if is_known else f"{name}: no {type_}"


class Described(NamedTuple):
    """A code in one language, with what is filled in shown in capitals: its remedies, each with its conditions.

    What is shown only where no other remedy applies is left out where there are others.
    """

    severity: Severity
    title: str
    explanation: str
    remedies: tuple[tuple[Remedy, Mapping[str, list[str]]], ...]
    hidden_by: tuple[str, ...]


def described(code: str, language: str = "en") -> Described:
    """Return what ``code`` means whatever its values would be; raises :exc:`KeyError` for an unknown one."""
    entry = catalog()[code]
    names = _Capitals(kag="X.Y")
    types = entry.get("values", {})
    listed = [each for each in entry["remedies"] if "otherwise" not in each] or entry["remedies"]
    remedies = tuple((_remedy(each, language, names, types), each.get("when", {})) for each in listed)
    return Described(
        entry["severity"],
        entry["title"][language].format_map(names),
        entry["explanation"][language].format_map(names),
        remedies,
        tuple(entry.get("hidden_by", ())),
    )


class _Capitals(dict[str, str]):
    """Fills in the name of a value itself: ``PORT``."""

    def __missing__(self, name: str) -> str:
        return name.upper()


def _applies(when: Mapping[str, list[str]], values: Mapping[str, str]) -> bool:
    """Tell whether each of the values named holds one of the words wanted of it: ``linux windows`` holds two.

    What is not known counts as ``no``.
    """
    return all(not set(wanted).isdisjoint(values.get(name, "no").split()) for name, wanted in when.items())

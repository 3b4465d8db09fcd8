"""What KAG's environment fills in, or should: variables to change, not set, or written as no KAG reads them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from netdiag.findings.context import Context
from netdiag.model.endpoint import Endpoint
from netdiag.model.report import Examined, Finding
from netdiag.text import shown

_SETTINGS: Final = ("base_url", "type", "client_type", "model", "api_key")
"""The settings without which KAG's call fails, in the order in which they are told."""

_NAME: Final = re.compile(r"(?!ENV\b)[A-Za-z_]\w*")


def release(kag: str) -> str:
    """Return what this KAG fills in: ``tag`` (Jinja and ``!ENV``), ``render`` (Jinja) or ``plain`` (nothing)."""
    if kag.startswith(("0.5", "0.6")):
        return "plain"
    return "render" if kag.startswith("0.7") else "tag"


def of_variable(examined: Examined, place: Mapping[str, str] = MappingProxyType({})) -> Finding:
    """Return that another base_url was proven than the one that a variable of KAG's environment makes."""
    endpoint = examined.endpoint
    found = endpoint.assignment(examined.proven_url)
    names = endpoint.filled.get("base_url", ())
    values = {
        **place,
        "variables": found[0] if found else ", ".join(names),
        "base_url": endpoint.base_url,
        "suggestion": examined.proven_url,
        "known": "yes" if found else "no",
        "line": f"{found[0]}={_value(found[1])}" if found else "",
        "name": found[0] if found else "",
        "value": _value(found[1]) if found else "",
    }
    return Finding("ND556", endpoint.where, values)


def of_file(where: str, word: str, name: str, kag: str, code: str) -> Finding:
    """Return that KAG cannot load a file, or that its template is not evaluated: ``word`` says why, ``name`` what."""
    values = {"reason": word, "name": shown(name), "kag": kag, "release": release(kag)}
    tag = {"tag": "env" if name == "!ENV" else "other"}
    return Finding(code, where, {**values, **tag}, (shown(name),) if name else ())


def of_filling(examined: Examined, context: Context) -> Iterator[Finding]:
    """Yield which settings are empty for want of a variable, and which say one in a way that this KAG takes as text.

    Of each kind the most important setting only.
    """
    endpoint = examined.endpoint
    if setting := _first(endpoint.unset):
        names = endpoint.unset[setting]
        values = {"variables": ", ".join(names), "name": names[0], "setting": setting}
        yield Finding("ND559", endpoint.where, {**context.place, **values})
    if setting := _first(endpoint.unfilled):
        written = shown(endpoint.unfilled[setting])
        found = _NAME.search(written.removeprefix("os.environ/"))
        name = found.group() if found else "NAME"
        said = {"written": written, "name": name, "setting": setting, **_to_fill_in(endpoint, setting, name, context)}
        yield Finding("ND558", endpoint.where, {"kag": context.kag, **said})


def _to_fill_in(endpoint: Endpoint, setting: str, name: str, context: Context) -> dict[str, str]:
    """Return how to write it for this KAG: a tag takes a whole value, Jinja's braces any part of a base_url."""
    written, here = endpoint.unfilled[setting], release(context.kag)
    is_part = setting == "base_url" and endpoint.base_url != written
    value = endpoint.base_url.replace(written, f"{{{{ {name} }}}}", 1) if is_part else f"{{{{ {name} }}}}"
    return {"release": "render" if is_part and here == "tag" else here, "value": shown(value)}


def told(found: Sequence[Finding], endpoint: Endpoint) -> Iterator[Finding]:
    """Yield the findings without those that say of a setting what its empty variable has brought about.

    What KAG does not take of a setting that is filled in is the variable's to mend: the file says only its name.
    """
    # what was called in its place says nothing of what is meant
    if "base_url" in endpoint.unset:
        found = [finding for finding in found if finding.code == "ND559"] or found
    elif "base_url" in endpoint.unfilled:
        found = [finding for finding in found if finding.code == "ND558"] or found
    for finding in found:
        setting = _SAYS_MISSING.get(finding.code) or finding.values.get("setting") or finding.values.get("missing", "")
        if finding.code not in _FOLLOWS or setting not in endpoint.filled:
            yield finding
        elif finding.code == "ND550" and setting not in endpoint.unset:
            names = endpoint.filled[setting]
            yield finding._replace(
                code="ND562", values={**finding.values, "variables": ", ".join(names), "name": names[0]}
            )
        elif setting not in endpoint.unset:
            yield finding


_FOLLOWS: Final = frozenset({"ND408", "ND413", "ND550"})
_SAYS_MISSING: Final = {"ND413": "api_key"}


def _first(settings: Mapping[str, object]) -> str:
    """Return the most important of these settings."""
    return next((name for name in _SETTINGS if name in settings), "")


def _value(value: str) -> str:
    """Return what to set a variable to, without user-info: a part of a URL has none of the marks it is known by."""
    return shown(value) if "://" in value else shown(f"//{value}").removeprefix("//")

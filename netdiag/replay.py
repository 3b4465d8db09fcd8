"""Make the diagnosis of a saved report again, offline: from its JSON back to the values that the rules are about."""

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from netdiag import findings, outcome, schema
from netdiag.findings.commands import FROM_HOST, OURS
from netdiag.findings.rules import of_endpoints
from netdiag.invocation import Invocation, restored
from netdiag.model.attempt import Attempt, Proof, Service
from netdiag.model.endpoint import Endpoint, Ignored, Span
from netdiag.model.host import from_plain
from netdiag.model.place import Candidate, Fact, Facts, Gateway, HostsLine, Interface, NameAnswer, Platform
from netdiag.model.report import Evidence, Examined, Finding, Report
from netdiag.model.suggestion import FoundService, Offer, Suggestions

SCHEMA = "netdiag/report/1"

_FILE = Path(__file__).with_name("report") / "schema.json"

_LARGEST = 64 * 1024 * 1024
"""Bytes of a report; that of 5,000 endpoints has 20 MB."""

_ADDED = {"suggestions": None}
"""Keys that the first reports of this schema did not have."""

_AGAIN = ("ND1", "ND2", "ND3", "ND4", "ND503", "ND504", "ND506", "ND544", "ND545", "ND603")
"""Codes that follow from evidence. The others tell what was read or written in that run, and stay as they are."""

_UNKNOWN = Span(0, 0)

_CALLED = re.compile(rf"{OURS}(?: --container [\w.-]+)?")
"""How netdiag may be called in a command that is advised: anything else would be run by who copies it."""

_T = TypeVar("_T")


class NotAReportError(ValueError):
    """What was given is no report that can be diagnosed again: ``said`` says why, with ``values`` to fill in."""

    def __init__(self, said: str, **values: object) -> None:
        super().__init__(said.format_map(values))
        self.said = said
        self.values = values


def replay(text: bytes) -> Report:
    """Return the report in ``text`` with the findings that today's rules make of its evidence.

    Raises :exc:`NotAReportError` for anything but a report of ``check``, ``fix-base-url``, ``suggest`` or
    ``detect`` in JSON.
    """
    if len(text) > _LARGEST:
        msg = "it is no report of netdiag (more than {most} bytes)"
        raise NotAReportError(msg, most=_LARGEST)
    try:
        saved = json.loads(text)
        if isinstance(saved, dict) and saved.get("schema") != SCHEMA:
            msg = "it does not say {schema}"
            raise NotAReportError(msg, schema=SCHEMA)
        saved = {**_ADDED, **saved} if isinstance(saved, dict) else saved
        schema.check(saved, _schema())
        return _diagnosed(_report(saved))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as error:
        if isinstance(error, NotAReportError):
            raise
        msg = "it is no report of netdiag ({error})"
        raise NotAReportError(msg, error=f"{type(error).__name__}: {error}") from None


@functools.cache
def _schema() -> Mapping[str, Any]:
    loader: Any = __spec__.loader  # the package may lie in an archive
    read: Mapping[str, Any] = json.loads(loader.get_data(str(_FILE)))
    return read


def _diagnosed(saved: Report) -> Report:
    if saved.evidence is None or saved.platform is None:
        msg = "it is a report of `netdiag {command}`, which holds no evidence"
        raise NotAReportError(msg, command=saved.command)
    kept = tuple(finding for finding in saved.findings if not finding.code.startswith(_AGAIN))
    diagnosed = of_endpoints(saved.endpoints, saved.candidates, saved.platform, saved.evidence)
    endpoints = tuple(map(_by_hand, saved.endpoints, diagnosed))
    if saved.command == "detect":
        return saved._replace(findings=findings.of_detection(saved.platform, saved.evidence))
    said = findings.of_run(saved.platform, saved.evidence) if endpoints else ()
    command = "suggest" if saved.command == "suggest" else "check"
    again = saved._replace(command=command, endpoints=endpoints, findings=(*kept, *said))
    return outcome.concluded(again, writes=False)


def _by_hand(saved: Examined, diagnosed: Examined) -> Examined:
    """Return the endpoint with what only the plan of that run could tell: that its text cannot be edited exactly."""
    known = {finding.code for finding in diagnosed.findings}
    planned = (finding for finding in saved.findings if finding.code == "ND506" and finding.code not in known)
    return diagnosed._replace(findings=(*diagnosed.findings, *planned))


def _report(saved: Mapping[str, Any]) -> Report:
    evidence = _evidence(saved["evidence"]) if saved["evidence"] else None
    own_names = evidence.facts.own_names if evidence else ()
    return Report(
        command=saved["tool"]["command"],
        started=str(saved["started"]),
        duration_ms=float(saved["duration_ms"]),
        exit_code=saved["exit_code"],
        kag_version=str(saved["kag_version"]),
        platform=_platform(saved["platform"]) if saved["platform"] else None,
        candidates=tuple(_candidate(each, own_names) for each in saved["candidates"]),
        endpoints=tuple(_examined(each) for each in saved["endpoints"]),
        findings=tuple(_finding(each) for each in saved["findings"]),
        evidence=evidence,
        suggestions=_suggestions(saved["suggestions"], own_names) if saved.get("suggestions") else None,
        invocation=restored(saved["invocation"]) if saved.get("invocation") else Invocation(),
    )


def _suggestions(saved: Mapping[str, Any], own_names: tuple[str, ...]) -> Suggestions:
    def candidate(each: Mapping[str, Any]) -> Candidate:
        return _candidate(each, own_names)

    services = tuple(
        _made(
            FoundService,
            each,
            service=_made(Service, each),
            candidate=candidate(each["candidate"]),
            candidates=tuple(map(candidate, each["candidates"])),
        )
        for each in saved["services"]
    )
    offers = tuple(
        _made(Offer, each, service=services[each["service"]], proof=_proof(each["proof"])) for each in saved["offers"]
    )
    best = tuple(offers[at] for at in saved["best"])
    tried = tuple(_made(Attempt, each) for each in saved["tried"])
    return _made(Suggestions, saved, services=services, offers=offers, best=best, tried=tried)


def _known(failure: str | None) -> None:
    """Raise :exc:`NotAReportError` for a failure that is none of the vocabulary."""
    if failure is not None and failure not in findings.terms():
        msg = "it tells of a failure {failure!r}, which this version does not know"
        raise NotAReportError(msg, failure=failure)


def _made(kind: type[_T], saved: Mapping[str, Any], **parts: Any) -> _T:
    """Return a value of ``kind`` from the keys of JSON that are its fields; lists become tuples."""
    _known(saved.get("failure"))
    known = {*kind._fields} & saved.keys()  # type: ignore[attr-defined]
    return kind(**{name: _frozen(saved[name]) for name in known} | parts)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _facts(saved: list[Mapping[str, Any]]) -> tuple[Fact, ...]:
    return tuple(_made(Fact, each) for each in saved)


def _platform(saved: Mapping[str, Any]) -> Platform:
    parts = {"evidence": _facts(saved["evidence"]), "against": _facts(saved["against"]), "below": saved["below"] or ""}
    return _made(Platform, saved, **parts)


def _candidate(saved: Mapping[str, Any], own_names: tuple[str, ...]) -> Candidate:
    aliases = own_names if saved["kind"] == "loopback" else ()
    return _made(Candidate, saved, source=str(saved["source"]), aliases=aliases)


def _evidence(saved: Mapping[str, Any]) -> Evidence:
    facts = Facts(
        marks=_facts(saved["marks"]),
        interfaces=tuple(_made(Interface, each) for each in saved["interfaces"]),
        gateways=tuple(_made(Gateway, each) for each in saved["gateways"]),
        hosts=tuple(_made(HostsLine, each) for each in saved["hosts"]),
        nameservers=tuple(saved["nameservers"]),
        host_nameservers=tuple(saved["host_nameservers"]),
        listeners=tuple(saved["listeners"]),
    )
    host = from_plain(saved["host"]) if saved.get("host") else None
    names = tuple(_made(NameAnswer, each) for each in saved["names"])
    return _made(Evidence, saved, facts=facts, names=names, host=host)


def _examined(saved: Mapping[str, Any]) -> Examined:
    return Examined(
        endpoint=_made(
            Endpoint,
            saved,
            url_span=_UNKNOWN if saved["editable"] else None,
            place=saved["place"] or "",
            ignored=tuple(_made(Ignored, each) for each in saved.get("ignored", ())),
        ),
        verdict=saved["verdict"],
        attempts=tuple(_made(Attempt, each) for each in saved["attempts"]),
        proofs=tuple(_proof(each) for each in saved["proofs"]),
        proven_url=saved["proven_url"] or "",
        findings=tuple(_finding(each) for each in saved["findings"]),
    )


def _proof(saved: Mapping[str, Any]) -> Proof:
    return _made(Proof, saved, service=_made(Service, saved["service"]) if saved["service"] else None)


def _finding(saved: Mapping[str, Any]) -> Finding:
    """Return a finding; its severity is its own only where that run had another than its code has."""
    known = findings.catalog().get(saved["code"])
    if known is None:
        msg = "it tells of {code}, which this version does not know"
        raise NotAReportError(msg, code=saved["code"])
    if not _CALLED.fullmatch(saved["values"].get("called", OURS)):
        msg = "it says that netdiag is called otherwise than `{called}`"
        raise NotAReportError(msg, called=FROM_HOST)
    usual = known["severity"]
    return _made(Finding, saved, severity=None if saved["severity"] == usual else saved["severity"])

"""The report as one JSON object, ``netdiag/report/1``; ``schema.json`` beside this file describes every key.

Added keys do not change the number; a removed or reinterpreted one does.
"""

from typing import TYPE_CHECKING, Any, Final

from netdiag import __version__, findings
from netdiag.invocation import as_plain
from netdiag.model.endpoint import Endpoint, Ignored
from netdiag.model.host import HostView, to_plain
from netdiag.model.journal import Applied, PastFile, PastRun
from netdiag.model.place import Choice, Fact, NameAnswer, Platform
from netdiag.model.plan import Edit
from netdiag.model.report import Evidence, Examined, Finding, Report
from netdiag.report.dumped import dumped
from netdiag.report.json_attempts import attempt_of, candidate_of, proof_of
from netdiag.report.labels import by_hand
from netdiag.report.outcomes import summary
from netdiag.text import Secret, shown

if TYPE_CHECKING:
    from netdiag.model.suggestion import Suggestions

SCHEMA: Final = "netdiag/report/1"


def as_json(report: Report, language: str = "en") -> str:
    """Return the report as indented JSON text; titles and remedies are in ``language``."""
    return dumped(as_dict(report, language), indent=2)


def as_dict(report: Report, language: str = "en") -> dict[str, Any]:
    """Return the report as plain lists and dictionaries, without secrets."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "netdiag", "version": __version__, "command": report.command},
        "invocation": as_plain(report.invocation) if any(report.invocation) else None,
        "started": report.started,
        "duration_ms": report.duration_ms,
        "kag_version": report.kag_version,
        "platform": _platform(report.platform) if report.platform else None,
        "candidates": [candidate_of(candidate, language) for candidate in report.candidates],
        "path": [{"kind": hop.kind, "detail": hop.detail} for hop in report.path],
        "choice": _choice(report.choice) if report.choice else None,
        "evidence": _evidence(report.evidence) if report.evidence else None,
        "endpoints": [_examined(item, language) for item in report.endpoints],
        "findings": [finding_of(finding, language) for finding in report.findings],
        "suggestions": _suggestions(report.suggestions, language) if report.suggestions else None,
        "plan": {
            "edits": [edit_of(edit) for edit in report.plan.edits],
            "digests": dict(report.plan.digests),
            "diff": report.plan.diff,
        },
        "applied": [applied_of(each, language) for each in report.applied],
        "runs": [_run(run, language) for run in report.runs or ()],
        "summary": summary(report),
        "exit_code": report.exit_code,
    }


def _suggestions(made: "Suggestions", language: str) -> dict[str, Any]:
    from netdiag.report.json_suggestions import suggestions_of  # noqa: PLC0415 - few reports have them

    return suggestions_of(made, language)


def applied_of(applied: Applied, language: str) -> dict[str, Any]:
    """Return what was written as a report has it."""
    return {
        "source": applied.source,
        "place": findings.placed(applied.name, language) or None,
        "run": applied.run,
        "how": applied.how,
        "edits": applied.edits,
    }


def _platform(platform: Platform) -> dict[str, Any]:
    return {
        "name": platform.name,
        "in_container": platform.in_container,
        "shares_host_network": platform.shares_host_network,
        "confidence": platform.confidence,
        "evidence": [_fact(fact) for fact in platform.evidence],
        "against": [_fact(fact) for fact in platform.against],
        "below": platform.below or None,
        "systems": list(platform.systems),
        "reaches_loopback": platform.reaches_loopback,
    }


def _fact(fact: Fact) -> dict[str, str]:
    return {"name": fact.name, "value": shown(fact.value), "source": fact.source}


def _choice(choice: Choice) -> dict[str, Any]:
    runner_up = choice.runner_up.host if choice.runner_up else None
    return {"host": choice.candidate.host, "reason": choice.reason, "runner_up": runner_up}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    facts = evidence.facts
    return {
        "marks": [_fact(fact) for fact in facts.marks],
        "interfaces": [{"name": i.name, "addresses": list(i.addresses), "driver": i.driver} for i in facts.interfaces],
        "gateways": [{"address": each.address, "interface": each.interface} for each in facts.gateways],
        "hosts": [{"address": each.address, "names": list(each.names), "line": each.line} for each in facts.hosts],
        "nameservers": list(facts.nameservers),
        "host_nameservers": list(facts.host_nameservers),
        "listeners": list(facts.listeners),
        "names": [_answer(answer) for answer in evidence.names],
        "kag": evidence.kag,
        "seconds": evidence.seconds,
        "proxy_variables": list(evidence.proxy_variables),
        "host": _host(evidence.host) if evidence.host else None,
    }


def _host(view: HostView) -> dict[str, Any]:
    plain: dict[str, Any] = _shown(to_plain(view))
    return plain


def _shown(value: Any) -> Any:
    """Return what the host showed with its texts as they may be shown."""
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return shown(value) if isinstance(value, str) else value


def _answer(answer: NameAnswer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "server": answer.server,
        "addresses": list(answer.addresses),
        "failure": answer.failure,
        "detail": shown(answer.detail),
        "duration_ms": answer.duration_ms,
    }


def _filling(endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    return {
        "filled": {name: list(names) for name, names in endpoint.filled.items()},
        "unset": {name: list(names) for name, names in endpoint.unset.items()},
        "unfilled": {name: shown(written) for name, written in endpoint.unfilled.items()},
    }


def _examined(item: Examined, language: str) -> dict[str, Any]:
    return {
        **endpoint_of(item.endpoint, language),
        "attempts": [attempt_of(attempt) for attempt in item.attempts],
        "proofs": [proof_of(proof) for proof in item.proofs],
        **({"ignored": [_ignored(each) for each in item.endpoint.ignored]} if item.endpoint.ignored else {}),
        **({"is_overlay": True} if item.endpoint.is_overlay else {}),
        "verdict": item.verdict,
        "chosen": item.chosen.host if item.chosen else None,
        "runner_up": item.runner_up.host if item.runner_up else None,
        "proven_url": shown(item.proven_url) or None,
        "findings": [finding_of(finding, language) for finding in item.findings],
    }


def _ignored(each: Ignored) -> dict[str, str]:
    value = "KEY" if isinstance(each.value, Secret) else shown(each.value)
    return {"written": shown(each.written), "setting": each.setting, "value": value}


def endpoint_of(endpoint: Endpoint, language: str) -> dict[str, Any]:
    """Return where an endpoint is and what it says; nothing of what was tried."""
    return {
        "source": endpoint.source,
        "line": endpoint.line,
        "column": endpoint.column if endpoint.line else 0,
        "place": findings.placed(endpoint.place, language) or None,
        "by_hand": by_hand(endpoint.place, language) or None,
        "node": shown(endpoint.node),
        "kind": endpoint.kind,
        "type": shown(endpoint.type),
        "model": shown(endpoint.model),
        "base_url": shown(endpoint.base_url),
        "uses": endpoint.uses,
        "editable": endpoint.url_span is not None,
        "left_alone": endpoint.left_alone,
        **{word: found for word, found in _filling(endpoint).items() if found},
    }


def finding_of(finding: Finding, language: str) -> dict[str, Any]:
    """Return a finding as a report has it, its words in ``language``."""
    said = findings.words(finding, language)
    return {
        "code": finding.code,
        "severity": findings.severity_of(finding),
        "where": findings.placed(finding.where, language),
        "values": {name: shown(findings.placed(value, language)) for name, value in finding.values.items()},
        "title": shown(said.title),
        "explanation": shown(said.explanation),
        "evidence": [shown(line) for line in finding.evidence],
        "remedies": [{"text": r.text, "command": r.command, "on": r.on} for r in said.remedies],
    }


def _run(run: PastRun, language: str) -> dict[str, Any]:
    return {"id": run.id, "time": run.time, "files": [_past(file, language) for file in run.files]}


def _past(file: PastFile, language: str) -> dict[str, Any]:
    return {
        "path": file.path,
        "place": findings.placed(file.name, language) or None,
        "state": file.state,
        "how": file.how,
        "edits": file.edits,
        "undoes": file.undoes,
    }


def edit_of(edit: Edit) -> dict[str, Any]:
    """Return an edit as a report has it."""
    return {
        "source": edit.source,
        "line": edit.line,
        "column": edit.column,
        "node": shown(edit.node),
        "part": edit.part,
        "start": edit.span.start,
        "end": edit.span.end,
        "old": shown(edit.old.decode("utf-8", "replace")),
        "new": shown(edit.new.decode("utf-8", "replace")),
    }

"""What is wrong and what to do: each cause once, in both languages, with all it stops."""

from collections.abc import Sequence

from netdiag import findings
from netdiag.model.report import Finding, Report
from netdiag.report.labels import label
from netdiag.report.markup import LANGUAGES, Html, joined, tag
from netdiag.report.seen import seen
from netdiag.report.told import command_lines, explanation
from netdiag.text import shown

_ORDER = ("error", "warning", "note")


def causes(report: Report) -> Html:
    """Return an article for each cause, problems first; nothing where nothing was found."""
    grouped: dict[tuple[str, findings.Words, tuple[str, ...]], tuple[Finding, list[str]]] = {}
    said = [(finding, "") for finding in report.findings]
    said += [(f, f"{i.endpoint.where} {i.endpoint.node}".strip()) for i in report.endpoints for f in i.findings]
    for finding, place in said:
        key = (finding.code, findings.words(finding, "en"), finding.evidence)
        grouped.setdefault(key, (finding, []))[1].append(place)
    ordered = sorted(grouped.values(), key=lambda each: _ORDER.index(findings.severity_of(each[0])))
    return joined(_article(finding, [place for place in places if place]) for finding, places in ordered)


def _article(finding: Finding, places: Sequence[str]) -> Html:
    severity = findings.severity_of(finding)
    told = [_told(finding, places, language) for language in LANGUAGES]
    return tag("article", *told, class_=f"finding {severity}")


def _told(finding: Finding, places: Sequence[str], language: str) -> Html:
    said = findings.words(finding, language)
    severity = label(findings.severity_of(finding), language)
    head = tag("h3", tag("span", severity, class_="badge"), " ", shown(said.title), " ", tag("code", finding.code))
    parts = [head]
    if places:
        named = [tag("li", shown(findings.placed(place, language))) for place in places]
        parts.append(tag("ul", *named, class_="places"))
    if said.explanation:
        parts.append(tag("p", explanation(said)))
    if finding.evidence:
        lines = [tag("li", seen(shown(line), language)) for line in finding.evidence]
        parts += [tag("h4", label("seen", language).rstrip(":：")), tag("ul", *lines, class_="seen")]
    if said.remedies:
        parts.append(tag("h4", label("do", language).rstrip(":：")))
        parts.append(tag("ul", *(_remedy(remedy, language) for remedy in said.remedies), class_="remedies"))
    return tag("div", *parts, lang=LANGUAGES[language])


def _remedy(remedy: findings.Remedy, language: str) -> Html:
    on = f"{remedy.on}{label('colon', language)}" if remedy.on else ""
    command = [tag("pre", tag("code", "\n".join(command_lines(remedy.command))))] if remedy.command else []
    return tag("li", on, shown(remedy.text), *command)

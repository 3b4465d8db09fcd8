"""Endpoints with what was tried for each, on a line of time, and the addresses that were candidates."""

from collections.abc import Sequence
from typing import Final

from netdiag import failures, findings
from netdiag.model.attempt import Attempt
from netdiag.model.report import Examined, Report
from netdiag.report import from_host
from netdiag.report.grouped import Group, groups, head, proven
from netdiag.report.labels import label, origin
from netdiag.report.markup import Html, both, joined, tag
from netdiag.report.outcomes import CHANGES, ended, label_name, outcomes
from netdiag.text import host_port, shown

_CLOSED: Final = ("works", "repaired", "calls_nobody")
"""Outcomes after which nobody has to look at what was tried."""


def endpoints(report: Report) -> Html:
    """Return an article for each endpoint, or for several of which the same is to be said."""
    became = zip(report.endpoints, outcomes(report), strict=True)
    return joined(_article(group, report) for group in groups(became))


def _article(group: Group, report: Report) -> Html:
    badge = both(lambda lang: label(label_name(report, group.outcome), lang), class_="badge")
    is_alone = len(group.items) == 1
    first = group.items[0]
    title = (shown(first.endpoint.node or first.endpoint.kind),) if is_alone else ()
    told = () if is_alone else (both(lambda lang: head(group, lang)),)
    parts = [tag("h3", badge, " ", *title, *told)]
    parts += [_place(item, group) for item in group.items]
    if proven(group.items, report, "en"):
        parts.append(both(lambda lang: proven(group.items, report, lang), "p", class_="proven"))
    is_open = group.outcome not in _CLOSED
    parts += [_attempts(tried, is_open=is_open) for tried in dict.fromkeys(i.attempts for i in group.items) if tried]
    return tag("article", *parts, class_=f"endpoint {group.outcome}")


def _place(item: Examined, group: Group) -> Html:
    """Return what an endpoint says, what it is to say, and where it is."""
    endpoint = item.endpoint
    where = endpoint.where if endpoint.line else endpoint.place or endpoint.source
    about: list[Html] = [tag("span", both(lambda lang: shown(findings.placed(where, lang))))]
    named = (endpoint.node if len(group.items) > 1 else "", endpoint.type, endpoint.model)
    about += [tag("span", shown(part)) for part in named if part]
    url: list[str] = [tag("code", shown(endpoint.base_url))]
    if group.outcome in CHANGES:
        url += [" → ", tag("code", shown(item.proven_url), class_="new")]
    return joined([tag("p", *url, class_="url"), tag("p", *about, class_="about")])


def _attempts(attempts: Sequence[Attempt], *, is_open: bool) -> Html:
    whole = max(*(attempt.started_ms + attempt.duration_ms for attempt in attempts), 1.0)
    rows = [_row(attempt, whole) for attempt in attempts]
    said = tag("summary", both(lambda lang: label("page_tried", lang, n=len(attempts), ms=f"{whole:.0f}")))
    return tag("details", said, tag("ol", *rows, class_="attempts"), **({"open": ""} if is_open else {}))


def _row(attempt: Attempt, whole: float) -> Html:
    where = shown(attempt.address or attempt.host)
    at = host_port(where, attempt.port)
    return tag(
        "li",
        tag("span", attempt.step, class_="step"),
        tag("code", at),
        both(lambda lang: ended(attempt, lang), class_="ended"),
        tag("span", f"{attempt.duration_ms:.1f} ms", class_="ms"),
        _bar(attempt, whole),
        class_=_state(attempt),
    )


def _state(attempt: Attempt) -> str:
    """Return the colour: what is only there to compare with, or was not waited for, is neither good nor bad."""
    if attempt.step == "control":
        return "compared"
    if attempt.failure == failures.NOT_AWAITED:
        return "unawaited"
    return "bad" if attempt.failure else "good"


def _bar(attempt: Attempt, whole: float) -> Html:
    """Return when it began and how long it took, of the time that all took together; at least a visible sliver."""
    wide = max(attempt.duration_ms / whole * 100, 0.8)
    start = min(attempt.started_ms / whole * 100, 100 - wide)
    bar = tag("rect", x=f"{start:.2f}", y="0", width=f"{wide:.2f}", height="6", rx="1")
    return tag("svg", bar, viewBox="0 0 100 6", preserveAspectRatio="none", class_="bar", aria_hidden="true")


def host(report: Report) -> Html:
    """Return what was seen on the host, where netdiag was run from there; nothing where it was not."""
    view = report.evidence.host if report.evidence else None
    if view is None:
        return joined([])
    english, chinese = (list(from_host.lines(view, language)) for language in ("en", "zh"))
    said = [{"en": one, "zh": other} for one, other in zip(english, chinese, strict=True)]
    return tag("ul", *(tag("li", both(lambda lang, s=each: s[lang])) for each in said), class_="candidates")  # type: ignore[misc]


def candidates(report: Report) -> Html:
    """Return the addresses by which the host may be reached, best first; nothing where none were looked for."""
    rows = [
        tag(
            "li",
            tag("code", candidate.host),
            both(lambda lang, c=candidate: origin(c, lang)),  # type: ignore[misc]
        )
        for candidate in sorted(report.candidates, key=lambda each: each.rank)
    ]
    return tag("ol", *rows, class_="candidates") if rows else joined([])

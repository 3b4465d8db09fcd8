"""The report as one page: it asks nothing of any network, has no script, and says everything in both languages.

The switch between them is two radio buttons and a rule of CSS. The policy in its head forbids whatever is not in it.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Final

from netdiag import __version__, findings
from netdiag.model.place import Platform
from netdiag.model.report import Report
from netdiag.report.html_endpoints import candidates, endpoints, host
from netdiag.report.html_findings import causes
from netdiag.report.html_path import path
from netdiag.report.labels import label
from netdiag.report.markup import LANGUAGES, Html, both, joined, tag
from netdiag.report.outcomes import headline_of
from netdiag.text import harmless, shown

_STATES: Final = {0: "works", 3: "repairable"}

_FOLDED: Final = ("page_candidates", "page_host")
"""Sections that are closed at first where all works."""


def as_html(report: Report, language: str = "en") -> str:
    """Return the page, to be written in UTF-8; ``language`` is the one that is shown at first."""
    title = f"netdiag: {verdict(report, language)}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        Html(f"<style>{_style()}</style>"),
    )
    body = tag("body", _header(report, language), _main(report), _footer())
    return harmless(f"<!DOCTYPE html>\n{tag('html', head, body, lang=LANGUAGES[language])}\n")


def verdict(report: Report, language: str) -> str:
    """Return in a few words how it stands."""
    return headline_of(report, language)


@cache
def _style() -> str:
    return resources.files("netdiag.report").joinpath("page.css").read_text("utf-8")


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _header(report: Report, language: str) -> Html:
    choices = [
        tag(
            "label",
            tag("input", type="radio", name="language", id=code, **({"checked": ""} if code == language else {})),
            tag("span", name, lang=LANGUAGES[code]),
        )
        for code, name in (("en", "English"), ("zh", "中文"))
    ]
    switch = tag("fieldset", tag("legend", "Language / 语言"), *choices, class_="languages")
    state = _STATES.get(report.exit_code, "broken")
    return tag(
        "header",
        tag("p", "netdiag", class_="brand"),
        switch,
        tag("h1", tag("span", "", class_="dot", aria_hidden="true"), both(lambda said: verdict(report, said))),
        _facts(report),
        class_=f"state-{state}",
    )


def _facts(report: Report) -> Html:
    place = report.platform
    rows = [_fact("page_made", report.started.replace("T", " ").replace("+00:00", " UTC"))]
    if place:
        rows.append(_fact("where", both(lambda said: _place(place, said))))
    if report.kag_version:
        rows.append(_fact("page_kag", shown(report.kag_version)))
    return tag("dl", *rows, _fact("page_status", str(report.exit_code)), class_="facts")


def _fact(name: str, value: str) -> Html:
    return tag("div", tag("dt", both(lambda said: label(name, said))), tag("dd", value))


def _place(place: Platform, language: str) -> str:
    return f"{findings.term(place.name, language)} ({label(place.confidence, language)})"


def _main(report: Report) -> Html:
    is_well = report.exit_code == 0 and bool(report.endpoints)
    parts = (
        ("way", path(report)),
        ("page_findings", causes(report)),
        ("page_endpoints", endpoints(report)),
        ("page_candidates", candidates(report)),
        ("page_host", host(report)),
    )
    return tag(
        "main", *(_section(name, content, folds=is_well and name in _FOLDED) for name, content in parts if content)
    )


def _section(name: str, content: Html, *, folds: bool) -> Html:
    head = tag("h2", both(lambda said: label(name, said)), id=name)
    body = tag("details", tag("summary", head), content) if folds else joined([head, content])
    return tag("section", body, aria_labelledby=name)


def _footer() -> Html:
    said = both(lambda lang: label("page_footer", lang, version=__version__), "p")
    return tag("footer", said)

"""The way from the container to the service, drawn as a list of stations, with the link where it breaks."""

from collections.abc import Iterator

from netdiag.model.place import Hop
from netdiag.model.report import Report
from netdiag.report.broken_at import Place, broken_at, stations
from netdiag.report.labels import label
from netdiag.report.markup import Html, both, joined, tag
from netdiag.text import shown


def path(report: Report) -> Html:
    """Return the stations, each after the link that leads to it; nothing where the way is not known."""
    hops = stations(report)
    if not hops:
        return joined([])
    broken = broken_at(report)
    drawn = [
        _station(hop, _link(number, hops, broken), passed=_passed(number, hops, broken))
        for number, hop in enumerate(hops)
    ]
    drawn.append(_service(report, broken))
    said = both(
        lambda lang: label(f"break_{broken or 'none'}", lang), "p", class_=f"said {'bad' if broken else 'good'}"
    )
    return joined([tag("ol", *drawn, class_="path"), said])


def _passed(number: int, hops: tuple[Hop, ...], broken: Place) -> bool:
    if broken == "leaving":
        return number == 0
    return broken != "host" or number < len(hops) - 1


def _link(number: int, hops: tuple[Hop, ...], broken: Place) -> str:
    if number == 0:
        return ""
    if (broken == "leaving" and number == 1) or (broken == "host" and number == len(hops) - 1):
        return "bad"
    return "good" if _passed(number, hops, broken) else "none"


def _station(hop: Hop, link: str, *, passed: bool) -> Html:
    details = [tag("span", shown(each), class_="detail") for each in hop.detail.split(", ") if each]
    name = both(lambda lang: label(f"hop_{hop.kind}", lang))
    return tag("li", *_drawn(link), tag("strong", name), *details, class_="passed" if passed else "beyond")


def _service(report: Report, broken: Place) -> Html:
    link = "bad" if broken == "service" else "none" if broken in ("leaving", "host") else "good"
    state = {"": "passed", "answer": "bad"}.get(broken, "beyond")
    details = [tag("span", each, class_="detail") for each in dict.fromkeys(_services(report))]
    name = both(lambda lang: label("hop_service", lang))
    return tag("li", *_drawn(link), tag("strong", name), *details, class_=state)


def _services(report: Report) -> Iterator[str]:
    for item in report.endpoints:
        for proof in item.proofs:
            if proof.service and proof.service.name != "other":
                yield shown(" ".join(filter(None, (proof.service.name, proof.service.version))))


def _drawn(link: str) -> Iterator[Html]:
    """Yield the line that leads to a station, with a word for those who do not see its colour."""
    if link:
        yield tag("span", both(lambda lang: label(f"link_{link}", lang)), class_=f"link {link}")

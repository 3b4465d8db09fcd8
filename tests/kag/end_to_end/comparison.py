"""What netdiag said of a situation beside what KAG said: every contradiction, and the few that are meant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kag.end_to_end.situations import Node, Situation


class Verdict(NamedTuple):
    """What KAG says of one node, with the base_url that it read; ``late``: it came to none within the limit."""

    node: str
    ok: bool
    error: str = ""
    logged: Sequence[str] = ()
    base_url: str | None = None
    late: bool = False


class Came(NamedTuple):
    """What came of a situation: KAG's verdicts on the file before and after, and netdiag's report and exit status.

    ``sent`` are the requests that reached a service, by who sent them.
    """

    before: tuple[Verdict, ...]
    report: Mapping[str, Any]
    exit_code: int
    after: tuple[Verdict, ...]
    text_after: str
    sent: Mapping[str, Sequence[str]]


class Contradiction(NamedTuple):
    """One thing that netdiag said or did, and KAG's verdict speaks against; ``kind`` is one of :data:`KINDS`."""

    kind: str
    node: str
    seen: Situation
    came: Came

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the node says; nothing where it is about the whole file."""
        return next((node.settings for node in self.seen.nodes if node.name == self.node), {})

    def __str__(self) -> str:
        return f"{self.kind}: {self.node or 'the file'} ({KINDS[self.kind]})"


KINDS: Final[Mapping[str, str]] = {
    "no report": "netdiag ended without a report, or with an error of its own",
    "called working": "netdiag says that it works, or is repaired, and KAG fails",
    "called broken": "netdiag says that it is broken, and KAG passes",
    "working one changed": "KAG passed, and netdiag changed the base_url",
    "bytes changed": "KAG passed on every node, and netdiag changed the file",
    "ended well": "netdiag ended with 0, and KAG fails somewhere",
    "ended badly": "netdiag ended with a problem, and KAG passes everywhere",
}


def claims(seen: Situation, report: Mapping[str, Any]) -> dict[str, bool]:
    """Return by node whether netdiag says that it works now; nothing of what it did not look at."""
    said = {each["node"]: works_now(each, report) for each in report["endpoints"] if each["verdict"] != "left_alone"}
    if len(seen.nodes) == 1:  # a file that is one node names none
        return dict.fromkeys([seen.nodes[0].name], next(iter(said.values()))) if said else {}
    found = {node.name: said.get(node.name, said.get(node.alias_of)) for node in seen.nodes}
    return {name: works for name, works in found.items() if works is not None}


def works_now(endpoint: Mapping[str, Any], report: Mapping[str, Any]) -> bool:
    """Return whether netdiag says that an endpoint of its report works as the file is now."""
    written = any(each["source"] == endpoint["source"] for each in report["applied"])
    stuck = any(finding["code"] == "ND506" for finding in endpoint["findings"])
    return endpoint["verdict"] == "works" or (endpoint["verdict"] == "repairable" and written and not stuck)


def contradictions(seen: Situation, came: Came) -> list[Contradiction]:
    """Return everything that netdiag said or did and KAG's verdict speaks against."""
    return [Contradiction(kind, node, seen, came) for kind, node in _found(seen, came)]


def _found(seen: Situation, came: Came) -> Iterator[tuple[str, str]]:
    if "crash" in came.report or came.exit_code not in (0, 1, 3, 78):
        yield "no report", ""
        return
    said = claims(seen, came.report)
    before, after = ({each.node: each for each in verdicts} for verdicts in (came.before, came.after))
    for node in seen.nodes:
        yield from ((kind, node.name) for kind in _about(node, said.get(node.name), before, after))
    if all(each.ok for each in came.before) and came.text_after != seen.text:
        yield "bytes changed", ""
    if came.exit_code == 0 and not all(each.ok for each in came.after):
        yield "ended well", ""
    if came.exit_code != 0 and all(each.ok for each in came.after):
        yield "ended badly", ""


def _about(
    node: Node, works: bool | None, before: Mapping[str, Verdict], after: Mapping[str, Verdict]
) -> Iterator[str]:
    was, now = before[node.name], after[node.name]
    if works is not None and works != now.ok:
        yield "called working" if works else "called broken"
    if was.ok and was.base_url != now.base_url:
        yield "working one changed"


def told(seen: Situation, came: Came, found: Sequence[Contradiction]) -> str:
    """Return for a person to read what contradicts KAG, and all that was seen."""
    lines = [*map(str, found), str(seen), "netdiag:"]
    for each in came.report["endpoints"]:
        codes = [finding["code"] for finding in each["findings"]]
        lines.append(f"  {each['node']} {each['verdict']} {each['base_url']} -> {each['proven_url']} {codes}")
        lines += [
            f"    {proof['url']} {proof['status']} {proof['failure']} {proof['detail'][:200]}"
            for proof in each["proofs"]
        ]
    codes = [finding["code"] for finding in came.report.get("findings", ())]
    lines += [f"  exit status {came.exit_code}, {codes} {came.report.get('crash', '')}", "KAG:"]
    for when, verdicts in (("before", came.before), ("after", came.after)):
        for each in verdicts:
            said = " ".join([each.error[-300:], *each.logged])
            lines.append(f"  {when} {each.node} {'passes' if each.ok else 'fails'} at {each.base_url}: {said}")
    lines += [f"sent by {who}: {requests}" for who, requests in came.sent.items()]
    return "\n".join(lines)


class Row(NamedTuple):
    """Why there is a contradiction, and whether one is there for that reason."""

    reason: str
    applies: Callable[[Contradiction], bool]


_NO_PIECES: Final = frozenset({"page", "empty", "error in 200"})
"""Manners of answering that hold no piece of a stream."""


def _streams_nothing(found: Contradiction) -> bool:
    """Tell whether every node in question is a stream, and a service answers without a piece of one."""
    said = claims(found.seen, found.came.report)
    nodes = [node for node in found.seen.nodes if found.node in (node.name, "") and said.get(node.name) is False]
    return (
        found.kind in ("called broken", "ended badly")
        and found.seen.version != "0.6"
        and any(service.manner in _NO_PIECES for service in found.seen.hosted.services)
        and all(node.kind == "chat" and node.settings.get("stream") is True for node in nodes)
    )


MEANT: Final[Mapping[str, Row]] = {
    "stream-of-nothing": Row(
        "0.7-0.8, a stream: KAG takes an answer without a single piece for good, any web page too", _streams_nothing
    ),
}
"""Why netdiag does otherwise, and where."""


def unexplained(found: Sequence[Contradiction]) -> list[Contradiction]:
    """Return the contradictions that no row explains."""
    return [each for each in found if not any(row.applies(each) for row in MEANT.values())]

"""One port that several endpoints ask for, perhaps under two types: the same finding for all of them. Pure.

What is told of how far a packet got is about the port and not about who asks, but remedies depend on the service that
is meant. So the finding names every service, and formats, which tell equal findings once, tell it with all its places.
"""

from collections.abc import Hashable, Sequence
from typing import Final

from netdiag.model.report import Examined, Finding

_OF_THE_WAY: Final = "ND2"
_OF_WHO_ASKS: Final = frozenset({"service", "model"})
"""Values that differ with the endpoint and not with the port."""


def told_once(examined: Sequence[Examined]) -> tuple[Examined, ...]:
    """Return the endpoints with equal findings where these differ only in who asks for a port."""
    together: dict[Hashable, list[Finding]] = {}
    for item in examined:
        for finding in item.findings:
            together.setdefault(_about(finding), []).append(finding)
    return tuple(
        item._replace(findings=tuple(_shared(f, together[_about(f)]) for f in item.findings)) for item in examined
    )


def _about(finding: Finding) -> Hashable:
    who = _OF_WHO_ASKS if finding.code.startswith(_OF_THE_WAY) else ()
    return finding.code, tuple(sorted((name, value) for name, value in finding.values.items() if name not in who))


def _shared(finding: Finding, alike: Sequence[Finding]) -> Finding:
    """Return a finding with the services of all that are alike, and the model that a command for one of them names."""
    if len(alike) == 1 or not finding.code.startswith(_OF_THE_WAY) or "service" not in finding.values:
        return finding
    services = dict.fromkeys(each.values["service"] for each in alike)
    named = next((each for each in alike if each.values["service"] == "vllm"), alike[0])
    said = {"service": " ".join(services), "model": named.values.get("model", "")}
    return finding._replace(values={**finding.values, **said}, evidence=alike[0].evidence)

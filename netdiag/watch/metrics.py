"""The metrics, in a registry of their own: made of what was seen whenever they are asked for, so nothing goes stale.

A collector that yields what there is has no series of endpoints that were removed, and no more of them than
:data:`netdiag.watch.seen.ENDPOINTS`. This is the only user of prometheus-client.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from netdiag import __version__
from netdiag.watch.seen import CHECKS, REPAIRS, Seen

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The page of metrics; ``seen`` gives what it is made of."""

    def __init__(self, seen: Callable[[], Seen]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(seen))
        ProcessCollector(registry=self._registry)

    def page(self) -> bytes:
        """Return it in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Collector(Collector):
    def __init__(self, seen: Callable[[], Seen]) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        seen = self._seen()
        yield InfoMetricFamily("netdiag", "This program.", {"version": __version__})
        yield InfoMetricFamily("netdiag_kag", "The KAG whose calls are made.", {"version": seen.kag})
        yield _gauge("netdiag_ready", "1 where a model was called and all endpoints work.", {(): float(seen.ready)})
        up = {(name,): float(works) for name, works in seen.up.items()}
        yield _gauge(
            "netdiag_up",
            "1 where KAG's own call to the endpoint succeeded in the last check, and that ended.",
            up,
            "endpoint",
        )
        worked = {(name,): at for name, at in seen.worked.items()}
        said = "When the endpoint was last seen to work, 0 for never."
        yield _gauge("netdiag_last_success_timestamp_seconds", said, worked, "endpoint")
        said = "How long each step took in the last check: dns, tcp, control, tls, http, identity, call."
        yield _gauge("netdiag_phase_duration_seconds", said, seen.phases, "endpoint", "phase")
        verdicts = {(outcome,): float(n) for outcome, n in seen.outcomes.items()}
        yield _gauge("netdiag_endpoints", "Endpoints by what came of them.", verdicts, "verdict")
        told = {key: float(n) for key, n in seen.findings.items()}
        yield _gauge("netdiag_findings", "Findings of the last check.", told, "code", "severity")
        yield _gauge("netdiag_last_check_timestamp_seconds", "When the last check ended.", {(): seen.checked})
        yield _gauge("netdiag_check_duration_seconds", "How long the last check took.", {(): seen.took})
        said = "Checks made: ok, problem, or error where one did not end or netdiag itself failed."
        yield _counter("netdiag_checks", said, _from_zero(CHECKS, seen.checks), "outcome")
        said = "Repairs: written, failed, or given_up."
        yield _counter("netdiag_repairs", said, _from_zero(REPAIRS, seen.repairs), "outcome")
        yield CounterMetricFamily("netdiag_changes", "Endpoints that were another way than before.", seen.changes)


def _gauge(name: str, said: str, values: Mapping[Any, float], *labels: str) -> Metric:
    """Return a gauge; the keys of ``values`` are tuples of the labels' values."""
    metric = GaugeMetricFamily(name, said, labels=labels)
    for given, value in values.items():
        metric.add_metric(given, value)
    return metric


def _from_zero(outcomes: Iterable[str], counted: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts with those that are 0: in PromQL a series that begins with 1 has not increased."""
    return dict.fromkeys(outcomes, 0) | dict(counted)


def _counter(name: str, said: str, values: Mapping[str, int], label: str) -> Metric:
    metric = CounterMetricFamily(name, said, labels=[label])
    for given, value in values.items():
        metric.add_metric([given], value)
    return metric

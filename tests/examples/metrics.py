"""What PromQL uses, and what netdiag exports: by the names of metrics and of their labels."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import promql_parser as promql
from prometheus_client.parser import text_string_to_metric_families

from netdiag.watch import Metrics
from netdiag.watch.seen import Seen

TARGET = frozenset({"job", "instance"})
"""The labels that Prometheus itself adds to all that it scrapes."""

SEEN = Seen(
    up={"kag_config.yaml:chat_llm": False},
    worked={"kag_config.yaml:chat_llm": 0.0},
    phases={("kag_config.yaml:chat_llm", "call"): 0.1},
    outcomes={"broken": 1},
    findings={"ND201": 1},
)


def exported() -> Mapping[str, frozenset[str]]:
    """Return the labels of each metric that a scrape of netdiag leaves in Prometheus, ``up`` included."""
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for family in text_string_to_metric_families(Metrics(lambda: SEEN).page().decode()):
        for sample in family.samples:
            found[sample.name] |= TARGET | frozenset(sample.labels)
    return {**found, "up": TARGET}


class Used:
    """What an expression uses: ``metrics`` with the labels they are selected by, and the labels of all else in it."""

    def __init__(self, expression: str) -> None:
        self.metrics: defaultdict[str, set[str]] = defaultdict(set)
        self.labels: set[str] = set()
        promql.walk(promql.parse(expression), self._visit)

    def _visit(self, node: Any) -> bool:
        selector = getattr(node, "vector_selector", node)
        if isinstance(selector, promql.VectorSelector):
            self.metrics[selector.name] |= {matcher.name for matcher in selector.matchers.matchers}
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            self.labels |= set(node.modifier.labels)
        if isinstance(node, promql.BinaryExpr) and node.modifier and node.modifier.matching:
            self.labels |= set(node.modifier.matching.labels)
        return True

    def unknown(self) -> set[str]:
        """Return what of it netdiag does not export."""
        known = exported()
        names = {name for name in self.metrics if name not in known}
        selected = {
            f"{name}{{{label}}}"
            for name, labels in self.metrics.items()
            for label in labels - known.get(name, frozenset())
        }
        all_labels = frozenset().union(*(known.get(name, ()) for name in self.metrics))
        return names | selected | (self.labels - all_labels)

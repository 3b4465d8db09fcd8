"""The dashboard: its queries are understood by Prometheus, use what netdiag exports, and name no machine."""

import ipaddress
import json
import re
from collections.abc import Iterator

import pytest
import yaml
from examples.files import EXAMPLES
from examples.metrics import TARGET, Used, exported

TEXT = (EXAMPLES / "grafana/netdiag.json").read_text()
BOARD = json.loads(TEXT)
TARGETS = [(panel["title"], target) for panel in BOARD["panels"] for target in panel["targets"]]
QUERIES = [pytest.param(target, id=f"{title} {target['refId']}") for title, target in TARGETS]


def filled_in(expression: str) -> str:
    """Return a query as Grafana sends it."""
    values = {"$__rate_interval": "2m", "$__range": "6h", "$job": "netdiag", "$instance": "a|b"}
    for name, value in values.items():
        expression = expression.replace(name, value)
    return expression


def strings(value: object) -> Iterator[str]:
    """Yield every text of the dashboard."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("target", QUERIES)
def test_queries_use_what_netdiag_exports(target):
    """Each name of a metric and of a label is one that a scrape of netdiag gives; legends name labels that are left."""
    used = Used(filled_in(target["expr"]))
    assert used.metrics
    assert used.unknown() == set()
    assert all(labels >= TARGET for labels in used.metrics.values())  # of the chosen job and instances only
    assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= used.labels


def test_variables_use_what_netdiag_exports():
    """So do the lists to choose from."""
    queries = [variable["definition"] for variable in BOARD["templating"]["list"] if variable["type"] == "query"]
    for query in queries:
        selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", query).groups()
        used = Used(filled_in(selector))
        assert used.unknown() == set()
        assert label in exported()[next(iter(used.metrics))]
    assert len(queries) == 2


@pytest.mark.examples
def test_prometheus_understands_the_queries(tool, tmp_path):
    """Made into rules, every query passes promtool; a broken one does not."""

    def judged(*expressions: str) -> int:
        rules = [{"record": f"q{number}", "expr": said} for number, said in enumerate(expressions)]
        file = tmp_path / "rules.yml"
        file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
        return tool("promtool", "check", "rules", "--lint=none", file).returncode

    queries = [filled_in(target["expr"]) for _, target in TARGETS]
    assert judged(*queries) == 0
    assert judged(*queries, "sum by (netdiag_up") != 0


def test_panels_are_told_apart():
    """Ids are unique, no two panels lie on the same place, and all is within Grafana's 24 columns."""
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24
    assert all(panel["title"] and panel["description"] for panel in BOARD["panels"])


def test_the_data_source_is_chosen():
    """Panels, queries and variables ask the data source of the variable, the first one: no uid of anybody's."""
    first, *others = BOARD["templating"]["list"]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    users = [*others, *BOARD["panels"], *(target for _, target in TARGETS)]
    assert {json.dumps(user["datasource"]) for user in users} == {'{"type": "prometheus", "uid": "${datasource}"}'}


def test_it_names_no_machine():
    """No address, no URL and no host's name is in it: it is for everybody's machines."""
    assert "id" not in BOARD  # it is the database's; an import makes its own
    for said in strings(BOARD):
        assert "://" not in said
        assert "localhost" not in said
        assert not re.search(r"\b[\w-]+\.(?:com|net|org|io|dev|local|internal)\b|:\d{2,5}\b", said), said
        for word in re.findall(r"[\d.]{7,}|[0-9a-f:]*::[0-9a-f:]*", said):
            with pytest.raises(ValueError, match="does not appear"):
                ipaddress.ip_address(word)

"""Prometheus' configuration and rules: judged by promtool, and held against the metrics that netdiag exports."""

import re
import shutil
from pathlib import Path

import pytest
from examples.files import EXAMPLES, document
from examples.metrics import TARGET, Used, exported

from netdiag.cli.parser import parse
from netdiag.findings.catalog import catalog

RULES = [rule for group in document("prometheus/netdiag.rules.yml")["groups"] for rule in group["rules"]]
NAMES = [rule["alert"] for rule in RULES]
SERVICES = [
    service
    for name in ("docker-compose.yml", "watch.yml")
    for service in document(f"compose/{name}")["services"].values()
]
TESTS = Path(__file__).with_name("rules.test.yml")


@pytest.mark.examples
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "--lint=all", "--lint-fatal", "netdiag.rules.yml"),
        ("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml"),
        ("test", "rules", "rules.test.yml"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_promtool(tool, tmp_path, arguments):
    """The rules are understood, lie where the configuration says, and fire when their unit tests say so."""
    for file in (*(EXAMPLES / "prometheus").iterdir(), TESTS):
        shutil.copy(file, tmp_path)
    done = tool("promtool", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.examples
def test_promtool_finds_faults(tool, tmp_path):
    """A rule that would never fire is no success: its unit tests see it."""
    shutil.copy(TESTS, tmp_path)
    rules = (EXAMPLES / "prometheus/netdiag.rules.yml").read_text()
    (tmp_path / "netdiag.rules.yml").write_text(rules.replace("netdiag_up == 0\n", "netdiag_up == 2\n"))
    done = tool("promtool", "test", "rules", "rules.test.yml", cwd=tmp_path)
    assert done.returncode == 1
    assert "OpenSPGModelDown" in done.stdout + done.stderr


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_rules_use_what_netdiag_exports(rule):
    """Each name of a metric and of a label is one that a scrape of netdiag gives, in queries as in words."""
    used = Used(rule["expr"])
    assert used.metrics
    assert used.unknown() == set()
    known = TARGET.union(*(exported()[name] for name in used.metrics))
    texts = " ".join(rule["annotations"].values())
    assert set(re.findall(r"\$labels\.(\w+)", texts)) <= known
    for query in re.findall(r'printf "(.+?)" \.Labels', texts):
        assert Used(query.replace("%q", '"x"').replace('\\"', '"')).unknown() == set()


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_rules_say_what_to_do(rule):
    """Each names the command to run next and what explains it, by codes that exist; each is named in a unit test."""
    said = rule["annotations"]
    assert set(said) == {"summary", "description", "command", "explain"}
    containers = {service["container_name"] for service in SERVICES if "container_name" in service}
    for command in (said["command"], said["explain"]):
        assert set(re.findall(r"\bopenspg[\w-]*", command)) <= containers
        if of_netdiag := re.fullmatch(r"docker exec openspg netdiag (.+)", command):
            assert parse(re.sub(r"{{.+}}", "", of_netdiag[1]).split())
    assert "netdiag explain" in said["explain"]
    assert set(re.findall(r"ND\d{3}", said["explain"])) <= set(catalog())
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["alert"] in TESTS.read_text()


def test_what_nobody_exports_is_seen():
    """The check above can fail: an unknown metric, an unknown label, an unknown label in by()."""
    said = 'sum by (model) (netdiag_up{name="x"} unless on (code) netdiag_down)'
    assert Used(said).unknown() == {"netdiag_down", "netdiag_up{name}", "model", "code"}


def test_the_job_is_the_one_that_is_scraped():
    """Rules that go by a job's name go by that of the configuration."""
    jobs = {scraped["job_name"] for scraped in document("prometheus/prometheus.yml")["scrape_configs"]}
    assert set(re.findall(r'job="([^"]*)"', str(RULES))) == jobs

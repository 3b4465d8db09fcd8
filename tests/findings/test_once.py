"""What is the same of several endpoints is told once, with all its places."""

from made_reports import broken, endpoint, report

from netdiag import findings
from netdiag.findings.once import told_once
from netdiag.report.as_html import as_html
from netdiag.report.as_markdown import as_markdown
from netdiag.report.as_text import as_text

PLACE = {"port": "8000", "systems": "linux", "bridge": "no", "platform": "docker-bridge"}


def asking(name, code="ND201", **values):
    """An endpoint whose port refuses; its evidence has a duration of its own."""
    item = broken(code, name, **PLACE | values)
    found = item.findings[0]._replace(evidence=(f"172.17.0.1:8000 tcp connection_refused ({len(name)}.0 ms)",))
    return item._replace(endpoint=endpoint(name, "http://localhost:8000/"), findings=(found,))


def test_one_port_under_two_types_is_told_once():
    """Both places stand under one finding, and what to do about each of the services below it, in every format."""
    made = report(
        *told_once([asking("chatting", service="ollama", model="q"), asking("extracting", service="vllm", model="m")])
    )
    (first,), (second,) = (item.findings for item in made.endpoints)
    assert (first.values, first.evidence) == (second.values, second.evidence)
    commands = [remedy.command for remedy in findings.words(first).remedies]
    assert any("ollama.service" in command for command in commands)
    assert any("vllm serve m " in command for command in commands)
    for page in (as_text(made), as_markdown(made), as_html(made)):
        said = " ".join(page.split())
        assert said.count("refuses connections from containers on port 8000") == 1
        assert all(name in page for name in ("chatting", "extracting"))


def test_other_ports_and_other_causes_are_told_apart():
    """Another port is another finding, and what a service answers belongs to the model that was called."""
    two_ports = [asking("a", service="ollama"), asking("b", service="ollama", port="9000")]
    two_models = [asking("a", "ND403", service="ollama", model="q"), asking("b", "ND403", service="vllm", model="m")]
    for items in (two_ports, two_models):
        assert told_once(items) == tuple(items)

"""What a run says of a warning: its title and what to do; a note is its title, and only a problem is explained."""

import pytest

from netdiag.model.report import Finding, Report
from netdiag.report.as_text import as_text


def part(name: str, code: str = "ND231") -> Finding:
    """Another part of OpenSPG that is away."""
    return Finding(code, f"{name}:1", {"part": name, "host": name, "port": "1", "failure": "connection_refused"})


def told(*said: Finding, detail: int = 0, language: str = "en") -> list[str]:
    """The lines of a run that says this."""
    report = Report("check", "2026-01-01T00:00:00+00:00", 1.0, 1, findings=said)
    return [line.strip() for line in as_text(report, language, detail=detail).splitlines()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_warning_says_what_to_do(language):
    """The commands are in the run's own output, and not only in `explain`."""
    lines = told(part("neo4j", "ND235"), language=language)
    assert lines[-2:] == ["docker compose logs --tail 50 neo4j", "docker compose restart neo4j"]


def test_the_same_remedy_is_told_once():
    """Two parts that are away have one cure, told after the last of them; another cure is told with its own."""
    lines = told(part("neo4j"), part("minio"), part("mysql", "ND237"))
    assert [line for line in lines if line.startswith("docker")] == [
        "docker compose ps --all",
        "docker compose up -d",
        "docker compose logs --tail 50 mysql",
        "docker compose restart mysql",
    ]
    assert lines.index("docker compose ps --all") > next(at for at, line in enumerate(lines) if "minio" in line)


def test_what_is_not_explained():
    """A warning has no explanation, a note no remedy; with problems only, neither is told."""
    lines = told(part("neo4j"), Finding("ND105"))
    assert not [line for line in lines if "This is not the model service" in line]
    assert [line for line in lines if line.endswith("[ND105]")] == lines[-1:]
    assert told(part("neo4j"), Finding("ND105"), detail=-1) == []


def test_a_thousand_of_a_kind():
    """Three of them, how many more there are, and what to do."""
    lines = told(*(part(f"part{number}") for number in range(1000)))
    assert len(lines) < 15
    assert "and 997 more like these; -v and --format json tell each of them" in lines
    assert "docker compose up -d" in lines
    assert len(told(*(part(f"part{number}") for number in range(1000)), detail=1)) > 1000

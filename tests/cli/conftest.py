"""Places to run netdiag in: the real program, inside namespaces that lead nowhere."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from netdiag import findings, lab
from netdiag.lab import Network, Scenario, Service, World
from netdiag.model.report import Finding

SCHEMA = json.loads(resources.files("netdiag.report").joinpath("schema.json").read_text("utf-8"))


@dataclass(frozen=True)
class Place:
    """A lab's container, and the directory that both sides see."""

    inside: lab.Lab

    @property
    def directory(self) -> Path:
        """The home of whoever runs commands here."""
        return self.inside.directory

    def write(self, name: str, content: bytes | str) -> Path:
        """Put a file into the directory."""
        path = self.directory / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def netdiag(self, *arguments: str, **options):
        """Run the installed program."""
        return self.inside.run(["netdiag", *arguments], **options)

    def report(self, *arguments: str, **options) -> dict:
        """Run the program and return its JSON report, held against the shipped schema and the exit status."""
        done = self.netdiag(*arguments, "--format", "json", **options)
        found = json.loads(done.stdout)
        jsonschema.validate(found, SCHEMA)
        assert found["exit_code"] == done.returncode
        assert incomplete(found) == []
        return found


def codes(report: dict) -> set[str]:
    """Every code of a report."""
    said = [*report["findings"], *(finding for item in report["endpoints"] for finding in item["findings"])]
    return {finding["code"] for finding in said}


def incomplete(report: dict) -> list[tuple[str, tuple[str, ...]]]:
    """Every finding of a report that lacks a value its words need, with what it lacks."""
    said = [*report["findings"], *(finding for item in report["endpoints"] for finding in item["findings"])]
    return [(f["code"], lacking) for f in said if (lacking := findings.lacking(Finding(f["code"], "", f["values"])))]


def options(scenario: Scenario) -> list[str]:
    """The options that make netdiag imitate the scenario's KAG, and those that the scenario asks for."""
    version = ["--kag-version", scenario.kag_version] if scenario.kag_version else []
    return [*version, *scenario.options, scenario.file_name]


@pytest.fixture(scope="session")
def made(namespaces, require):
    """Return the way to make a scenario real, with its configuration in place: its place and the file."""

    @contextmanager
    def make(scenario: Scenario):
        if reason := lab.lacking(scenario.world):
            require("iptables", reason)
        with lab.make(scenario.world) as inside:
            yield Place(inside), Place(inside).write(scenario.file_name, scenario.config)

    return make


@pytest.fixture(scope="session")
def place(namespaces):
    """A container on the default bridge; Ollama on the host's 11434, a silent server on 12000, a web page on 12001."""
    services = (
        Service("ollama", 11434),
        Service("silent", 12000),
        Service("web-page", 12001),
        Service("vllm-with-key", 8000),
    )
    with lab.make(World(services=services)) as inside:
        yield Place(inside)


@pytest.fixture(scope="session")
def nowhere(namespaces):
    """A container without any network."""
    with lab.make(World(networks=(), default_route=False)) as inside:
        yield Place(inside)


@pytest.fixture(scope="session")
def compose_bridge() -> Network:
    """The bridge of a compose project."""
    return Network("br-5eed0c0ffee0", gateway="172.18.0.1/16", container="172.18.0.2/16")

"""``netdiag demo``: a host, a container and a fault in namespaces of their own, and the repair run in it for real."""

import argparse
import os
import sys
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from netdiag import exits, lab
from netdiag.cli.spoken import said
from netdiag.cli.terminal import complain
from netdiag.lab import scenarios
from netdiag.report.labels import label
from netdiag.report.page import wrapped
from netdiag.text import shown

DOCKER_INSTEAD: Final = """\
  docker run --rm -it --name netdiag-demo YOUR_IMAGE_WITH_NETDIAG sh
  # on the host: python3 -m netdiag.lab.servers ollama --listen 172.17.0.1 --port 11434 --model qwen2.5:3b
  # in the container: write kag_config.yaml with base_url: http://localhost:11434/ and run netdiag fix-base-url
"""


def run(arguments: argparse.Namespace) -> int:
    """List the scenarios, open a shell in one, or show one from the fault to the repaired file."""
    if arguments.list:
        return _list(arguments.lang)
    try:
        scenario = scenarios.by_name(arguments.scenario)
    except KeyError:
        near = ", ".join(get_close_matches(arguments.scenario, scenarios.names()))
        told = "there is no scenario {name}; near it: {near}; `netdiag demo --list` names all"
        told = told if near else "there is no scenario {name}; `netdiag demo --list` names all"
        complain(said(told, name=shown(arguments.scenario), near=near))
        return exits.USAGE
    try:
        with lab.make(_with_kag(scenario)) as place:
            (place.directory / scenario.file_name).write_text(scenario.config, "utf-8")
            return _shell(place, scenario, arguments) if arguments.shell else _show(place, scenario, arguments)
    except lab.LabError as error:
        complain(f"{error}\n\n{label('with_docker', arguments.lang)}\n{DOCKER_INSTEAD.rstrip()}")
        return exits.PROBLEM


def _list(language: str) -> int:
    width = max(map(len, scenarios.names()))
    for name in scenarios.names():
        sys.stdout.write(f"{name:{width}}  {scenarios.by_name(name).title[language]}\n")
    return exits.OK


def _show(place: lab.Lab, scenario: lab.Scenario, arguments: argparse.Namespace) -> int:
    language = arguments.lang
    sys.stdout.write(f"{scenario.title[language]}\n\n{wrapped(scenario.story[language])}\n")
    look = ("grep", "-n", "base_url", scenario.file_name)
    _type(place, *look)
    status = _type(place, *_repair(scenario), *_passed_on(arguments))
    _type(place, *look)
    sys.stdout.write(wrapped(label("demo_more", language)))
    return exits.OK if status == scenario.expect_exit else exits.PROBLEM


def _with_kag(scenario: lab.Scenario) -> lab.World:
    """Return the world with the scenario's KAG in the container, unless it is about another one being there."""
    return scenario.world if scenario.world.kag else replace(scenario.world, kag=scenario.kag_version)


def _repair(scenario: lab.Scenario) -> list[str]:
    version = ["--kag-version", scenario.kag_version] if scenario.world.kag else []
    return ["netdiag", "fix-base-url", *version, *scenario.options, scenario.file_name]


def _passed_on(arguments: argparse.Namespace) -> list[str]:
    language = [] if arguments.lang == "en" else ["--lang", arguments.lang]
    colour = ["--no-color"] if arguments.no_color else []
    return [*language, *colour, *["-v"] * arguments.verbose]


def _type(place: lab.Lab, *argv: str) -> int:
    """Run a command in the container as if somebody had typed it there; return its exit status."""
    sys.stdout.write(f"openspg$ {' '.join(argv)}\n")
    done = place.run(argv, capture=False, input="")
    sys.stdout.write("\n")
    return done.returncode


def _shell(place: lab.Lab, scenario: lab.Scenario, arguments: argparse.Namespace) -> int:
    hint = label("demo_shell", arguments.lang, command=" ".join(_repair(scenario)))
    sys.stdout.write(f"{wrapped(scenario.story[arguments.lang])}\n{hint}\n")
    shell = os.environ.get("SHELL", "")
    return place.interactive([shell if Path(shell).exists() else "/bin/sh"])

"""Configurations for Ollama at port 11434 on which KAG's verdict was recorded, and what netdiag says of them.

Run as a program it asks netdiag about every one, where it runs, and prints its answers, one a line.
"""

import json
from pathlib import Path
from typing import Any, Final

from kag.judge.asking import netdiag_says
from kag.judge.configurations import Case

RECORDED: Final = [
    json.loads(line) for line in (Path(__file__).parent.parent / "kag-ollama.jsonl").read_text().splitlines()
]


def kind_of(row: dict[str, Any]) -> str:
    """Return the kind of node that a recorded verdict is on."""
    return "embedding" if row["config"]["_node"] == "vec" else "chat"


def configuration_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration as it was given to KAG."""
    return {name: value for name, value in row["config"].items() if name != "_node"}


def case_of(row: dict[str, Any]) -> Case:
    """Return what netdiag is asked."""
    version = "0.6" if row["kag"].startswith("0.6") else "0.8"
    return Case(version, kind_of(row), "ollama", configuration_of(row), {})


def main() -> None:
    """Print what netdiag says of each."""
    for row in RECORDED:
        ok, said = netdiag_says(case_of(row), configuration_of(row))
        print(json.dumps({"ok": ok, "said": said}))


if __name__ == "__main__":
    main()

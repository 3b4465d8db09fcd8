"""Where the examples are, and how they are read."""

from typing import Any, Final

import yaml
from docker_ground import PROJECT

EXAMPLES: Final = PROJECT / "examples"


def documents(name: str) -> list[dict[str, Any]]:
    """Return what the YAML documents of an example hold."""
    return list(yaml.safe_load_all((EXAMPLES / name).read_text()))


def document(name: str) -> dict[str, Any]:
    """Return what an example of one YAML document holds."""
    (found,) = documents(name)
    return found

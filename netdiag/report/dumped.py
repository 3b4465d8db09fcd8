"""How every format of JSON is written."""

import json
from typing import Any

from netdiag.text import harmless_json


def dumped(value: Any, *, indent: int | None = None) -> str:
    """Return ``value`` as JSON text in which nothing drives a terminal or a CI service."""
    return harmless_json(json.dumps(value, ensure_ascii=False, indent=indent))

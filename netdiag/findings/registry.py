"""Make ``registry.json`` of what people write: ``python -m netdiag.findings.registry``. A test holds both together."""

import json
from pathlib import Path
from typing import Any, Final

import yaml

from netdiag.findings.catalog import REGISTRY

_FOLDER: Final = Path(__file__).parent


def registry() -> str:
    """Return the text of ``registry.json``: the codes of all files, lists of remedies put in where they are named."""
    named: dict[str, list[Any]] = _load(_FOLDER / "codes" / "remedies.yaml")
    codes: dict[str, Any] = {}
    for path in sorted((_FOLDER / "codes").glob("[0-9]-*.yaml")):
        for code, entry in _load(path).items():
            if code in codes:
                msg = f"{code} is in two files, the second is {path.name}: a code is never reused"
                raise ValueError(msg)
            listed = [named[each] if isinstance(each, str) else [each] for each in entry["remedies"]]
            codes[code] = {**entry, "remedies": [remedy for remedies in listed for remedy in remedies]}
    whole = {"codes": dict(sorted(codes.items())), "terms": _load(_FOLDER / "terms.yaml")}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_bytes())
    return loaded


if __name__ == "__main__":
    REGISTRY.write_text(registry(), "utf-8")

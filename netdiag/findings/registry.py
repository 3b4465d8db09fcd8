"""Make ``registry.json`` of what people write: ``python -m netdiag.findings.registry``. A test holds both together."""

import json
import re
from pathlib import Path
from typing import Any, Final

import yaml

from netdiag.findings.catalog import REGISTRY

_FOLDER: Final = Path(__file__).parent
_WIDE: Final = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_FOLD: Final = re.compile(f"(?<={_WIDE}) (?={_WIDE})")


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
    loaded: dict[str, Any] = _joined(yaml.safe_load(path.read_bytes()))
    return loaded


def _joined(value: Any) -> Any:
    """Return a value with the blanks taken out that YAML puts between Chinese characters where it joins two lines."""
    if isinstance(value, dict):
        return {name: _joined(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_joined(each) for each in value]
    return _FOLD.sub("", value) if isinstance(value, str) else value


if __name__ == "__main__":
    REGISTRY.write_text(registry(), "utf-8")

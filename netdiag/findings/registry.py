"""Make ``registry.json`` of what people write: ``python -m netdiag.findings.registry``. A test holds both together."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from netdiag.findings.catalog import REGISTRY
from netdiag.findings.templates import fields

_FOLDER: Final = Path(__file__).parent
_WIDE: Final = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_FOLD: Final = re.compile(f"(?<={_WIDE}) (?={_WIDE})")

_IN_GENERAL, _OF_COMPOSE = "look-at-every-attempt", "look-at-the-compose-file"
"""What is left to do where no other remedy of an error applies, and where the error is about a compose file."""


def registry() -> str:
    """Return the text of ``registry.json``: the codes of all files, lists of remedies put in where they are named."""
    named: dict[str, list[Any]] = _load(_FOLDER / "codes" / "remedies.yaml")
    types = _load(_FOLDER / "values.yaml")
    codes: dict[str, Any] = {}
    for path in sorted((_FOLDER / "codes").glob("[0-9]-*.yaml")):
        for code, entry in _load(path).items():
            if code in codes:
                msg = f"{code} is in two files, the second is {path.name}: a code is never reused"
                raise ValueError(msg)
            listed = [named[each] if isinstance(each, str) else [each] for each in entry["remedies"]]
            remedies = [remedy for remedies in listed for remedy in remedies]
            if entry["severity"] == "error" and not any(map(_always_applies, remedies)):
                remedies += named[_OF_COMPOSE if "compose" in path.stem else _IN_GENERAL]
            codes[code] = {**entry, "remedies": remedies, **_values({**entry, "remedies": remedies}, types)}
    whole = {"codes": dict(sorted(codes.items())), "terms": _load(_FOLDER / "terms.yaml")}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _always_applies(remedy: Mapping[str, Any]) -> bool:
    """Tell whether a remedy is shown whatever is known: it has no condition and needs no value."""
    return "when" not in remedy and not fields(remedy["en"] + remedy.get("command", ""))


def _values(entry: Mapping[str, Any], types: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the values that a code's words need with the type of each, and which of them may be missing.

    Both follow from the words and from ``values.yaml``; an entry's own ``values`` and ``optional`` add to that.
    """
    parts = [entry["title"], entry["explanation"], *entry["remedies"]]
    parts += [each["on"] for each in entry["remedies"] if "on" in each]
    texts = [part.get(key, "") for part in parts for key in ("en", "zh", "command")]
    names = dict.fromkeys(name for text in texts for name in fields(text))
    of = {name: type_ for type_, listed in types.items() if type_ != "optional" for name in listed}
    values = {name: of.get(name, "text") for name in names if name != "where"} | entry.get("values", {})
    optional = [name for name in values if name in types["optional"] or name in entry.get("optional", ())]
    return {"values": values, "optional": optional}


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

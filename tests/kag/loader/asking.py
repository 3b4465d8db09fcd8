"""Ask KAG's own loader and netdiag what they read in the same file, in the same environment."""

import json
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from kag.judge.asking import ENVIRONMENTS, judge_of
from kag.judge.configurations import RELEASES
from kag.loader.texts import Text, texts

from netdiag import config
from netdiag.kag.version import Installed, Version
from netdiag.model.endpoint import Endpoint

HERE: Final = Path(__file__).parent
LIMIT_S: Final = 400.0
"""How long one release may take for everything it is asked."""

COMPARED: Final = ("type", "base_url", "model", "api_key", "temperature", "timeout", "max_tokens", "stream")
TEXTS: Final = ("type", "model", "api_key")
FORMS: Final = {"int": "number", "date": "date", "float": "number", "bool": "boolean"}

Node = frozenset[tuple[str, str]]


class Read(NamedTuple):
    """What was read: the models with their settings, or why nothing was."""

    nodes: frozenset[Node] | None
    said: str = ""
    is_evaluated: bool = True


def kag_reads(version: Version, questions: list[Text]) -> list[Read]:
    """Return what KAG of this version makes of each text."""
    command, environment = judge_of(RELEASES[version], "")
    asked = "".join(json.dumps({"text": each.text, "environment": dict(each.environment)}) + "\n" for each in questions)
    done = subprocess.run(
        [command[0], str(HERE / "judge.py")],
        cwd=ENVIRONMENTS / RELEASES[version],
        env=environment,
        input=asked,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions), done.stderr[-2000:]
    return [
        Read(None, answer["error"]) if "error" in answer else Read(frozenset(map(_of_kag, answer["nodes"])) - {None})
        for answer in answers
    ]


def _of_kag(scalars: Mapping[str, list[str]]) -> Node | None:
    """Return a model's settings as text, null as none at all; nothing where its base_url is no text, or empty."""
    if scalars.get("base_url", [""])[0] != "str" or not scalars["base_url"][1]:
        return None
    kept = {name: scalars[name] for name in COMPARED if name in scalars}
    return frozenset((name, _said(name, *value)) for name, value in kept.items() if value[0] != "NoneType")


def _said(name: str, type_: str, text: str) -> str:
    """Return a value as both are compared: where a text belongs, of anything else only what it is."""
    if type_ == "str":
        return text
    return FORMS.get(type_, type_) if name in TEXTS else f"{type_} {text}"


def netdiag_reads(version: Version, each: Text) -> Read:
    """Return what netdiag reads for this version."""
    process = config.Process(
        lambda: Installed(version, RELEASES[version], "named"),
        lambda names: {name: value for name, value in each.environment.items() if name in names},
    )
    try:
        document = config.parse(each.text.encode(), "kag_config.yaml", process)
    except config.Unreadable as error:
        return Read(None, f"{error.reason}: {error.detail}")
    if document.refused:
        return Read(None, document.refused.word, is_evaluated=document.refused.by_kag)
    nodes = frozenset(map(_of_netdiag, document.endpoints)) - {None}
    return Read(nodes)


def _of_netdiag(endpoint: Endpoint) -> Node | None:
    if endpoint.left_alone == "not_a_string" or not endpoint.base_url:
        return None
    key = endpoint.api_key.reveal() if endpoint.api_key is not None else None
    found: dict[str, Any] = {"type": endpoint.type or None, "base_url": endpoint.base_url}
    found |= {"model": endpoint.model or None, "api_key": key}
    found |= {name: value for name, value in endpoint.settings.items() if name in COMPARED}
    said = {name: _said(name, type(value).__name__, str(value)) for name, value in found.items() if value is not None}
    forms = {name: {"empty": ""}.get(form, form) for name, form in endpoint.forms.items() if form != "null"}
    return frozenset((said | forms).items())


def all_of_them() -> list[tuple[Version, Text, Read, Read]]:
    """Return what KAG and netdiag read in every text; KAG's processes run side by side."""
    questions = list(texts())
    with ThreadPoolExecutor(len(RELEASES)) as pool:
        answers = dict(zip(RELEASES, pool.map(lambda version: kag_reads(version, questions), RELEASES), strict=True))
    return [
        (version, each, by_kag, netdiag_reads(version, each))
        for version in RELEASES
        for each, by_kag in zip(questions, answers[version], strict=True)
    ]

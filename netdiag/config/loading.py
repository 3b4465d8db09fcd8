"""How KAG of each release loads a configuration file: which text it reads, and what it cannot load.

``load_config`` (kag/common/conf.py) is ``yaml.safe_load`` of the file; since 0.7 of what Jinja makes of it, and in 0.8
with a tag ``!ENV NAME``, whose value is that variable, or null. The same library decides it here.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from typing import Any, Final, NamedTuple

import yaml

from netdiag.config import formats, hybrid_tree
from netdiag.config.process import Process
from netdiag.config.rendering import HAS_CONSTRUCTS, NotRenderedError, Origins, render
from netdiag.config.tree import NotRead, Positions

NAME: Final = "kag_config.yaml"
OLDER_NAME: Final = "kag_config.cfg"
"""The file that only KAG 0.5 reads (kag/common/env.py)."""

SUFFIXES: Final = (".yaml", ".yml")

_FILLED_IN: Final = re.compile(r"\{[{%#]|!ENV\b|\$\{")
_OTHERS: Final = re.compile(r"(?m)^(?:services|apiVersion|jobs|stages)[ \t]*:")
"""A key of compose files, Kubernetes' manifests and CI jobs, which others fill in."""

_RENDERING: Final = frozenset({"0.7", "0.8", "0.8+"})
_WITH_TAG: Final = frozenset({"0.8", "0.8+"})

_LIMIT: Final = 256 * 1024
_MERGED: Final = 10_000
"""Characters of a text whose loading is tried, and pairs that ``<<`` may bring to one mapping."""

_READ_DIFFERENTLY: Final = re.compile(r"[\t?\\%]|[^\x00-\x7f]")
"""What libyaml and PyYAML's own parser, which KAG uses, do not agree about."""

_SECTION: Final = re.compile(r"(?m)^\[\w[\w. -]*\][ \t]*(?:[#;].*)?$")
_TAG: Final = re.compile(r"could not determine a constructor for the tag '(.*)'")
_PROBLEMS: Final = (
    ("expected a single document", "yaml_documents"),
    ("but found another document", "yaml_documents"),
    ("could not determine a constructor", "yaml_tag"),
    ("found unhashable key", "yaml_key"),
    ("found duplicate anchor", "yaml_anchor"),
    ("found undefined alias", "yaml_alias"),
    ("for merging", "yaml_merge"),
    ("found character '\\t'", "yaml_tab"),
)
"""What PyYAML says, and the word for it."""


class Refused(NamedTuple):
    """Why KAG cannot load a file: ``word`` is a term of findings/terms.yaml, ``name`` what it is about.

    ``line`` counts from 1; it is 0 where it is the whole file. ``kag`` is the release, ``certain`` whether it is known
    to be the one that runs here. ``by_kag`` is false where only netdiag does not evaluate the template.
    """

    word: str
    line: int
    name: str = ""
    kag: str = ""
    certain: bool = True
    by_kag: bool = True

    @property
    def is_of_template(self) -> bool:
        """Whether it is about what Jinja makes of the file."""
        return not self.word.startswith(("yaml_", "ini_"))


class Loaded(NamedTuple):
    """What KAG's YAML reads.

    ``text`` with its ``positions`` in the file. ``tag`` returns the value of the variable that a tag names, and is
    ``None`` where this KAG knows no such tag. ``refused`` tells why KAG cannot load it.
    """

    text: str
    positions: Positions
    tag: Callable[[str], str | None] | None = None
    refused: Refused | None = None

    @property
    def is_filled(self) -> bool:
        """Whether Jinja has filled it in."""
        return isinstance(self.positions, Origins)

    def __repr__(self) -> str:
        """Show nothing of it: keys stand there."""
        return f"Loaded({len(self.text)} characters, {self.refused})"


def is_kags(text: str, name: PurePath) -> bool:
    """Tell whether KAG reads this file as its configuration: YAML by its name, and by its keys nobody else's.

    Of what comes by standard input its content decides.
    """
    if name.name == NAME:
        return True
    is_yaml = name.suffix.lower() in SUFFIXES or (name.name == "-" and formats.of(text, name) == "yaml")
    return is_yaml and not _OTHERS.search(text)


def of_older(format_: str, name: PurePath, process: Process | None) -> Refused | None:
    """Return that the KAG of ``process`` does not read the file of 0.5, where ``name`` is that file's and it is INI."""
    if format_ != "ini" or name.name != OLDER_NAME or process is None:
        return None
    installed = process.kag()
    if installed.version == "0.5":
        return None
    return Refused("ini_file", 0, "", installed.text, installed.certain)


def load(text: str, positions: Positions, shift: int, name: PurePath, process: Process) -> Loaded | None:
    """Return what the KAG of ``process`` reads in ``text``, or ``None`` where it reads no YAML (0.5).

    ``shift`` are the bytes of the file before the text.
    """
    loaded = Loaded(text, positions)
    if not _FILLED_IN.search(text) and not _problem(text, name, with_tag=True):
        return loaded  # the same for every release that reads YAML
    installed = process.kag()
    version = installed.version
    if version == "0.5":
        return None
    if version in _RENDERING and HAS_CONSTRUCTS.search(text):
        try:
            rendered = render(text, process.values)
        except NotRenderedError as error:
            line = positions.line(error.at) if error.at else 0
            refused = Refused(error.word, line, error.name, installed.text, installed.certain, error.by_kag)
            return loaded._replace(refused=refused)
        loaded = Loaded(rendered.text, Origins(text, rendered, shift))
    with_tag = version in _WITH_TAG
    if with_tag:
        loaded = loaded._replace(tag=lambda variable: process.values((variable,)).get(variable))
    if problem := _problem(loaded.text, name, with_tag=with_tag):
        line = loaded.positions.line(problem.at) if problem.at >= 0 else 0
        name_ = problem.name if problem.name in text else ""
        word = problem.word
        if unset := _unset(loaded.positions, loaded.text, problem.at):
            word, name_ = "jinja_unset", unset
        if version not in _RENDERING and word in ("yaml_syntax", "yaml_key") and _is_template(text, problem.at):
            word = "jinja_unrendered"
        loaded = loaded._replace(refused=Refused(word, line, name_, installed.text, installed.certain))
    return loaded


def _unset(positions: Positions, text: str, at: int) -> str:
    """Return a variable that is not set and has left nothing on the line of ``at``, if there is one."""
    if at < 0 or not isinstance(positions, Origins):
        return ""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    pieces = positions.empty(start, end if end >= 0 else len(text))
    names = (name for piece in pieces for name in piece.variables if not positions.values.get(name))
    return next(names, "")


def _is_template(text: str, at: int) -> bool:
    """Tell whether there is a Jinja construct on the line of ``at``."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = re.compile(r"[^\r\n]*").match(text, start)
    return bool(line and HAS_CONSTRUCTS.search(line.group()))


class _Problem(NamedTuple):
    """What PyYAML says of a text: the word, the character (``-1`` for none), and the tag it does not know."""

    word: str
    at: int
    name: str = ""


def _problem(text: str, name: PurePath, *, with_tag: bool) -> _Problem | None:
    """Return why ``yaml.safe_load`` fails on ``text``, or KAG on what it returns; nothing of a very long text."""
    if len(text) > _LIMIT:
        return None
    problem: _Problem | None = None
    data: Any = {}
    at = -1
    try:
        loader: Any = _loader(pure=bool(_READ_DIFFERENTLY.search(text)), with_tag=with_tag)(text)
        try:
            data = loader.get_single_data()
        finally:
            at = loader.at
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        problem = _marked(text, error)
    except yaml.reader.ReaderError as error:
        problem = _Problem("yaml_characters", error.position)
    except RecursionError:
        problem = _Problem("yaml_deep", -1)
    except Exception:  # noqa: BLE001 - ValueError of 2024-13-45, KeyError of !!bool maybe, and PyYAML's own bugs
        problem = _Problem("yaml_value", at)
    return problem or (_Problem(word, -1) if name.name == NAME and (word := _unusable(data)) else None)


def _unusable(data: Any) -> str:
    """Return the word for what KAG fails at once it has loaded a file, or nothing (conf.py, ``initialize``)."""
    if not isinstance(data, dict):
        return "yaml_mapping"
    project, log = data.get("project", {}), data.get("log", {})
    if not isinstance(project, dict) or not all(isinstance(key, str) and key != "self" for key in project):
        return "yaml_project"
    if not log:
        return ""
    return "yaml_log" if not isinstance(log, dict) or isinstance(log.get("level"), list | dict | set) else ""


def _marked(text: str, error: yaml.MarkedYAMLError) -> _Problem:
    mark = error.problem_mark or error.context_mark
    at = mark.index if mark else -1
    said = f"{error.context or ''} {error.problem or ''}"
    word = next((word for words, word in _PROBLEMS if words in said), "yaml_syntax")
    if word == "yaml_syntax":
        if text.startswith("\t", at):
            word = "yaml_tab"
        elif (mixed := hybrid_tree.refusal(text, NotRead(max(at, 0), ""))).detail:
            word, at = "yaml_ini", mixed.at
        elif section := _SECTION.search(text):
            word, at = "yaml_ini", section.start()
    tag = _TAG.search(said)
    return _Problem(word, at, tag[1].removeprefix("tag:yaml.org,2002:") if tag else "")


@cache
def _loader(*, pure: bool, with_tag: bool) -> Any:
    """Return PyYAML's loader with KAG's tag, and with a limit to what ``<<`` may bring.

    libyaml's takes a tenth of the time; PyYAML's own is the one that KAG uses.
    """
    base: Any = yaml.SafeLoader if pure else getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Notes which node it constructs, for faults that PyYAML says no place of."""

        at = -1

        def construct_object(self, node: Any, deep: bool = False) -> Any:
            self.at = node.start_mark.index
            return super().construct_object(node, deep=deep)

        def flatten_mapping(self, node: Any) -> None:
            super().flatten_mapping(node)
            if len(node.value) > _MERGED:
                raise RecursionError

    if with_tag:
        Loader.add_constructor("!ENV", lambda loader, node: loader.construct_scalar(node))
    return Loader

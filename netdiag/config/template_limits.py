"""Which Jinja templates are evaluated: those whose result is known to be small before anything is computed.

A configuration fills in variables, with a default or a condition. A loop without an end, a repeated text or a macro
that calls itself would cost hours or gigabytes, so only what is listed here is evaluated, and its size is added up
from the lengths of the values first. Jinja folds constants while it compiles; hence the syntax tree is looked at.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jinja2 import nodes

if TYPE_CHECKING:
    from jinja2 import Environment

MOST: Final = 1024 * 1024
"""Characters that a template may render to. KAG's files are kilobytes."""

_SMALL: Final = 32
"""Characters of a number or a truth value."""

_FILTERS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("default", "d", "trim", "string", "safe", "first", "last", "list", "reverse", "unique"), 1),
    **dict.fromkeys(("int", "float", "length", "count", "abs", "round"), 1),
    **dict.fromkeys(("lower", "upper", "title", "capitalize"), 3),  # ß becomes SS, ΐ three characters
    **dict.fromkeys(("escape", "e", "forceescape", "tojson"), 12),  # one character as \\ud83d\\ude00
    "urlencode": 12,
}
"""Filters, and by how much they may lengthen a text."""

_METHODS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"), 1),
    **dict.fromkeys(("split", "rsplit", "partition", "rpartition", "splitlines"), 1),
    **dict.fromkeys(("startswith", "endswith", "find", "count", "isdigit", "isdecimal"), 1),
    **dict.fromkeys(("lower", "upper", "title", "capitalize", "casefold"), 3),
}
"""Methods of a text, and by how much they may lengthen it."""

_REPLACING: Final = "replace"


class NotEvaluatedError(Exception):
    """A template that is not evaluated; ``word`` says what in it is not (findings/terms.yaml)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def check(template: nodes.Template, environment: "Environment", lengths: Mapping[str, int]) -> None:
    """Raise :class:`NotEvaluatedError` unless ``template`` is known to render to at most :data:`MOST` characters.

    ``lengths`` are those of the variables that are set.
    """
    _Sizes(environment, lengths).all_of(template.body)


class _Sizes:
    """Adds up how long the text of statements, and the values of expressions, can be at most."""

    def __init__(self, environment: "Environment", lengths: Mapping[str, int]) -> None:
        self._environment = environment
        self._lengths = dict(lengths)

    def all_of(self, found: "list[Any]") -> int:
        """Return the length of what these nodes render to one after another."""
        return self._small(sum(self.of(node) for node in found))

    def of(self, node: Any) -> int:
        """Return the length of what one node renders to, or is."""
        size = _SIZES.get(type(node))
        if size is None:
            raise NotEvaluatedError(_WORDS.get(type(node), "template_other"))
        return self._small(size(self, node))

    def assigned(self, target: Any, size: int) -> int:
        """Note the length of a variable, and return that nothing is written."""
        if not isinstance(target, nodes.Name):
            raise NotEvaluatedError(word="template_other")
        self._lengths[target.name] = max(size, self._lengths.get(target.name, 0))
        return 0

    def captured(self, node: Any) -> int:
        """Note the length of a variable that is set to the text of a block."""
        if node.filter is not None:
            raise NotEvaluatedError(word="template_filter")
        return self.assigned(node.target, self.all_of(node.body))

    def named(self, node: Any) -> int:
        """Return the length of a variable; one that is not set renders as nothing."""
        return self._lengths.get(node.name, 0)

    def either(self, node: Any) -> int:
        """Return the length of the longest branch of a condition."""
        self.of(node.test)
        return max(self.all_of(node.body), self.all_of(node.elif_), self.all_of(node.else_))

    def loop(self, node: Any) -> int:
        """Return the length of a loop over values that are written there, one after another."""
        if node.recursive or not isinstance(node.iter, nodes.List | nodes.Tuple):
            raise NotEvaluatedError(word="template_loop")
        self.assigned(node.target, self.of(node.iter))
        test = self.of(node.test) if node.test else 0
        return (self.all_of(node.body) + test) * len(node.iter.items) + self.all_of(node.else_)

    def filtered(self, node: Any) -> int:
        """Return the length of what a filter makes of a value."""
        inner = self.of(node.node) if node.node else 0
        if node.name not in self._environment.filters:
            return 0  # Jinja refuses it
        arguments = self._arguments(node)
        if node.name == _REPLACING:
            return (inner + 1) * (arguments + 1)
        if node.name not in _FILTERS:
            raise NotEvaluatedError(word="template_filter")
        return (inner + arguments) * _FILTERS[node.name] + _SMALL

    def called(self, node: Any) -> int:
        """Return the length of what a method of a text returns, or nothing where Jinja fails: no such function."""
        arguments = self._arguments(node)
        if isinstance(node.node, nodes.Getattr):
            inner, method = self.of(node.node.node), node.node.attr
            if method == _REPLACING:
                return (inner + 1) * (arguments + 1)
            if method in _METHODS:
                return inner * _METHODS[method] + _SMALL
        elif isinstance(node.node, nodes.Name) and node.node.name not in self._environment.globals:
            return 0
        raise NotEvaluatedError(word="template_call")

    def _arguments(self, node: Any) -> int:
        if node.dyn_args or node.dyn_kwargs:
            raise NotEvaluatedError(word="template_call")
        return sum(map(self.of, node.args)) + sum(self.of(each.value) for each in node.kwargs)

    def _small(self, size: int) -> int:
        if size > MOST:
            raise NotEvaluatedError(word="template_size")
        return size


def _one(name: str) -> Callable[[_Sizes, Any], int]:
    return lambda sizes, node: sizes.of(getattr(node, name))


def _several(*names: str) -> Callable[[_Sizes, Any], int]:
    """Return the sum of what these fields hold, which may be one node, a list of them, or nothing."""

    def size(sizes: _Sizes, node: Any) -> int:
        held = (getattr(node, name) for name in names)
        return sum(sizes.all_of(each) if isinstance(each, list) else sizes.of(each) for each in held if each)

    return size


def _nothing(_: _Sizes, __: Any) -> int:
    return 0


_SIZES: Final[Mapping[type, Callable[[_Sizes, Any], int]]] = {
    nodes.Output: _several("nodes"),
    nodes.TemplateData: lambda _, node: len(node.data),
    nodes.Const: lambda _, node: len(str(node.value)) if isinstance(node.value, str) else _SMALL,
    nodes.Name: _Sizes.named,
    nodes.If: _Sizes.either,
    nodes.For: _Sizes.loop,
    nodes.Assign: lambda sizes, node: sizes.assigned(node.target, sizes.of(node.node)),
    nodes.AssignBlock: _Sizes.captured,
    nodes.Filter: _Sizes.filtered,
    nodes.Call: _Sizes.called,
    nodes.Test: _several("node", "args"),
    nodes.Compare: _several("expr", "ops"),
    nodes.Operand: _one("expr"),
    nodes.And: _several("left", "right"),
    nodes.Or: _several("left", "right"),
    nodes.Not: _one("node"),
    nodes.CondExpr: _several("test", "expr1", "expr2"),
    nodes.Concat: _several("nodes"),
    nodes.Add: _several("left", "right"),
    nodes.Sub: _several("left", "right"),
    nodes.Neg: _one("node"),
    nodes.Pos: _one("node"),
    nodes.Getattr: _one("node"),
    nodes.Getitem: _several("node", "arg"),
    nodes.Slice: _several("start", "stop", "step"),
    nodes.List: _several("items"),
    nodes.Tuple: _several("items"),
    # Jinja fails at these, as KAG's does: its template has no loader.
    nodes.Include: _nothing,
    nodes.Import: _nothing,
    nodes.FromImport: _nothing,
    nodes.Extends: _nothing,
}

_WORDS: Final[Mapping[type, str]] = {
    nodes.Macro: "template_macro",
    nodes.CallBlock: "template_macro",
    nodes.FilterBlock: "template_filter",
}

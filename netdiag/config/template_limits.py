"""Which Jinja templates are evaluated: those whose result is known to be small before anything is computed.

A configuration fills in variables, with a default or a condition. A loop without an end, a repeated text or a macro
that calls itself would cost hours or gigabytes, so only what is listed here is evaluated, and its size is added up
from the lengths of the values first. Jinja folds constants while it compiles; hence the syntax tree is looked at.
"""

import re
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

_TYPES: Final = (str, int, float, bool, list, tuple, type(None))
"""Types of the values that can come about here; a method that none of them has is undefined to Jinja."""

_DIGITS: Final = 400
"""Characters of a number that is made of a text: ``"1e308" | float | int`` has 309."""

_LARGEST_FACTOR: Final = 4096
"""Digits that numbers which are multiplied may have together: Python writes no more than 4300 as text."""

_LARGEST_EXPONENT: Final = 64
_SEPARATORS: Final = 4
_JINJAS: Final = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
"""Names that stand for something of Jinja's own, which can be called or iterated over."""

_NUMBERS: Final = frozenset({"int", "float", "length", "count"})
"""Filters that return a number or fail."""

_WIDE: Final = re.compile(r"[\d*]")
"""What makes the result of a format longer than what is put into it: ``%1000s``, ``%*d``."""


class NotEvaluatedError(Exception):
    """A template that is not evaluated; ``word`` says what in it is not (findings/terms.yaml)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def check(template: nodes.Template, environment: "Environment", lengths: Mapping[str, int]) -> None:
    """Raise :class:`NotEvaluatedError` unless ``template`` is known to render to at most :data:`MOST` characters.

    ``lengths`` are those of the variables that are set.
    """
    stored = {node.name for node in template.find_all(nodes.Name) if node.ctx != "load"}
    _Sizes(environment, lengths, stored).all_of(template.body)


class _Sizes:
    """Adds up how long the text of statements, and the values of expressions, can be at most.

    What is only set counts as well: to make it takes as long as to write it. ``stored`` are the names that are set.
    """

    def __init__(self, environment: "Environment", lengths: Mapping[str, int], stored: set[str]) -> None:
        self._environment = environment
        self._lengths = dict(lengths)
        self._stored = stored
        self._block = 0

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
        """Note the length of a variable, or of several that share a value, and return it."""
        for each in target.items if isinstance(target, nodes.Tuple) else [target]:
            if not isinstance(each, nodes.Name):
                raise NotEvaluatedError(word="template_other")
            self._lengths[each.name] = max(size, self._lengths.get(each.name, 0))
        return size

    def captured(self, node: Any) -> int:
        """Note the length of a variable that is set to the text of a block."""
        size = self.all_of(node.body) if node.filter is None else self.block_filtered(node)
        return self.assigned(node.target, size)

    def block_filtered(self, node: Any) -> int:
        """Return the length of what filters make of the text of a block."""
        outer, self._block = self._block, self.all_of(node.body)
        size = self.of(node.filter)
        self._block = outer
        return size

    def named(self, node: Any) -> int:
        """Return the length of a variable; one that is not set renders as nothing."""
        if node.name in _JINJAS:
            raise NotEvaluatedError(word="template_other")
        if node.name in self._environment.globals and node.name not in {*self._lengths, *self._stored}:
            raise NotEvaluatedError(word="template_call")
        return self._lengths.get(node.name, 0)

    def attribute(self, node: Any) -> int:
        """Return the length of what belongs to a value; to a loop belong its items too."""
        _refuse_internal(node.attr)
        is_of_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
        return self._lengths.get("loop", 0) if is_of_loop else self.of(node.node)

    def item(self, node: Any) -> int:
        """Return the length of a part of a value; Jinja takes an attribute for one."""
        if isinstance(node.arg, nodes.Const):
            _refuse_internal(node.arg.value)
        return self.of(node.node) + self.of(node.arg)

    def with_values(self, node: Any) -> int:
        """Return the length of a block that has variables of its own."""
        pairs = zip(node.targets, node.values, strict=True)
        return sum(self.assigned(target, self.of(value)) for target, value in pairs) + self.all_of(node.body)

    def either(self, node: Any) -> int:
        """Return the length of the longest branch of a condition."""
        return self.of(node.test) + max(self.all_of(node.body), self.all_of(node.elif_), self.all_of(node.else_))

    def loop(self, node: Any) -> int:
        """Return the length of a loop over values that are written there, or over the parts of a value.

        No value has more parts than its length; a round counts as one character at least.
        """
        if node.recursive:
            raise NotEvaluatedError(word="template_loop")
        size = self.of(node.iter)
        rounds = len(node.iter.items) if isinstance(node.iter, nodes.List | nodes.Tuple) else size
        outer = self._lengths.get("loop", 0)
        self._lengths["loop"] = self.assigned(node.target, size) + _SMALL
        test = self.of(node.test) if node.test else 0
        length = (self.all_of(node.body) + test + 1) * rounds
        self._lengths["loop"] = outer
        return size + length + self.all_of(node.else_)

    def filtered(self, node: Any) -> int:
        """Return the length of what a filter makes of a value."""
        inner = self.of(node.node) if node.node else self._block
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
            if not self._is_global(node.node.node) and not any(hasattr(each, method) for each in _TYPES):
                return 0
        elif isinstance(node.node, nodes.Name) and node.node.name not in self._stored:  # else perhaps a text's method
            if node.node.name == "range":
                return _range(node)
            if not self._is_global(node.node):
                return 0
        raise NotEvaluatedError(word="template_call")

    def _is_global(self, node: Any) -> bool:
        return isinstance(node, nodes.Name) and (node.name in self._environment.globals or node.name in _JINJAS)

    def listed(self, node: Any) -> int:
        """Return the length of a list as Python writes it, with quotes and commas."""
        return sum(self.of(item) + _SEPARATORS for item in node.items)

    def modulo(self, node: Any) -> int:
        """Return the length of a remainder, or of a format without widths and what is put into it."""
        left, right = self.of(node.left), self.of(node.right)
        if _is_number(node.left):
            return left + right + _SMALL
        text = node.left.value if isinstance(node.left, nodes.Const) else None
        if not isinstance(text, str) or _WIDE.search(text):
            raise NotEvaluatedError(word="template_size")
        return left + text.count("%") * (right * _FILTERS["tojson"] + _DIGITS)

    def times(self, node: Any) -> int:
        """Return the length of a product of numbers, or of what is repeated as often as a number says."""
        size = self.of(node.left) + self.of(node.right)
        if _is_number(node.left) and _is_number(node.right):
            if size > _LARGEST_FACTOR:
                raise NotEvaluatedError(word="template_size")
            return size
        for number in (node.left, node.right):
            if isinstance(number, nodes.Const) and isinstance(number.value, int):
                return size * max(number.value, 1)
        raise NotEvaluatedError(word="template_size")

    def power(self, node: Any) -> int:
        """Return the length of a power with a small exponent."""
        exponent = node.right.node if isinstance(node.right, nodes.Neg) else node.right
        value = exponent.value if isinstance(exponent, nodes.Const) else None
        if not _is_number(node.left) or not isinstance(value, int) or value > _LARGEST_EXPONENT:
            raise NotEvaluatedError(word="template_size")
        size = self.of(node.left) * max(value, 1)
        if size > _LARGEST_FACTOR:
            raise NotEvaluatedError(word="template_size")
        return size

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


def _refuse_internal(name: object) -> None:
    """Raise :class:`NotEvaluatedError` for an attribute that Jinja's sandbox hides, and KAG's Jinja shows."""
    if isinstance(name, str) and (name.startswith("_") or name == "mro"):
        raise NotEvaluatedError(word="template_call")


def _range(node: Any) -> int:
    """Return the length of a range between numbers that are written there."""
    values = [each.value for each in node.args if isinstance(each, nodes.Const) and isinstance(each.value, int)]
    if len(values) < len(node.args) or node.kwargs:
        raise NotEvaluatedError(word="template_loop")
    try:
        return len(range(*values)) * _SMALL
    except OverflowError:
        raise NotEvaluatedError(word="template_loop") from None
    except (TypeError, ValueError):
        return 0  # Jinja fails


def _constant(_: _Sizes, node: Any) -> int:
    return len(node.value) if isinstance(node.value, str) else max(_SMALL, len(str(node.value)))


def _number_or_text(sizes: _Sizes, node: Any) -> int:
    return sizes.filtered(node) + (_DIGITS if node.name in _NUMBERS else 0)


def _is_number(node: Any) -> bool:
    """Tell whether an expression is a number, or fails."""
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int | float)
    if isinstance(node, nodes.Filter):
        return node.name in _NUMBERS and not node.args and not node.kwargs
    if isinstance(node, nodes.Neg | nodes.Pos):
        return True
    return type(node) in _ARITHMETIC and _is_number(node.left) and _is_number(node.right)


def _nothing(_: _Sizes, __: Any) -> int:
    return 0


_ARITHMETIC: Final = frozenset({nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow})

_SIZES: Final[Mapping[type, Callable[[_Sizes, Any], int]]] = {
    nodes.Output: _several("nodes"),
    nodes.TemplateData: lambda _, node: len(node.data),
    nodes.Const: _constant,
    nodes.Name: _Sizes.named,
    nodes.If: _Sizes.either,
    nodes.For: _Sizes.loop,
    nodes.Assign: lambda sizes, node: sizes.assigned(node.target, sizes.of(node.node)),
    nodes.AssignBlock: _Sizes.captured,
    nodes.With: _Sizes.with_values,
    nodes.Block: _several("body"),
    nodes.FilterBlock: _Sizes.block_filtered,
    nodes.CallBlock: _several("call", "defaults", "body"),  # nothing that can be called takes a block
    nodes.Filter: _number_or_text,
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
    nodes.Mul: _Sizes.times,
    nodes.Div: _several("left", "right"),
    nodes.FloorDiv: _several("left", "right"),
    nodes.Mod: _Sizes.modulo,
    nodes.Pow: _Sizes.power,
    nodes.Neg: _one("node"),
    nodes.Pos: _one("node"),
    nodes.Getattr: _Sizes.attribute,
    nodes.Getitem: _Sizes.item,
    nodes.Slice: _several("start", "stop", "step"),
    nodes.List: _Sizes.listed,
    nodes.Tuple: _Sizes.listed,
    # Jinja fails at these, as KAG's does: its template has no loader.
    nodes.Include: _nothing,
    nodes.Import: _nothing,
    nodes.FromImport: _nothing,
    nodes.Extends: _nothing,
}

_WORDS: Final[Mapping[type, str]] = {
    nodes.Macro: "template_macro",
}

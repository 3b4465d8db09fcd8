"""What KAG makes of a file that is a Jinja template, and where in the file each character of it comes from.

KAG 0.7 and newer call ``Template(config).render(**os.environ)`` before YAML sees the text (kag/common/conf.py). The
same library does it here, in its sandbox, without a loader, and only for templates of which it is known that they stay
small. It is done twice: once as KAG does it, and once with a mark before every piece of the file; where the second
result without its marks is the first one, the marks tell which characters stand in the file and which were made.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from netdiag.config.jinja import Construct, Template
from netdiag.config.tree import Positions

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

LIMIT: Final = 256 * 1024
"""Characters of a template that is rendered. Of longer ones KAG's own files are far."""

HAS_CONSTRUCTS: Final = re.compile(r"\{[{%#]")
_MARKS: Final = 0xF0000
"""The first of 131,068 characters for private use that no configuration has a meaning for."""

_MARK: Final = re.compile(r"[\U000F0000-\U0010FFFD]")
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_BLANK: Final = re.compile(r"\s*")


class NotRenderedError(Exception):
    """Why a template has no result.

    ``word`` is a term of findings/terms.yaml, ``at`` the character of the file, ``name`` what is missing. ``by_kag``
    tells that KAG fails at it too.
    """

    def __init__(self, word: str, at: int = 0, name: str = "", *, by_kag: bool = True) -> None:
        super().__init__(word)
        self.word = word
        self.at = at
        self.name = name
        self.by_kag = by_kag


class Piece(NamedTuple):
    """Characters of the result from ``start`` on: those of the file from ``at`` on, or made by its construct there.

    ``end`` is where the construct ends in the file, or ``-1`` where the characters stand there themselves.
    ``variables`` are those of the environment that it depends on.
    """

    start: int
    at: int
    end: int = -1
    variables: tuple[str, ...] = ()

    @property
    def is_literal(self) -> bool:
        """Whether the characters stand in the file."""
        return self.end < 0


class Rendered(NamedTuple):
    """The text that KAG reads, the pieces it is made of, and the variables that the template names."""

    text: str
    pieces: tuple[Piece, ...]
    values: Mapping[str, str]
    names: frozenset[str]

    def __repr__(self) -> str:
        """Show nothing of it: keys stand there."""
        return f"Rendered({len(self.text)} characters, {len(self.pieces)} pieces)"


def render(text: str, values: Callable[[Collection[str]], Mapping[str, str]]) -> Rendered:
    """Return what KAG's Jinja makes of ``text`` with the environment that ``values`` knows.

    Raises :class:`NotRenderedError` where KAG fails at it, and where netdiag does not evaluate it.
    """
    if len(text) > LIMIT:
        raise NotRenderedError(word="template_size", by_kag=False)
    try:
        return _rendered(text, values)
    except RecursionError:
        raise NotRenderedError(word="template_deep", by_kag=False) from None


def _rendered(text: str, values: Callable[[Collection[str]], Mapping[str, str]]) -> Rendered:
    from jinja2 import TemplateSyntaxError, meta, nodes  # noqa: PLC0415 - 60 ms, for files that are templates
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    from netdiag.config.template_limits import NotEvaluatedError, check  # noqa: PLC0415

    environment = SandboxedEnvironment()
    try:
        tree = environment.parse(text)
        known = dict(values({node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}))
        check(tree, environment, {name: len(value) for name, value in known.items()})
        names = frozenset(meta.find_undeclared_variables(tree))  # compiles, and so computes what is constant
        plain = _result(environment, text, known)
    except TemplateSyntaxError as error:
        word, name = _syntax(error.message or "")
        raise NotRenderedError(word, _line_start(text, error.lineno), name) from None
    except NotEvaluatedError as error:
        raise NotRenderedError(error.word, by_kag=False) from None
    except ValueError:  # seen: a number of more digits than Python converts
        raise NotRenderedError(word="jinja_syntax") from None
    pieces = _pieces(environment, text, plain, known, _dependencies(tree, names))
    return Rendered(plain, pieces, known, names)


def _result(environment: "SandboxedEnvironment", text: str, known: Mapping[str, str]) -> str:
    """Return what Jinja makes of ``text``. Raises :class:`NotRenderedError`, and ``TemplateSyntaxError``."""
    from jinja2 import TemplateSyntaxError, UndefinedError  # noqa: PLC0415
    from jinja2.exceptions import SecurityError  # noqa: PLC0415

    try:
        return environment.from_string(text).render(known)
    except TemplateSyntaxError:
        raise
    except UndefinedError as error:
        missing = re.fullmatch(r"'(\w+)' is undefined", error.message or "")
        at = text.find(missing[1]) if missing else -1
        raise NotRenderedError(word="jinja_undefined", at=max(at, 0), name=missing[1] if missing else "") from None
    except SecurityError:
        raise NotRenderedError(word="template_call", by_kag=False) from None
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - whatever an expression raises, KAG's loader raises it too
        raise NotRenderedError(word="jinja_failed") from None


def _syntax(message: str) -> tuple[str, str]:
    """Return the word for what Jinja says of a template that it does not take, and the filter's or test's name."""
    unknown = re.fullmatch(r"No (?:filter|test) named '(\w+)'\.?.*", message, re.DOTALL)
    return ("jinja_filter", unknown[1]) if unknown else ("jinja_syntax", "")


def _line_start(text: str, number: int) -> int:
    lines = [0, *(found.end() for found in _NEWLINE.finditer(text))]
    return lines[min(max(number, 1), len(lines)) - 1]


def _dependencies(tree: "nodes.Template", names: frozenset[str]) -> Callable[[str], tuple[str, ...]]:
    """Return what tells on which variables of the environment a construct of the file depends, by its own text.

    A variable that the template sets stands for those it is set from; a construct that names none is made by all.
    """
    from jinja2 import nodes  # noqa: PLC0415

    sources: dict[str, set[str]] = {}
    for node in tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.For, nodes.With)):
        used = {each.name for each in node.find_all(nodes.Name) if each.ctx == "load"}
        for target in node.find_all(nodes.Name):
            if target.ctx != "load":
                sources.setdefault(target.name, set()).update(used)

    def variables(construct: str) -> tuple[str, ...]:
        found, waiting = set[str](), set(re.findall(r"(?<![\w.'\"])[^\W\d]\w*", _without_strings(construct)))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting |= sources.get(name, set())
        return tuple(sorted(found & names))

    return variables


def _without_strings(construct: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'|\|\s*\w+", "", construct)


def _pieces(
    environment: "SandboxedEnvironment",
    text: str,
    plain: str,
    known: Mapping[str, str],
    variables: Callable[[str], tuple[str, ...]],
) -> tuple[Piece, ...]:
    """Return where the characters of ``plain`` come from; one piece without a place where that cannot be told."""
    everything = (Piece(0, 0, len(text), variables(text)),)
    if _MARK.search(text) or _MARK.search(plain):
        return everything
    marked, marks = _marked(text, Template(text).constructs)
    try:
        found = _result(environment, marked, known)
    except Exception:  # noqa: BLE001 - a mark changed what it says
        return everything
    if _MARK.sub("", found) != plain:
        return everything
    try:
        return tuple(_placed(found, marks, text, variables))
    except ValueError:
        return everything


def _marked(text: str, constructs: tuple[Construct, ...]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text with a mark before every piece, and for each mark where its piece stands in the file.

    Whitespace that a ``-`` takes away has to stay next to it.
    """
    marks: list[tuple[int, int]] = []
    found: list[str] = []
    written = 0

    def mark(where: int, at: int, end: int) -> None:
        nonlocal written
        found.append(text[written:where] + chr(_MARKS + len(marks)))
        marks.append((at, end))
        written = where

    made = [construct for construct in constructs if construct.kind != "literal"]
    starts = [construct.start for construct in made] + [len(text)]
    for before, start, construct in zip([None, *made], starts, [*made, None], strict=True):
        begin = before.end if before else 0
        if before and text[begin - 3 : begin - 2] == "-":
            begin = _blanks_end(text, begin, start)
        if begin < start:
            mark(begin, begin, -1)
        if construct and construct.kind == "expression":
            strips = text[start + 2 : start + 3] == "-"
            mark(begin + len(text[begin:start].rstrip()) if strips else start, start, construct.end)
    return "".join([*found, text[written:]]), marks


def _blanks_end(text: str, start: int, end: int) -> int:
    found = _BLANK.match(text, start, end)
    return found.end() if found else start


def _placed(
    found: str, marks: list[tuple[int, int]], text: str, variables: Callable[[str], tuple[str, ...]]
) -> Iterator[Piece]:
    """Yield the pieces of a marked result; a literal one for each of its lines, as line ends differ in length."""
    made = {end: variables(text[at:end]) for at, end in marks if end >= 0}
    start = 0
    for place in _MARK.finditer(found):
        at, end = marks[ord(place.group()) - _MARKS]
        stop = _MARK.search(found, place.end())
        written = found[place.end() : stop.start() if stop else len(found)]
        if end >= 0:
            yield Piece(start, at, end, made[end])
        else:
            yield from _lines(text, at, written, start)
        start += len(written)


def _lines(text: str, at: int, written: str, start: int) -> Iterator[Piece]:
    """Yield the lines of ``written``, which stands in ``text`` from ``at`` on. Raises :class:`ValueError` otherwise."""
    for line in written.splitlines(keepends=True):
        yield Piece(start, at)
        body = line.removesuffix("\n")
        if not text.startswith(body, at):
            raise ValueError(at)
        start += len(line)
        at += len(body)
        if body != line:
            ending = _NEWLINE.match(text, at)
            if ending is None:
                raise ValueError(at)
            at = ending.end()


class Origins(Positions):
    """Turns offsets in a rendered text into lines and bytes of the file, and tells what made its characters."""

    def __init__(self, text: str, rendered: Rendered, shift: int) -> None:
        super().__init__(text, shift)
        self._file = text
        self._length = len(rendered.text)
        self._pieces = rendered.pieces
        self._starts = [piece.start for piece in rendered.pieces]
        self.values = rendered.values

    def byte(self, at: int) -> int:
        """Return the file's byte for the character ``at``: of what a construct made, that of the construct."""
        return super().byte(self._place(at))

    def line(self, at: int) -> int:
        """Return the file's line for the character ``at``, counted from 1."""
        return super().line(self._place(at))

    def column(self, at: int) -> int:
        """Return which character of its line in the file the character ``at`` is, counted from 1."""
        return super().column(self._place(at))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the file's bytes that make ``[start, end)``, whole constructs included."""
        first, last = self._edges(start, end)
        return super().byte(first), super().byte(last)

    def made(self, start: int, end: int) -> tuple[tuple[int, int, Piece], ...]:
        """Return the parts of ``[start, end)`` with the piece that each is of, in order."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found: list[tuple[int, int, Piece]] = []
        for at in range(first, len(self._pieces)):
            piece = self._pieces[at]
            stop = self._starts[at + 1] if at + 1 < len(self._starts) else self._length
            if piece.start >= end:
                break
            if stop > start:
                found.append((max(start, piece.start), min(end, stop), piece))
        return tuple(found)

    def empty(self, start: int, end: int) -> tuple[Piece, ...]:
        """Return the pieces within ``[start, end]`` of which nothing is left."""
        first = max(bisect_left(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, end)
        stops = [*self._starts[first + 1 : last + 1], self._length][: last - first]
        found = zip(self._pieces[first:last], stops, strict=False)
        return tuple(piece for piece, stop in found if start <= piece.start == stop and not piece.is_literal)

    def of_file(self, start: int, end: int, piece: Piece) -> str:
        """Return the file's text for the part ``[start, end)`` of a piece."""
        if piece.is_literal:
            return self._file[piece.at + start - piece.start : piece.at + end - piece.start]
        return self._file[piece.at : piece.end]

    def _edges(self, start: int, end: int) -> tuple[int, int]:
        parts = self.made(start, end)
        if not parts:
            place = self._place(start)
            return place, place
        _, stop, piece = parts[-1]
        return self._place(start), piece.at + stop - piece.start if piece.is_literal else piece.end

    def _place(self, at: int) -> int:
        found = bisect_right(self._starts, at) - 1
        if found < 0:
            return 0
        piece = self._pieces[found]
        return piece.at + at - piece.start if piece.is_literal else piece.at

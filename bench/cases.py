"""What is measured: each a command in a place, as data."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from bench import configurations
from bench.installation import Installation
from bench.places import BLACK_HOLES, PROGRAMS

Group = Literal["start", "connect", "repair", "rivals", "many", "big", "wait", "idle", "inside", "imports", "sockets"]

ENDPOINTS: Final = (1, 10, 100, 200, 1000)
HOSTS: Final = (1, 50)
_REFUSING: Final = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
GOOD: Final = "172.18.0.1"
_OWN_WAYS: Final = (GOOD, "172.17.0.1")
"""What netdiag tries by itself in the place "compose", beside localhost."""

RARE: Final = 4
"""The slow ones run in one round of so many."""


class Measure(NamedTuple):
    """A figure of a case."""

    case: str
    name: str = "wall_ms"


@dataclass(frozen=True)
class Case:
    """A command, and how it is run.

    ``argv`` begins with a program's path. ``files`` are written before each run, so that each finds the same. ``ends``
    are the exit statuses of one that did its work. With ``tells`` its last line is JSON with figures of its own.
    It runs in one round of ``every``. ``against`` is what the page compares its ``measure`` with.
    """

    name: str
    group: Group
    argv: tuple[str, ...]
    ends: tuple[int, ...] = (0,)
    place: str = "compose"
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    tells: bool = False
    every: int = 1
    against: Measure | None = None
    measure: str = "wall_ms"


@dataclass(frozen=True)
class Ways:
    """A number of addresses to try, of which some are black holes: those come first, as a user's own ``--host`` do."""

    count: int
    black_holes: int

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses beside netdiag's own."""
        refusing = max(0, self.count - self.black_holes - len(_OWN_WAYS))
        return (*BLACK_HOLES[: self.black_holes], *_REFUSING[:refusing])

    @property
    def options(self) -> tuple[str, ...]:
        """The same for netdiag."""
        return tuple(word for host in self.hosts for word in ("--host", host))

    @property
    def place(self) -> str:
        """Where that many are."""
        return "one way" if self.count == 1 else "compose"

    @property
    def in_turn(self) -> tuple[str, ...]:
        """The order in which a script asks them: netdiag's own."""
        return (*self.hosts, "localhost", *_OWN_WAYS)

    def __str__(self) -> str:
        return f"{self.count} candidate{'s'[: self.count > 1]}, {self.black_holes} black holes"


WAYS: Final = (Ways(1, 0), Ways(5, 2), Ways(20, 15))
MAIN: Final = WAYS[1]
_BARE: Final = Measure("bare Python")
_FLOOR: Final = Measure("floor: Python, one connection, one chat")
REPAIR: Final = Measure(f"repair, {MAIN}")
_LLM: Final = {"llm.json": configurations.CHAT}


def program(python: str, name: str, *words: str) -> tuple[str, ...]:
    """Return the command that runs one of bench/programs."""
    return (python, str(PROGRAMS / f"{name}.py"), *words)


def all_cases(made: Installation, bare: Installation) -> tuple[Case, ...]:
    """Return all but the rivals: ``made`` is the installation, ``bare`` its copy without .pyc files."""
    return (
        *_starts(made, bare),
        *_repairs(made),
        *_many(made),
        *_big(made),
        *_insides(made),
        *_idle(made),
        *_imports(made),
    )


def _starts(made: Installation, bare: Installation) -> Iterator[Case]:
    slow = {"PYTHONDONTWRITEBYTECODE": "1"}
    first = program(made.python, "first_connect", made.netdiag, "fix-base-url", "--dry-run", "llm.json")
    yield Case(_BARE.case, "start", (made.python, "-c", "pass"))
    yield Case("--version", "start", (made.netdiag, "--version"), against=_BARE)
    yield Case("detect", "start", (made.netdiag, "detect"), against=_BARE)
    yield Case(
        "fix-base-url --dry-run",
        "connect",
        first,
        files={"llm.json": configurations.at(21435)},
        tells=True,
        against=_BARE,
        measure="to_connection_ms",
    )
    yield Case(
        "--version without .pyc",
        "start",
        (bare.netdiag, "--version"),
        environment=slow,
        against=Measure("--version"),
        every=2,
    )
    yield Case(
        f"--dry-run without .pyc, {MAIN}",
        "start",
        (bare.netdiag, "fix-base-url", "--dry-run", *MAIN.options, "llm.json"),
        ends=(3,),
        files=_LLM,
        environment=slow,
        every=2,
        against=Measure(f"--dry-run, {MAIN}"),
    )


def _repairs(made: Installation) -> Iterator[Case]:
    floor = program(made.python, "floor", GOOD, "11434")
    yield Case(_FLOOR.case, "repair", floor, tells=True)
    for ways in WAYS:
        command = (made.netdiag, "fix-base-url", *ways.options)
        dry = (*command, "--dry-run", "llm.json")
        yield Case(f"--dry-run, {ways}", "repair", dry, (3,), ways.place, files=_LLM, against=_FLOOR)
        yield Case(f"repair, {ways}", "repair", (*command, "llm.json"), (0,), ways.place, files=_LLM, against=_FLOOR)


def _many(made: Installation) -> Iterator[Case]:
    for hosts in HOSTS:
        for count in ENDPOINTS:
            yield Case(
                many(count, hosts),
                "many",
                (made.netdiag, "check", "--quiet", "kag_config.yaml"),
                files={"kag_config.yaml": configurations.endpoints(count, hosts)},
                every=RARE if count == max(ENDPOINTS) else 2,
                against=Measure(many(1, hosts)) if count > 1 else None,
            )
            if count in (1, max(ENDPOINTS)):
                yield Case(
                    f"sockets of {many(count, hosts)}",
                    "sockets",
                    program(made.python, "sockets", made.netdiag, "check", "--quiet", "kag_config.yaml"),
                    files={"kag_config.yaml": configurations.endpoints(count, hosts)},
                    tells=True,
                    every=RARE,
                )


def many(count: int, hosts: int) -> str:
    """Return the name of the case with so many endpoints at so many hosts."""
    return f"{count:,} endpoint{'s'[: count > 1]}, {hosts} host{'s'[: hosts > 1]}"


def _big(made: Installation) -> Iterator[Case]:
    compose = "import sys, yaml; yaml.compose(open(sys.argv[1], 'rb'), Loader=yaml.CSafeLoader)"
    for what, text in (("prompts", configurations.prompts()), ("prompts and lists", configurations.lists())):
        alone = f"yaml.compose alone, C loader: 5 MB of {what}"
        files = {"big.yaml": text}
        yield Case(alone, "big", (made.python, "-c", compose, "big.yaml"), files=files, every=RARE)
        check = (made.netdiag, "check", "--quiet", "big.yaml")
        yield Case(big(what), "big", check, files=files, every=RARE, against=Measure(alone))


def big(what: str) -> str:
    """Return the name of the case with 5 MB of this."""
    return f"check: 5 MB of {what}"


def _insides(made: Installation) -> Iterator[Case]:
    for ways in WAYS[1:]:
        argv = program(made.python, "discovery", "llm.json", GOOD, *ways.hosts)
        yield Case(f"discovery and proof, {ways}", "inside", argv, files=_LLM, tells=True)
        command = (made.netdiag, "fix-base-url", "--dry-run", *ways.options, "llm.json")
        watched = program(made.python, "sockets", *command)
        yield Case(f"sockets of {ways}", "sockets", watched, (3,), files=_LLM, tells=True, every=RARE)


def _idle(made: Installation) -> Iterator[Case]:
    for seconds in (2, 8):
        command = (made.netdiag, "check", "--wait", f"{seconds}s", "--quiet", "llm.json")
        # nobody listens on this port, and never will
        files = {"llm.json": configurations.at(21436)}
        yield Case(f"waiting in vain for {seconds} s", "idle", command, (124,), files=files, every=RARE)


def _imports(made: Installation) -> Iterator[Case]:
    for command, ends in (
        ("--version", 0),
        ("--help", 0),
        ("explain ND201", 0),
        ("rollback --list", 0),
        ("detect", 0),
        ("check llm.json", 1),
        ("fix-base-url --dry-run llm.json", 3),
    ):
        argv = program(made.python, "imports", made.netdiag, *shlex.split(command))
        yield Case(command, "imports", argv, (ends,), files=_LLM, tells=True, every=RARE)

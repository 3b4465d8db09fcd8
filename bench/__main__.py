"""Measure everything in one session and write the page: ``.venv/bin/python -m bench``, a quarter of an hour.

``--quick`` is a look of two minutes, and prints the page instead of writing it.
"""

import argparse
import random
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench import cases, installation, machine, page, rivals, rounds
from netdiag.lab import LabError

_PAGE: Final = installation.PROJECT / "docs/benchmarks.md"
_ROUNDS: Final = 20
_QUICK_ROUNDS: Final = 2
_LIMIT_S: Final = 900.0


def main() -> int:
    """Return 1 if a sample failed, whatever was measured, and 2 where nothing can be."""
    options = _options()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    _say(f"seed {seed}")
    try:
        with tempfile.TemporaryDirectory(prefix="netdiag-bench-") as folder:
            taken = _take(options, seed, Path(folder))
    except (LabError, subprocess.CalledProcessError) as error:
        _say(f"nothing can be measured here: {error}")
        return 2
    _put(page.write(taken), None if options.quick or options.only else options.output)
    for line in taken.session.failures:
        _say(f"failed: {line}")
    return bool(taken.session.failures)


def _take(options: argparse.Namespace, seed: int, folder: Path) -> page.Taken:
    began = time.monotonic()
    made = installation.install(folder / "netdiag")
    bare = installation.without_compiled(made, folder / "bare")
    others, lacking = rivals.here(made)
    everything = (*cases.all_cases(made, bare), *others)
    chosen = [case for case in everything if options.only in f"{case.group}: {case.name}"]
    count = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    plan = rounds.Plan(chosen, count, seed, warms_rare=not options.quick, limit_s=_LIMIT_S)
    session = rounds.run(plan, made.folder / "bin", _say)
    sizes = installation.sizes(made)
    return page.Taken(machine.here(), session, chosen, sizes, lacking, _command(seed), time.monotonic() - began)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds, and the page on standard output")
    parser.add_argument("--rounds", type=int, help=f"how many at most (default: {_ROUNDS})")
    parser.add_argument("--seed", type=int, help="of the order and of the bootstrap")
    parser.add_argument("--only", default="", help="cases with this in 'group: name'; the page on standard output")
    parser.add_argument("--output", type=Path, default=_PAGE, help="where the page goes")
    return parser.parse_args()


def _command(seed: int) -> str:
    given = [] if any(word.startswith("--seed") for word in sys.argv) else ["--seed", str(seed)]
    return shlex.join([".venv/bin/python", "-m", "bench", *sys.argv[1:], *given])


def _put(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text)
        _say(f"written: {output}")


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    sys.exit(main())

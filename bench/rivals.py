"""What else a user would do, measured in the same rounds."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.cases import GOOD, MAIN, RARE, REPAIR, Case, Measure, program
from bench.configurations import at
from bench.installation import Installation

KAG_VERSION: Final = "0.8.0"
KAG: Final = Path.home() / ".cache/netdiag-grounds/kag-judge" / KAG_VERSION
CURL: Final = "curl, each address in turn, 3 s each"
HTTPX: Final = "httpx, each address in turn, 3 s each"
CHECKER: Final = f"KAG {KAG_VERSION}'s own checker, told the right address"
WAITING: Final = "`check --wait`"
LOOP: Final = "a loop of curl, once a second"

_CHAT: Final = '{"model": "qwen2.5:3b", "stream": false, "messages": [{"role": "user", "content": "who are you?"}]}'
_IN_TURN: Final = """
for address in "$@"; do
    curl -sf -m 3 "http://$address:11434/api/chat" -d '%s' && exit 0
done
exit 1
"""
_ONCE_A_SECOND: Final = "until curl -sf -m 3 http://127.0.0.1:21434/api/version; do sleep 1; done"


def here(made: Installation) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """Return the rivals that this machine has, and what it lacks, in plain words."""
    lacking = {} if shutil.which("curl") else {CURL: "curl", LOOP: "curl"}
    if not (KAG / "made").exists():
        lacking[CHECKER] = f"KAG {KAG_VERSION} (tests/grounds/kag-judge installs it)"
    found = tuple(case for case in every_rival(made) if case.name not in lacking)
    return found, tuple(dict.fromkeys(lacking.values()))


def every_rival(made: Installation) -> tuple[Case, ...]:
    """Return all there are, and netdiag's own waiting beside them."""
    return (*_in_turn(made), _checker(), *_waiting(made))


def _in_turn(made: Installation) -> Iterator[Case]:
    httpx = program(made.python, "httpx_in_turn", *MAIN.in_turn)
    curl = ("/bin/sh", "-c", _IN_TURN % _CHAT, "sh", *MAIN.in_turn)
    yield Case(HTTPX, "rivals", httpx, every=RARE, against=REPAIR)
    yield Case(CURL, "rivals", curl, every=RARE, against=REPAIR)


def _waiting(made: Installation) -> Iterator[Case]:
    command = program(sys.executable, "reaction", made.netdiag, "check", "--wait", "60s", "--quiet", "llm.json")
    yield Case(LOOP, "wait", program(sys.executable, "reaction", "/bin/sh", "-c", _ONCE_A_SECOND), tells=True, every=2)
    yield Case(
        WAITING,
        "wait",
        command,
        files={"llm.json": at(21434)},
        tells=True,
        every=2,
        against=Measure(LOOP, "to_end_ms"),
        measure="to_end_ms",
    )


def _checker() -> Case:
    configuration = {"type": "ollama", "base_url": f"http://{GOOD}:11434/", "model": "qwen2.5:3b"}
    command = program(str(KAG / "bin/python"), "kag_check", str(KAG), json.dumps(configuration))
    environment = {
        "HOME": str(KAG),
        "MPLCONFIGDIR": str(KAG),
        "NO_PROXY": "*",
        "KAG_PROJECT_HOST_ADDR": "http://127.0.0.1:9",
        "SSL_CERT_FILE": str(KAG / "one.pem"),  # as tests/kag/judge has it: to its advantage
    }
    return Case(CHECKER, "rivals", command, environment=environment, every=RARE, against=REPAIR)

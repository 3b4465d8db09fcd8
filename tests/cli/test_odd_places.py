"""Odd places to be started in: a sentence, a documented status, and nothing of Python's."""

import errno
from concurrent.futures import ThreadPoolExecutor

import pytest

from netdiag.cli.system_errors import trouble

pytestmark = pytest.mark.lab

CHECK = "netdiag check llm.yaml"
CHAT = "netdiag chat --type maas --base-url http://172.17.0.1:11434/v1 --model m --api-key-stdin"
FILTER = "netdiag fix-base-url -"

PLACES = [
    # shell line, status, what is said
    (f"ulimit -n 6; exec {CHECK}", 70, "ND630: netdiag cannot run here: it may open no more files"),
    ("ulimit -n 5; exec netdiag detect", 70, "ND630"),
    (f"ulimit -n 8; exec {CHECK}", 70, "ND630"),
    (f"ulimit -n 8; exec {CHECK} --wait 1", 70, "ND630"),
    ("ulimit -n 8; exec netdiag suggest", 70, "ND630"),
    (f"ulimit -v 30000; exec {CHECK}", 70, "ND630"),
    (f"ulimit -v 40000; exec {CHECK}", 70, "ND630"),
    (f"exec {CHECK} >&-", 1, "ND631: the result cannot be written to standard output: Bad file descriptor"),
    (f"exec {CHECK} >/dev/full", 1, "ND631: the result cannot be written to standard output: No space left on device"),
    (f"exec {CHECK} --format json >/dev/full", 1, "ND631"),
    (f"exec {CHECK} --lang zh >/dev/full", 1, "结果无法写入标准输出"),
    ("exec netdiag --version >/dev/full", 1, "ND631"),
    ("exec netdiag --help >/dev/full", 1, "ND631"),
    ("exec netdiag explain >&-", 1, "ND631"),
    ("exec netdiag rollback --list >/dev/full", 1, "ND631"),
    (f"exec {CHECK} 2>&-", 1, "can be repaired"),
    (f"exec {CHECK} 2>/dev/full", 1, "can be repaired"),
    (f"exec {CHECK} >&- 2>&- <&-", 1, ""),
    ("mkdir gone; cd gone; rmdir ../gone; exec netdiag check", 78, "ND632: the working directory is gone"),
    (f"exec {CHAT} </dev/null", 2, "ND633: standard input gives nothing that can be used: a key was to be read there"),
    (f"exec {CHAT} <&-", 2, "ND633"),
    (f"printf '\\377\\n' | {CHAT}", 2, "is not text in UTF-8"),
    (f"exec {CHECK} <&-", 1, "can be repaired"),
    (f"exec {FILTER} <&-", 78, "it is empty"),
    ("exec netdiag explain --error - <&-", 1, "ND702"),
    ("exec netdiag check --replay - <&-", 78, "cannot be diagnosed again"),
    (f"unset HOME TERM; exec {CHECK}", 1, "can be repaired"),
    (f"HOME=/nonexistent TERM=none LANG=xx_YY.none COLUMNS=0 exec {CHECK}", 1, "can be repaired"),
    (f"PYTHONIOENCODING=ascii:strict PYTHONUNBUFFERED=1 PYTHONOPTIMIZE=2 exec {CHECK}", 1, "can be repaired"),
    (f"PYTHONINSPECT=1 PYTHONSTARTUP=/none PYTHONDEVMODE=1 PYTHONHASHSEED=0 exec {CHECK}", 1, "can be repaired"),
    (f"TZ=:/none HTTP_PROXY=::: NO_PROXY=[ SSL_CERT_FILE=/none exec {CHECK}", 1, ""),
    (f"{CHECK} | true; exit 1", 1, ""),
]


AT_ONCE = 4


@pytest.fixture(scope="module")
def ended(place):
    """Return how each line ends; all are run side by side, since each waits for the network."""
    place.write("llm.yaml", "chat_llm:\n  type: ollama\n  model: qwen2.5:3b\n  base_url: http://localhost:11434/\n")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        lines = [line for line, _, _ in PLACES]
        yield dict(zip(lines, pool.map(lambda line: place.inside.run(["bash", "-c", line]), lines), strict=True))


@pytest.mark.parametrize(("line", "status", "said"), PLACES, ids=[line for line, _, _ in PLACES])
def test_odd_places(line, status, said, ended):
    """It is said what this place lacks, where there is an output that says it, and nobody is asked to report a bug."""
    done = ended[line]
    told = done.stdout + done.stderr
    assert (done.returncode, said in told) == (status, True), told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert "ND701" not in told


def test_any_other_error_of_the_system():
    """It is no fault of netdiag's either, and names what the system refused and where."""
    found = trouble(OSError(errno.EIO, "Input/output error", "/srv/llm.yaml"))
    assert found == ("ND634", {"detail": "Input/output error", "path": "/srv/llm.yaml"}, 70)
    assert trouble(KeyError("base_url")) is None

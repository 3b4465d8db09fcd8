"""What `netdiag detect` costs beyond the interpreter's start and the import of dnspython, in a container of the lab.

    .venv/bin/python bench/detect.py [PAIRS]

The two are run in turn, so that both meet the same machine; the difference of each pair is what counts.
"""

import json
import statistics
import sys

from netdiag import lab
from netdiag.lab import World

_DRIVER = """
import json, os, shutil, sys, time
def run(*argv):
    began = time.monotonic()
    nothing = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nothing, 1)])
    _, status, used = os.wait4(child, 0)
    os.close(nothing)
    assert status == 0, argv
    return (time.monotonic() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000
detect = (shutil.which("netdiag"), "detect")
floor = (sys.executable, "-c", "import dns.exception, dns.flags, dns.message, dns.rcode, dns.rdatatype")
run(*detect), run(*floor)
print(json.dumps([(run(*detect), run(*floor)) for _ in range(int(sys.argv[1]))]))
"""


def main() -> None:
    """Run the pairs and print medians."""
    pairs = sys.argv[1] if len(sys.argv) > 1 else "20"
    with lab.make(World()) as container:
        done = container.run([sys.executable, "-c", _DRIVER, pairs], timeout=300)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    for at, what in enumerate(("wall", "cpu")):
        detect = statistics.median(pair[0][at] for pair in measured)
        floor = statistics.median(pair[1][at] for pair in measured)
        beyond = statistics.median(pair[0][at] - pair[1][at] for pair in measured)
        print(
            f"{what}: detect {detect:.0f} ms, floor {floor:.0f} ms, beyond it {beyond:.0f} ms ({detect / floor:.2f} x)"
        )


if __name__ == "__main__":
    main()

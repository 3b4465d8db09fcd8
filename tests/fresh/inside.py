"""Run README's commands as an ordinary user, as process 1 of a fresh Debian, and look for what they leave behind."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HOME = Path("/home/user")
PASSED_ON = ("PIP_", "PYTEST_ADDOPTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
OTHER_FILESYSTEMS = (Path("/proc"), Path("/sys"), Path("/dev"))
CTRL_C_AFTER = (0.2, 0.5, 1.0, 2.0)  # seconds: while it starts, makes its networks, repairs, or has ended


@dataclass(frozen=True)
class Seen:
    """What a command could leave behind. A namespace lives on only in one of these: in a process or in a mount."""

    processes: frozenset[str]
    mounts: frozenset[str]
    files: frozenset[Path]


def look() -> Seen:
    """Return what there is now."""
    processes = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        pid, _, rest = status.read_text().partition(" (")
        name, _, state = rest.rpartition(") ")
        if pid != "1" and state[0] != "Z":  # an orphan that has ended waits only for process 1, this one
            processes.add(f"{name} ({pid})")
    files = set()
    for folder, subfolders, names in os.walk("/"):
        subfolders[:] = [name for name in subfolders if Path(folder, name) not in OTHER_FILESYSTEMS]
        files |= {Path(folder, name) for name in (*subfolders, *names)}
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return Seen(frozenset(processes), frozenset(mounts), frozenset(files))


def as_user(command: str, folder: Path, **environment: str) -> int:
    """Run a shell command as the ordinary user and return its exit status."""
    passed_on = {name: value for name, value in os.environ.items() if name.upper().startswith(PASSED_ON)}
    own = {"HOME": str(HOME), "USER": "user", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    become = ("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "/bin/sh", "-c", command)
    return subprocess.run(become, cwd=folder, env=passed_on | own | environment, check=False).returncode


def new_since(before: Seen, allowed: tuple[Path, ...]) -> list[str]:
    """Return a line for everything new that is not below one of the ``allowed`` paths."""
    now = look()
    files = (file for file in now.files - before.files if not any(file.is_relative_to(path) for path in allowed))
    return [
        *(f"a process: {process}" for process in sorted(now.processes - before.processes)),
        *(f"a mount: {mount}" for mount in sorted(now.mounts - before.mounts)),
        *(f"a file: {file}" for file in sorted(files)),
    ]


def left_behind(before: Seen, *allowed: Path) -> list[str]:
    """Return what is new once a command has ended; what it killed gets a second to be gone."""
    for _ in range(10):
        found = new_since(before, allowed)
        if not found:
            break
        time.sleep(0.1)
    return found


def main() -> int:
    """Run every command, print what went wrong, and return the exit status."""
    wrong = []
    pip_cache = HOME / ".cache/pip"

    before = look()
    status = as_user(Path("/fresh/demo").read_text(), HOME / "demo")
    if status:
        wrong.append(f"README's demo command exited with {status}")
    wrong += [f"README's demo command left {each}" for each in left_behind(before, HOME / "demo/.venv", pip_cache)]

    for seconds in CTRL_C_AFTER:
        before = look()
        as_user(f"timeout --signal=INT {seconds} .venv/bin/netdiag demo >/dev/null 2>&1", HOME / "demo")
        wrong += [f"netdiag demo, Ctrl-C after {seconds} s, left {each}" for each in left_behind(before)]

    before = look()
    status = as_user(
        Path("/fresh/tests").read_text(), HOME / "tests", NETDIAG_REQUIRE="lab,namespaces", NETDIAG_EXAMPLES="100"
    )
    if status:
        wrong.append(f"README's test command exited with {status}")
    found = left_behind(before, HOME / "tests", pip_cache, Path("/tmp/pytest-of-user"))
    wrong += [f"README's test command left {each}" for each in found]

    print("\n".join(f"fresh: {each}" for each in wrong) or "fresh: both commands passed and left nothing behind")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

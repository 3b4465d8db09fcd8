"""Where no lab can be made, the reason is said in plain words, with what to run."""

import errno
import platform
import sys
from pathlib import Path

import pytest

from netdiag.lab import World, available, forbidden, make

MOUNTED = "27 1 254:0 / / rw - ext4 /dev/vda rw\n"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return the root of a machine on which nothing forbids namespaces."""
    for name, text in (("mountinfo", MOUNTED), ("status", "Name:\tpython\nSeccomp:\t0\nSeccomp_filters:\t0\n")):
        path = tmp_path / "proc/self" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("setting", "value", "number", "said"),
    [
        pytest.param(
            "proc/sys/kernel/unprivileged_userns_clone",
            "0\n",
            errno.EPERM,
            "kernel.unprivileged_userns_clone is 0; run: sudo sysctl kernel.unprivileged_userns_clone=1",
            id="debian",
        ),
        pytest.param(
            "proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1\n",
            errno.EACCES,
            "run: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
            id="ubuntu",
        ),
        pytest.param(
            "proc/sys/user/max_user_namespaces",
            "0\n",
            errno.ENOSPC,
            "user.max_user_namespaces is 0; run: sudo sysctl user.max_user_namespaces=15000",
            id="rhel",
        ),
        pytest.param(
            "proc/sys/user/max_net_namespaces", "0\n", errno.ENOSPC, "user.max_net_namespaces is 0", id="no-networks"
        ),
        pytest.param("proc/sys/user/max_user_namespaces", "9\n", errno.ENOSPC, "too many namespaces", id="used-up"),
        pytest.param("proc/self/mountinfo", "", errno.EPERM, "this is a chroot", id="chroot"),
        pytest.param(
            "proc/self/status",
            "NoNewPrivs:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n",
            errno.EPERM,
            "--security-opt seccomp=unconfined",
            id="docker",
        ),
        pytest.param("proc/sys/kernel/x", "", errno.EPERM, "a security module forbids it", id="other"),
        pytest.param("proc/sys/kernel/x", "", errno.EINVAL, "(unshare: Invalid argument)", id="unexpected"),
    ],
)
def test_says_what_forbids_it(machine: Path, setting: str, value: str, number: int, said: str) -> None:
    """The kernel's settings tell what made the call fail."""
    path = machine / setting
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value)
    message = forbidden.by_what("unshare", number, machine)
    assert message.startswith("the lab cannot be made here (unshare: ")
    assert said in message


def test_says_when_the_kernel_lacks_bridges(machine: Path) -> None:
    """What netlink does not know is a module to load."""
    assert "sudo modprobe -a bridge veth" in forbidden.by_what("netlink", errno.EOPNOTSUPP, machine)


def test_says_when_pyroute2_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dependency is an extra, and its name is given."""
    monkeypatch.setattr(forbidden, "find_spec", lambda _: None)
    assert available() == "the lab needs the package pyroute2; run: pip install 'netdiag[demo]'"


def test_says_when_this_is_not_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems have no namespaces."""
    monkeypatch.setattr(forbidden.sys, "platform", "darwin")  # type: ignore[attr-defined]
    assert available() == "the lab needs the namespaces of Linux, and this is darwin"


UNSHARE = {"x86_64": 272, "aarch64": 97}
"""The number of the system call, by architecture."""

REALLY_FORBID = {
    "limit": "open('/proc/sys/user/max_user_namespaces', 'w').write('0')",
    # linux/seccomp.h, linux/bpf_common.h: the system call unshare gets EPERM, as from Docker's default profile
    "seccomp": f"""
import ctypes, struct
load, if_unshare = (0x20, 0, 0, 0), (0x15, 0, 1, {UNSHARE.get(platform.machine())})
refuse, allow = (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)
code = struct.pack("HBBI" * 4, *load, *if_unshare, *refuse, *allow)
program = ctypes.create_string_buffer(code)
filter = ctypes.create_string_buffer(struct.pack("HP", 4, ctypes.addressof(program)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter, 0, 0) == 0
""",
}


@pytest.mark.lab
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("forbid", "said"),
    [
        pytest.param("limit", "user.max_user_namespaces is 0; run: sudo sysctl user.max_user_namespaces=15000"),
        pytest.param(
            "seccomp",
            "a seccomp filter forbids it",
            marks=pytest.mark.skipif(platform.machine() not in UNSHARE, reason="the call has another number here"),
        ),
    ],
)
def test_what_really_forbids_it_is_named(forbid: str, said: str) -> None:
    """Inside a lab, another one can be made; after the real prohibition the reason is the right one."""
    script = f"from netdiag.lab import available\nprint(available())\n{REALLY_FORBID[forbid]}\nprint(available())"
    with make(World()) as lab:
        done = lab.run([sys.executable, "-c", script])
    before, after = done.stdout.splitlines() or [done.stderr, ""]
    assert before == ""
    assert said in after

"""Why a lab cannot be made here: from the call that failed, and what the kernel says of itself, to plain words."""

import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path

_REFUSED = frozenset({errno.EPERM, errno.EACCES})


def missing() -> str:
    """Return what is missing before the kernel need be asked, or ""."""
    if sys.platform != "linux":
        return f"the lab needs the namespaces of Linux, and this is {sys.platform}"
    if find_spec("pyroute2") is None:
        return "the lab needs the package pyroute2; run: pip install 'netdiag[demo]'"
    return ""


def by_what(call: str, number: int, root: Path = Path("/")) -> str:
    """Say what made ``call`` fail with the errno ``number``; the kernel's settings are read below ``root``."""
    failed = f"the lab cannot be made here ({call}: {os.strerror(number)})"
    if number == errno.ENOSPC:
        return f"{failed}: {_limit(root)}"
    if number in _REFUSED:
        return f"{failed}: {_refusal(root)}"
    if call == "netlink" and number == errno.EOPNOTSUPP:
        return f"{failed}: this kernel has no bridge or veth interfaces; run: sudo modprobe -a bridge veth"
    return failed


def _limit(root: Path) -> str:
    for kind in ("user", "net", "pid", "mnt", "uts"):
        name = f"user.max_{kind}_namespaces"
        if _setting(root, name) == "0":
            return f"{name} is 0; run: sudo sysctl {name}=15000"
    return "too many namespaces are in use"


def _refusal(root: Path) -> str:
    """Say what forbids namespaces; user_namespaces(7) names the causes of EPERM, the distributions add theirs."""
    if _setting(root, "kernel.unprivileged_userns_clone") == "0":
        # a patch of Debian's and Arch's kernels
        return "kernel.unprivileged_userns_clone is 0; run: sudo sysctl kernel.unprivileged_userns_clone=1"
    if _setting(root, "kernel.apparmor_restrict_unprivileged_userns") == "1":
        # Ubuntu since 23.10: the namespace can be made, but is worth nothing
        return (
            "AppArmor keeps user namespaces from ordinary programs, as Ubuntu 24.04 does; "
            "run: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        )
    mounts = _text(root / "proc/self/mountinfo")
    if not any(line.split()[4:5] == ["/"] for line in mounts.splitlines()):
        return "this is a chroot, in which the kernel makes no user namespaces; run it outside"
    if "\nSeccomp:\t2\n" in _text(root / "proc/self/status"):
        return (
            "a seccomp filter forbids it, as in a container; run it on the host, or start the container with "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
        )
    return "a security module forbids it, or this is a chroot"


def _setting(root: Path, name: str) -> str:
    return _text(root / "proc/sys" / name.replace(".", "/")).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

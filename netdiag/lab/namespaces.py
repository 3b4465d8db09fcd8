"""The thin layer over the kernel: namespaces, mounts and their relatives, by ctypes.

``os.unshare`` and ``os.setns`` came with Python 3.12, mounts never. The flags are those of linux/sched.h,
linux/mount.h and linux/prctl.h; every function raises ``OSError`` with the errno and the call in its message.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NEW_MOUNTS: Final = 0x00020000  # CLONE_NEWNS
NEW_HOSTNAME: Final = 0x04000000  # CLONE_NEWUTS
NEW_USERS: Final = 0x10000000  # CLONE_NEWUSER
NEW_PROCESSES: Final = 0x20000000  # CLONE_NEWPID
NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET

NOSUID: Final = 0x2
NODEV: Final = 0x4
NOEXEC: Final = 0x8
_BIND: Final = 0x1000
_RECURSIVE: Final = 0x4000
_DETACH: Final = 0x2  # MNT_DETACH
_PR_SET_PDEATHSIG: Final = 1

_NETWORK: Final = "/proc/self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` for new ones. ``NEW_USERS`` needs a process without threads."""
    _call("unshare", flags)


def new_network() -> int:
    """Make a network namespace without entering it; return its file descriptor."""
    home = os.open(_NETWORK, os.O_RDONLY)
    try:
        unshare(NEW_NETWORK)
        made = os.open(_NETWORK, os.O_RDONLY)
        _call("setns", home, NEW_NETWORK)
    finally:
        os.close(home)
    return made


@contextmanager
def inside_network(namespace: int) -> Iterator[None]:
    """Work inside the network ``namespace`` (a file descriptor); sockets made there stay there."""
    home = os.open(_NETWORK, os.O_RDONLY)
    try:
        _call("setns", namespace, NEW_NETWORK)
        try:
            yield
        finally:
            _call("setns", home, NEW_NETWORK)
    finally:
        os.close(home)


def become_root(uid: int, gid: int) -> None:
    """In a user namespace just made: be root there, and the given ``uid`` and ``gid`` outside (user_namespaces(7))."""
    _write("/proc/self/setgroups", "deny")  # without it an ordinary user may not write gid_map (CVE-2014-8989)
    _write("/proc/self/uid_map", f"0 {uid} 1")
    _write("/proc/self/gid_map", f"0 {gid} 1")


def mount(kind: str, target: str, *, flags: int = 0, options: str = "") -> None:
    """Mount a new file system of this ``kind`` (tmpfs, proc, sysfs) on ``target``."""
    _mount(kind, target, kind, flags, options)


def bind(source: str, target: str) -> None:
    """Make ``source``, with all that is mounted below it, visible at ``target`` too."""
    _mount(source, target, "", _BIND | _RECURSIVE, "")


def change_root(new: str, put_old: str) -> None:
    """Make the mount ``new`` the root; the old root appears at ``put_old``, a path below ``new``."""
    _call("pivot_root", new.encode(), put_old.encode())
    os.chdir("/")


def detach(target: str) -> None:
    """Take the mount at ``target`` away with everything below it."""
    _call("umount2", target.encode(), _DETACH)


def die_with_parent(signal_number: int) -> None:
    """Be sent ``signal_number`` when the thread that made this process ends (PR_SET_PDEATHSIG); 0 takes it back."""
    _call("prctl", _PR_SET_PDEATHSIG, ctypes.c_ulong(signal_number))


def _mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    # mount(2) takes unsigned long flags; plain ctypes integers are ints
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode(), on=target)


def _call(name: str, *arguments: object, on: str = "") -> None:
    if getattr(_libc, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"{name} {on}".strip())


def _write(path: str, text: str) -> None:
    # unbuffered: the kernel takes a map in one write, and the error must come from here
    with Path(path).open("wb", buffering=0) as file:
        file.write(text.encode())

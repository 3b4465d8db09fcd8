"""Entering the namespaces of a lab's container from outside; used by Pythons of several versions, so nothing else.

The network and the mounts of a container belong to the user namespace of the process that holds the lab, the parent of
the container's first process: who enters that one may enter them, whoever made the lab.
"""

import ctypes
import os
from pathlib import Path

_KINDS = {"user": 0x10000000, "net": 0x40000000, "mnt": 0x00020000}  # CLONE_NEWUSER… of linux/sched.h
_libc = ctypes.CDLL(None, use_errno=True)


def holder_of(container):
    """Return the process that holds the lab of the container whose first process is ``container``."""
    return int(Path(f"/proc/{container}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])


def enter_container(container):
    """Move this process, which has one thread, into the container's network and its file tree."""
    places = [open_namespace(holder_of(container), "user")]
    places += [open_namespace(container, kind) for kind in ("net", "mnt")]
    for place, kind in zip(places, ("user", "net", "mnt")):  # noqa: B905 - both have three
        enter(place, kind)


def open_namespace(process, kind):
    """Return a file descriptor of the process's namespace: ``user``, ``net`` or ``mnt``."""
    return os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)


def enter(namespace, kind):
    """Enter the namespace of this descriptor."""
    if _libc.setns(namespace, _KINDS[kind]) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), f"setns {kind}")

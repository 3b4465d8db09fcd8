"""How a program of the host was started, as its control group tells everybody (``/proc/PID/cgroup``). Pure."""

import re
from typing import Final

from netdiag.model.host import Started

_CONTAINER: Final = re.compile(r"(?:/docker/|/docker-|/libpod-|/cri-containerd-|/kubepods|/lxc\.payload)")
_SNAP: Final = re.compile(r"/snap\.[^/]+\.(?:service|scope)$")
_UNIT: Final = re.compile(r"/(?P<manager>user@\d+\.service/)?(?:[^/]+\.slice/)*(?P<unit>[^/]+)\.service$")
_HAND: Final = re.compile(r"/user\.slice/.*\.scope$|/system\.slice/(?:sshd?|cron|crond)\.service$")
"""A session or a terminal's tab is a scope (systemd-logind, GNOME, KDE); without pam_systemd it is in sshd's unit."""


def started(cgroup: str, program: str) -> Started:
    """Return how ``program`` was started, of whose process ``cgroup`` is the text."""
    path = next((line.rpartition(":")[2] for line in cgroup.splitlines() if line.startswith(("0::", "1:name="))), "")
    if _CONTAINER.search(path):
        return "container"
    if _SNAP.search(path):
        return "snap"
    if _HAND.search(path):
        return "hand"
    found = _UNIT.search(path)
    if found and found["unit"] == program:
        return "user" if found["manager"] else "system"
    return ""

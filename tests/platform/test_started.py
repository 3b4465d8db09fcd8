"""How a program was started, from the text of /proc/PID/cgroup."""

import pytest

from netdiag.platform.started import started

CGROUPS = {
    "installed as a service": ("0::/system.slice/ollama.service\n", "system"),
    "a service of the user": (
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/ollama.service\n",
        "user",
    ),
    "a snap": ("0::/system.slice/snap.ollama.listener.service\n", "snap"),
    "by hand, over SSH": ("0::/user.slice/user-0.slice/session-3.scope\n", "hand"),
    "by hand, in a terminal of a desktop": (
        (
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Terminal.slice/"
            "vte-spawn-8d1c.scope\n"
        ),
        "hand",
    ),
    "by hand, over SSH without PAM": ("0::/system.slice/ssh.service\n", "hand"),
    "in a container, cgroups of version 2": (f"0::/system.slice/docker-{'a' * 64}.scope\n", "container"),
    "in a container, cgroups of version 1": (
        f"12:memory:/docker/{'a' * 64}\n1:name=systemd:/docker/{'a' * 64}\n",
        "container",
    ),
    "in a container of Podman": (
        f"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{'a' * 64}.scope/container\n",
        "container",
    ),
    "a service, cgroups of version 1": ("1:name=systemd:/system.slice/ollama.service\n", "system"),
    "another unit, whose name is not known to anybody": ("0::/system.slice/llm.service\n", ""),
    "a machine without systemd": ("0::/\n", ""),
    "a process that is over": ("", ""),
}


@pytest.mark.parametrize(("cgroup", "expected"), CGROUPS.values(), ids=CGROUPS)
def test_how_it_was_started(cgroup: str, expected: str) -> None:
    """What systemd, snapd and engines name their groups; what fits none of them is not guessed."""
    assert started(cgroup, "ollama") == expected

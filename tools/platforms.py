"""Write what pex needs to know of each platform that the single file is for: ``platforms.py DIRECTORY``.

A platform is a Python, a machine and the oldest C library it may have: the wheels for it are named by PEP 425's tags,
and what they require is decided by the markers of PEP 508.
"""

import itertools
import json
import sys
from pathlib import Path

from packaging import tags

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
GLIBC = 28
"""Debian 10's and RHEL 8's; OpenSPG's image has 31."""


def platform(python: str, machine: str) -> dict[str, object]:
    """Return the description of one platform, as ``pex3 interpreter inspect --markers --tags`` would print it there."""
    major, minor = map(int, python.split("."))
    names = [f"manylinux_2_{glibc}_{machine}" for glibc in range(GLIBC, 16, -1)] + [
        f"manylinux2014_{machine}",
        f"linux_{machine}",
    ]
    abi = f"cp{major}{minor}"
    compatible = itertools.chain(
        tags.cpython_tags((major, minor), [abi], names),
        tags.compatible_tags((major, minor), abi, names),
    )
    markers = {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    return {"path": "", "compatible_tags": [str(tag) for tag in compatible], "marker_environment": markers}


def main(directory: Path) -> None:
    """Write a file for each platform."""
    directory.mkdir()
    for python, machine in itertools.product(PYTHONS, MACHINES):
        (directory / f"{python}-{machine}.json").write_text(json.dumps(platform(python, machine)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

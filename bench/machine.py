"""The machine that something was measured on, as far as it matters, and without its name."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """Its processor, how many of it, and what runs on it."""

    processor: str
    cores: int
    memory_gb: float
    kernel: str
    python: str


def here() -> Machine:
    """Look at this machine."""
    return Machine(
        processor=_line("/proc/cpuinfo", "model name") or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
    )


def _line(file: str, key: str) -> str:
    pairs = (line.partition(":") for line in Path(file).read_text().splitlines())
    return next((value.strip() for name, _, value in pairs if name.strip() == key), "")

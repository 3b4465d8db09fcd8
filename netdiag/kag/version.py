"""Which KAG is installed beside the OpenSPG server, read from its package metadata."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

Version = Literal["0.5", "0.6", "0.7", "0.8"]
NEWEST: Final[Version] = "0.8"

SITE_PACKAGES: Final = (
    "home/admin/miniconda3/lib/python3*/site-packages",  # images from 0.7 on (application-default.properties:53)
    "openspg_venv/lib/python3*/site-packages",  # images up to 0.6 (same file, :49)
)

_METADATA: Final = re.compile(r"^openspg_kag-(\d+\.\d+[^-]*)\.dist-info$")


@dataclass(frozen=True)
class Installed:
    """The KAG to imitate: ``version`` picks the table, ``text`` is what was found, ``source`` where."""

    version: Version
    text: str
    source: str


def installed(root: Path = Path("/")) -> Installed:
    """Return the KAG installed below ``root``, or the newest one known when there is none to be seen."""
    for pattern in SITE_PACKAGES:
        for metadata in sorted(root.glob(f"{pattern}/openspg_kag-*.dist-info")):
            if match := _METADATA.match(metadata.name):
                return Installed(parse(match[1]), match[1], str(metadata))
    return Installed(NEWEST, NEWEST, "assumed: no KAG was found here")


def chosen(text: str, root: Path = Path("/")) -> Installed:
    """Return the version the user named, or else the installed one; raises :exc:`ValueError` as :func:`parse` does."""
    return Installed(parse(text), text, "you named it") if text else installed(root)


def parse(text: str) -> Version:
    """Return the table for a release such as ``0.7.1``: its first two numbers; newer ones are taken as the newest.

    Raises :exc:`ValueError` for what is no version, or older than the oldest table.
    """
    match = re.match(r"v?(\d+)\.(\d+)", text)
    if not match:
        msg = f"not a version of KAG: {text!r} (known: {', '.join(get_args(Version))})"
        raise ValueError(msg)
    wanted = (int(match[1]), int(match[2]))
    known: list[Version] = [version for version in get_args(Version) if _numbers(version) <= wanted]
    if not known:
        msg = f"KAG {text} is older than {get_args(Version)[0]}, the oldest version netdiag knows"
        raise ValueError(msg)
    return known[-1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))

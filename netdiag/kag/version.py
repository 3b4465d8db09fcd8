"""Which KAG is installed beside the OpenSPG server, read from its package metadata or, without it, from its files."""

import re
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

Version = Literal["0.5", "0.6", "0.7", "0.8"]
NEWEST: Final[Version] = "0.8"

SITE_PACKAGES: Final = (
    "home/admin/miniconda3/lib/python3*/site-packages",  # images from 0.7 on (application-default.properties:53)
    "openspg_venv/lib/python3*/site-packages",  # images up to 0.6 (same file, :49)
)

_METADATA: Final = re.compile(r"^openspg_kag-(\d+\.\d+[^-]*)\.dist-info$")


_FILES: Final[tuple[tuple[str, Version], ...]] = (
    ("common/vectorize_model/ollama_model.py", "0.8"),
    ("common/rerank_model", "0.7"),
    ("common/llm/vllm_client.py", "0.6"),
    ("common/llm/client/vllm_client.py", "0.5"),
)
"""What is in KAG's package since a version, the newest first, or was in it up to one (``vllm_client.py``, 0.6)."""


class Installed(NamedTuple):
    """The KAG to imitate: ``version`` picks the table, ``text`` is what was found or named, ``source`` where.

    ``certain`` is whether it is the one that runs here, as far as can be seen: it was found, or the user named it and
    nothing else was. ``instead`` is what was found where the user named another one.
    """

    version: Version
    text: str
    source: str
    certain: bool = True
    instead: str = ""


def installed(root: Path = Path("/")) -> Installed:
    """Return the KAG installed below ``root``, or the newest one known when there is none to be seen."""
    for pattern in SITE_PACKAGES:
        for metadata in sorted(root.glob(f"{pattern}/openspg_kag-*.dist-info")):
            if match := _METADATA.match(metadata.name):
                return Installed(_nearest(match[1]), match[1], str(metadata), certain=_is_known(match[1]))
        for package in sorted(root.glob(f"{pattern}/kag")):
            for name, version in _FILES:
                if (package / name).exists():
                    return Installed(version, version, str(package / name))
    return Installed(NEWEST, NEWEST, "assumed: no KAG was found here", certain=False)


def chosen(text: str, root: Path = Path("/")) -> Installed:
    """Return the version the user named, or else the installed one; raises :exc:`ValueError` as :func:`parse` does."""
    found = installed(root)
    if not text:
        return found
    version = parse(text)
    differs = found.certain and found.version != version
    return Installed(version, text, "you named it", certain=not differs, instead=found.text if differs else "")


def _nearest(text: str) -> Version:
    """Return the table for what is installed: also what is older than all tables is here, and must be imitated."""
    try:
        return parse(text)
    except ValueError:
        return get_args(Version)[0]  # type: ignore[no-any-return]


def _is_known(text: str) -> bool:
    """Tell whether there is a table for this very release, and not only for the nearest one."""
    return text.startswith(tuple(f"{version}." for version in get_args(Version))) or text in get_args(Version)


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

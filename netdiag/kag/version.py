"""Which KAG is installed beside the OpenSPG server, read from its package metadata or, without it, from its files."""

import re
from pathlib import Path
from typing import Final, Literal, NamedTuple

Version = Literal["0.5", "0.6", "0.7", "0.8", "0.8+"]
"""The tables. ``0.8+`` is what images named latest hold since July 2025: it says 0.8.0 of itself, as the release does,
and takes embeddings without a key (KAG's default branch, ``kag/common/vectorize_model/openai_model.py``)."""

NEWEST: Final[Version] = "0.8"
"""The newest release, which is imitated where no KAG can be seen."""

EARLY: Final[tuple[Version, ...]] = ("0.5", "0.6")
OF_08: Final[tuple[Version, ...]] = ("0.8", "0.8+")
LATE: Final[tuple[Version, ...]] = ("0.7", *OF_08)
SINCE_06: Final[tuple[Version, ...]] = ("0.6", *LATE)
EVERY: Final[tuple[Version, ...]] = ("0.5", *SINCE_06)
"""The versions that rows of tables are about."""

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

_EMBEDDINGS: Final = "common/vectorize_model/openai_model.py"
_SIGNATURE: Final = re.compile(rb"def\s+generate_key\s*\(([^)]*)\)")
_PARAMETER: Final = re.compile(rb"(?:^|,)\s*(\w+)")
_MOST_BYTES: Final = 256 * 1024


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
                found = Installed(_nearest(match[1]), match[1], str(metadata), certain=_is_known(match[1]))
                return _exactly(found, metadata.with_name("kag"))
        for package in sorted(root.glob(f"{pattern}/kag")):
            for name, version in _FILES:
                if (package / name).exists():
                    return _exactly(Installed(version, version, str(package / name)), package)
    return Installed(NEWEST, NEWEST, "assumed: no KAG was found here", certain=False)


def chosen(text: str, root: Path = Path("/")) -> Installed:
    """Return the version the user named, or else the installed one; raises :exc:`ValueError` as :func:`parse` does.

    Who names 0.8 where one is installed means that one, whichever of the two it is.
    """
    found = installed(root)
    if not text:
        return found
    version = parse(text)
    if version == "0.8" and found.certain and found.version in OF_08:
        return found
    differs = found.certain and found.version != version
    return Installed(version, text, "you named it", certain=not differs, instead=found.text if differs else "")


def _exactly(found: Installed, package: Path) -> Installed:
    """Return what was found as the 0.8 that it is: both call themselves 0.8.0, and differ in their files alone.

    The release has ``generate_key(cls, base_url, api_key, model)`` and is called without the key; the newer one has
    the model before the key, which it fills in.
    """
    if found.version != "0.8":
        return found
    file = package / _EMBEDDINGS
    try:
        with file.open("rb") as opened:
            signature = _SIGNATURE.search(opened.read(_MOST_BYTES))
    except OSError:
        return found
    names = _PARAMETER.findall(signature[1]) if signature else []
    if not {b"model", b"api_key"} <= {*names} or names.index(b"model") > names.index(b"api_key"):
        return found
    return found._replace(version="0.8+", text=f"{found.text}+", source=str(file))


def _nearest(text: str) -> Version:
    """Return the table for what is installed: also what is older than all tables is here, and must be imitated."""
    try:
        return parse(text)
    except ValueError:
        return EVERY[0]


def _is_known(text: str) -> bool:
    """Tell whether there is a table for this very release, and not only for the nearest one."""
    return text.startswith(tuple(f"{version}." for version in EVERY)) or text in EVERY


def parse(text: str) -> Version:
    """Return the table for a release such as ``0.7.1``: its first two numbers; newer ones are taken as the newest.

    ``0.8+``, or ``0.8.0+``, names the 0.8 of July 2025.

    Raises :exc:`ValueError` for what is no version, or older than the oldest table.
    """
    match = re.match(r"v?(\d+)\.(\d+)", text)
    if not match:
        msg = f"not a version of KAG: {text!r} (known: {', '.join(EVERY)})"
        raise ValueError(msg)
    wanted = (int(match[1]), int(match[2]))
    if wanted == (0, 8) and text.endswith("+"):
        return "0.8+"
    known: list[Version] = [version for version in EVERY if version != "0.8+" and _numbers(version) <= wanted]
    if not known:
        msg = f"KAG {text} is older than {EVERY[0]}, the oldest version netdiag knows"
        raise ValueError(msg)
    return known[-1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))

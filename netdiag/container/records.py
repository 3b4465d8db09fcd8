"""The tar in which a container's journal travels: plain, of record files alone, and bounded while it is read."""

import io
import re
import tarfile
from collections.abc import Iterable, Mapping
from typing import Final

LARGEST: Final = 32 << 20
"""Bytes of a tar that is taken: what the store keeps (KEPT_BYTES) and a large run more; it may be anything."""

_MOST: Final = 1000
"""Records in a tar: the store keeps a hundred runs (KEPT), and those that are not finished."""

_NAME: Final = re.compile(r"\d{8}-[0-9A-Za-z.-]{1,200}\.jsonl")


def packed(records: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the records as a tar."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in records:
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def unpacked(tar: bytes) -> Mapping[str, bytes]:
    """Return the records of a tar by name; what is none is left out.

    Raises :class:`ValueError` for what is no plain tar, or is too large: each content is a part of what was sent, so
    all of them together are no larger.
    """
    if len(tar) > LARGEST:
        msg = f"more than {LARGEST} bytes"
        raise ValueError(msg)
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:  # "r:" takes nothing compressed
            for number, member in enumerate(archive):
                if number >= _MOST:
                    msg = f"more than {_MOST} files"
                    raise ValueError(msg)
                # A sparse file is longer than its bytes here.
                if member.isreg() and not member.issparse() and is_record(member.name):
                    content = archive.extractfile(member)
                    found[member.name] = content.read() if content else b""
    except (tarfile.TarError, EOFError, OverflowError, RecursionError, LookupError, TypeError, OSError) as error:
        msg = "not a tar"
        raise ValueError(msg) from error
    return found


def is_record(name: str) -> bool:
    """Say whether ``name`` is one of a record's file."""
    return bool(_NAME.fullmatch(name))

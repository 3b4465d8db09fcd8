"""The journals of containers, kept on the host."""

import io
import tarfile

import pytest

from netdiag.container.keeping import Kept
from netdiag.container.refusal import Refused

RECORD = "00000001-20261124T131603.505644Z-54.jsonl"


def _tar(**files: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def test_records_are_replaced(tmp_path):
    """What the container hands back is all there is: records that it pruned go here, too."""
    kept = Kept(tmp_path / "c")
    with kept.alone():
        kept.replace(_tar(**{RECORD: b"one"}))
        second = RECORD.replace("00000001", "00000002")
        kept.replace(_tar(**{second: b"two"}))
        with tarfile.open(fileobj=io.BytesIO(kept.packed())) as archive:
            assert archive.getnames() == [second]
    assert (tmp_path / "c" / second).stat().st_mode & 0o777 == 0o600


def test_what_is_no_record_is_not_kept(tmp_path):
    """A container may send anything: no other name, no link and no path leaves the directory."""
    kept = Kept(tmp_path / "c")
    link = tarfile.TarInfo(RECORD)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(link)
    with kept.alone():
        kept.replace(_tar(**{f"../{RECORD}": b"x", "/etc/x": b"x", "lock": b"x"}))
        kept.replace(made.getvalue())
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["lock"]
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_one_at_a_time(tmp_path):
    """Two runs that write in the same container from here would each lose the other's record."""
    kept = Kept(tmp_path / "c")
    with kept.alone(), pytest.raises(Refused, match="busy"), kept.alone():
        pass
    with kept.alone():
        pass

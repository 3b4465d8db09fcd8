"""The only writer of files, and of rows in the OpenSPG server's database: planned changes, whole or not at all.

A file is either replaced by a copy staged beside it (rename, atomic) or, where that is impossible because the file
itself is a mount point, has other names, or lies in a directory that cannot be written, overwritten in place with the
staged copy as the way back from a kill. Rows are changed in one transaction, committed after the files. Each run has
one journal record, written before and after, by which it can be undone.
"""

from netdiag.store.neighbours import Beside, beside
from netdiag.store.records import Fault, Replacement, Run, RunFile, is_row
from netdiag.store.recover import Recovered
from netdiag.store.refusal import CannotWrite, Reason
from netdiag.store.rows import RowChange, Rows
from netdiag.store.store import Change, Store, default_directory
from netdiag.store.trust import NotTrustedError, require_own_file, require_trusted

__all__ = [
    "Beside",
    "CannotWrite",
    "Change",
    "Fault",
    "NotTrustedError",
    "Reason",
    "Recovered",
    "Replacement",
    "RowChange",
    "Rows",
    "Run",
    "RunFile",
    "Store",
    "beside",
    "default_directory",
    "is_row",
    "require_own_file",
    "require_trusted",
]

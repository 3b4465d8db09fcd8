"""A staged copy that is like the file it will replace."""

import errno
import os
import stat

from netdiag.store.target import Target


def make_alike(copy: int, target: Target) -> bool:
    """Give ``copy`` the owner, extended attributes (ACLs and labels are such) and mode of ``target``.

    Returns ``False`` where that is not permitted or not possible.
    """
    wanted = target.status
    try:
        if (wanted.st_uid, wanted.st_gid) != _owner(os.fstat(copy)):
            os.fchown(copy, wanted.st_uid, wanted.st_gid)
        _copy_attributes(copy, target.descriptor)
        os.fchmod(copy, stat.S_IMODE(wanted.st_mode))  # last: chown clears set-id bits, an ACL sets the group's
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL):
            return False
        raise
    got = os.fstat(copy)
    return got.st_mode == wanted.st_mode and _owner(got) == _owner(wanted)


def _owner(status: os.stat_result) -> tuple[int, int]:
    return status.st_uid, status.st_gid


def _copy_attributes(copy: int, original: int) -> None:
    try:
        wanted = {name: os.getxattr(original, name) for name in os.listxattr(original)}
        surplus = set(os.listxattr(copy)) - set(wanted)  # the directory's default ACL
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return
        raise
    for name in surplus:
        os.removexattr(copy, name)
    for name, value in wanted.items():
        if name not in os.listxattr(copy) or os.getxattr(copy, name) != value:
            os.setxattr(copy, name, value)

"""Pixels as files: in a folder that this user alone can open, written and read as a whole, never mapped.

A file that is truncated while it is mapped kills whoever maps it; one that is read is short, and says so. Whoever
writes reserves the space first, so a full disk is known before any work. Whoever reads checks the length and deletes.
"""

from __future__ import annotations

import errno
import os
from typing import Optional

from .errors import WorkerError
from .language import _
from .paths import path_to_text

_NO_SPACE = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_NO_RESERVATION = (errno.EINVAL, errno.EOPNOTSUPP, getattr(errno, "ENOTSUP", errno.EOPNOTSUPP))
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 30  # one write() moves 2 GB at most


def reserve(path: str, size: int) -> None:
    """Make the new file `path` with `size` bytes of disk behind it, to be filled later.

    Raises WorkerError "disk-full", or "cache-folder" if nothing can be written there; then no file is left.
    """
    _put(path, size, os.O_CREAT | os.O_EXCL)


def fill(path: str, data: bytes) -> None:
    """Write `data` into the file that `reserve` made. Errors as there."""
    _put(path, len(data), 0, data)


def write(path: str, data: bytes) -> None:
    """A new payload file with `data` in it. Errors as for `reserve`."""
    _put(path, len(data), os.O_CREAT | os.O_EXCL, data)


def _put(path: str, size: int, creation: int, data: bytes = b"") -> None:
    try:
        handle = os.open(path, os.O_WRONLY | creation | _FLAGS, 0o600)
    except OSError as error:
        raise _explain(error, path, size) from error
    try:
        if creation:
            _allocate(handle, size)
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view[:_CHUNK]) :]
    except OSError as error:
        discard(path)
        raise _explain(error, path, size) from error
    finally:
        os.close(handle)


def take(path: str, size: int) -> bytes:
    """The `size` bytes of the payload `path`, which is deleted. Raises WorkerError "payload-damaged"."""
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS)
        with os.fdopen(handle, "rb") as file:
            data = file.read(size) if os.fstat(handle).st_size == size else b""
    except OSError as error:
        raise _damaged(error.strerror) from error
    finally:
        discard(path)
    if len(data) != size:
        raise _damaged("wrong length")
    return data


def discard(path: str) -> None:
    """Remove a payload file if it is there."""
    try:
        os.unlink(path)
    except OSError:
        pass


def sweep(folder: str, session: Optional[str] = None) -> int:
    """Remove what one connection left in the payload folder, or (None) what anybody left. Returns how many."""
    try:
        names = os.listdir(folder)
    except OSError:
        return 0
    left = [name for name in names if session is None or name.startswith(session + "-")]
    for name in left:
        discard(os.path.join(folder, name))
    return len(left)


def _allocate(handle: int, size: int) -> None:
    if hasattr(os, "posix_fallocate") and size:
        try:
            os.posix_fallocate(handle, 0, size)
            return
        except OSError as error:
            if error.errno not in _NO_RESERVATION:
                raise
    os.ftruncate(handle, size)  # macOS, Windows and odd file systems: a full disk shows when the file is filled


def _explain(error: OSError, path: str, size: int) -> WorkerError:
    folder = path_to_text(os.path.dirname(path))
    if error.errno in _NO_SPACE:
        return WorkerError(
            "disk-full",
            _("There is no room for {:.0f} MB of pixels in {}.").format(max(size / 1e6, 1), folder),
            _("Make room on that disk, or set BRUSHWARP_HOME to a folder on another one."),
        )
    return WorkerError(
        "cache-folder",
        _("Nothing can be written to {}: {}.").format(folder, error.strerror),
        _("Make that folder writable, or set BRUSHWARP_HOME to a folder of your own."),
    )


def _damaged(why: Optional[str]) -> WorkerError:
    return WorkerError("payload-damaged", _("The pixels did not arrive whole ({}).").format(why), _("Try again."))

"""What can go wrong, in words for the person in front of the picture."""

from __future__ import annotations

import errno

from .bridge.errors import WorkerError
from .bridge.language import _

# EFBIG: what a file size limit or a FAT volume answers. For the user all three are the same: no room. Windows has no EDQUOT.
NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


class BrushwarpError(Exception):
    """A failure that a user can act on.

    code: a short stable word for programs ("pack-format"); message: what happened; hint: what to do about it.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.code = code
        self.message = message
        self.hint = hint


class Cancelled(Exception):
    """The caller asked the work to stop. Raised by a progress callback, it passes through every loop of ours."""


def explain(error: BaseException) -> BrushwarpError:
    """What to tell the user of any failure. The one place where exceptions of others become ours (command line, worker)."""
    if isinstance(error, BrushwarpError):
        return error
    if isinstance(error, WorkerError):
        return BrushwarpError(error.code, error.message, error.hint)
    if is_out_of_memory(error):
        return BrushwarpError(
            "out-of-memory",
            _("There is not enough memory for a picture of this size."),
            _("Close other programs, or work on a smaller picture."),
        )
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return BrushwarpError("disk-full", _("The disk is full."), _("Free some space, then try again."))
    if isinstance(error, OSError):
        what = "{}: {}.".format(error.strerror or error, error.filename or _("a file"))
        return BrushwarpError("file", what, _("Check that it exists and that you may use it."))
    what = _("Something went wrong inside Brushwarp: {}: {}.").format(type(error).__name__, error)
    return BrushwarpError("internal", what, _("Please report it, with what you did."))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on any device. On a CPU and on Metal torch says it in a plain RuntimeError."""
    signs = ("DefaultCPUAllocator", "not enough memory", "out of memory")
    return isinstance(error, MemoryError) or isinstance(error, RuntimeError) and any(sign in str(error) for sign in signs)

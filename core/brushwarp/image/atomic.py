"""Files that are either complete or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from brushwarp.errors import NO_ROOM, BrushwarpError

from ..bridge.language import _


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file to write to (readable and seekable too) that becomes `path` when the block ends well.

    Until then it lies beside `path` under a temporary name, and is removed if anything goes wrong, so `path` is never
    half-written and what it held before survives. Raises BrushwarpError "disk-full" or "save-folder" for what the
    system refuses; whatever else the block raises passes through.
    """
    path = Path(path)
    temporary = path.with_name(f".brushwarp-{secrets.token_hex(6)}.part")
    try:
        # Not tempfile: its files are 0600 whatever the umask says, and a picture is for others to see.
        file = temporary.open("x+b")
    except OSError as error:
        raise _explained(error, path) from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # some disks admit only here that they are full
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise _explained(error, path) from error
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        pass  # the first error is the one to tell


def _explained(error: OSError, path: Path) -> BrushwarpError:
    if error.errno in NO_ROOM:
        return BrushwarpError(
            "disk-full", _("There is no room for {} in {}.").format(path.name, path.parent), _("Free some space, or save elsewhere.")
        )
    reason = error.strerror or str(error)
    return BrushwarpError(
        "save-folder",
        _("{} cannot be written: {}.").format(path, reason),
        _("Choose a folder that exists and that you may write to."),
    )

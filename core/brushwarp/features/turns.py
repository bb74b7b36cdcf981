"""One process at a time downloads a file; the others that want it wait, and see how far it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..bridge.language import _
from ..bridge.locks import FileLock
from ..errors import BrushwarpError
from ..progress import OnProgress, Progress
from .download import SILENCE, TRIES, part_path, refusal

LOOK = 0.5  # seconds between two looks at how far the other one has come
STANDSTILL = 2 * TRIES * SILENCE  # seconds: a download that nothing comes for has given up long before


@contextmanager
def taking_turns(path: Path, size: int, on_progress: OnProgress) -> Iterator[None]:
    """For the length of the block no other process is in such a block for the same `path`, which has about `size` bytes.

    Who waited must look first whether the one before has done the work: a block that ends well says that no one need do it any
    more. A process that is killed gives back its turn by that. While one waits, progress is that of the other one's download.
    Raises BrushwarpError "download-busy" if that stands still, "save-folder"; passes through what `on_progress` raises.
    """
    file = path.with_name(f".brushwarp-{path.name}.lock")
    lock = FileLock(str(file))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = lock.acquire()
    except OSError as error:
        raise refusal(path, error) from error
    if not free:
        _wait(lock, path, size, on_progress)
    try:
        yield
    finally:
        lock.release()
    # Only now may it go: where work is left to do, two could hold two files of that name. Windows keeps it while another waits.
    with suppress(OSError):
        file.unlink()


def _wait(lock: FileLock, path: Path, size: int, on_progress: OnProgress) -> None:
    part = part_path(path)
    done, since = 0, time.monotonic()
    while not lock.acquire(LOOK):
        with suppress(FileNotFoundError):  # it is whole by now, and has its own name
            if part.stat().st_size != done:
                done, since = part.stat().st_size, time.monotonic()
        if time.monotonic() - since > STANDSTILL:
            raise BrushwarpError(
                "download-busy", _("Another Brushwarp downloads {}, but nothing has come for {:.0f} minutes.").format(path.name, STANDSTILL / 60),
                _("End that one, then try again: it goes on from where it stopped."),
            )
        on_progress(Progress("download", done, max(size, done + 1)))

"""`python -I -m brushwarp.detached FOLDER`, which is what the bridge starts: one training, to its end or until it is told to stop."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Sequence

from ..allocation import keep_memory
from ..bridge.language import speak, wanted_by
from ..bridge.language import _
from ..bridge.locks import FileLock
from ..errors import BrushwarpError, Cancelled, explain
from .account import Account
from .turns import hold, lower_priority, my_turn

LOCK_SECONDS = 2.0  # who reads the status holds the lock for a blink; and a process that was cancelled may still be leaving
SERVED = 75  # exit code of a second process for the same training (sysexits.h: EX_TEMPFAIL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what FOLDER asks for. Returns the exit code; how it went is in the folder's status."""
    (folder,) = sys.argv[1:] if arguments is None else arguments
    faulthandler.enable()
    keep_memory()
    speak(wanted_by(os.environ))  # that of whoever began it: how it stands is read in a host
    life = FileLock(os.path.join(folder, "lock"))
    if not hold(life, LOCK_SECONDS):
        return SERVED
    account = Account(folder)
    signal.signal(signal.SIGTERM, lambda *_: account.leave())
    lower_priority()
    try:
        with my_turn(account):
            from .lesson import teach  # brings torch with it, which takes memory: not while others have their turn

            teach(folder, account)
        account.tell(state="finished", stage="", seconds_left=0.0)
    except Cancelled:
        if not account.leaving:  # one that is told to leave counts as interrupted, which needs no writing down
            account.tell(state="cancelled", seconds_left=None, message="")
    except Exception as error:  # noqa: BLE001 - the edge of the process: every failure becomes a sentence in the status
        told = _explained(error)
        logging.exception("%s", told.code)
        account.tell(state="failed", seconds_left=None, message=str(told))
    finally:
        life.release()  # before all that ends with the process: whoever resumes it needn't wait
    return 0


def _explained(error: Exception) -> BrushwarpError:
    """`error` in words for somebody who looks at a list of trainings."""
    told = explain(error)
    if told.code == "disk-full":
        return BrushwarpError(told.code, told.message, _("Free some space, then resume the training: it goes on from where it was last saved."))
    if isinstance(error, ImportError):
        return BrushwarpError("engine-broken", _("A part of Brushwarp's engine can't be loaded: {}.").format(error), _("Install Brushwarp again."))
    return told


if __name__ == "__main__":
    sys.exit(main())

"""What a detached training tells, and whether it is still wanted."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import replace
from typing import Any

from ..bridge.training import stored_status, write_status
from ..errors import Cancelled

WRITE_SECONDS = 0.5  # between two writings of what is only progress
NEWS = ("state", "message", "sample")  # what is written at once


class Account:
    """The status file as its only writer has it. One a process."""

    def __init__(self, folder: str) -> None:
        """Raises as `stored_status` does."""
        self.folder = folder
        self.status = stored_status(folder)
        self.leaving = False
        self._written = 0.0

    def tell(self, **changed: Any) -> None:
        """Changes fields of the status, and writes it, but not too often. A full disk is no reason to stop."""
        before, self.status = self.status, replace(self.status, **changed)
        news = any(getattr(before, name) != getattr(self.status, name) for name in NEWS)
        if not news and time.monotonic() - self._written < WRITE_SECONDS:
            return
        self._written = time.monotonic()
        try:
            write_status(self.folder, self.status)
        except OSError as error:
            logging.warning("the status can't be written: %s", error)

    def leave(self) -> None:
        """The system wants this process to end. From a signal handler."""
        self.leaving = True

    def check(self) -> None:
        """Raises Cancelled if the training is to stop."""
        if self.leaving or os.path.exists(os.path.join(self.folder, "cancel")):
            raise Cancelled

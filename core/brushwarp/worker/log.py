"""The worker's log. Nobody reads its standard output, so what it has to say goes to a rotating file in the data folder."""

from __future__ import annotations

import faulthandler
import logging
import os
from logging.handlers import RotatingFileHandler

from ..bridge.paths import log_folder

LARGEST_LOG = 1_000_000  # bytes, before it is put aside
KEPT_LOGS = 3

log = logging.getLogger("brushwarp.worker")


def log_file() -> str:
    return os.path.join(log_folder(), "worker.log")


def open_log() -> None:
    """Send this process' log messages and Python's warnings to the log file. Raises OSError."""
    os.makedirs(log_folder(), exist_ok=True)
    handler = RotatingFileHandler(
        log_file(), maxBytes=LARGEST_LOG, backupCount=KEPT_LOGS, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)


def silence_output() -> None:
    """Point standard output and error nowhere: a library that prints without end must not fill the disk.

    Crashes of the process are still written to what standard error was; the launcher made that a file beside the log.
    """
    faulthandler.enable(os.dup(2))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)

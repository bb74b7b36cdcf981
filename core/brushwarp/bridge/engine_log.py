"""The worker's log, for those who look at it in a host."""

from __future__ import annotations

import os
import re
from typing import List, Sequence

from .paths import log_folder, path_to_text

LINES = 200
READ = 256 * 1024  # bytes of a log that are looked at: a line may be long
NAMES = ("worker.log.1", "worker.log")  # the older one, which was put aside when it had grown large, comes first
START = "worker-start.log"  # what a worker said before its own log was open, or when it crashed
TROUBLE = re.compile(r" (?:ERROR|CRITICAL|WARNING) |^[A-Za-z_.]*(?:Error|Exception): | INFO refused: ")


def last_lines(count: int = LINES) -> List[str]:
    """Of the log, and of what the last worker said beside it, if it did."""
    lines: List[str] = []
    for name in NAMES:
        lines += _read(name)
    said = _read(START)
    if said:
        lines += ["-- {} --".format(START), *said]
    return lines[-count:]


def last_error(lines: Sequence[str]) -> str:
    """The last of them that tells of trouble, or nothing."""
    return next((line.strip() for line in reversed(lines) if TROUBLE.search(line)), "")


def without_home(text: str) -> str:
    """With ~ for the home folder: what is shown to others need not say whose it is."""
    home = path_to_text(os.path.expanduser("~")).rstrip("/\\")
    return re.sub(re.escape(home) + r"(?![\w.-])", "~", text) if len(home) > 1 else text


def _read(name: str) -> List[str]:
    try:
        with open(os.path.join(log_folder(), name), "rb") as file:
            file.seek(0, os.SEEK_END)
            skipped = max(file.tell() - READ, 0)
            file.seek(skipped)
            lines = file.read(READ).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[1:] if skipped else lines  # the first may be half a line

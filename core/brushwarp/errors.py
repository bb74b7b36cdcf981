"""What can go wrong, in words for the person in front of the picture."""

from __future__ import annotations


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

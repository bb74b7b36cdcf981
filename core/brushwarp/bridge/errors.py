"""What a plugin shows when the worker can't do what was asked: one kind of error, always with words for the painter."""

from __future__ import annotations

from .language import _


class WorkerError(Exception):
    """A failure that a user can act on.

    code: a short stable word for programs ("disk-full"); message: what happened; hint: what to do about it.
    The same three fields as the engine's BrushwarpError, which this package may not import.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__("{} {}".format(message, hint).strip())
        self.code = code
        self.message = message
        self.hint = hint


class ProtocolError(WorkerError):
    """A message that breaks the rules of `protocol`: wrong field, wrong length, wrong version. Code "protocol"."""

    def __init__(self, message: str) -> None:
        super().__init__("protocol", message, _("Install the plugin and the engine of the same Brushwarp release."))


class ConnectionLost(WorkerError):
    """The other end is gone. Code "worker-lost"."""

    def __init__(self, message: str = _("The Brushwarp worker ended unexpectedly."), hint: str = "") -> None:
        super().__init__("worker-lost", message, hint)


class JobCancelled(WorkerError):
    """`WorkerClient.cancel` was called. Code "cancelled"; nothing was changed and there is nothing to tell the user."""

    def __init__(self) -> None:
        super().__init__("cancelled", _("Cancelled."))

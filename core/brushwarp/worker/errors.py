"""What a client is told of any failure: the engine's words, and what only a process that serves others can meet."""

from __future__ import annotations

from ..bridge.language import _
from ..errors import BrushwarpError
from ..errors import explain as explain_engine


def explain(error: BaseException, log_file: str) -> BrushwarpError:
    """`error` for the person who waits for the picture. `log_file` is named where it alone can tell more."""
    if isinstance(error, ImportError):
        return BrushwarpError(
            "engine-broken",
            _("A part of Brushwarp's engine can't be loaded: {}.").format(error),
            _("Install again. In the folder of Brushwarp, run: python3 install_scripts/install.py"),
        )
    told = explain_engine(error)
    if told.code == "internal":
        return BrushwarpError(told.code, told.message, _("Please report it, with the log: {}").format(log_file))
    return told

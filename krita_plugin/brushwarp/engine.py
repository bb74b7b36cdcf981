"""Engine…: how the worker stands; and the way from an engine that is missing to the entry of the menu that needs it."""

from __future__ import annotations

from typing import Callable, Optional

from .bridge.engine_state import OUT_OF_REACH, check_reach
from .bridge.errors import WorkerError
from .bridge.language import _
from .engine_dialog import NAME, EngineDialog
from .messages import main_window


class EngineCommand:
    """An entry of the menu that needs no document, and goes on while one is painted."""

    name = "engine"
    text = _("En&gine…")
    tip = _("See how Brushwarp's engine stands, start and stop it, and read its log")
    explanation = _(
        "Shows what the program that paints is doing, on which device, and its log; starts, restarts and stops it; and says how to install it where"
        " it is missing."
    )

    def ask(self) -> None:
        """Show the window."""
        self._show(None)

    def lead(self, ask: Callable[[], None]) -> None:
        """`ask`, for which the engine must be there: at once, or when the painter has put it in. Raises what it raises."""
        try:
            check_reach()
        except WorkerError as error:
            if error.code not in OUT_OF_REACH:
                raise
            self._show(ask)
        else:
            ask()

    def _show(self, then: Optional[Callable[[], None]]) -> None:
        """The one that is open goes on with what was chosen last. then: what waits for the engine, or None."""
        parent = main_window()
        dialog = None if parent is None else next((each for each in parent.findChildren(EngineDialog, NAME) if each.isVisible()), None)
        if dialog is None:
            dialog = EngineDialog(parent)
        if then is not None:
            dialog.wait_for(then)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

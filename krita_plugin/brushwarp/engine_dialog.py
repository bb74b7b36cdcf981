"""The window of Engine…: how the worker stands, its log, and what can be done with it; where it is missing, how to install it."""

from __future__ import annotations

from typing import Callable, Optional, Tuple

from krita import Krita

from .bridge.engine_state import LOOKING, OTHER_VERSION, RESTING, EngineState
from .bridge.engine_watch import EngineWatch, restart, start, stop
from .bridge.engine_words import GOES_ON, RESTART_QUESTION, STOP_QUESTION, facts, headline, report
from .bridge.language import _
from .engine_help import EngineHelp
from .engine_pages import FactsPage, LogPage
from .fields import push_button
from .messages import ask_first, guarded, show_problem
from .qt import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, Qt, QTimer, QVBoxLayout, QWidget

NAME = "brushwarp_engine"
POLL_MS = 100
WIDTH = 600


class EngineDialog(QDialog):
    """Show it by `show`. It looks, in a thread, as long as it is open."""

    def __init__(self, parent: Optional[QWidget]) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self.setWindowTitle(_("Brushwarp – Engine"))
        self.setMinimumWidth(WIDTH)
        self._state = EngineState(LOOKING)
        self._then: Optional[Callable[[], None]] = None
        self._watch = EngineWatch()
        self._headline = QLabel()
        self._headline.setObjectName("headline")
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        self._headline.setWordWrap(True)
        font = self._headline.font()
        font.setBold(True)
        self._headline.setFont(font)
        self._facts = FactsPage(facts(self._state))
        self._start = self._button("start", _("&Start now"), start, _("Have it ready, so that the next picture needn't wait"))
        self._restart = self._button("restart", _("&Restart"), restart, _("End it, and start it anew"), RESTART_QUESTION)
        self._stop = self._button("stop", _("S&top"), stop, _("End it; it starts by itself when it is needed"), STOP_QUESTION)
        self._log = LogPage(lambda: report(self._state, "Krita " + Krita.instance().version(), self._watch.log))
        self._help = EngineHelp(self._watch.look_again)
        self._goes_on = QLabel(GOES_ON)
        self._page = QWidget()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(guarded(self._look))
        self._timer.start(POLL_MS)
        self.finished.connect(lambda *_: self._end())
        self._settle()

    def wait_for(self, then: Callable[[], None]) -> None:
        """What to do, once, when the engine is found; the window closes then."""
        self._then = then
        self._goes_on.show()
        self._page.hide()

    def _look(self) -> None:
        """What the watch has seen."""
        state, problem = self._watch.state, self._watch.take_problem()
        if state is not self._state:
            self._state = state
            self._show_state(state)
        self._settle()
        self._log.show_lines(self._watch.log)
        if problem is not None:
            show_problem(problem)

    def _show_state(self, state: EngineState) -> None:
        missing = state.needs_help
        if self._then is not None and not missing and state.phase != LOOKING:
            then = self._then
            self.accept()
            then()
            return
        self._headline.setText(headline(state))
        self._facts.show_facts(facts(state))
        self._help.show_state(state)
        if self._help.isHidden() == missing or self._page.isHidden() != missing:
            self._help.setVisible(missing)
            self._page.setVisible(not missing)
            self.adjustSize()

    def _settle(self) -> None:
        """Only what can be done can be pressed."""
        state, idle = self._state, self._watch.doing is None
        self._start.setEnabled(idle and state.phase in (RESTING, OTHER_VERSION))
        for button in (self._restart, self._stop):
            button.setEnabled(idle and state.runs)

    def _do(self, deed: Callable[[], None], word: str, question: Optional[Tuple[str, str]]) -> None:
        """Asked about first, where it takes somebody's picture away."""
        if question is not None and self._state.is_working:
            ask_first(*question, word, lambda: self._watch.do(deed))
        else:
            self._watch.do(deed)

    def _end(self) -> None:
        self._timer.stop()
        self._watch.close()
        self.deleteLater()

    # How it is built.

    def _button(self, name: str, text: str, deed: Callable[[], None], tip: str, question: Optional[Tuple[str, str]] = None) -> QPushButton:
        return push_button(name, text, tip, lambda: self._do(deed, text, question))

    def _lay_out(self) -> None:
        deeds = QHBoxLayout()
        for button in (self._start, self._restart, self._stop):
            deeds.addWidget(button)
        deeds.addStretch(1)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._facts)
        page.addSpacing(6)
        page.addLayout(deeds)
        page.addSpacing(6)
        page.addWidget(self._log, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._headline)
        layout.addSpacing(6)
        layout.addWidget(self._help)
        layout.addWidget(self._page, 1)
        layout.addWidget(self._goes_on)
        layout.addWidget(buttons)
        self._help.hide()
        self._goes_on.hide()
        self._headline.setText(headline(self._state))

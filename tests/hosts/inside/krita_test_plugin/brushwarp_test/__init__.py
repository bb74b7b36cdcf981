"""Runs one test function inside Krita's window, then quits Krita as a user would. Does nothing without BRUSHWARP_TEST_JOB."""

import inspect
import os
import sys
import traceback

from krita import Extension, Krita

try:
    from PyQt5.QtCore import QTimer
except ImportError:
    from PyQt6.QtCore import QTimer

POLL_MS = 100
PATIENCE_MS = 90000  # a fresh profile unpacks its resources first


class TestRunner(Extension):
    def __init__(self, parent):
        super().__init__(parent)
        self._waited = 0

    def setup(self):
        if os.environ.get("BRUSHWARP_TEST_JOB"):
            sys.path.insert(0, os.environ["BRUSHWARP_TEST_INSIDE"])
            import host_job

            self._jobs = host_job
            self._job = host_job.read_job()
            QTimer.singleShot(POLL_MS, self._begin_when_ready)

    def createActions(self, window):
        pass

    def _begin_when_ready(self):
        """Wait for the window, and for the document of the command line: its active node comes a moment later."""
        try:
            document = Krita.instance().activeDocument()
            ready = Krita.instance().activeWindow() is not None
            if self._job["opens"]:
                ready = ready and document is not None and document.activeNode() is not None
            if not ready:
                self._waited += POLL_MS
                if self._waited > PATIENCE_MS:
                    raise TimeoutError("Krita did not open %r" % self._job["opens"])
                QTimer.singleShot(POLL_MS, self._begin_when_ready)
                return
            value = self._jobs.begin(self._job)
            if inspect.isgenerator(value):
                self._steps = value
                self._step()
            else:
                self._end(value)
        except BaseException:
            self._fail()

    def _step(self):
        """A generator of the test gave back control: go on after the time that it asked for."""
        try:
            QTimer.singleShot(int(next(self._steps)), self._step)
        except StopIteration as stop:
            self._end(stop.value)
        except BaseException:
            self._fail()

    def _end(self, value):
        try:
            self._jobs.finish(self._job, value)
            QTimer.singleShot(POLL_MS, self._quit)
        except BaseException:
            self._fail()

    def _quit(self):
        """Documents stay open (closing one that has a view crashes Krita 5.2), and are marked clean so that it asks nothing."""
        try:
            for document in Krita.instance().documents():
                document.waitForDone()
                document.setModified(False)
            Krita.instance().action("file_quit").trigger()
        except BaseException:
            self._fail()

    def _fail(self):
        """Leave at once: an exception that reached Krita would open a modal dialog."""
        self._jobs.finish(self._job, error=traceback.format_exc())
        os._exit(1)


Krita.instance().addExtension(TestRunner(Krita.instance()))

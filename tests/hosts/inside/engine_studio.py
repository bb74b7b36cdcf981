"""The engine of the user under test, as the installed plugin's own bridge knows it, in Krita or beside GIMP: `import engine_studio as engine`."""

import os
import sys
import threading
import time
from dataclasses import replace

if "krita" not in sys.modules:  # in Krita the plugin's folder is known already
    sys.path.insert(0, os.path.join(os.environ["XDG_CONFIG_HOME"], "GIMP", "3.0", "plug-ins"))
from brushwarp.bridge.client import DeformRequest, StylePicture, WorkerClient, WorkerError  # noqa: E402
from brushwarp.bridge.detached import start_detached  # noqa: E402
from brushwarp.bridge.engine_state import look  # noqa: E402
from brushwarp.bridge.engine_watch import stop  # noqa: E402, F401 - for whoever imports this
from brushwarp.bridge.paths import log_folder, read_install, write_install  # noqa: E402

SIDE = 256  # pixels of a picture that is solved for minutes
OLD = "0.0.9"
OLD_WORKER = "from brushwarp.worker.__main__ import main; main(version=%r)" % OLD


def wait_for_phase(phase, seconds=90):
    """Until it stands so; the state."""
    end = time.monotonic() + seconds
    while True:
        state = look()
        if state.phase == phase:
            return state
        if time.monotonic() > end:
            raise TimeoutError("the engine is not %s: %r" % (phase, state))
        time.sleep(0.1)


class Elsewhere:
    """A job of another program, which would take minutes. `code`: with what its error came, once it did."""

    def __init__(self):
        self.code = None
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def wait(self):
        self._thread.join(60)
        return self.code

    def _ask(self):
        pixels = bytes(range(256)) * (SIDE * SIDE * 4 // 256)
        like = StylePicture(SIDE, SIDE)
        request = DeformRequest(SIDE, SIDE, "like", base="gatys", size=SIDE, style_picture=like)
        try:
            with WorkerClient.connect() as client:
                client.deform(request, pixels, None, pixels[::-1])
        except WorkerError as error:
            self.code = error.code


def clipboard():
    """What was copied, as text; for drivers beside GIMP."""
    import gi

    gi.require_version("Gtk", "3.0")
    gi.require_version("Gdk", "3.0")
    from gi.repository import Gdk, Gtk

    return Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text()


def begin_old():
    """Leave this user a worker that says it is of version OLD."""
    stop()
    wait_for_phase("resting")
    start_detached([read_install().python, "-I", "-c", OLD_WORKER], os.path.join(log_folder(), "old-start.log"))
    wait_for_phase("other-version")


def old_elsewhere():
    """A job that `begin_old`'s worker does for another program of its own version; Elsewhere."""
    install = read_install()
    write_install(replace(install, version=OLD))
    try:
        elsewhere = Elsewhere()
        wait_for_phase("busy")
    finally:
        write_install(install)
    return elsewhere

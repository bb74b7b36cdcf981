"""Runs test code inside the real GIMP 3 and the real Krita, as a user that did not exist before. Standard library only.

Write a test
------------
The code that runs in the host is a function that stands by itself (its imports inside); it comes back with a value that
JSON can hold, and an exception in it fails the test with its traceback::

    def layer_names(path):
        from gi.repository import Gimp, Gio
        image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
        return [layer.get_name() for layer in image.get_layers()]

    def test_a_photo_opens_as_one_layer(gimp, tmp_path):            # console: no window, about 3 s
        assert gimp.run(layer_names, path=tmp_path / "photo.png") == ["photo.png"]

    def undo_as_a_user_does():                                      # the driver: a process of its own beside the window
        import screen
        screen.wait_to_hear("stylized")                             # the host said screen.tell("stylized")
        screen.key("ctrl+z", screen.wait_for_window("GIMP"))
        screen.screenshot("after_undo")
        screen.tell("undone")                                       # the host may go on: screen.wait_to_hear("undone")

    def test_one_undo(gimp):
        gimp.run_in_window(show_and_stylize, drive=undo_as_a_user_does)

In Krita a function may be a generator: `yield 200` lets Krita's own loop run for 200 ms::

    def stylize():
        from krita import Krita
        Krita.instance().action("brushwarp_stylize").trigger()
        for _ in range(100):
            yield 200
            ...
        return Krita.instance().activeDocument().activeNode().name()

    def test_a_new_layer(krita, tmp_path):
        assert krita.run_in_window(stylize, opens=[tmp_path / "photo.png"]) == "…"
        krita.run(save_a_document, path=tmp_path / "a.kra")          # kritarunner: no window, no extensions, no active document

A modal dialog blocks its caller: in Krita open it by `QTimer.singleShot(0, action.trigger)` and go on by `yield`; in GIMP
call the procedure and let `drive` (or a thread) press the keys. `functools.partial(function, key=value)` gives `drive` its
arguments; the `run` methods take them as keywords (paths become text). Modules in tests/hosts/inside/ can be imported by any such code:
`screen` (windows, keys, clicks, screenshots), and what you put there. `run(Path("script.py"))` calls `main(**arguments)` of a file.

Fixtures (conftest.py): `user` (a fresh home without our plugins; `user.gimp`, `user.krita`), `gimp` and `krita` (of a fresh
user with the plugins put in by install.py), `settled_gimp` and `settled_krita` (the same, one user for all tests of a
module, so its worker is warm). All hosts of a user share one worker, which ends with the user. `user.folder` and pytest's
`tmp_path` are seen by the host at the same paths; `host.logs` has what it printed; `user.worker_outside` says that the
worker does not run beside the host (so do not kill it from inside). Screenshots end in BRUSHWARP_SCREENSHOTS, if set.

By hand
-------
    python3 tests/hosts/harness.py gimp script.py                                (calls main() of script.py, prints its value)
    python3 tests/hosts/harness.py gimp script.py --window [--drive other.py]    (screenshots: --screenshots FOLDER)
    python3 tests/hosts/harness.py krita script.py --window --open photo.png     (without --window: kritarunner)
    python3 tests/hosts/harness.py shell gimp-console --version                  (any command in the place where the hosts are)
Options: --bare leaves our plugins out, --argument name=value, --timeout SECONDS, --bind FOLDER (written to by the script).
Environment: BRUSHWARP_SCREENSHOTS, BRUSHWARP_HOSTS_ROOT.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from places import CHECKOUT, INSIDE, Bind, Place, Places, worker_python

sys.path.insert(0, str(CHECKOUT / "install_scripts"))
from _kritarc import with_plugin_enabled

if TYPE_CHECKING:
    import profiles

Job = Union[Callable[..., Any], "functools.partial[Any]", Path]


class HostFailure(AssertionError):
    """The function failed in the host, or the host itself crashed or hung; the message has the traceback and the last of the logs."""


class HostMissing(Exception):
    """There is no such host here; the message says how to get it."""


def describe_job(job: Job, arguments: dict[str, Any]) -> dict[str, Any]:
    """Source, function and arguments of what shall run in a host, as JSON holds them."""
    if isinstance(job, functools.partial):
        arguments, job = {**job.keywords, **arguments}, job.func
    if isinstance(job, Path):
        source, function, file = job.read_text(encoding="utf-8"), "main", str(job)
    else:
        lines, first = inspect.getsourcelines(job)
        # Blank lines above, so that a traceback of the host names the lines of the test's own file.
        source = "\n" * (first - 1) + textwrap.dedent("".join(lines))
        function, file = job.__name__, inspect.getsourcefile(job)
    plain = {key: str(value) if isinstance(value, os.PathLike) else value for key, value in arguments.items()}
    return {"source": source, "function": function, "file": file, "arguments": plain, "paths": []}


class Host:
    """One host of one user. Subclasses say how it is started."""

    name = ""

    def __init__(self, user: User, place: Place):
        self.user = user
        self.place = place
        self.logs = Path()

    def _window_command(self, opens: Sequence[str]) -> list[str]:
        raise NotImplementedError

    def _console_command(self) -> list[str]:
        raise NotImplementedError

    def run(self, job: Job, *, timeout: float = 180, **arguments: Any) -> Any:
        """Run `job` in the host without a window; its value."""
        return self._run(job, self._console_command(), timeout, arguments, {"QT_QPA_PLATFORM": "offscreen"})

    def run_in_window(
        self, job: Job, *, drive: Job | None = None, opens: Sequence[Path] = (), timeout: float = 240,
        size: str = "1280x900", **arguments: Any,
    ) -> Any:
        """Run `job` in the host on a screen of its own, with `opens` on its command line; its value.

        drive: runs at the same time as a process beside the host, to press keys and click as a user does.
        Raises HostFailure if either fails, if the host crashes, or if all of it takes longer than `timeout` seconds.
        """
        if not self.place.has_screen:
            raise HostMissing("Tests of windows need the packages xvfb, openbox, xdotool, x11-utils and imagemagick.")
        files = [str(path) for path in opens]
        logs = self.user.new_logs(self.name)
        screen = [str(INSIDE / "in_window.sh"), str(logs), size, str(max(5, timeout - 10))]
        environment = {}
        if drive is not None:
            described = {**describe_job(drive, {}), "result": str(logs / "driver.json"), "opens": []}
            (logs / "driver_job.json").write_text(json.dumps(described), encoding="utf-8")
            environment["BRUSHWARP_TEST_DRIVER"] = str(logs / "driver_job.json")
        try:
            value = self._run(job, [*screen, *self._window_command(files)], timeout, arguments, environment, logs, files)
        except HostFailure as failure:
            if (logs / "driver.json").is_file():  # a host that waits for a driver that failed: say the cause first
                self._value_of(logs / "driver.json", "the driver", because=f"\nand then {failure}")
            raise
        if drive is not None:
            self._value_of(logs / "driver.json", "the driver")
        return value

    def _run(self, job, command, timeout, arguments, environment, logs=None, opens=()) -> Any:
        self.logs = logs or self.user.new_logs(self.name)
        described = {**describe_job(job, arguments), "result": str(self.logs / "result.json"), "opens": list(opens)}
        (self.logs / "job.json").write_text(json.dumps(described), encoding="utf-8")
        environment = {
            **environment,
            "BRUSHWARP_TEST_JOB": str(self.logs / "job.json"),
            "BRUSHWARP_TEST_INSIDE": str(INSIDE),
            "BRUSHWARP_TEST_SCREENSHOTS": str(self.user.screenshots),
            "BRUSHWARP_TEST_SIGNALS": str(self.logs),
        }
        status = self.user.execute(self.place, command, environment, self.logs, timeout)
        self.user.publish_screenshots()
        value = self._value_of(self.logs / "result.json", self.name, status)
        if status != 0:
            raise HostFailure(f"{self.name} did its job but ended with {status}{self._tails()}")
        return value

    def _value_of(self, result: Path, who: str, status: int | str | None = None, because: str = "") -> Any:
        if not result.is_file():
            raise HostFailure(f"{who} left no result; the host ended with {status}{self._tails()}")
        outcome = json.loads(result.read_text(encoding="utf-8"))
        if not outcome["ok"]:
            raise HostFailure(f"in {who}:\n{outcome['error']}{because or self._tails()}")
        return outcome["value"]

    def driver_value(self) -> Any:
        """What the driver of the last window came back with."""
        return self._value_of(self.logs / "driver.json", "the driver")

    def said(self) -> str:
        """All that its logs hold. GIMP, when it ends, writes bytes there that are no text."""
        return "".join(log.read_text(encoding="utf-8", errors="replace") for log in sorted(self.logs.glob("*.log")))

    def _tails(self) -> str:
        tails = [""]
        for log in sorted(self.logs.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            if lines:
                tails.append(f"--- last lines of {log.name}\n" + "\n".join(lines[-25:]))
        return "\n".join(tails)


class Gimp(Host):
    name = "gimp"
    _BATCH = (
        "import os, sys; sys.path.insert(0, os.environ['BRUSHWARP_TEST_INSIDE']); import host_job; "
        "assert host_job.run_to_end(host_job.read_job()), 'see the result file'"
    )

    def _console_command(self) -> list[str]:
        return ["gimp-console", "-n", "-i", "-d", "-f", *self._batch_options()]

    def _window_command(self, opens: Sequence[str]) -> list[str]:
        return ["dbus-run-session", "--", "gimp", "-n", "-s", *self._batch_options(), *opens]

    def _batch_options(self) -> list[str]:
        return ["--stack-trace-mode", "never", "--batch-interpreter=python-fu-eval", "-b", self._BATCH, "--quit"]


class KritaHost(Host):
    name = "krita"

    def run(self, job: Job, *, timeout: float = 180, **arguments: Any) -> Any:
        self.user.settle("kritarunner", self.place)
        return self.run_unsettled(job, timeout=timeout, **arguments)

    def run_unsettled(self, job: Job, *, timeout: float = 180, **arguments: Any) -> Any:
        """`run`, with whatever profile there is."""
        return super().run(job, timeout=timeout, **arguments)

    def _console_command(self) -> list[str]:
        folder = self.user.data / "kritarunner" / "pykrita"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(INSIDE / "kritarunner_job.py", folder)
        return ["kritarunner", "-s", "kritarunner_job", "-f", "main"]

    def _window_command(self, opens: Sequence[str]) -> list[str]:
        self.user.add_krita_test_plugin()
        return ["dbus-run-session", "--", "krita", "--nosplash", *opens]


class User:
    """A person who never used this machine before: home, folders, screenshots, one worker. Use it as a context manager."""

    def __init__(self, places: Places, scratch: Path, templates: profiles.Templates, binds: Sequence[Path] = ()):
        self._places, self._templates = places, templates
        self._scratch = scratch
        self.folder = Path(tempfile.mkdtemp(prefix="user-", dir=scratch))
        # A socket's path may have 107 bytes: keep the folder that holds it near the root of the file system.
        self.runtime = Path(tempfile.mkdtemp(prefix="bw-"))
        self.config, self.data, self.cache = (self.folder / name for name in ("config", "data", "cache"))
        self.brushwarp_home = self.folder / "brushwarp"
        self.screenshots = self.folder / "screenshots"
        for folder in (self.config, self.data, self.cache, self.brushwarp_home, self.screenshots, self.folder / "home"):
            folder.mkdir()
        self._binds = tuple(Bind(Path(path), writable=True) for path in (self.folder, self.runtime, *binds))
        self._hosts: dict[str, Host] = {}
        self._settled: set[str] = set()
        self._worker: subprocess.Popen | None = None
        self.worker_outside = False
        self.more_environment: dict[str, str] = {}

    def __enter__(self) -> User:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_everything()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.runtime, ignore_errors=True)

    @property
    def gimp(self) -> Gimp:
        return self._host("gimp", Gimp, self._places.gimp)

    @property
    def krita(self) -> KritaHost:
        return self._host("krita", KritaHost, self._places.krita)

    def _host(self, name: str, kind, place: Place | None):
        if place is None:
            raise HostMissing(self._places.reasons[name])
        if name not in self._hosts:
            self.settle(name, place)
            self._hosts[name] = kind(self, place)
        return self._hosts[name]

    def settle(self, host: str, place: Place) -> None:
        """Give this user the profile that a first start of `host` leaves behind, once."""
        if host not in self._settled:
            self._settled.add(host)
            self._templates.give(self, host, place)

    def environment(self, place: Place) -> dict[str, str]:
        """The whole environment of a host: nothing of the caller's reaches it but the search path of programs."""
        return {
            "HOME": str(self.folder / "home"), "PATH": place.search_path, "LC_ALL": "C.UTF-8", "USER": "painter",
            "XDG_CONFIG_HOME": str(self.config), "XDG_DATA_HOME": str(self.data), "XDG_CACHE_HOME": str(self.cache),
            "XDG_RUNTIME_DIR": str(self.runtime), "BRUSHWARP_HOME": str(self.brushwarp_home),
            "NO_AT_BRIDGE": "1", "GTK_A11Y": "none", "LIBGL_ALWAYS_SOFTWARE": "1", **self.more_environment,
        }

    def install(self, *hosts: str) -> str:
        """Put our plugins into this user's hosts by install.py itself, run where the host is; what it said."""
        said = ""
        for host in hosts:
            place = getattr(self, host).place
            worker = worker_python(place, self._scratch)
            self._binds = tuple(dict.fromkeys((*self._binds, *worker.binds, Bind(self._scratch, writable=True))))
            said += self.run_script(place, "install.py", "--host", host, "--python", str(worker.python))
            if worker.outside and (self._worker is None or self._worker.poll() is not None):  # installing ends an idle one
                self._start_worker_outside(worker.python)
        return said

    def uninstall(self) -> str:
        """Take our plugins out by uninstall.py; what it said."""
        return self.run_script(next(iter(self._hosts.values())).place, "uninstall.py")

    def run_script(self, place: Place, script: str, *words: str) -> str:
        """Run one of the install scripts as this user, with the Python of the place; what it printed. Raises HostFailure."""
        logs = self.new_logs("script")
        status = self.execute(place, ["python3", str(CHECKOUT / "install_scripts" / script), *words], {}, logs, timeout=120)
        text = (logs / "output.log").read_text(encoding="utf-8", errors="replace")
        if status != 0:
            raise HostFailure(f"{script} ended with {status}:\n{text}")
        return text

    def _start_worker_outside(self, python: Path) -> None:
        self.worker_outside = True
        with open(self.new_logs("worker") / "output.log", "wb") as log:
            self._worker = subprocess.Popen(
                [str(python), "-I", "-m", "brushwarp.worker"], env=self.environment(Place(None)), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )

    def add_krita_test_plugin(self) -> None:
        """The plugin that runs our test functions; it lies with the tests and is never installed for users."""
        shutil.copytree(INSIDE / "krita_test_plugin", self.data / "krita" / "pykrita", dirs_exist_ok=True)
        kritarc = self.config / "kritarc"
        content = kritarc.read_bytes() if kritarc.is_file() else b""
        kritarc.write_bytes(with_plugin_enabled(content, "brushwarp_test")[0])

    def new_logs(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"logs-{name}-", dir=self.folder))

    def execute(self, place: Place, command: list[str], extra: dict[str, str], logs: Path, timeout: float) -> int | str:
        """Run a command as this user in a place; its status, or "a timeout". What it printed is in output.log of `logs`.

        Whatever it leaves behind in its session ends with it; a worker makes a session of its own, and lives on.
        """
        with open(logs / "output.log", "wb") as log:
            process = subprocess.Popen(
                place.command(command, self._binds), env={**self.environment(place), **extra}, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
            try:
                return process.wait(timeout)
            except subprocess.TimeoutExpired:
                return f"a timeout after {timeout:.0f} s (a screenshot of a window: when_time_was_up)"
            finally:
                _end_session(process)

    def publish_screenshots(self) -> None:
        target = os.environ.get("BRUSHWARP_SCREENSHOTS")
        if target:
            Path(target).mkdir(parents=True, exist_ok=True)
            for picture in self.screenshots.glob("*.png"):
                shutil.copy(picture, target)

    def processes(self) -> list[int]:
        """Every process of this user that still lives, its worker among them: those that were given its BRUSHWARP_HOME."""
        mark = f"BRUSHWARP_HOME={self.brushwarp_home}".encode()
        alive = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    alive.append(int(folder.name))
            except OSError:
                continue  # ended meanwhile, or another user's
        return alive

    def stop_everything(self) -> None:
        for process in self.processes():
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + 3
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        for process in self.processes():
            _signal(process, signal.SIGKILL)
        if self._worker is not None:
            self._worker.wait()


def _signal(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def _end_session(leader: subprocess.Popen) -> None:
    """End all that a command started and that stayed in its process group."""
    try:
        os.killpg(leader.pid, signal.SIGTERM)
        time.sleep(0.1)
        os.killpg(leader.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    leader.wait()


if __name__ == "__main__":
    from by_hand import main

    sys.exit(main())

"""How a worker comes to be: one for all hosts, the right version, whatever the host's environment looks like."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from worker_home import INVERTED, PIXELS, ClientProcess, Home, request, wait_until

from brushwarp.bridge import launcher, transport
from brushwarp.bridge.client import Progress
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.launcher import ALREADY_SERVED
from brushwarp.bridge.locks import FileLock
from brushwarp.bridge.paths import Install, install_file, write_install


def other_pythons() -> list[str]:
    """Other versions of Python on this machine, for hosts bring their own."""
    found = [shutil.which(f"python3.{minor}") for minor in range(8, 16) if minor != sys.version_info.minor]
    versions = [
        path for path in found if path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0
    ]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    versions += [str(path) for minor in range(8, 16) for path in sorted(pyenv.glob(f"3.{minor}.*/bin/python"))[:1]]
    return versions or [sys.executable]


def test_two_hosts_that_start_at_once_meet_at_one_worker(home):
    with ClientProcess() as one, ClientProcess() as two, ClientProcess() as three:
        pids = {client.wait_for("pid")["pid"] for client in (one, two, three)}
        assert all(bytes.fromhex(client.wait_for("pixels")["pixels"]) == INVERTED for client in (one, two, three))
    assert len(pids) == 1
    assert len(home.pids()) == 1


def test_a_second_worker_started_by_hand_makes_way(home):
    with home.connect() as client:
        by_hand = subprocess.run([sys.executable, "-I", str(Path(__file__).with_name("light_worker.py"))])
        assert by_hand.returncode == ALREADY_SERVED
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_an_idle_worker_of_an_older_version_is_replaced(home):
    with home.connect() as client:
        old = client.worker_pid
        assert client.version == "1.0"
    home.install("1.1")
    told = []
    with home.connect(told.append) as client:
        assert client.version == "1.1" and client.worker_pid != old
        assert {event.stage for event in told} == {"replacing"}
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_an_older_worker_that_still_answers_while_it_ends_is_waited_for(home):
    home.install("1.0", "--last-seconds", "1")
    with home.connect() as client:
        old = client.worker_pid
    home.install("1.1")
    with home.connect() as client:
        assert client.version == "1.1" and client.worker_pid != old


def test_a_worker_of_an_older_version_that_paints_for_somebody_is_left_alone(home):
    with ClientProcess("invert:1") as other:
        other.wait_for("event")
        home.install("1.1")
        with pytest.raises(WorkerError) as caught:
            home.connect()
        assert caught.value.code == "worker-old" and "1.0" in caught.value.message
        assert bytes.fromhex(other.wait_for("pixels")["pixels"]) == INVERTED
    with home.connect() as client:
        assert client.version == "1.1"


def test_a_worker_of_another_protocol_is_replaced(home):
    home.install("1.0", "--protocol", "0")
    with pytest.raises(WorkerError):
        home.connect()
    before = len(home.pids())
    home.install("1.0")
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
    assert len(home.pids()) == before + 1


def test_an_installation_that_says_one_version_and_is_another_ends_in_words_not_in_a_loop(home):
    home.install("1.0", "--version", "0.9")
    with pytest.raises(WorkerError) as caught:
        home.connect()
    assert caught.value.code == "worker-version" and "0.9" in caught.value.message and "1.0" in caught.value.message
    assert len(home.pids()) == 1


def test_a_worker_that_runs_serves_also_those_without_install_json(home):
    home.connect().close()
    os.unlink(install_file())
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_without_an_engine_the_error_says_how_to_install(home):
    os.unlink(install_file())
    with pytest.raises(WorkerError) as caught:
        home.connect()
    assert caught.value.code == "worker-missing" and "install_scripts/install.py" in caught.value.hint


def test_an_engine_whose_python_is_gone_says_so(home):
    write_install(Install(str(home.folder / "nowhere" / "python"), "1.0"))
    with pytest.raises(WorkerError) as caught:
        home.connect()
    assert caught.value.code == "worker-missing" and "nowhere" in caught.value.message


def test_a_worker_that_dies_at_its_start_says_its_last_words(home):
    write_install(Install(sys.executable, "1.0"))
    (home.folder / "logs").write_text("a file where the logs' folder should be")
    with pytest.raises(WorkerError) as caught:
        home.connect()
    assert caught.value.code == "worker-start"
    (home.folder / "logs").unlink()
    broken = home.folder / "broken"
    broken.write_text("#!/bin/sh\necho 'libtorch is of another age' >&2\nexit 7\n", encoding="utf-8")
    broken.chmod(0o755)
    write_install(Install(str(broken), "1.0"))
    with pytest.raises(WorkerError) as caught:
        home.connect()
    assert caught.value.code == "worker-start"
    assert "exit code 7" in caught.value.message and "libtorch is of another age" in caught.value.message


def test_the_hosts_environment_does_not_reach_the_worker(home, monkeypatch):
    bent = {
        "PYTHONHOME": "/nonsense",
        "PYTHONPATH": "/nonsense",
        "LD_LIBRARY_PATH": "/nonsense",
        "QT_QPA_PLATFORM": "offscreen",
        "QT_PLUGIN_PATH": "/nonsense",
        "GI_TYPELIB_PATH": "/nonsense",
        "GTK_PATH": "/nonsense",
        "VIRTUAL_ENV": "/nonsense",
    }
    for name, value in bent.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BRUSHWARP_PASSED_ON", "yes")
    with home.connect() as client:
        about = json.loads(client.stylize(request("environment"), PIXELS).recipe)
    assert not set(bent) & set(about["environment"])
    assert about["environment"]["BRUSHWARP_PASSED_ON"] == "yes"
    assert about["isolated"] == 1 and about["utf8"] == 1


def test_a_relative_home_is_the_same_home_for_the_worker(home, monkeypatch):
    monkeypatch.chdir(home.folder.parent)
    monkeypatch.setenv("BRUSHWARP_HOME", home.folder.name)
    with home.connect() as client:
        about = json.loads(client.stylize(request("environment"), PIXELS).recipe)
    assert about["environment"]["BRUSHWARP_HOME"] == str(home.folder)


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C", "LANG": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "en_US", "LANG": "en_US"}]
)
def test_a_home_with_an_accent_works_in_a_host_that_thinks_in_ascii(runtime_base, tmp_path, monkeypatch, locale):
    folder = tmp_path / "Zoë's 画筆"
    monkeypatch.setenv("BRUSHWARP_HOME", str(folder))
    home = Home(folder)
    ascii_host = {**locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    try:
        with ClientProcess(**ascii_host) as client:
            assert bytes.fromhex(client.wait_for("pixels")["pixels"]) == INVERTED
        with home.connect() as client:  # and a host that thinks in UTF-8 meets the same worker
            assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert len(home.pids()) == 1
        assert home.payloads() == []
    finally:
        home.close()


@pytest.mark.parametrize("python", other_pythons(), ids=lambda path: Path(path).resolve().name)
def test_a_host_with_another_python_is_served(home, python):
    with ClientProcess(python=python) as client:
        assert bytes.fromhex(client.wait_for("pixels")["pixels"]) == INVERTED


def test_the_worker_outlives_the_host_that_started_it(home):
    with ClientProcess() as client:
        pid = client.wait_for("pid")["pid"]
        client.wait_for("pixels")
    with home.connect() as client:
        assert client.worker_pid == pid


def test_a_host_whose_worker_ended_keeps_no_zombie(home):
    home.install("1.0", "--idle-seconds", "0.1")
    with home.connect() as client:
        pid = client.worker_pid
    home.wait_for_end()
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the worker reaped")


def test_uninstalling_ends_an_idle_worker_and_no_busy_one(home):
    assert launcher.stop_worker(home.runtime)
    with ClientProcess("invert:600") as client:
        client.wait_for("event")
        assert not launcher.stop_worker(home.runtime)
    home.connect().close()
    wait_until(lambda: launcher.stop_worker(home.runtime), "the worker idle")
    assert not os.path.lexists(home.runtime.address)


def run_script(script: str, *words: str) -> str:
    path = Path(__file__).resolve().parents[2] / "install_scripts" / script
    done = subprocess.run([sys.executable, str(path), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installing_and_uninstalling_end_an_idle_worker_and_tell_of_a_busy_one(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIMP3_DIRECTORY", str(tmp_path / "gimp"))
    install = ["install.py", "--host", "gimp", "--python", sys.executable]
    with ClientProcess("invert:600") as busy:
        busy.wait_for("event")
        assert "goes on (it is painting)" in run_script(*install)
        busy.wait_for("event")
    wait_until(lambda: "goes on" not in run_script(*install), "the worker idle, and ended")
    assert launcher.meet(home.runtime) is None
    home.install()
    home.connect().close()
    run_script("uninstall.py")
    assert launcher.meet(home.runtime) is None


def test_a_worker_that_holds_its_place_but_does_not_listen_yet_is_waited_for(home):
    events = []
    lock = FileLock(home.runtime.life_lock)
    assert lock.acquire()

    def let_go(event):
        events.append(event)
        if len(events) == 3:
            lock.release()

    with home.connect(let_go) as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
    assert isinstance(events[0], Progress) and events[0].job == 0


def test_the_worker_is_not_left_waiting_for_a_key_of_yesterday(home):
    home.connect().close()
    wait_until(lambda: launcher.stop_worker(home.runtime), "the worker gone")
    yesterday = transport.read_key(home.runtime.key_file)
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
    assert transport.read_key(home.runtime.key_file) != yesterday

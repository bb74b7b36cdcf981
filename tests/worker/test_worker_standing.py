"""How the worker stands, for whoever looks on; and its end, whatever it does."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from worker_home import HEIGHT, INVERTED, PIXELS, WIDTH, ClientProcess, kill, request, wait_until

from brushwarp.bridge import transport
from brushwarp.bridge.ending import end_worker
from brushwarp.bridge.engine_log import last_error, last_lines, without_home
from brushwarp.bridge.engine_state import (
    BROKEN,
    BUSY,
    MISSING,
    OTHER_VERSION,
    READY,
    RESTING,
    SILENT,
    STARTING,
    look,
)
from brushwarp.bridge.engine_watch import EngineWatch, restart, start, stop
from brushwarp.bridge.engine_words import facts, headline, report, way_out
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.launcher import meet
from brushwarp.bridge.locks import FileLock
from brushwarp.bridge.paths import Install, install_file, write_install
from brushwarp.bridge.protocol import PROTOCOL, Inquiry


def wait_for(phase: str) -> None:
    wait_until(lambda: look().phase == phase, phase)


def test_looking_starts_nothing_and_makes_nothing(home):
    assert look().phase == RESTING
    assert home.pids() == [] and not (home.folder / "logs").exists() and not os.listdir(os.environ["XDG_RUNTIME_DIR"])
    assert "by itself" in headline(look())


def test_without_an_engine_it_says_what_to_type_and_where(home):
    os.unlink(install_file())
    state = look()
    assert state.phase == MISSING and headline(state) == "Brushwarp's engine is not installed."
    assert state.command == "python3 install_scripts/install.py" and "in it" in way_out(state)


def test_where_the_folder_of_brushwarp_is_known_the_command_works_anywhere(home, tmp_path):
    checkout = tmp_path / "Zoë's brushwarp"
    (checkout / "install_scripts").mkdir(parents=True)
    (checkout / "install_scripts" / "install.py").write_text("print('installs')")
    write_install(Install(str(home.folder / "gone" / "python"), "1.0", str(checkout)))
    state = look()
    assert state.phase == MISSING and "gone" in state.problem and "paste this line" in way_out(state) and "in it" not in way_out(state)
    assert os.popen(state.command).read() == "installs\n"


def test_a_damaged_installation_is_told_and_mended_the_same_way(home):
    Path(install_file()).write_text("{")
    state = look()
    assert state.phase == MISSING and "install.json" in state.problem and state.command


def test_an_idle_worker_says_what_it_paints_on_and_when_it_will_end(home):
    start()
    wait_for(READY)
    state = look()
    told = dict(facts(state))
    assert headline(state) == "Ready." and told["Device"] == "Processor, 2 threads"
    assert told["Memory"] == "It takes 1.0 GB; 3.0 of 8.0 GB are free"
    assert told["Since"].startswith("Idle for ") and "it ends by itself in" in told["Since"]
    assert told["Version"] == f"1.0, protocol {PROTOCOL}, process {home.pids()[0]}"


def test_a_worker_that_ran_out_of_memory_says_so_until_it_has_done_something(home):
    with ClientProcess("run_out_of_memory") as client:
        assert client.wait_for("code")
    state = look()
    assert state.phase == READY and headline(state).startswith("Ready. For the last job: There is not enough memory for a picture of this size.")
    with ClientProcess("invert") as client:
        assert client.wait_for("pixels")
    assert headline(look()) == "Ready."


def test_a_busy_worker_answers_at_once_with_what_it_does_and_how_many_wait(home):
    with ClientProcess("invert:600") as busy:
        busy.wait_for("event")
        with ClientProcess() as one, ClientProcess() as two:
            assert one.wait_for("event") and two.wait_for("event")
            state = look()
            assert state.phase == BUSY and headline(state) == f"Busy: it paints a layer of {WIDTH} × {HEIGHT} pixels."
            assert dict(facts(state))["Since"].endswith("; 2 others wait")


def test_a_worker_that_never_looks_up_from_its_work_answers_all_the_same(home):
    with ClientProcess("stuck:600") as busy:
        busy.wait_for("event")
        assert look().phase == BUSY


def test_looking_on_keeps_no_worker_awake(home):
    home.install("1.0", "--idle-seconds", "1")
    start()
    while look().phase != RESTING:  # this test's own timeout is the deadline
        time.sleep(0.05)
    assert len(home.pids()) == 1


def test_one_question_after_the_other_is_answered_on_one_line(home):
    start()
    connection, _ = meet(home.runtime)
    for _ in range(3):
        transport.send(connection, Inquiry())
        assert transport.receive(connection).kind == "standing"
    connection.close()


def test_a_worker_that_loads_its_engine_is_starting(home):
    home.install("1.0", "--load", "slowly")
    start()
    assert look().phase == STARTING
    wait_for(READY)


def test_a_worker_whose_engine_cant_be_loaded_says_why(home):
    home.install("1.0", "--load", "nothing", "--idle-seconds", "60")
    connection, _ = _met(home)
    wait_until(lambda: look().phase in (BROKEN, RESTING), "it has tried")
    state = look()
    if state.phase == BROKEN:  # it ends within a second
        assert "torch" in headline(state)
    connection.close()
    assert "torch" in last_error(last_lines())


def _met(home):
    start()
    return meet(home.runtime)


def test_another_version_is_told_with_both_numbers(home):
    start()
    home.install("1.1")
    state = look()
    assert state.phase == OTHER_VERSION and "1.0" in headline(state) and "1.1" in headline(state)
    restart()
    wait_for(READY)
    assert look().version == "1.1"


def test_a_worker_of_another_protocol_is_another_version(home):
    home.install("1.0", "--protocol", "3")
    with pytest.raises(WorkerError):
        start()
    home.install("1.0")
    assert look().phase == OTHER_VERSION
    stop()
    assert look().phase == RESTING


def test_stopping_ends_an_idle_worker_and_none_at_all(home):
    stop()
    start()
    stop()
    assert look().phase == RESTING and not os.path.lexists(home.runtime.address)


def test_stopping_tells_those_who_are_served_and_those_who_wait(home):
    with ClientProcess("invert:600") as busy:
        busy.wait_for("event")
        with ClientProcess() as waits:
            wait_until(lambda: look().standing and look().standing.waiting, "the other waits")
            stop()
            for client in (busy, waits):
                while "code" not in (told := client.next()):
                    pass
                assert told["code"] == "worker-stopped" and "stopped" in told["message"]
    assert look().phase == RESTING and len(home.pids()) == 1


def test_restarting_cancels_the_job_and_serves_those_who_wait_at_the_new_one(home):
    with ClientProcess("invert:600") as busy:
        busy.wait_for("event")
        with ClientProcess() as waits:
            wait_until(lambda: look().standing and look().standing.waiting, "the other waits")
            restart()
            while "code" not in (told := busy.next()):
                pass
            assert told["code"] == "worker-restarted"
            assert bytes.fromhex(waits.wait_for("pixels")["pixels"]) == INVERTED
    assert len(home.pids()) == 2
    assert home.payloads() == []


def test_a_job_that_will_not_stop_is_no_hindrance(home):
    with ClientProcess("stuck:600") as busy:
        busy.wait_for("event")
        restart()
    wait_for(READY)
    assert len(home.pids()) == 2


def test_a_worker_that_does_not_answer_is_told_and_ended_by_force(home):
    start()
    pid = home.pids()[0]
    os.kill(pid, signal.SIGSTOP)
    state = look(0.3)
    assert state.phase == SILENT and "does not answer" in headline(state)
    restart()
    wait_for(READY)
    assert home.pids()[0] == pid and look().pid == home.pids()[1]


def test_no_other_process_is_ended_for_a_worker_that_left_no_number(home):
    """The number in the file is yesterday's, and is this test's own process today."""
    lock = FileLock(home.runtime.life_lock)
    assert lock.acquire()
    lock.release()
    with ClientProcess("invert:600") as busy:
        busy.wait_for("event")
        pid = home.pids()[0]
        bystander = os.fork()
        if not bystander:
            signal.pause()
        Path(home.runtime.pid_file).write_text(str(bystander))
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(WorkerError) as caught:
            end_worker(home.runtime)
        assert caught.value.code == "worker-silent" and os.waitpid(bystander, os.WNOHANG) == (0, 0)
        kill(bystander)
        os.waitpid(bystander, 0)
        kill(pid)


def test_a_window_follows_and_acts_without_ever_waiting(home):
    watch = EngineWatch(every=0.05)
    try:
        wait_until(lambda: watch.state.phase == RESTING, "it rests")
        watch.do(start)
        assert watch.doing is start
        wait_until(lambda: watch.state.phase == READY and watch.doing is None, "it is ready")
        wait_until(lambda: any("serves" in line for line in watch.log), "its log")
        watch.do(stop)
        wait_until(lambda: watch.state.phase == RESTING and watch.doing is None, "it rests again")
        os.unlink(install_file())
        watch.do(start)
        wait_until(lambda: watch.doing is None, "it has tried")
        assert watch.take_problem().code == "worker-missing" and watch.take_problem() is None
    finally:
        watch.close()
    wait_until(lambda: not any(thread.name == "brushwarp-watch" for thread in threading.enumerate()), "the thread gone")


def test_the_report_holds_what_helps_and_no_home_folder(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home.folder.parent))
    with home.connect() as client, pytest.raises(WorkerError):
        client.stylize(request("have_a_bug"), PIXELS)
    text = report(look(), "Krita 5.2.9", last_lines())
    assert "Host: Krita 5.2.9" in text and "Device: Processor, 2 threads" in text and "Version: 1.0" in text
    assert "Last error: ValueError: seven" in text and "internal error" in text
    assert str(home.folder.parent) not in text and "~/home" in text


def test_the_last_lines_reach_back_into_the_log_that_was_put_aside(home):
    logs = home.folder / "logs"
    logs.mkdir()
    (logs / "worker.log.1").write_text("".join(f"old {n}\n" for n in range(300)))
    (logs / "worker.log").write_text("new 0\nnew 1\n")
    (logs / "worker-start.log").write_text("Fatal Python error: Segmentation fault\n")
    lines = last_lines(200)
    assert len(lines) == 200 and lines[-4:] == ["new 0", "new 1", "-- worker-start.log --", "Fatal Python error: Segmentation fault"]
    assert lines[0] == "old 104"


def test_the_home_folder_is_known_by_its_whole_name(monkeypatch):
    monkeypatch.setenv("HOME", "/home/zo")
    assert without_home("/home/zo/x /home/zoe/y '/home/zo'") == "~/x /home/zoe/y '~'"

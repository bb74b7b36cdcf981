"""A worker that is killed: a clear word for whom it painted, and nothing that stops the next one."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from worker_home import INVERTED, PIXELS, ClientProcess, request, wait_until

from brushwarp.bridge import payload
from brushwarp.bridge.client import Queued
from brushwarp.bridge.errors import WorkerError


def kill_at_first_event(client):
    def kill(event):
        os.kill(client.worker_pid, signal.SIGKILL)

    return kill


def test_the_client_of_a_killed_worker_hears_of_it_and_the_next_start_works(home):
    with home.connect() as client:
        killed = client.worker_pid
        with pytest.raises(WorkerError) as caught:
            client.stylize(request("invert:600"), PIXELS, on_event=kill_at_first_event(client))
    assert caught.value.code == "worker-lost" and "worker.log" in caught.value.hint
    assert home.payloads() == []
    assert os.path.lexists(home.runtime.address), "a killed worker leaves its socket"
    with home.connect() as client:
        assert client.worker_pid != killed
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_whoever_only_waited_at_a_killed_worker_is_served_by_the_next(home):
    with ClientProcess("invert:600") as first, home.connect() as second:
        first.wait_for("event")

        def kill(event):
            if isinstance(event, Queued):
                os.kill(second.worker_pid, signal.SIGKILL)

        assert second.stylize(request(), PIXELS, on_event=kill).pixels == INVERTED
    assert home.payloads() == []


def test_a_crash_in_a_library_is_told_and_leaves_its_traceback(home):
    with home.connect() as client:
        with pytest.raises(WorkerError) as caught:
            client.stylize(request("crash"), PIXELS)
        assert caught.value.code == "worker-lost"
    told = (home.folder / "logs" / "worker-start.log").read_text(encoding="utf-8")
    assert "Segmentation fault" in told and "in crash" in told


def test_pixels_left_by_a_killed_worker_and_host_are_gone_after_the_next_start(home):
    with ClientProcess("invert:600") as doomed:
        pid = doomed.wait_for("pid")["pid"]
        doomed.wait_for("event")
        os.kill(pid, signal.SIGSTOP)  # it can't sweep after its client
        doomed.kill()
        os.kill(pid, signal.SIGKILL)
    home.wait_for_end()
    payload.write(os.path.join(home.runtime.payload_folder, "0" * 16 + "-1.pixels"), PIXELS)
    assert home.payloads() != []
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert home.payloads() == []


def test_a_worker_told_to_end_by_the_system_takes_its_socket_along(home):
    with home.connect() as client:
        os.kill(client.worker_pid, signal.SIGTERM)
        home.wait_for_end()
    assert not os.path.lexists(home.runtime.address)


def test_a_job_running_when_the_system_ends_the_worker_fails_in_words(home):
    with home.connect() as client:
        with pytest.raises(WorkerError) as caught:
            client.stylize(request("invert:600"), PIXELS, on_event=lambda _: os.kill(client.worker_pid, signal.SIGTERM))
    assert caught.value.code == "worker-lost"
    home.wait_for_end()
    assert home.payloads() == []


def test_cancel_answers_also_when_the_worker_is_frozen(home):
    with home.connect() as client:
        timer = threading.Timer(0.3, client.cancel)

        def freeze(event):
            os.kill(client.worker_pid, signal.SIGSTOP)
            timer.start()

        frozen = client.worker_pid
        with pytest.raises(WorkerError) as caught:
            client.stylize(request("invert:600"), PIXELS, on_event=lambda event: timer.is_alive() or freeze(event))
        assert caught.value.code == "cancelled"
    os.kill(frozen, signal.SIGCONT)
    wait_until(lambda: home.payloads() == [], "the payloads swept once the worker thaws")

"""Painters change their minds, and hosts die: the worker goes on, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path

import pytest
from worker_home import INVERTED, PIXELS, ClientProcess, request, wait_until

from brushwarp.bridge import launcher, payload
from brushwarp.bridge.client import Queued
from brushwarp.bridge.errors import JobCancelled
from brushwarp.bridge.protocol import payload_name


def cancelled_while_running(client, style: str) -> None:
    """Run `style` on `client`, and cancel it from another thread once it reports."""
    running = threading.Event()

    def cancel():
        running.wait()
        client.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(JobCancelled):
        client.stylize(request(style), PIXELS, on_event=lambda _: running.set())
    thread.join()


def test_cancel_frees_the_host_and_the_same_worker_goes_on(home):
    with home.connect() as client:
        pid = client.worker_pid
        cancelled_while_running(client, "invert:600")
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert client.worker_pid == pid
    assert home.payloads() == []


def test_a_client_cancelled_before_its_job_never_starts_it(home):
    with home.connect() as client:
        client.cancel()
        with pytest.raises(JobCancelled):
            client.stylize(request(), PIXELS)
    assert home.payloads() == []


def test_a_job_can_be_cancelled_while_it_waits(home):
    with ClientProcess("invert:600") as first:
        first.wait_for("event")
        with home.connect() as second:
            with pytest.raises(JobCancelled):
                second.stylize(request(), PIXELS, on_event=lambda event: isinstance(event, Queued) and second.cancel())
        wait_until(
            lambda: len(home.payloads()) <= 1, "the pixels of the cancelled job removed"
        )  # the first's result stays
        first.wait_for("event")  # untouched


def test_the_worker_of_another_login_leaves_these_pixels_alone(home):
    """Of one user, but with another XDG_RUNTIME_DIR: what it sweeps at its start and its end is its own."""
    with ClientProcess("invert:600") as first, tempfile.TemporaryDirectory(prefix="bw-") as elsewhere:
        mine = first.wait_for("pid")["pid"]
        first.wait_for("event")
        before = home.payloads()
        with ClientProcess(XDG_RUNTIME_DIR=elsewhere) as other:
            theirs = other.wait_for("pid")["pid"]
            assert bytes.fromhex(other.wait_for("pixels")["pixels"]) == INVERTED
            os.kill(theirs, signal.SIGTERM)
            wait_until(lambda: not Path(f"/proc/{theirs}").exists(), "the other worker gone")
        assert mine != theirs
        assert home.payloads() == before != []


def test_an_exception_of_the_hosts_own_callback_passes_through_and_drops_the_job(home):
    def stumble(event):
        raise KeyError("the host's own trouble")

    with home.connect() as client:
        pid = client.worker_pid
        with pytest.raises(KeyError):
            client.stylize(request("invert:600"), PIXELS, on_event=stumble)
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert client.worker_pid == pid


def test_giving_up_while_the_worker_starts_leaves_the_next_try_unharmed(home):
    home.install("1.0", "--load", "slowly")

    def give_up(event):
        raise KeyError("cancel was pressed")

    with pytest.raises(KeyError):
        home.connect(give_up)
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_a_killed_host_leaves_no_pixels_behind_and_the_worker_serves_others(home):
    with ClientProcess("invert:600") as doomed:
        pid = doomed.wait_for("pid")["pid"]
        doomed.wait_for("event")
        doomed.kill()
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert client.worker_pid == pid
    assert home.payloads() == []


def test_a_host_killed_while_it_waits_loses_its_place(home):
    with ClientProcess("invert:600") as first:
        first.wait_for("event")
        with ClientProcess("invert:600") as doomed:
            assert doomed.wait_for("event") == {"event": "queued"}
            doomed.kill()
        wait_until(lambda: len(home.payloads()) <= 1, "the pixels of the killed host removed")
        events = []
        with home.connect() as third:
            with pytest.raises(JobCancelled):
                third.stylize(request(), PIXELS, on_event=lambda event: (events.append(event), third.cancel()))
        assert events == [Queued(1, 1)]


def test_pixels_of_a_host_that_died_before_it_asked_are_swept(home):
    home.connect().close()
    connection, welcome = launcher.meet(home.runtime)
    payload.write(os.path.join(welcome.payload_folder, payload_name(welcome.session, 1, "pixels")), PIXELS)
    connection.close()
    wait_until(lambda: home.payloads() == [], "the payload swept")


def test_a_job_that_will_not_stop_costs_the_worker_and_the_next_job_finds_a_fresh_one(home):
    with home.connect() as client:
        stuck = client.worker_pid
        cancelled_while_running(client, "stuck:600")
    home.wait_for_end()
    with home.connect() as client:
        assert client.worker_pid != stuck
        assert client.stylize(request(), PIXELS).pixels == INVERTED
    assert home.payloads() == []


def test_whoever_waits_behind_a_job_that_will_not_stop_is_served_by_the_next_worker(home):
    with ClientProcess("stuck:600") as doomed, home.connect() as client:
        stuck = client.worker_pid
        doomed.wait_for("event")
        events = []

        def note(event):
            events.append(event)
            if isinstance(event, Queued):
                doomed.kill()

        assert client.stylize(request(), PIXELS, on_event=note).pixels == INVERTED
        assert events[0] == Queued(1, 1)
        assert client.worker_pid != stuck
    assert home.payloads() == []


def test_a_job_that_stops_in_time_leaves_no_time_bomb(home):
    with home.connect() as client:
        pid = client.worker_pid
        cancelled_while_running(client, "stuck:1.5")  # looks up before its two seconds are over
    with home.connect() as client:
        client.stylize(request("invert:1.5"), PIXELS)  # it runs when those two seconds end
        assert client.worker_pid == pid

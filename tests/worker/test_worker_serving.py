"""A worker at work: what clients get, and what they can't do to each other."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from worker_home import HEIGHT, INVERTED, PIXELS, WIDTH, ClientProcess, request, wait_until

from brushwarp.bridge import launcher, payload, transport
from brushwarp.bridge.client import PixelFormat, Progress, Queued, StylizeRequest
from brushwarp.bridge.errors import ConnectionLost, ProtocolError, WorkerError
from brushwarp.bridge.locks import is_held
from brushwarp.bridge.protocol import Failure, Stylize, payload_name


def raw_connection(home):
    """Past the key, and past the client's good manners."""
    return launcher.meet(home.runtime)


def test_a_layer_comes_back_painted_with_its_recipe(home):
    with home.connect() as client:
        result = client.stylize(request(seed=7), PIXELS)
    assert result.pixels == INVERTED
    assert result.recipe == '{"style": "invert", "seed": 7}'
    assert type(result.pixels) is bytes  # GIMP is twenty times slower with anything else


def test_the_selection_arrives_with_the_layer(home):
    left_half = bytes([255] * (WIDTH // 2) + [0] * (WIDTH // 2)) * HEIGHT
    with home.connect() as client:
        painted = client.stylize(request(), PIXELS, left_half).pixels
    for pixel in range(WIDTH * HEIGHT):
        part = slice(pixel * 4, pixel * 4 + 4)
        assert painted[part] == (INVERTED if left_half[pixel] else PIXELS)[part]


def test_trainings_can_see_that_a_job_is_done(home):
    with home.connect() as client:
        seen = set()
        client.stylize(request("invert:0.2"), PIXELS, on_event=lambda _: seen.add(is_held(home.runtime.busy_lock)))
        assert True in seen
        wait_until(lambda: not is_held(home.runtime.busy_lock), "the lock is given back")


def test_a_layer_of_twelve_megapixels_passes_whole(home):
    pixels = os.urandom(1 << 20) * 46
    with home.connect() as client:
        result = client.stylize(StylizeRequest(4096, 2944, "invert"), pixels)
    assert result.pixels == pixels.translate(bytes(range(255, -1, -1)))
    assert home.payloads() == []


def test_the_starting_worker_and_the_working_one_report(home):
    events = []
    with home.connect(events.append) as client:
        assert events and all(event.stage == "starting" for event in events)
        events.clear()
        client.stylize(request("invert:0.3"), PIXELS)
    steps = [event.done for event in events]
    assert all(isinstance(event, Progress) and event.stage == "inverting" for event in events)
    assert len(steps) > 2 and steps == sorted(steps)


def test_a_job_asked_while_the_engine_loads_says_that_the_worker_starts(home):
    home.install("1.0", "--load", "slowly")
    events = []
    with home.connect() as client:
        assert client.stylize(request(), PIXELS, on_event=events.append).pixels == INVERTED
    assert events[0].stage == "starting"


def test_a_second_client_is_told_that_it_waits_and_both_get_their_own(home):
    events = []
    with ClientProcess("invert:1") as first, home.connect() as second:
        first.wait_for("event")
        result = second.stylize(request(seed=2), PIXELS, on_event=events.append)
        assert events[0] == Queued(1, 1)
        assert bytes.fromhex(first.wait_for("pixels")["pixels"]) == INVERTED
    assert result.pixels == INVERTED and '"seed": 2' in result.recipe


def test_a_third_client_moves_up_as_the_line_gets_shorter(home):
    waits = []
    with ClientProcess("invert:0.8") as first:
        first.wait_for("event")
        with ClientProcess("invert:0.4") as second, home.connect() as third:
            second.wait_for("event")
            third.stylize(
                request(), PIXELS, on_event=lambda event: isinstance(event, Queued) and waits.append(event.position)
            )
    assert waits == [2, 1]


@pytest.mark.parametrize(
    "style, code, words",
    [
        ("refuse", "pack-format", "The pack is of wood. Use one of wool."),
        ("run_out_of_memory", "out-of-memory", "not enough memory"),
        ("fill_the_disk", "disk-full", "disk is full"),
        ("have_a_bug", "internal", "worker.log"),
        ("return_too_little", "internal", "worker.log"),
    ],
)
def test_what_goes_wrong_is_told_in_words_and_the_worker_goes_on(home, style, code, words):
    with home.connect() as client:
        pid = client.worker_pid
        with pytest.raises(WorkerError) as caught:
            client.stylize(request(style), PIXELS)
        assert caught.value.code == code and words in str(caught.value)
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert client.worker_pid == pid
    assert home.payloads() == []


def test_a_bug_of_ours_is_in_the_log_with_its_traceback(home):
    with home.connect() as client, pytest.raises(WorkerError):
        client.stylize(request("have_a_bug"), PIXELS)
    assert "in have_a_bug" in home.log() and "ValueError: seven" in home.log()


def test_an_engine_that_cannot_be_loaded_says_so_and_makes_way_for_a_mended_one(home):
    home.install("1.0", "--load", "nothing")
    with home.connect() as client, pytest.raises(WorkerError) as caught:
        client.stylize(request(), PIXELS)
    assert caught.value.code == "engine-broken" and "install.py" in caught.value.hint
    home.wait_for_end()
    home.install("1.0")
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_pixels_of_the_wrong_length_never_leave_the_host(home):
    with home.connect() as client, pytest.raises(ProtocolError, match="95 bytes; this request needs 96"):
        client.stylize(request(), PIXELS[:-1])
    assert home.payloads() == []


def test_one_client_used_by_two_threads_says_so(home):
    started = threading.Event()
    with home.connect() as client:
        thread = threading.Thread(
            target=lambda: client.stylize(request("invert:1"), PIXELS, on_event=lambda _: started.set())
        )
        thread.start()
        started.wait()
        with pytest.raises(WorkerError, match="another call"):
            client.stylize(request(), PIXELS)
        thread.join()


def test_a_client_that_has_hung_up_starts_nothing_behind_ones_back(home):
    with home.connect() as client:
        pass
    with pytest.raises(WorkerError, match="hung up"):
        client.stylize(request(), PIXELS)


def test_a_silent_client_blocks_nobody_and_is_hung_up_on(home):
    home.connect().close()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(home.runtime.address)
        with home.connect() as client:
            assert client.stylize(request(), PIXELS).pixels == INVERTED
        silent.settimeout(30)
        while silent.recv(1000):  # the challenge, then the end
            pass


def test_half_a_message_blocks_nobody_and_is_hung_up_on(home):
    home.connect().close()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(home.runtime.address)
        silent.sendall(b"\x00\x00")
        with home.connect() as client:
            assert client.stylize(request(), PIXELS).pixels == INVERTED
        silent.settimeout(30)
        try:
            while silent.recv(1000):
                pass
        except ConnectionResetError:
            pass


def test_a_client_with_the_wrong_key_is_refused(home):
    home.connect().close()
    connection = transport.dial(home.runtime.address, 5)
    with pytest.raises((transport.WrongKey, ConnectionLost)):
        transport.prove_back(connection, bytes(32), 5)
    connection.close()
    wait_until(lambda: "refused" in home.log(), "the refusal in the log")
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED


@pytest.mark.parametrize(
    "nonsense", [b"", b"{", b"\xff" * 100, b'{"kind":"goodbye"}', b'{"kind":"stylize"}', b"[" * 100000]
)
def test_a_client_that_talks_nonsense_is_told_and_hung_up_on(home, nonsense):
    home.connect().close()
    connection, _ = raw_connection(home)
    connection.send_bytes(nonsense)
    assert transport.receive(connection).code == "protocol"
    with pytest.raises(ConnectionLost):
        transport.receive(connection)
    connection.close()
    with home.connect() as client:
        assert client.stylize(request(), PIXELS).pixels == INVERTED


def test_a_message_that_claims_two_gigabytes_is_hung_up_on_unread(home):
    home.connect().close()
    connection, _ = raw_connection(home)
    os.write(connection.fileno(), (2**31 - 1).to_bytes(4, "big"))
    assert transport.receive(connection).code == "protocol"
    connection.close()


def test_a_client_cannot_have_somebody_elses_pixels_painted(home):
    home.connect().close()
    connection, welcome = raw_connection(home)
    stolen = payload_name("0" * 16, 1, "pixels")
    payload.write(os.path.join(welcome.payload_folder, stolen), PIXELS)
    transport.send(connection, Stylize(1, request(), stolen))
    assert "not those of this connection" in transport.receive(connection).message
    connection.close()


def test_pixels_that_arrive_truncated_are_not_painted(home):
    home.connect().close()
    connection, welcome = raw_connection(home)
    name = payload_name(welcome.session, 1, "pixels")
    payload.write(os.path.join(welcome.payload_folder, name), PIXELS[:-1])
    transport.send(connection, Stylize(1, request(), name))
    while not isinstance(answer := transport.receive(connection), Failure):
        pass
    assert answer.code == "payload-damaged"
    assert home.payloads() == []
    connection.close()


def test_a_cache_folder_that_cannot_be_made_is_told_in_words(home):
    (home.folder / "cache").write_text("a file where the cache folder should be")
    with home.connect() as client, pytest.raises(WorkerError) as caught:
        client.stylize(request(), PIXELS)
    assert caught.value.code == "cache-folder" and "BRUSHWARP_HOME" in caught.value.hint


def test_a_disk_with_room_for_the_layer_and_none_for_the_result_is_told_before_the_painting(home):
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    (home.folder / "cache").mkdir()
    mount = 'mount -t tmpfs -o "size=4k" none "$0" && exec "$@"'  # one page: the layer's file
    prefix = [*unshare, "sh", "-c", mount, str(home.folder / "cache")]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("needs mount namespaces, which this system does not allow")
    with ClientProcess("invert:600", prefix=prefix) as client:
        client.wait_for("pid")
        while "code" not in (told := client.next()):
            pass
    assert told["code"] == "disk-full"


def test_no_network_port_is_opened(home):
    with home.connect() as client:
        client.stylize(request(), PIXELS)
        handles = Path(f"/proc/{client.worker_pid}/fd")
        links = [os.readlink(handle) for handle in handles.iterdir()]
        inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
        assert inodes, "the worker has a socket"
        for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            path = Path(f"/proc/{client.worker_pid}/net/{table}")
            rows = path.read_text().splitlines()[1:] if path.exists() else []
            assert not inodes & {row.split()[9] for row in rows}, table


def test_nobody_else_can_reach_socket_key_or_pixels(home):
    with home.connect() as client:
        client.stylize(request(), PIXELS)
        place = home.runtime
        assert stat.S_IMODE(os.stat(place.folder).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(place.key_file).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(place.address).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(home.runtime.payload_folder).st_mode) == 0o700


def test_what_libraries_print_goes_nowhere(home):
    with home.connect() as client:
        client.stylize(request("chatter"), PIXELS)
    assert sum(path.stat().st_size for path in (home.folder / "logs").iterdir()) < 20000


def test_an_idle_worker_ends_and_the_same_client_finds_the_next(home):
    home.install("1.0", "--idle-seconds", "0.3")
    with home.connect() as client:
        first = client.worker_pid
        home.wait_for_end()
        assert not os.path.lexists(home.runtime.address)
        assert client.stylize(request(), PIXELS).pixels == INVERTED
        assert client.worker_pid != first


def test_a_worker_does_not_idle_out_while_it_paints(home):
    home.install("1.0", "--idle-seconds", "0.2")
    with home.connect() as client:
        pid = client.worker_pid
        client.stylize(request("invert:1"), PIXELS)
        assert client.worker_pid == pid


def test_formats_of_every_depth_have_their_own_length(home):
    with home.connect() as client:
        for layout in (PixelFormat("BGRA", "u16"), PixelFormat("RGBA", "f32", "linear"), PixelFormat("GRAYA", "f16")):
            pixels = bytes(2 * 2 * layout.bytes_per_pixel)
            assert len(client.stylize(StylizeRequest(2, 2, "invert", layout), pixels).pixels) == len(pixels)

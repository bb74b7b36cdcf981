"""The lock that decides who starts the worker: one holder, and none after its death."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from brushwarp.bridge.locks import FileLock

HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from brushwarp.bridge.locks import FileLock
lock = FileLock(sys.argv[2])
print(lock.acquire(), flush=True)
time.sleep(600)
"""


def test_two_cannot_hold_it_and_the_second_gets_it_afterwards(tmp_path):
    one, two = FileLock(str(tmp_path / "lock")), FileLock(str(tmp_path / "lock"))
    assert one.acquire()
    assert not two.acquire(0.1)
    one.release()
    assert two.acquire()
    two.release()
    two.release()  # once more does no harm


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    path = str(tmp_path / "lock")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(Path(__file__).parents[2] / "core"), path], stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"True\n"
    mine = FileLock(path)
    assert not mine.acquire()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert mine.acquire(5)
    mine.release()

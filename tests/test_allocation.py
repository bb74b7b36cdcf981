"""What is freed stays with the process until it is given back."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes
from brushwarp.allocation import give_back_memory, keep_memory, usual_memory
from brushwarp.measuring import anonymous_memory

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = libc.free.argtypes = [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def left_over():
    before = anonymous_memory()
    block = libc.malloc(200 << 20)
    libc.memset(block, 1, 200 << 20)
    libc.free(block)
    return (anonymous_memory() - before) >> 20

print(left_over())
keep_memory()
print(left_over())
give_back_memory()
with usual_memory():
    print(left_over())
print(left_over())
before = anonymous_memory()
give_back_memory()
print((before - anonymous_memory()) >> 20)
"""


def is_new_glibc() -> bool:
    """From 2.35 on it takes thresholds of any size."""
    if sys.platform != "linux" or "CS_GNU_LIBC_VERSION" not in os.confstr_names:
        return False
    name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    return name == "glibc" and tuple(map(int, version.split("."))) >= (2, 35)


@pytest.mark.skipif(not is_new_glibc(), reason="a newer glibc's alone")
def test_memory_is_kept_when_asked_for_and_given_back():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    by_itself, kept, usual, again, given_back = map(int, done.stdout.split())
    assert by_itself < 10 and usual < 10
    assert kept > 190 and again > 190 and given_back > 190

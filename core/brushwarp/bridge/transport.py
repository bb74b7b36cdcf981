"""The wire: raw byte messages of multiprocessing.connection over a Unix socket, or a named pipe on Windows.

Never pickled objects: only `send_bytes` and `recv_bytes(maxlength)`. The listener accepts without a key, and each
connection proves its key in a thread of its own, so that a client that connects and says nothing blocks nobody.
The Windows branches are written, not run.
"""

from __future__ import annotations

import os
import secrets
import socket
import struct
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from typing import Any, Optional

from .errors import ConnectionLost, ProtocolError
from .paths import SOCKET_PATH_LIMIT
from .protocol import HEADER_LIMIT, Message, decode, encode

KEY_BYTES = 32
BACKLOG = 16  # multiprocessing's own default is 1


class WrongKey(Exception):
    """The other end does not know the key, or did not say so in time."""


def listen(address: str) -> Listener:
    """A listener without a key: `prove` comes later. Raises OSError."""
    if os.name == "nt":
        return Listener(address, family="AF_PIPE", backlog=BACKLOG)
    if len(os.fsencode(address)) > SOCKET_PATH_LIMIT:
        raise OSError("a socket's path has at most {} bytes".format(SOCKET_PATH_LIMIT))
    old = os.umask(0o177)  # the folder is private already; so is the socket
    try:
        return Listener(address, family="AF_UNIX", backlog=BACKLOG)
    finally:
        os.umask(old)


def dial(address: str, seconds: float) -> Optional[Any]:
    """A connection to whoever listens at `address`, or None if nobody does within `seconds`. No key is exchanged yet."""
    if os.name == "nt":
        try:
            return Client(address, family="AF_PIPE")
        except OSError:
            return None
    plug = socket.socket(socket.AF_UNIX)
    try:
        plug.settimeout(seconds)  # a full backlog of a stopped worker would block for ever
        plug.connect(address)
        plug.setblocking(True)
        return Connection(plug.detach())
    except OSError:
        plug.close()
        return None


def prove(connection: Any, key: bytes, seconds: float) -> None:
    """The worker's half: let the other end prove that it knows the key, then prove it in turn.

    Raises WrongKey, or ConnectionLost if the other end hung up.
    """
    _exchange(connection, key, seconds, (deliver_challenge, answer_challenge))


def prove_back(connection: Any, key: bytes, seconds: float) -> None:
    """The client's half of `prove`."""
    _exchange(connection, key, seconds, (answer_challenge, deliver_challenge))


def _exchange(connection: Any, key: bytes, seconds: float, steps: Any) -> None:
    patient = _Patient(connection, seconds)
    limit_waiting(connection, receive=seconds)
    try:
        for step in steps:
            step(patient, key)
    except (EOFError, ConnectionError) as error:
        raise ConnectionLost() from error
    except (OSError, AuthenticationError, AssertionError, ValueError) as error:
        raise WrongKey(str(error) or type(error).__name__) from error
    limit_waiting(connection, receive=0)


class _Patient:
    """A connection whose answers must come before a deadline; all that the challenge functions use of one."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self.send_bytes = connection.send_bytes

    def recv_bytes(self, maxlength: int) -> bytes:
        # Polls at least once: a process that was held up itself must not blame the other end for it.
        if not self._connection.poll(max(self._deadline - time.monotonic(), 0.0)):
            raise OSError("no answer in time")
        return self._connection.recv_bytes(maxlength)


def limit_waiting(connection: Any, *, receive: Optional[float] = None, send: Optional[float] = None) -> None:
    """Let a blocked read or write of `connection` fail after so many seconds; 0 lets it wait for ever.

    A no-op on Windows, where only the half-told message of a local program with the key could make use of it.
    """
    if os.name == "nt":
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as plug:  # options belong to the socket, not to the handle
        for option, seconds in ((socket.SO_RCVTIMEO, receive), (socket.SO_SNDTIMEO, send)):
            if seconds is not None:
                span = struct.pack("@ll", int(seconds), int(seconds % 1 * 1e6))
                plug.setsockopt(socket.SOL_SOCKET, option, span)


def hang_up(connection: Any) -> None:
    """End `connection` from another thread than the one that reads it, which wakes with ConnectionLost."""
    try:
        if os.name == "nt":
            connection.close()
            return
        with socket.socket(fileno=os.dup(connection.fileno())) as plug:
            plug.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError):
        pass


def send(connection: Any, message: Message) -> None:
    """Raises ConnectionLost if nobody reads any more, ProtocolError if the message is too long."""
    raw = encode(message)
    try:
        connection.send_bytes(raw)
    except (OSError, ValueError) as error:
        raise ConnectionLost() from error


def receive(connection: Any) -> Message:
    """The next message. Raises ConnectionLost, or ProtocolError for a message that breaks the rules."""
    try:
        raw = connection.recv_bytes(HEADER_LIMIT)
    except EOFError as error:
        raise ConnectionLost() from error
    except OSError as error:
        if error.errno is None:  # how multiprocessing says that a message is longer than allowed
            raise ProtocolError("A message is longer than {} bytes.".format(HEADER_LIMIT)) from error
        raise ConnectionLost() from error
    return decode(raw)


def write_key(path: str) -> bytes:
    """A new random key, readable by this user alone, at `path`."""
    key = secrets.token_bytes(KEY_BYTES)
    temporary = path + ".new"
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    try:
        os.write(handle, key)
    finally:
        os.close(handle)
    os.replace(temporary, path)
    return key


def read_key(path: str) -> bytes:
    """The key at `path`, or b"" if there is none that could be one."""
    try:
        with open(path, "rb") as file:
            key = file.read(KEY_BYTES + 1)
    except OSError:
        return b""
    return key if len(key) == KEY_BYTES else b""

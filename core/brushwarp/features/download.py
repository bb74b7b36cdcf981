"""One large file over HTTP: goes on where it was cut off, and is taken for good only if its hash is right."""

from __future__ import annotations

import hashlib
import os
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from ..errors import NO_ROOM, BrushwarpError
from ..progress import OnProgress, Progress, ignore_progress

TRIES = 5  # connections in a row that bring nothing new before it is given up
PAUSE = 1.0  # seconds between them
SILENCE = 30.0  # seconds without a byte that end a connection
CHUNK = 1 << 20
RANGE_NOT_SATISFIABLE = 416


def download(url: str, path: Path, hash_prefix: str, *, on_progress: OnProgress = ignore_progress) -> None:
    """Brings `url` to `path`. What a stopped download has brought lies beside it as `part_path`, and is gone on from.

    For one process at a time (`turns`). hash_prefix: how the SHA-256 of the file begins, in hex. Progress is in bytes.
    Raises BrushwarpError: "download-failed" (a later call goes on), "download-damaged" for another hash (what was brought is
    removed), "disk-full", "save-folder".
    """
    part = part_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            _bring(url, file, on_progress)
            file.flush()
            os.fsync(file.fileno())
        digest = file_hash(part)
        if not digest.startswith(hash_prefix):
            part.unlink()
            raise BrushwarpError(
                "download-damaged", f"{path.name} arrived with other contents than it should have (SHA-256 {digest[:8]}…).",
                "Try again; on a network that alters what it carries, get the file elsewhere and run `brushwarp weights add FILE`.",
            )
        os.replace(part, path)
    except OSError as error:
        raise refusal(path, error) from error


def part_path(path: Path) -> Path:
    """Where lies what has come of a download to `path`, until it is whole."""
    return path.with_name(f".brushwarp-{path.name}.part")


def refusal(path: Path, error: OSError) -> BrushwarpError:
    """In words, why the system would not have `path` written."""
    if error.errno in NO_ROOM:
        hint = "Free some space, then try again: it goes on from where it stopped."
        return BrushwarpError("disk-full", f"There is no room for {path.name} in {path.parent}.", hint)
    hint = "Choose a folder that you may write to: BRUSHWARP_HOME, or BRUSHWARP_WEIGHTS."
    return BrushwarpError("save-folder", f"{path} can't be written: {error.strerror or error}.", hint)


def file_hash(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _hash_by_hand(file)


def _hash_by_hand(file) -> str:  # Python 3.10
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class _Broken(Exception):
    """The network failed; the file system did not."""


def _bring(url: str, file, on_progress: OnProgress) -> None:
    """Appends what is missing, over as many connections as it takes."""
    failures = 0
    while True:
        before = file.tell()
        try:
            _one_connection(url, file, on_progress)
            return
        except _Broken as error:
            failures = 1 if file.tell() > before else failures + 1
            if failures >= TRIES:
                raise BrushwarpError(
                    "download-failed", f"The download stopped: {error}.",
                    "Check the network, then try again: it goes on from where it stopped.",
                ) from error
            time.sleep(PAUSE)


def _one_connection(url: str, file, on_progress: OnProgress) -> None:
    begin = file.tell()
    request = Request(url, headers={"Range": f"bytes={begin}-"} if begin else {})
    try:
        response = urlopen(request, timeout=SILENCE)
    except HTTPError as error:
        if error.code == RANGE_NOT_SATISFIABLE and begin:
            return  # nothing is left to bring; the hash tells whether it is the right file
        said = f"the server answered {error.code} {error.reason}"
        if error.code < 500:  # it will say so again
            raise BrushwarpError("download-failed", f"{url} can't be had: {said}.", "Get the file elsewhere and run `brushwarp weights add FILE`.") from error
        raise _Broken(said) from error
    except (OSError, HTTPException) as error:
        raise _Broken(getattr(error, "reason", None) or error) from error
    with response:
        if begin and response.status != 206:  # a server that knows no ranges sends the whole
            file.truncate(0)
            begin = 0
        length = response.headers.get("Content-Length")
        total = begin + int(length) if length else 0
        done = begin
        while True:
            on_progress(Progress("download", done, total or max(done, 1)))
            try:
                chunk = response.read(CHUNK)
            except (OSError, HTTPException) as error:
                raise _Broken(error) from error
            if not chunk:
                break
            file.write(chunk)
            done += len(chunk)
        file.flush()
        if total and done < total:
            raise _Broken(f"the connection was cut after {done} of {total} bytes")

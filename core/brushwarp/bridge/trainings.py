"""Teaching Brushwarp a style: a process of its own, which outlives the dialog, the host and the worker.

    from .bridge.trainings import TrainingRequest, cancel_training, forget_training, list_trainings, resume_training, start_training

    request = TrainingRequest(name="La Vague", width=width, height=height, format=PixelFormat("BGRA"), photos=folder)
    id = start_training(request, pixels)      # the style's id too, once it is finished
    for status in list_trainings(): ...       # TrainingStatus, the newest first; ask as often as you like
    cancel_training(id)                       # it stops within a second or so, and keeps what it has learnt
    resume_training(id)                       # cancelled, interrupted and failed ones go on from there
    forget_training(id)                       # what it kept goes; a finished style stays

One training runs at a time; the others wait. Whatever Krita, GIMP and the worker do, it goes on, giving way while the worker paints.
All calls are short. They raise WorkerError (code, message, hint): show the last two.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import replace
from typing import List

from . import payload
from .detached import engine_command, installed, start_detached
from .errors import ProtocolError, WorkerError
from .language import _
from .paths import Install, make_private_folder, path_to_text, read_install
from .styles import SUFFIX, own_folder, shipped_folders
from .training import (
    QUALITIES,
    TrainingRequest,
    TrainingStatus,
    read_status,
    stored_status,
    trainings_folder,
    write_json,
    write_status,
)

__all__ = [
    "QUALITIES",
    "TrainingRequest",
    "TrainingStatus",
    "cancel_training",
    "forget_training",
    "list_trainings",
    "resume_training",
    "start_training",
]

ID = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
LONGEST_SLUG = 60  # characters


def start_training(request: TrainingRequest, pixels: bytes) -> str:
    """Begin to learn the style of a layer; returns the training's id. pixels: bytes of `request.payload_size`.

    Raises WorkerError "worker-missing", "disk-full", "cache-folder", "private-folder", "training-start"; ProtocolError.
    """
    if len(pixels) != request.payload_size:
        raise ProtocolError("pixels has {} bytes instead of {}.".format(len(pixels), request.payload_size))
    install = installed(read_install())
    make_private_folder(trainings_folder())
    folder = _new_folder(request.name, install)
    try:
        status = TrainingStatus(os.path.basename(folder), request.name, begun=time.time())
        write_status(folder, status)
        payload.write(os.path.join(folder, "layer.pixels"), pixels)
        write_json(os.path.join(folder, "request.json"), request.to_json())
        _spawn(install, folder, status)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _explained(error, folder) if isinstance(error, OSError) else error
    return status.id


def list_trainings() -> List[TrainingStatus]:
    """Every training that was not forgotten, the newest first."""
    try:
        names = [name for name in os.listdir(trainings_folder()) if ID.match(name)]
    except OSError:
        return []
    folders = [os.path.join(trainings_folder(), name) for name in names]
    found = [read_status(folder) for folder in folders if os.path.isdir(folder)]
    return sorted(found, key=lambda status: (status.begun, status.id), reverse=True)


def cancel_training(id: str) -> None:
    """Ask a training to stop; nothing happens to one that doesn't run. Raises WorkerError "training-missing", "training-folder"."""
    folder = _folder(id)
    if read_status(folder).runs:
        try:
            with open(os.path.join(folder, "cancel"), "wb"):
                pass
        except OSError as error:
            raise _explained(error, folder) from error


def resume_training(id: str) -> None:
    """Let a training that stopped go on from where it was last saved.

    Raises WorkerError "training-missing", "training-runs", "training-finished"; "worker-missing", "training-start", "training-folder".
    """
    folder = _folder(id)
    status = read_status(folder)
    if status.runs:
        raise WorkerError("training-runs", _("{} is being learnt already.").format(status.name), _("If you have just cancelled it, wait a moment."))
    if status.state == "finished":
        raise WorkerError("training-finished", _("{} is finished.").format(status.name), _("You find it in the gallery of styles."))
    install = installed(read_install())
    try:
        status = stored_status(folder)  # not what `read_status` made of it
    except (OSError, ValueError, TypeError, KeyError, RecursionError, WorkerError):
        raise WorkerError("training-damaged", status.message) from None
    try:
        payload.discard(os.path.join(folder, "cancel"))
        _spawn(install, folder, replace(status, message=""))
    except OSError as error:
        raise _explained(error, folder) from error


def forget_training(id: str) -> None:
    """Remove all that a training kept; a finished style stays. Raises WorkerError "training-missing", "training-runs", "training-folder"."""
    folder = _folder(id)
    status = read_status(folder)
    if status.runs:
        raise WorkerError("training-runs", _("{} is still being learnt.").format(status.name), _("Cancel it first."))
    doomed = os.path.join(trainings_folder(), ".forgotten-" + secrets.token_hex(6))
    try:
        os.rename(folder, doomed)  # at once, and no reader meets half of it
        shutil.rmtree(doomed)
    except OSError as error:
        raise _explained(error, folder) from error


def _folder(id: str) -> str:
    folder = os.path.join(trainings_folder(), id) if isinstance(id, str) and ID.match(id) else ""
    if not os.path.isdir(folder):
        raise WorkerError("training-missing", _("There is no training {}.").format(repr(id)[:100]), _("It may have been removed."))
    return folder


def _new_folder(name: str, install: Install) -> str:
    """A folder of this training's own, which no other and no style is called after."""
    slug = _slug(name)
    styles = [own_folder(), *shipped_folders(install)]
    number = 1
    while True:
        id = slug if number == 1 else "{}-{}".format(slug, number)
        folder = os.path.join(trainings_folder(), id)
        number += 1
        if any(os.path.exists(os.path.join(where, id + SUFFIX)) for where in styles):
            continue
        try:
            os.mkdir(folder, 0o700)
            return folder
        except FileExistsError:
            continue
        except OSError as error:
            raise _explained(error, folder) from error


def _slug(name: str) -> str:
    """`name` in the letters that every file system and every shell takes: “Été à Arles” is ete_a_arles."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "_", plain)[:LONGEST_SLUG].strip("_") or "style"


def _spawn(install: Install, folder: str, status: TrainingStatus) -> None:
    """Start the process that works in `folder`. Raises OSError."""
    write_status(folder, replace(status, state="starting", seconds_left=None))
    start_detached(engine_command(install, "brushwarp.detached", [folder]), os.path.join(folder, "log.txt"))


def _explained(error: OSError, folder: str) -> WorkerError:
    return WorkerError(
        "training-folder",
        _("Nothing can be written to {}: {}.").format(path_to_text(folder), error.strerror),
        _("Make room on that disk, and make the folder writable."),
    )

"""What a training is asked for, and what it tells: two small JSON files in a folder of its own.

    <data folder>/trainings/<id>/
        request.json, layer.pixels   what the painter asked for; the pixels go once the engine has made a picture of them
        status.json                  how it stands; written by the training's process, read by everybody
        lock                         held by that process as long as it lives
        cancel                       there, once somebody has asked it to stop
        log.txt                      what the process said that nobody expected
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as fields_of
from typing import Any, Dict, Optional, Tuple

from . import checks
from .detached import tail
from .errors import ProtocolError, WorkerError
from .language import _
from .locks import is_held
from .paths import data_folder, path_from_text, path_to_text
from .request import PixelFormat, check_size, format_from_json

QUALITIES = ("quick", "standard", "best")
STAGES = 5  # of a training; `iterations` has one number for each
NAME_LIMIT = 200  # characters
SMALLEST_LAYER = 64  # pixels of the short side, as the engine's own limit for a painting
MAX_ITERATIONS = 1000 * 1000
JSON_LIMIT = 1024 * 1024  # bytes; ours are a few hundred
BEGINNING_SECONDS = 30.0  # within which a process that was started holds its lock; 0.2 s is usual, a cold disk takes longer

UNFINISHED = ("starting", "running", "waiting")
STATES = (*UNFINISHED, "finished", "failed", "cancelled", "interrupted")


@dataclass(frozen=True)
class TrainingRequest:
    """A layer whose brushwork is to be learnt. Make it with keywords.

    name: what the painter calls the style. width, height, format: of the layer's raw pixels. artist: for the style's card.
    photos: a folder of photographs to practise on, as a path of this process; "" for pictures that the engine renders.
    quality: one of QUALITIES. iterations: instead of what the quality says, one number for each of the STAGES.

    Raises WorkerError "training-name", "style-picture", "picture-too-large" or "photos-missing" for what a painter can have
    chosen, else ProtocolError.
    """

    name: str
    width: int
    height: int
    format: PixelFormat = PixelFormat()
    artist: str = ""
    photos: str = ""
    quality: str = "standard"
    iterations: Tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for what in ("name", "artist"):
            self._keep(what, _line(getattr(self, what), what))
        if not self.name:
            raise WorkerError("training-name", _("The style has no name."), _("Give it one: the gallery shows it."))
        check_size(self.width, self.height)
        if min(self.width, self.height) < SMALLEST_LAYER:
            raise WorkerError(
                "style-picture",
                _("The layer is {} × {} pixels, which shows no brushwork.").format(self.width, self.height),
                _("Use one of at least {0} × {0} pixels, better of 1024 and more.").format(SMALLEST_LAYER),
            )
        if not isinstance(self.format, PixelFormat):
            raise ProtocolError("format must be a PixelFormat, not {}.".format(type(self.format).__name__))
        checks.choice(self.quality, "quality", QUALITIES)
        self._keep("iterations", _iterations(self.iterations))
        self._keep("photos", _folder(self.photos))

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # a frozen dataclass, while it is being made

    @property
    def payload_size(self) -> int:
        """Bytes of the layer's pixels."""
        return self.width * self.height * self.format.bytes_per_pixel

    def to_json(self) -> Dict[str, Any]:
        return dict(asdict(self), photos=path_to_text(self.photos))

    @classmethod
    def from_json(cls, fields: Any) -> "TrainingRequest":
        """Raises as the class does: also if the folder of photographs is gone by now."""
        known = {field.name for field in fields_of(cls)}
        if not isinstance(fields, dict) or set(fields) != known:
            raise ProtocolError("A training's request must have the fields {}.".format(", ".join(sorted(known))))
        photos = path_from_text(checks.text(fields["photos"], "photos", 4096))
        return cls(**dict(fields, format=format_from_json(fields["format"]), photos=photos))


@dataclass(frozen=True)
class TrainingStatus:
    """How a training stands.

    id: its folder's name, and that of the style that it makes. name: what the painter calls the style. state: one of STATES;
    "waiting" is for another training, or while the worker paints; "interrupted" is one whose process was ended from outside;
    it can be resumed, as a failed or cancelled one can. iteration, total: steps done, and to be done. stage: what is being learnt.
    seconds_left: of work, or None while that can't be told. message: sentences for the painter, or "". sample: the path of the
    newest picture that it painted (PNG), or "". begun, updated: seconds since the epoch.
    """

    id: str
    name: str
    state: str = "starting"
    iteration: int = 0
    total: int = 0
    stage: str = ""
    seconds_left: Optional[float] = None
    message: str = ""
    sample: str = ""
    begun: float = 0.0
    updated: float = 0.0

    def __post_init__(self) -> None:
        for what in ("id", "name", "stage", "message", "sample"):
            checks.text(getattr(self, what), what, JSON_LIMIT)
        checks.choice(self.state, "state", STATES)
        for what in ("iteration", "total"):
            checks.whole(getattr(self, what), what, 0, STAGES * MAX_ITERATIONS)
        for what in ("begun", "updated"):
            checks.number(getattr(self, what), what, 0.0, 1e12)
        if self.seconds_left is not None:
            checks.number(self.seconds_left, "seconds left", 0.0, 1e12)

    @property
    def runs(self) -> bool:
        """Whether a process works on it, or is about to."""
        return self.state in UNFINISHED


def trainings_folder() -> str:
    """Where every training has its folder. Not created here."""
    return os.path.join(data_folder(), "trainings")


def write_status(folder: str, status: TrainingStatus) -> TrainingStatus:
    """Leave `status` in the training's folder, dated now; returns it so. Readers meet the old one or the new one. Raises OSError."""
    status = replace(status, updated=time.time())
    fields = asdict(status)
    del fields["id"]
    fields["sample"] = path_to_text(os.path.relpath(status.sample, folder)) if status.sample else ""
    write_json(os.path.join(folder, "status.json"), fields)
    return status


def read_status(folder: str) -> TrainingStatus:
    """How the training in `folder` stands, whatever became of its process. One that can't be read counts as failed."""
    name = path_to_text(os.path.basename(folder))
    try:
        while True:
            status = stored_status(folder)
            if not status.runs or is_held(os.path.join(folder, "lock")):
                return status
            if status == stored_status(folder):  # else its process has just begun, or ended, between the two looks
                break
    except (OSError, ValueError, TypeError, KeyError, RecursionError, WorkerError):
        return TrainingStatus(name, name, "failed", message=_("What was kept of this training can't be read. Remove it, and begin anew."))
    if os.path.exists(os.path.join(folder, "cancel")):
        return replace(status, state="cancelled", message="")
    if status.state != "starting":
        ended = _("Its process was ended from outside. Resume it: it goes on from where it was last saved.")
        return replace(status, state="interrupted", message=ended)
    if time.time() - status.updated < BEGINNING_SECONDS:
        return status
    said = tail(os.path.join(folder, "log.txt"))
    return replace(status, state="failed", message=_("Its process ended at its start{}").format(": " + said if said else "."))


def stored_status(folder: str) -> TrainingStatus:
    """The status as it was written. Raises OSError, ValueError, TypeError, KeyError, RecursionError or WorkerError for what is none."""
    fields = read_json(os.path.join(folder, "status.json"))
    sample = os.path.join(folder, path_from_text(fields["sample"])) if fields["sample"] else ""
    return TrainingStatus(**dict(fields, id=path_to_text(os.path.basename(folder)), sample=sample))


def write_json(path: str, fields: Dict[str, Any]) -> None:
    """To a temporary name first, then renamed. Raises OSError, and then leaves what was there."""
    temporary = "{}.{}.new".format(path, os.getpid())
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(fields, file, indent=1)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def read_json(path: str) -> Dict[str, Any]:
    """Raises OSError, ValueError, TypeError or RecursionError."""
    with open(path, "rb") as file:
        fields = json.loads(file.read(JSON_LIMIT).decode("utf-8"))
    if not isinstance(fields, dict):
        raise TypeError("no JSON object")
    return fields


def _line(value: Any, name: str) -> str:
    """Text on one line, without blanks around it, that UTF-8 can write."""
    line = " ".join(checks.text(value, name, NAME_LIMIT).split())
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError("{} is no text: it has half of a character.".format(name)) from None
    return line


def _iterations(value: Any) -> Tuple[int, ...]:
    if not checks.items(value, "iterations", STAGES):
        return ()
    counts = tuple(checks.whole(count, "iterations", 0, MAX_ITERATIONS) for count in checks.items(value, "iterations", STAGES, STAGES))
    if not sum(counts):
        raise ProtocolError("iterations are all 0.")
    return counts


def _folder(photos: Any) -> str:
    """An absolute path, for the training has another working folder; or nothing."""
    if not checks.text(photos, "photos", 4096):
        return ""
    if not os.path.isdir(photos):
        raise WorkerError(
            "photos-missing",
            _("There is no folder {}.").format(path_to_text(photos)),
            _("Choose a folder of photographs, or none: then pictures that Brushwarp renders are practised on."),
        )
    return os.path.abspath(photos)

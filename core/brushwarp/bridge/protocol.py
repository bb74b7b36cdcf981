"""Every message between a host and the worker: one frozen dataclass each, and how it becomes bytes.

A message is a JSON object of at most 1 MB with the message's `kind` and exactly its fields. Pixels never travel in it:
they lie in files (see `payload`) whose names a message gives. Both ends check every field when a message is made, so
what can be sent can be received.

Order of a conversation: both prove that they know the key (`transport`), the worker says Welcome, then the client gives
an order (Stylize, Deform, Warp, Suggest) or asks for Shutdown, one at a time. An order is answered by any number of Queued and
Progress, Started once, and then Finished (Suggest: Suggested) or Failure. **Hanging up is how a job is cancelled.**
How the worker stands is asked beside all that (see `standing`).

What never changes, whatever the version, so that an old worker can be told to make way: Welcome's kind, `protocol` and
`version`; Shutdown; Goodbye; Busy.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Dict, NoReturn, Optional, Tuple, Type

from . import checks
from .errors import ProtocolError
from .language import ENGLISH
from .message import Message
from .request import (
    Arrow,
    DeformRequest,
    LayerRequest,
    PictureRequest,
    StylizeRequest,
    SuggestRequest,
    WarpRequest,
    arrows_from_json,
)
from .standing import Inquiry, Standing, Stop
from .styles import Thumbnail

PROTOCOL = 9
HEADER_LIMIT = 1024 * 1024  # bytes
MAX_JOB = 2**31
MOST_NOTES = 100
MAX_PREVIEW = 256  # pixels of a side: as RGB and in base64, a quarter of a message at most
DIGITS_LIMIT = 25  # of a whole number in a header; int() of a million digits would take seconds

PAYLOAD_NAME = re.compile(r"[0-9a-f]{16}-[0-9]{1,10}\.(?:pixels|selection|style|result)\Z")
SESSION = re.compile(r"[0-9a-f]{16}\Z")


def payload_name(session: str, job: int, what: str) -> str:
    """The file name of a payload. It begins with the connection's session, so that the worker can sweep after a host
    that was killed."""
    return "{}-{}.{}".format(session, job, what)


@dataclass(frozen=True)
class Welcome(Message):
    """The worker's first words. `session` names the payload files of this connection; `payload_folder` holds them."""

    kind: ClassVar[str] = "welcome"
    protocol: int
    version: str
    session: str = ""
    payload_folder: str = ""
    pid: int = 0

    def __post_init__(self) -> None:
        checks.whole(self.protocol, "protocol", 0, 10**6)
        checks.text(self.version, "version", 100)
        if self.protocol == PROTOCOL:
            if not SESSION.match(checks.text(self.session, "session", 16)):
                raise ProtocolError("session must be sixteen hexadecimal digits.")
            checks.text(self.payload_folder, "payload folder", 4096, empty=False)
            checks.whole(self.pid, "pid", 1, 2**32)

    @classmethod
    def from_json(cls, fields: Dict[str, Any]) -> "Message":
        if fields.get("protocol") != PROTOCOL:  # an older or newer worker: only these two are agreed upon
            return cls(fields.get("protocol"), fields.get("version"))  # type: ignore[arg-type]
        return super().from_json(fields)


@dataclass(frozen=True)
class Order(Message):
    """Do this to a layer. Its pixels (and the selection) have been written to the files named here. language: of all that is answered in
    words, as `language.speaking` takes it."""

    asks: ClassVar[Type[LayerRequest]]
    job: int
    request: LayerRequest
    pixels: str
    selection: Optional[str] = None
    language: str = ENGLISH

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 1, MAX_JOB)
        checks.text(self.language, "language", 100)
        if not isinstance(self.request, self.asks):
            raise ProtocolError("request must be a {}.".format(self.asks.__name__))
        _payload(self.pixels, "pixels")
        if self.selection is not None:
            _payload(self.selection, "selection")

    @property
    def payloads(self) -> Dict[str, str]:
        """The files that come with it, by what they hold."""
        given = {"pixels": self.pixels, "selection": self.selection}
        return {what: name for what, name in given.items() if name is not None}

    def to_json(self) -> Dict[str, Any]:
        return dict(super().to_json(), request=self.request.to_json())

    @classmethod
    def from_json(cls, fields: Dict[str, Any]) -> "Message":
        return super().from_json(dict(fields, request=cls.asks.from_json(fields.get("request"))))


@dataclass(frozen=True)
class Stylize(Order):
    """Paint it in a trained style."""

    kind: ClassVar[str] = "stylize"
    asks: ClassVar[Type[LayerRequest]] = StylizeRequest


@dataclass(frozen=True)
class Warp(Order):
    """Bend it along its arrows."""

    kind: ClassVar[str] = "warp"
    asks: ClassVar[Type[LayerRequest]] = WarpRequest


@dataclass(frozen=True)
class PictureOrder(Order):
    """`style`: the file with the pixels of the picture beside the layer, where the request has them travel."""

    asks: ClassVar[Type[LayerRequest]] = PictureRequest
    style: Optional[str] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.style is not None:
            _payload(self.style, "style")
        if (self.style is None) != (self.request.style_picture is None):  # type: ignore[attr-defined]
            raise ProtocolError("style must name a payload where the request has a style picture, and only there.")

    @property
    def payloads(self) -> Dict[str, str]:
        return super().payloads if self.style is None else dict(super().payloads, style=self.style)


@dataclass(frozen=True)
class Deform(PictureOrder):
    """Paint it like a picture, and bend it."""

    kind: ClassVar[str] = "deform"
    asks: ClassVar[Type[LayerRequest]] = DeformRequest


@dataclass(frozen=True)
class Suggest(PictureOrder):
    """Say which of its points lie where in a picture."""

    kind: ClassVar[str] = "suggest"
    asks: ClassVar[Type[LayerRequest]] = SuggestRequest


@dataclass(frozen=True)
class Queued(Message):
    """The job waits; `position` others come first."""

    kind: ClassVar[str] = "queued"
    job: int
    position: int

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 1, MAX_JOB)
        checks.whole(self.position, "position", 1, 10**6)


@dataclass(frozen=True)
class Started(Message):
    """The job's turn has come. A client repeats a job that was lost before this, and never one lost after it."""

    kind: ClassVar[str] = "started"
    job: int

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 1, MAX_JOB)


@dataclass(frozen=True)
class Progress(Message):
    """`done` of `total` steps of `stage`. Job 0 is the start of the worker itself.

    loss: what is being made less, where something is. preview: a small picture of how it stands, now and then.
    """

    kind: ClassVar[str] = "progress"
    job: int
    stage: str
    done: int
    total: int
    loss: Optional[float] = None
    preview: Optional[Thumbnail] = None

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 0, MAX_JOB)
        checks.text(self.stage, "stage", 200)
        checks.whole(self.done, "done", 0, 2**53)
        checks.whole(self.total, "total", 0, 2**53)
        if self.loss is not None:
            object.__setattr__(self, "loss", checks.number(self.loss, "loss", -1e30, 1e30))
        if self.preview is not None:
            _check_preview(self.preview)

    def to_json(self) -> Dict[str, Any]:
        small = self.preview
        rgb = None if small is None else [small.width, small.height, base64.b64encode(small.rgb).decode("ascii")]
        return dict(super().to_json(), preview=rgb)

    @classmethod
    def from_json(cls, fields: Dict[str, Any]) -> "Message":
        if fields.get("preview") is not None:
            width, height, rgb = checks.items(fields["preview"], "preview", 3, 3)
            try:
                raw = base64.b64decode(checks.text(rgb, "preview", HEADER_LIMIT), validate=True)
            except (binascii.Error, ValueError) as error:
                raise ProtocolError("preview must be base64.") from error
            fields = dict(fields, preview=Thumbnail(width, height, raw))
        return super().from_json(fields)


@dataclass(frozen=True)
class Finished(Message):
    """The painted pixels lie in the file `result`; `recipe` is the JSON text that reproduces them."""

    kind: ClassVar[str] = "finished"
    job: int
    result: str
    recipe: str

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 1, MAX_JOB)
        _payload(self.result, "result")
        checks.text(self.recipe, "recipe", HEADER_LIMIT)


@dataclass(frozen=True)
class Suggested(Message):
    """Arrows in the layer's pixels, the surest first; none where `notes`, sentences for the painter, say why."""

    kind: ClassVar[str] = "suggested"
    job: int
    arrows: Tuple[Arrow, ...]
    notes: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 1, MAX_JOB)
        object.__setattr__(self, "arrows", arrows_from_json(self.arrows))
        notes = tuple(checks.text(note, "a note", 1000) for note in checks.items(self.notes, "notes", MOST_NOTES))
        object.__setattr__(self, "notes", notes)


@dataclass(frozen=True)
class Failure(Message):
    """The job came to nothing, or (job 0) the last message could not be understood. WorkerError's three fields."""

    kind: ClassVar[str] = "failure"
    job: int
    code: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        checks.whole(self.job, "job", 0, MAX_JOB)
        checks.text(self.code, "code", 100, empty=False)
        checks.text(self.message, "message", 10000)
        checks.text(self.hint, "hint", 10000)


@dataclass(frozen=True)
class Shutdown(Message):
    """End yourself if nobody has work for you. Answered by Goodbye, or by Busy."""

    kind: ClassVar[str] = "shutdown"


@dataclass(frozen=True)
class Goodbye(Message):
    kind: ClassVar[str] = "goodbye"


@dataclass(frozen=True)
class Busy(Message):
    kind: ClassVar[str] = "busy"


_KINDS = {
    message.kind: message
    for message in (
        Welcome,
        Stylize,
        Deform,
        Warp,
        Suggest,
        Queued,
        Started,
        Progress,
        Finished,
        Suggested,
        Failure,
        Shutdown,
        Goodbye,
        Busy,
        Inquiry,
        Standing,
        Stop,
    )
}


def encode(message: Message) -> bytes:
    """The bytes of `message`. Raises ProtocolError if they are more than a header may have."""
    raw = json.dumps(message.to_json(), allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(raw) > HEADER_LIMIT:
        raise ProtocolError("A message of {} bytes is too long.".format(len(raw)))
    return raw


def decode(raw: bytes) -> Message:
    """The message that `raw` spells. Raises ProtocolError for everything else, in time linear in its length.

    Or the WorkerError of a StylizeRequest that asks for too much.
    """
    if len(raw) > HEADER_LIMIT:
        raise ProtocolError("A message of {} bytes is too long.".format(len(raw)))
    try:
        fields = json.loads(raw.decode("utf-8"), parse_int=_int, parse_float=_float, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("A message is not JSON.") from error
    if not isinstance(fields, dict):
        raise ProtocolError("A message must be a JSON object.")
    kind = fields.pop("kind", None)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ProtocolError("A message of an unknown kind.")
    return _KINDS[kind].from_json(fields)


def _payload(name: Any, field: str) -> str:
    if not PAYLOAD_NAME.match(checks.text(name, field, 64)):
        raise ProtocolError("{} must be a payload's name, without a folder.".format(field))
    return name


def _check_preview(small: Any) -> None:
    if not isinstance(small, Thumbnail) or not isinstance(small.rgb, bytes):
        raise ProtocolError("preview must be a Thumbnail.")
    checks.whole(small.width, "preview width", 1, MAX_PREVIEW)
    checks.whole(small.height, "preview height", 1, MAX_PREVIEW)
    if len(small.rgb) != 3 * small.width * small.height:
        raise ProtocolError("preview must hold three bytes a pixel.")


def _int(digits: str) -> int:
    if len(digits) > DIGITS_LIMIT:
        raise ValueError("too many digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):  # 1e999
        raise ValueError("too large")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError("{} is not JSON".format(name))

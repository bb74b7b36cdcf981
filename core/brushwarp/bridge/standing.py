"""How the worker stands: the question, the answer, and the message that ends it whatever it does.

An Inquiry is answered at once, while a job of another connection goes on too, and keeps the worker from ending no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any, ClassVar, Dict, Optional

from . import checks
from .errors import ProtocolError
from .language import ENGLISH
from .message import Message

DEVICES = ("cpu", "cuda", "mps")
MOST_BYTES = 2**53
MOST_SECONDS = 1e9


@dataclass(frozen=True)
class Device:
    """What the worker paints on. name: the card's own, or nothing. Memory of the device in bytes, 0 where it isn't known; taken: by the worker."""

    kind: str
    name: str
    threads: int
    taken: int
    free: int
    total: int

    def __post_init__(self) -> None:
        checks.choice(self.kind, "device kind", DEVICES)
        checks.text(self.name, "device name", 200)
        checks.whole(self.threads, "threads", 0, 10**6)
        for name in ("taken", "free", "total"):
            checks.whole(getattr(self, name), name, 0, MOST_BYTES)

    @classmethod
    def from_json(cls, fields: Any) -> "Device":
        known = {field.name for field in fields_of(cls)}
        if not isinstance(fields, dict) or set(fields) != known:
            raise ProtocolError("device must have the fields: {}.".format(", ".join(sorted(known))))
        return cls(**fields)


@dataclass(frozen=True)
class Inquiry(Message):
    """How do you stand? language: of what is wrong, as `language.speaking` takes it."""

    kind: ClassVar[str] = "inquiry"
    language: str = ENGLISH

    def __post_init__(self) -> None:
        checks.text(self.language, "language", 100)


@dataclass(frozen=True)
class Standing(Message):
    """device: None while the engine loads, or where it can't be had: then `trouble` says why, in a sentence. With a device it says that for the
    last job there was not enough memory.

    work: the kind of the order that is carried out ("stylize"), or nothing; width, height: of its layer, in pixels; waiting: so many come
    after it. seconds: since it began, or since there has been nothing to do; after idle_seconds of that the worker ends.
    """

    kind: ClassVar[str] = "standing"
    device: Optional[Device]
    trouble: str
    work: str
    width: int
    height: int
    waiting: int
    seconds: float
    idle_seconds: float

    def __post_init__(self) -> None:
        if self.device is not None and not isinstance(self.device, Device):
            raise ProtocolError("device must be a Device.")
        checks.text(self.trouble, "trouble", 10000)
        checks.text(self.work, "work", 100)
        for name in ("width", "height", "waiting"):
            checks.whole(getattr(self, name), name, 0, 10**9)
        for name in ("seconds", "idle_seconds"):
            object.__setattr__(self, name, checks.number(getattr(self, name), name, 0, MOST_SECONDS))

    def to_json(self) -> Dict[str, Any]:
        return dict(super().to_json(), device=None if self.device is None else dict(self.device.__dict__))

    @classmethod
    def from_json(cls, fields: Dict[str, Any]) -> "Message":
        if fields.get("device") is not None:
            fields = dict(fields, device=Device.from_json(fields["device"]))
        return super().from_json(fields)


@dataclass(frozen=True)
class Stop(Message):
    """End yourself whatever you do: its job fails, and so do those that wait; unless `restart`, for then they are asked anew of the next worker.

    Answered by Goodbye.
    """

    kind: ClassVar[str] = "stop"
    restart: bool

    def __post_init__(self) -> None:
        checks.flag(self.restart, "restart")

"""What all messages between a host and the worker share."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any, ClassVar, Dict

from .errors import ProtocolError


class Message:
    """Strict fields in, strict fields out."""

    kind: ClassVar[str]

    def to_json(self) -> Dict[str, Any]:
        return dict(self.__dict__, kind=self.kind)

    @classmethod
    def from_json(cls, fields: Dict[str, Any]) -> "Message":
        known = {field.name for field in fields_of(cls)}
        if set(fields) != known:
            raise ProtocolError("{} must have the fields: {}.".format(cls.__name__, ", ".join(sorted(known)) or "none"))
        return cls(**fields)

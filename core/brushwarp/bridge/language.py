"""The painter's language. What painters read stands in the code in English, as `_("…")`; catalogues of gettext's translate it.

One catalogue serves the engine, the bridge and all hosts: locale/LANGUAGE/LC_MESSAGES/brushwarp.po, and the .mo made of it (CONTRIBUTING.md
says how). A host speaks its program's language from its start on (`speak`); the worker speaks that of whoever ordered (`speaking`), which
every order names; the command line speaks English.
"""

from __future__ import annotations

import gettext
import os
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Iterator, List, Mapping, Optional, Sequence

ENGLISH = ""  # what the code is written in
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "locale")
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as gettext has it: the first that says something
NAME = re.compile(r"[A-Za-z]{2,8}(?:_[A-Za-z0-9]{2,8})*\Z")


class _Catalogue:
    """name: of the language, as its folder has it. To be had by `_loaded`: reading one takes some ms, and jobs come often."""

    def __init__(self, name: str = ENGLISH) -> None:
        self.name = name
        self.words = gettext.NullTranslations()
        if name:
            with open(_file(name), "rb") as file:
                self.words = gettext.GNUTranslations(file)


_own = _Catalogue()
_asked: "ContextVar[Optional[_Catalogue]]" = ContextVar("asked", default=None)


def _(text: str) -> str:
    """`text` in the language that is spoken here and now; as it stands where there is no translation."""
    return _spoken().words.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Whichever of the two `count` asks for, in the language that is spoken here and now."""
    return _spoken().words.ngettext(one, many, count)


def speak(wanted: Sequence[str]) -> None:
    """From now on this process speaks the first of the `wanted` languages ("de_AT.UTF-8", "de-AT", "de") that there is a catalogue for."""
    global _own
    _own = _catalogue(wanted)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, this thread alone speaks `language`, if there is a catalogue for it."""
    before = _asked.set(_catalogue([language]))
    try:
        yield
    finally:
        _asked.reset(before)


def spoken() -> str:
    """The language that is spoken here and now, as `speak` takes it; "" for English."""
    return _spoken().name


def wanted_by(environment: Mapping[str, str]) -> List[str]:
    """The languages that a program's environment asks for, the dearest first."""
    said = (environment.get(variable, "") for variable in VARIABLES)
    return next((names.split(":") for names in said if names), [])


@lru_cache(maxsize=None)
def _loaded(name: str) -> _Catalogue:
    return _Catalogue(name)


def _spoken() -> _Catalogue:
    return _asked.get() or _own


def _catalogue(wanted: Sequence[str]) -> _Catalogue:
    for language in wanted:
        name = re.split("[.@]", language.replace("-", "_"))[0]
        if name.split("_")[0] in ("en", "C", "POSIX"):  # who prefers English to what comes after it has it
            break
        for candidate in (name, name.split("_")[0]):
            if NAME.match(candidate) and os.path.isfile(_file(candidate)):
                return _loaded(candidate)
    return _loaded(ENGLISH)


def _file(name: str) -> str:
    return os.path.join(FOLDER, name, "LC_MESSAGES", "brushwarp.mo")

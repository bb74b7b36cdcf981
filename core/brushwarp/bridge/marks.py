"""What the painter has marked styles with: favourites, and names of their own. One small JSON file for every host and the command line.

Reading never fails: without the file, and with one that can't be read, nothing is marked. `check_marks` and every change put a file
that can't be read aside, and say so.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Dict, Iterator, Tuple

from .errors import WorkerError
from .language import _
from .locks import FileLock
from .paths import data_folder, path_to_text
from .training import read_json, write_json

PATIENCE_SECONDS = 2.0  # another host holds the file for a blink


@dataclass(frozen=True)
class Marks:
    """favourites: ids of styles; names: what the painter calls a style, by its id."""

    favourites: Tuple[str, ...] = ()
    names: Dict[str, str] = field(default_factory=dict)


def marks_file() -> str:
    return os.path.join(data_folder(), "gallery.json")


def read_marks() -> Marks:
    """As they stand."""
    try:
        return _stored()
    except (OSError, ValueError, TypeError, RecursionError):
        return Marks()


def check_marks() -> None:
    """Raises WorkerError "gallery-broken" once for a file that can't be read, which is kept under another name; what follows begins anew."""
    try:
        _stored()
    except (ValueError, TypeError, RecursionError):
        with gallery_held():
            _stored_or_set_aside()
    except OSError as error:
        raise folder_refused(data_folder(), error) from error


def set_favourite(id: str, is_favourite: bool) -> None:
    """Raises WorkerError "gallery-broken" (the next time it works) or "gallery-folder"."""
    with gallery_held():
        marks = _stored_or_set_aside()
        others = tuple(each for each in marks.favourites if each != id)
        _write(replace(marks, favourites=others + (id,) if is_favourite else others))


def set_name(id: str, name: str) -> None:
    """What a style is called; with "" as its own card says. Raises as `set_favourite` does."""
    with gallery_held():
        marks = _stored_or_set_aside()
        names = {each: called for each, called in marks.names.items() if each != id}
        _write(replace(marks, names=dict(names, **{id: name}) if name else names))


def forget_marks(id: str) -> None:
    """Of a style that is gone. Raises as `set_favourite` does."""
    if id in read_marks().favourites:
        set_favourite(id, False)
    if id in read_marks().names:
        set_name(id, "")


@contextmanager
def gallery_held() -> Iterator[None]:
    """No other host changes the file, or adds a style, meanwhile. Raises WorkerError "gallery-folder"."""
    lock = FileLock(marks_file() + ".lock")
    try:
        os.makedirs(data_folder(), exist_ok=True)
        lock.acquire(PATIENCE_SECONDS)
        yield
    except OSError as error:
        raise folder_refused(data_folder(), error) from error
    finally:
        lock.release()


def _stored() -> Marks:
    """Raises OSError, ValueError, TypeError or RecursionError for what is none; a file that is not there is none that is broken."""
    try:
        fields = read_json(marks_file())
    except FileNotFoundError:
        return Marks()
    favourites, names = fields.get("favourites", []), fields.get("names", {})
    if not isinstance(favourites, list) or not isinstance(names, dict):
        raise TypeError("no list of favourites, or no names")
    if not all(_is_text(text) for text in (*favourites, *names, *names.values())):
        raise TypeError("a favourite or a name is no text")
    return Marks(tuple(favourites), names)


def _stored_or_set_aside() -> Marks:
    try:
        return _stored()
    except (ValueError, TypeError, RecursionError):
        pass
    number = 1
    while os.path.exists(_aside(number)):
        number += 1
    os.replace(marks_file(), _aside(number))
    raise WorkerError(
        "gallery-broken",
        _("What was kept of your favourites and of the names that you gave to styles can't be read."),
        _("It begins anew; the old file is kept as {}.").format(path_to_text(_aside(number))),
    )


def _aside(number: int) -> str:
    return os.path.join(data_folder(), "gallery.broken-{}.json".format(number))


def _write(marks: Marks) -> None:
    write_json(marks_file(), {"favourites": list(marks.favourites), "names": marks.names})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def folder_refused(folder: str, error: OSError) -> WorkerError:
    """What to tell of a folder that could not be written to."""
    return WorkerError(
        "gallery-folder",
        _("Nothing can be written to {}: {}.").format(path_to_text(folder), error.strerror),
        _("Make room on that disk, and make the folder writable."),
    )

"""The hosts themselves, without our plugins: what every other test in this folder stands on."""

from __future__ import annotations

import functools
import struct
import zlib
from pathlib import Path

import pytest
from harness import HostFailure


def write_png(path: Path, width: int, height: int) -> Path:
    """A small RGB gradient."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (x % 256, y % 256, 128)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def gimp_opens(path):
    from gi.repository import Gimp, Gio

    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
    return [image.get_width(), image.get_height(), Gimp.version()]


def gimp_shows(path):
    import screen
    from gi.repository import Gimp, Gio

    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
    Gimp.Display.new(image)
    screen.wait_to_hear("seen")
    return image.get_name()


def gimp_starts():
    return True


def gimp_fails():
    raise ValueError("on purpose")


def krita_names_the_layer():
    from krita import Krita

    document = Krita.instance().activeDocument()
    yield 500
    import screen

    screen.screenshot("krita_shows_a_picture")
    return [document.activeNode().name(), document.width(), document.height()]


def krita_fails_later():
    yield 100
    raise ValueError("on purpose")


def krita_saves(path):
    from krita import InfoObject, Krita

    document = Krita.instance().createDocument(40, 30, "new", "RGBA", "U8", "", 72.0)
    document.setBatchmode(True)
    return [document.exportImage(path, InfoObject()), Krita.instance().version()]


def driver_finds(title):
    import screen

    screen.wait_for_window(title)
    screen.screenshot("gimp_shows_a_picture")
    screen.tell("seen")


def test_gimp_opens_a_picture_of_a_folder_with_an_umlaut(user, tmp_path):
    folder = tmp_path / "Gemälde"
    folder.mkdir()
    width, height, version = user.gimp.run(gimp_opens, path=write_png(folder / "größe.png", 70, 40))
    assert (width, height) == (70, 40)
    assert version.startswith("3.")


def test_a_failure_in_gimp_fails_the_test_with_its_traceback(user):
    with pytest.raises(HostFailure, match=r'raise ValueError\("on purpose"\)'):
        user.gimp.run(gimp_fails)


def test_gimp_shows_a_picture_in_its_window(user, tmp_path):
    picture = write_png(tmp_path / "picture.png", 300, 200)
    drive = functools.partial(driver_finds, title="300x200.*GIMP")
    assert user.gimp.run_in_window(gimp_shows, drive=drive, path=picture)


def test_a_driver_that_fails_is_named_as_the_cause(user, tmp_path):
    with pytest.raises(HostFailure, match="in the driver:(.|\n)*ValueError: on purpose"):
        user.gimp.run_in_window(gimp_starts, drive=gimp_fails)


def test_krita_opens_a_picture_in_its_window_and_quits(user, tmp_path):
    picture = write_png(tmp_path / "bild.png", 300, 200)
    name, width, height = user.krita.run_in_window(krita_names_the_layer, opens=[picture])
    assert name and (width, height) == (300, 200)


def test_a_failure_in_krita_fails_the_test_with_its_traceback(user):
    with pytest.raises(HostFailure, match="ValueError: on purpose"):
        user.krita.run_in_window(krita_fails_later)


def test_krita_saves_a_picture_without_a_window(user, tmp_path):
    saved, version = user.krita.run(krita_saves, path=tmp_path / "new.png")
    assert saved and version.startswith(("5.", "6."))
    assert (tmp_path / "new.png").read_bytes()[16:24] == struct.pack(">II", 40, 30)


def test_nothing_of_a_user_stays_behind(new_user):
    with new_user() as someone:
        assert someone.gimp.run(_three) == 3
        folder = someone.folder
    assert someone.processes() == []
    assert not folder.exists()
    assert str(folder) not in Path("/proc/self/mountinfo").read_text()


def _three():
    return 3

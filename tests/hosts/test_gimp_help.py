"""Help, as a painter asks for it in GIMP: F1 in a dialog opens our page, at its place, in the browser of the system.

The browser is one of this test's own, which writes down what it is asked to show.
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_help.py
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlparse

import pytest
from gimp_fixtures import add_pack, photo_pixels, write_photo
from harness import User

PAGES = Path(__file__).parents[2] / "gimp_plugin" / "brushwarp" / "help" / "en"
PHOTO = (320, 240)
TITLE = "%dx%d.*GIMP" % PHOTO
BROWSER = """[Desktop Entry]
Type=Application
Name=Test browser
Exec=sh -c 'printf "%%s\\\\n" "$0" >> "{told}"' %u
MimeType=text/html;x-scheme-handler/file;x-scheme-handler/http;x-scheme-handler/https;
"""


def waits():
    import screen
    from gi.repository import Gimp

    Gimp.displays_flush()
    screen.tell("ready")
    screen.wait_to_hear("asked", 180)


def asks_for_help(title, told):
    import os
    import time

    import gimp_keys as keys
    import screen

    screen.wait_to_hear("ready", 120)
    dialog = keys.open_dialog(title, "Warp")
    screen.key("F1", dialog)
    deadline = time.monotonic() + 60
    while not os.path.exists(told) and time.monotonic() < deadline:
        time.sleep(0.2)
    screen.screenshot("gimp_help")
    screen.key("Escape", dialog)
    screen.wait_until_gone("Brushwarp: Warp")
    screen.tell("asked")


@pytest.fixture(scope="module")
def asked(settled_user: User, pack_file, tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("help")
    gimp = settled_user.gimp
    assert gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    told = settled_user.folder / "shown"
    applications = settled_user.data / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    (applications / "browser.desktop").write_text(BROWSER.format(told=told), encoding="utf-8")
    kinds = ("text/html", "x-scheme-handler/file", "x-scheme-handler/http", "x-scheme-handler/https")
    (settled_user.config / "mimeapps.list").write_text("[Default Applications]\n" + "".join(f"{kind}=browser.desktop\n" for kind in kinds), encoding="utf-8")
    gimp.run_in_window(
        waits, opens=[write_photo(folder / "photo.png", photo_pixels(PHOTO))],
        drive=functools.partial(asks_for_help, title=TITLE, told=str(told)), timeout=300,
    )
    return SimpleNamespace(shown=told.read_text(encoding="utf-8").split() if told.exists() else [])


def test_f1_in_a_dialog_opens_its_place_on_our_page(asked):
    [address] = asked.shown
    place = urlparse(address)
    assert place.fragment == "warp"
    assert Path(unquote(place.path)).parts[-4:] == ("brushwarp", "help", "en", "manual.html")


def test_every_picture_of_the_page_is_there_in_dark_and_in_light():
    page = (PAGES / "manual.html").read_text(encoding="utf-8")
    dark, light = (set(re.findall(rf'"{theme}/(\w+)[.]png"', page)) for theme in ("dark", "light"))
    assert dark == {path.stem for path in (PAGES / "dark").iterdir()} and light == {path.stem for path in (PAGES / "light").iterdir()}
    assert dark == light and len(dark) >= 7


def test_every_procedure_has_its_place_on_the_page():
    source = (PAGES.parents[1] / "brushwarp.py").read_text(encoding="utf-8")
    names = re.findall(r'"(\w+)"', source[source.index("for name in (") :].split(")")[0])
    items = {item.get("id"): item.get("ref") for item in ElementTree.parse(PAGES / "gimp-help.xml").getroot()}
    assert set(items) == {"plug-in-brushwarp-" + name for name in names} and len(names) == 9
    page = (PAGES / "manual.html").read_text(encoding="utf-8")
    for reference in items.values():
        file, _, anchor = reference.partition("#")
        assert file == "manual.html" and f'id="{anchor}"' in page
    for picture in re.findall(r'src="([^"]+)"', page):
        assert (PAGES / picture).is_file()

"""The gallery that both plugins and the command line share: marks, search, and what is done with packs. Real packs, no engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from test_bridge_styles import STYLE_ID, STYLE_NAME, save_random_style

from brushwarp.bridge import gallery as gallery_module
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.gallery import Gallery, NameTaken, card_lines, check_marks, search, set_favourite
from brushwarp.bridge.marks import marks_file, read_marks
from brushwarp.bridge.styles import InstalledStyle
from brushwarp.cli import main
from brushwarp.styles import load_pack, save_pack

BRIDGE = Path(__file__).parents[2] / "core" / "brushwarp" / "bridge"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "höme"))
    return tmp_path / "höme"


@pytest.fixture
def gallery(home, tmp_path) -> Gallery:
    """One shipped style, none of one's own."""
    path = save_random_style(tmp_path / "shipped")
    pack = load_pack(path)
    save_pack(replace(pack, card=replace(pack.card, name="Welle")), tmp_path / "shipped" / "wave.safetensors")
    path.unlink()
    return Gallery((str(tmp_path / "shipped"),))


@pytest.fixture
def file(tmp_path) -> Path:
    return save_random_style(tmp_path / "downloads")


def variant(file: Path, name: str = "Ein anderer") -> Path:
    """Another style in a file of the same name."""
    pack = load_pack(file)
    (file.parent / "other").mkdir()
    save_pack(replace(pack, card=replace(pack.card, name=name)), file.parent / "other" / file.name)
    return file.parent / "other" / file.name


def refused(act, *arguments) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        act(*arguments)
    assert caught.value.message.endswith(".") and caught.value.hint.endswith(".")
    return caught.value


def test_favourites_are_kept_and_go_with_their_style(gallery, file):
    gallery.add(str(file))
    for id in (STYLE_ID, "wave", "wave"):
        set_favourite(id, True)
    assert [style.is_favourite for style in gallery.styles()] == [True, True]
    set_favourite("wave", False)
    assert [(style.id, style.is_favourite, style.is_own) for style in gallery.styles()] == [(STYLE_ID, True, True), ("wave", False, False)]
    gallery.remove(STYLE_ID)
    assert read_marks().favourites == ()


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"favourites": {}}', b'{"names": {"a": 3}}', b"\xff", b"[" * 100000])
def test_marks_that_can_not_be_read_are_set_aside_and_told_of_once(gallery, home, broken):
    home.mkdir()
    Path(marks_file()).write_bytes(broken)
    assert [style.id for style in gallery.styles()] == ["wave"]  # never fatal
    told = refused(set_favourite, "wave", True)
    assert told.code == "gallery-broken" and "gallery.broken-1.json" in told.hint
    assert (home / "gallery.broken-1.json").read_bytes() == broken
    check_marks()
    set_favourite("wave", True)
    assert read_marks().favourites == ("wave",)
    Path(marks_file()).write_bytes(broken)
    assert "gallery.broken-2.json" in refused(check_marks).hint


def test_marks_are_looked_at_where_nothing_can_be_written(gallery, home):
    set_favourite("wave", True)
    (home / "gallery.json.lock").unlink()
    (home / "gallery.json.lock").mkdir()  # nobody can hold it, as in a folder that is read-only
    assert refused(set_favourite, "wave", False).code == "gallery-folder"
    check_marks()
    assert read_marks().favourites == ("wave",)


def test_hosts_that_mark_at_the_same_time_lose_nothing_of_each_other(gallery, home):
    program = "import sys; from brushwarp.bridge.gallery import set_favourite\nfor n in range(40): set_favourite(sys.argv[1] + str(n), True)"
    hosts = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("krita", "gimp")]
    assert [host.wait() for host in hosts] == [0, 0]
    assert len(set(read_marks().favourites)) == 80
    assert sorted(path.name for path in home.iterdir()) == ["gallery.json", "gallery.json.lock"]


def test_a_search_finds_words_in_name_artist_and_year_whatever_their_accents_and_capitals():
    styles = [
        InstalledStyle("a", "Montagne Sainte-Victoire", "Paul Cézanne, 1904"),
        InstalledStyle("b", "Straße im Regen", "Øyvind Łaski, 1889", is_favourite=True),
        InstalledStyle("c", "The Starry Night", "Vincent van Gogh, 1889"),
    ]

    def found(text, favourites_only=False):
        return "".join(style.id for style in search(styles, text, favourites_only))

    assert (found("cezanne"), found("CÉZANNE 1904"), found("victoire paul"), found("Ce\u0301z")) == ("a", "a", "a", "a")
    assert (found("strasse"), found("oyvind laski"), found("1889"), found("1889 night")) == ("b", "b", "bc", "c")
    assert (found(""), found("  "), found("monet")) == ("abc", "abc", "")
    assert (found("", True), found("1889", True), found("night", True)) == ("b", "b", "")


def test_a_pack_is_added_under_the_name_of_its_file(gallery, file, home):
    added = gallery.add(str(file))
    assert (added.id, added.name, added.is_own, added.thumbnail.width) == (STYLE_ID, STYLE_NAME, True, 48)
    assert Path(added.path).read_bytes() == file.read_bytes()
    assert [path.name for path in (home / "styles").iterdir()] == [file.name]
    assert refused(gallery.add, str(file)).code == "style-known"
    assert refused(gallery.add, added.path).code == "style-known"
    assert refused(gallery.add, str(shutil.copy(file, file.parent / "copy (1).safetensors"))).code == "style-known"


def test_a_taken_name_is_told_and_another_offered(gallery, file, home):
    gallery.add(str(file))
    other = variant(file, name=STYLE_NAME)
    pack = load_pack(other)
    save_pack(replace(pack, card=replace(pack.card, artist="Jemand")), other)
    taken = refused(gallery.add, str(other))
    assert isinstance(taken, NameTaken) and taken.free_id == STYLE_ID + "-2" and taken.free_id in taken.hint
    added = gallery.add(str(other), taken.free_id)
    assert (added.id, added.name) == (STYLE_ID + "-2", STYLE_NAME + " (2)")  # the painter can tell them apart
    assert {style.id: style.credit for style in gallery.styles()} == {
        STYLE_ID: "Niemand, 2025", STYLE_ID + "-2": "Jemand, 2025", "wave": "Niemand, 2025",
    }
    save_pack(replace(pack, card=replace(pack.card, artist="Dritter")), other.parent / "wave.safetensors")
    assert refused(gallery.add, str(other.parent / "wave.safetensors")).free_id == "wave-2"  # a shipped one's: recipes mean that


def test_two_hosts_that_add_under_one_name_at_once_keep_both(gallery, file, monkeypatch):
    other, copy, outcomes = variant(file), gallery_module._copy, []

    def add_other():
        try:
            outcomes.append(gallery.add(str(other)).id)
        except NameTaken as error:
            outcomes.append(error.free_id)

    second = threading.Thread(target=add_other)

    def copy_late(path, target):
        if path == str(file):
            second.start()
            second.join(0.5)  # the other host begins just before this one has its file
        copy(path, target)

    monkeypatch.setattr(gallery_module, "_copy", copy_late)
    added = gallery.add(str(file))
    second.join()
    assert outcomes == [STYLE_ID + "-2"] and Path(added.path).read_bytes() == file.read_bytes()


def test_a_pack_whose_shapes_are_no_numbers_takes_neither_memory_nor_the_gallery_away(gallery, file, home):
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["thumbnail"] = {"dtype": "U8", "shape": ["a", 2**60, 3], "data_offsets": [0, 3]}
    raw = json.dumps(header).encode()
    file.write_bytes(len(raw).to_bytes(8, "little") + raw + data[8 + length :])
    assert refused(gallery.add, str(file)).code == "pack-format"
    (home / "styles").mkdir(parents=True)
    shutil.copy(file, home / "styles")
    assert [style.id for style in gallery.styles()] == ["wave"]


def test_what_is_no_pack_is_refused_in_words_and_leaves_nothing(gallery, file, home, tmp_path):
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")

    def changed(change):
        header = json.loads(data[8 : 8 + length])
        change(header)
        raw = json.dumps(header).encode()
        return len(raw).to_bytes(8, "little") + raw + data[8 + length :]

    def reshape(header):
        next(entry for name, entry in header.items() if name != "__metadata__")["shape"] = [3, 3]

    cases = {
        "pack-format": [b"", b"\x89PNG\r\n\x1a\n1234", changed(lambda header: header.pop("__metadata__")), changed(reshape),
                        changed(lambda header: header["__metadata__"].update(card="{}"))],
        "pack-truncated": [data[:-1], data[: length // 2]],
        "pack-pickle": [b"PK\3\4" + bytes(100)],
        "pack-version": [changed(lambda header: header["__metadata__"].update(format_version="9"))],
    }
    bad = tmp_path / "bad.safetensors"
    for code, contents in cases.items():
        for content in contents:
            bad.write_bytes(content)
            assert refused(gallery.add, str(bad)).code == code, content[:40]
    assert refused(gallery.add, str(tmp_path / "nowhere.safetensors")).code == "style-missing"
    assert refused(gallery.add, str(tmp_path)).code == "style-missing"
    for id in (".hidden", "a/b", "a\\b", "a.safetensors", "a\nb", "x" * 300):
        assert refused(gallery.add, str(file), id).code == "style-id"
    assert not (home / "styles").exists()


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or not os.path.exists("/dev/full"), reason="needs Linux")
def test_a_folder_that_can_not_be_written_to_is_named(gallery, file, home):
    home.write_bytes(b"a file in the place of the data folder")
    assert refused(gallery.add, str(file)).code == "gallery-folder"
    assert refused(set_favourite, "wave", True).code == "gallery-folder"
    assert [style.id for style in gallery.styles()] == ["wave"]


def test_only_ones_own_styles_are_removed(gallery, file):
    gallery.add(str(file))
    assert "came with Brushwarp" in refused(gallery.remove, "wave").message
    gallery.remove(STYLE_ID)
    assert [style.id for style in gallery.styles()] == ["wave"]
    assert refused(gallery.remove, STYLE_ID).code == "style-missing"
    assert file.exists()


def test_a_new_name_is_a_label_the_id_and_the_file_stay(gallery, file, capsys):
    before = Path(gallery.add(str(file)).path).read_bytes()
    gallery.rename(STYLE_ID, "  Mein\n Stil ")
    style = gallery.style(STYLE_ID)
    assert (style.name, style.label, Path(style.path).read_bytes()) == ("Mein Stil", "Mein Stil (Niemand, 2025)", before)
    assert refused(gallery.rename, "wave", "Welle").code == "style-shipped"
    assert refused(gallery.rename, STYLE_ID, gallery.style("wave").name).code == "style-name"
    assert refused(gallery.rename, STYLE_ID, "x" * 81).code == "style-name"
    assert refused(gallery.rename, "nobody", "Welle").code == "style-missing"
    assert main(["styles", "list", "mein"]) == 0
    assert capsys.readouterr().out.split()[:3] == [STYLE_ID, "Mein", "Stil"]
    assert main(["styles", "rename", STYLE_ID, "Zwei"]) == 0 and gallery.style(STYLE_ID).name == "Zwei"
    Path(marks_file()).unlink()
    assert gallery.style(STYLE_ID).name == STYLE_NAME
    gallery.rename(STYLE_ID, "Drei")
    gallery.rename(STYLE_ID, "")
    assert gallery.style(STYLE_ID).name == STYLE_NAME and read_marks().names == {}


def test_the_card_is_told_line_by_line(gallery, file):
    gallery.add(str(file))
    gallery.rename(STYLE_ID, "Zwei")
    lines = dict(card_lines(gallery.style(STYLE_ID)))
    assert list(lines) == ["Name", "On its card", "Artist", "Year", "Licence", "Known as", "File"]
    assert (lines["Name"], lines["On its card"], lines["Artist"], lines["Licence"]) == ("Zwei", STYLE_NAME, "Niemand", "CC BY 4.0")
    assert lines["File"].endswith(f"höme/styles/{STYLE_ID}.safetensors")


def test_every_shipped_style_has_a_card_with_its_sources_and_its_training():
    shipped = Gallery((str(BRIDGE.parent / "styles" / "packs"),)).styles()
    assert len(shipped) >= 4
    for style in shipped:
        lines = dict(card_lines(style))
        assert {"Artist", "Year", "Licence", "Source", "Credits", "Training"} <= set(lines), style.id
        assert "steps" in lines["Training"] and "VGG-19" in lines["Training"]


def test_the_stamp_tells_that_something_changed_and_nothing_else(gallery, file):
    stamps = [gallery.stamp()]
    for change in (
        lambda: gallery.add(str(file)), lambda: set_favourite("wave", True), lambda: gallery.rename(STYLE_ID, "Zwei"), lambda: gallery.remove(STYLE_ID),
    ):
        change()
        stamps.append(gallery.stamp())
        assert gallery.stamp() == stamps[-1]
    assert len(set(stamps)) == 5


@pytest.mark.parametrize("version", ["3.8", "3.9"])
def test_old_pythons_have_all_of_it(gallery, file, version, home):
    python = old_python(version)
    program = (
        "from bridge.gallery import Gallery, card_lines, search, set_favourite\n"
        "gallery = Gallery(({!r},)); style = gallery.add({!r}); set_favourite(style.id, True); gallery.rename(style.id, 'Zwei')\n"
        "(found,) = search(gallery.styles(), 'zwei', True); print(ascii(card_lines(found)[0])); gallery.remove(found.id)\n"
    ).format(gallery.shipped[0], str(file))
    environment = {**os.environ, "PYENV_VERSION": version, "PYTHONPATH": str(BRIDGE.parent), "LC_ALL": "C"}
    said = subprocess.run([python, "-c", program], env=environment, capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, "('Name', 'Zwei')"), said.stderr


def old_python(version: str) -> str:
    """One that starts; skips where there is none."""
    python = shutil.which(f"python{version}") or ""
    if not python or subprocess.run([python, "-c", ""], env={**os.environ, "PYENV_VERSION": version}, capture_output=True).returncode:
        pytest.skip(f"needs Python {version}")
    return python

"""The gallery in the real Krita: a docker to search, choose, mark, add, rename and remove styles in, and Stylize… that goes with it."""

from __future__ import annotations

import json
import os

import pytest
from harness import KritaHost
from krita_fixtures import STYLE_ID, STYLE_NAME, photo, save_random_style, settle_painter, to_layer_bytes

OTHER_ID, OTHER_NAME = "breite_borsten", "Breite Borsten"
SIZE = (90, 70)
SHIPPED = "vangogh_starry_night"


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    save_random_style(settled_user.brushwarp_home / "styles", OTHER_ID, OTHER_NAME, seed=8)
    return settled_user.krita


def chooses(folder, photo_size, style, other, shipped):
    import krita_gallery as gallery
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QLineEdit, QListWidget, QPushButton, QToolButton

    def closed(dialog):
        studio.button(dialog, "Cancel").click()
        yield from studio.wait_for(lambda: not studio.shown("brushwarp_stylize_dialog"), "end of the dialog")

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    yield from gallery.show()
    docker = gallery.find()
    told["all"] = gallery.shown()
    told["at first"] = gallery.chosen()
    explained = {QLineEdit: ["search"], QPushButton: ["stylize"], QToolButton: ["favourite", "favourites_only", "add", "more"]}
    told["tips"] = [bool(docker.findChild(kind, name).toolTip()) for kind, names in explained.items() for name in names]
    told["tip of a style"] = gallery.grid().item(0).toolTip()

    gallery.click(other)
    told["clicked"] = gallery.chosen()
    dialog = yield from studio.open_dialog()
    told["dialog opens with"] = studio.chosen_in_gallery(dialog)
    studio.choose_in_gallery(dialog, style)
    yield from closed(dialog)
    yield 1200
    told["after Cancel"] = gallery.chosen()
    layer = yield from studio.stylize(style=style)
    told["painted"] = layer.name()
    yield 1200
    told["docker follows"] = gallery.chosen()
    yield from studio.activate(document, source)

    gallery.click(other, twice=True)
    dialog = yield from gallery.stylize_dialog()
    told["double click"] = studio.chosen_in_gallery(dialog)
    yield from closed(dialog)
    gallery.click(told["all"][0])
    gallery.key("Right")
    told["arrow"] = gallery.chosen()
    gallery.key("Return")
    dialog = yield from gallery.stylize_dialog()
    told["enter"] = studio.chosen_in_gallery(dialog)
    yield from closed(dialog)
    gallery.press("stylize")
    dialog = yield from gallery.stylize_dialog()
    grid = dialog.findChild(QListWidget, "styles")
    told["focus"] = dialog.focusWidget() is grid
    yield from closed(dialog)

    before = [studio.fingerprint(source), Krita.instance().action("edit_undo").text()]
    told["no favourites"] = gallery.press("favourites_only")
    yield 300
    screen.screenshot("krita_gallery_no_favourites")
    gallery.press("favourites_only")
    gallery.click(shipped)
    gallery.key("F")
    gallery.click(other)
    gallery.key("F")
    told["favourites"] = gallery.press("favourites_only")
    yield 300
    screen.screenshot("krita_gallery_favourites")
    gallery.key("F")
    told["one less"] = gallery.shown()
    told["still chosen"] = docker.findChild(QToolButton, "favourite").isEnabled()
    gallery.press("favourites_only")
    told["found"] = [gallery.search(words) for words in ("van gogh starry", "STRICHE", "1889 night", "niemand 2025 borsten", "xyz", "")]
    gallery.search("borsten")
    docker.findChild(QLineEdit, "search").setFocus()
    gallery.key("Delete")
    told["question"] = yield from studio.answer("Cancel")
    told["untouched"] = before == [studio.fingerprint(source), Krita.instance().action("edit_undo").text()]
    gallery.search("")
    docker.setFloating(True)
    docker.resize(docker.minimumSizeHint().width(), 500)
    yield 500
    screen.screenshot("krita_gallery_narrow")
    told["narrow"] = [docker.width(), gallery.grid().gridSize().width() <= gallery.grid().viewport().width()]
    docker.setFloating(False)
    return told


@pytest.fixture(scope="module")
def chosen(painter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chosen")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    return painter.run_in_window(chooses, folder=folder, photo_size=SIZE, style=STYLE_ID, other=OTHER_ID, shipped=SHIPPED)


def test_the_docker_shows_every_style_with_explanations(chosen):
    assert chosen["all"][:2] == [OTHER_ID, STYLE_ID] and SHIPPED in chosen["all"] and chosen["at first"] == OTHER_ID
    assert chosen["tips"] == [True] * 6
    assert chosen["tip of a style"] == f"{OTHER_NAME}\nNiemand, 2025"


def test_the_chosen_style_is_the_one_that_stylize_opens_with_and_the_other_way_round(chosen):
    assert (chosen["clicked"], chosen["dialog opens with"]) == (OTHER_ID, OTHER_ID)
    assert chosen["after Cancel"] == OTHER_ID  # a dialog that is left chooses nothing
    assert (chosen["painted"], chosen["docker follows"]) == (f"{STYLE_NAME} · Brushwarp", STYLE_ID)


def test_a_double_click_and_enter_open_stylize_and_arrows_choose(chosen):
    assert chosen["double click"] == OTHER_ID
    assert chosen["arrow"] == chosen["enter"] == chosen["all"][1]
    assert chosen["focus"]


def test_favourites_are_marked_by_a_key_and_shown_alone(chosen):
    assert chosen["no favourites"] == []
    assert sorted(chosen["favourites"]) == sorted([OTHER_ID, SHIPPED])
    assert chosen["one less"] == [SHIPPED] and chosen["still chosen"]


def test_words_of_name_artist_and_year_find_styles(chosen):
    assert chosen["found"] == [[SHIPPED], [STYLE_ID], [SHIPPED], [OTHER_ID], [], chosen["all"]]


def test_keys_in_the_gallery_are_not_kritas_shortcuts(chosen):
    assert "Remove the style" in chosen["question"]
    assert chosen["untouched"]


def test_the_docker_can_be_as_narrow_as_others(chosen):
    width, fits = chosen["narrow"]
    assert width <= 240 and fits


def keeps_house(folder, home, style, other, shipped):
    import os
    import shutil

    import krita_gallery as gallery
    import krita_studio as studio
    import screen
    from PyQt5.QtCore import QObject, QUrl, pyqtSlot
    from PyQt5.QtGui import QDesktopServices
    from PyQt5.QtWidgets import QDialog, QInputDialog, QLabel

    def name_of(style):
        return [gallery.grid().item(row).text() for row, id in enumerate(gallery.shown()) if id == style][0]

    told = {}
    yield from gallery.show()

    # Dragged from another program's window.
    yield from gallery.drag_from_outside(folder + "/gezogen.safetensors")
    told["dragged"] = gallery.chosen()

    # Dropped otherwise, and as a training adds it.
    told["welcome"] = gallery.drop(folder + "/neu.safetensors")
    told["added"] = [gallery.chosen(), os.path.exists(home + "/styles/neu.safetensors")]
    told["again"] = gallery.drop(folder + "/neu.safetensors") and (yield from studio.dismiss())
    gallery.drop(folder + "/other/neu.safetensors")
    yield 300
    screen.screenshot("krita_gallery_name_taken")
    told["taken"] = yield from studio.answer("Add as “neu-2”")
    told["added as"] = [gallery.chosen(), name_of("neu"), name_of("neu-2")]
    gallery.drop(folder + "/bad.safetensors")
    yield 300
    told["no pack"] = yield from studio.dismiss()
    gallery.drop(folder + "/bad.safetensors", folder + "/missing.safetensors")
    yield 300
    screen.screenshot("krita_gallery_problems")
    told["no packs"] = yield from studio.dismiss()
    gallery.click(other)
    shutil.copy(folder + "/landed.safetensors", home + "/styles/.landing")
    os.rename(home + "/styles/.landing", home + "/styles/landed.safetensors")
    yield from studio.wait_for(lambda: "landed" in gallery.shown(), "style that was learnt", 10)
    told["still chosen"] = gallery.chosen()

    # Its name, card and folder.
    gallery.choose_from_menu("Rename")
    box = yield from studio.wait_for(lambda: studio.shown("brushwarp_style_name"), "question for a name")
    yield 300
    screen.screenshot("krita_gallery_rename")
    box.setTextValue("Ganz Feine")
    box.accept()
    yield 300
    told["renamed"] = [gallery.chosen(), name_of(other)]
    assert isinstance(box, QInputDialog)
    gallery.choose_from_menu("Card")
    card = yield from studio.wait_for(lambda: studio.shown("brushwarp_style_card"), "card")
    yield 300
    screen.screenshot("krita_gallery_card")
    told["card"] = [label.text() for label in card.findChildren(QLabel) if label.text()]
    assert isinstance(card, QDialog)
    card.reject()
    opened = []

    class Folders(QObject):
        @pyqtSlot(QUrl)
        def show(self, url):
            opened.append(url.toLocalFile())

    folders = Folders()
    QDesktopServices.setUrlHandler("file", folders, "show")
    gallery.choose_from_menu("Show in folder")
    QDesktopServices.unsetUrlHandler("file")
    told["folder"] = opened

    # Removed, or not.
    gallery.key("Delete")
    yield from studio.answer("Remove")
    told["removed"] = [other in gallery.shown(), os.path.exists("%s/styles/%s.safetensors" % (home, other)), gallery.chosen()]
    gallery.click(shipped)
    gallery.key("Delete")
    yield 300
    told["shipped"] = yield from studio.dismiss()
    gallery.choose_from_menu("Rename")
    yield 300
    told["shipped name"] = yield from studio.dismiss()

    # A broken file of marks, and no engine at all.
    with open(home + "/gallery.json", "w") as file:
        file.write("{")
    yield from studio.wait_for(studio.message_shown, "message about the broken file", 10)
    told["broken"] = yield from studio.dismiss()
    yield 2500
    told["told once"] = studio.message_shown()
    gallery.click(shipped)
    gallery.key("F")
    told["works again"] = gallery.press("favourites_only")
    gallery.press("favourites_only")
    os.rename(home + "/install.json", home + "/away.json")
    yield from studio.wait_for(lambda: not gallery.shown(), "empty gallery", 10)
    yield 300
    screen.screenshot("krita_gallery_no_engine")
    os.rename(home + "/away.json", home + "/install.json")
    yield from studio.wait_for(gallery.shown, "gallery again", 10)
    told["message at the end"] = studio.message_shown()
    return told


@pytest.fixture(scope="module")
def kept(painter, chosen, tmp_path_factory):
    folder = tmp_path_factory.mktemp("Stile")
    save_random_style(folder, "neu", "Neu", seed=1)
    save_random_style(folder / "other", "neu", "Neu", seed=2)
    save_random_style(folder, "gezogen", "Gezogen", seed=4)
    save_random_style(folder, "landed", "Gelernt", seed=3)
    (folder / "bad.safetensors").write_bytes(b"\x89PNG no pack")
    home = str(painter.user.brushwarp_home)
    return painter.run_in_window(keeps_house, folder=folder, home=home, style=STYLE_ID, other=OTHER_ID, shipped=SHIPPED)


def test_packs_that_are_dropped_are_added_and_chosen(kept):
    assert kept["dragged"] == "gezogen"
    assert kept["welcome"] and kept["added"] == ["neu", True]
    assert "is in the gallery already" in kept["again"]


def test_a_taken_name_is_told_and_another_offered(kept):
    assert "There is a style “neu” already" in kept["taken"]
    assert kept["added as"] == ["neu-2", "Neu", "Neu (2)"]


def test_what_is_no_pack_is_refused_in_words_that_say_what_to_do(kept):
    assert "no style pack that Brushwarp can use" in kept["no pack"] and "Choose a .safetensors file" in kept["no pack"]
    assert "2 files were not added" in kept["no packs"]
    assert "bad.safetensors: This file" in kept["no packs"] and "missing.safetensors: There is no style pack" in kept["no packs"]


def test_a_style_that_is_learnt_meanwhile_appears_and_the_choice_stays(kept):
    assert kept["still chosen"] == OTHER_ID


def test_a_style_can_be_renamed_and_keeps_its_id(kept, painter):
    assert kept["renamed"] == [OTHER_ID, "Ganz Feine"]


def test_the_card_says_whose_the_style_is_and_where_it_lies(kept):
    card = kept["card"]
    assert {"Ganz Feine", OTHER_NAME, "Niemand", "2025", "CC BY 4.0", OTHER_ID} <= set(card)
    assert any(text.endswith(f"styles/{OTHER_ID}.safetensors") for text in card)
    assert [os.path.basename(folder) for folder in kept["folder"]] == ["styles"]


def test_ones_own_styles_are_removed_after_a_question_and_shipped_ones_never(kept):
    assert kept["removed"] == [False, False, "gezogen"]  # the first one
    assert "came with Brushwarp" in kept["shipped"] and "removed" in kept["shipped"]
    assert "came with Brushwarp" in kept["shipped name"] and "renamed" in kept["shipped name"]


def test_a_broken_file_of_favourites_is_told_of_once_and_set_aside(kept, painter):
    assert "favourites" in kept["broken"] and "gallery.broken-1.json" in kept["broken"]
    assert kept["told once"] is None and kept["message at the end"] is None
    assert kept["works again"] == [SHIPPED]
    assert json.loads((painter.user.brushwarp_home / "gallery.json").read_text(encoding="utf-8"))["favourites"] == [SHIPPED]

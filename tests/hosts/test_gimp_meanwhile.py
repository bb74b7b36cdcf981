"""What becomes of a job in GIMP's window whose layer is moved, scaled or deleted meanwhile, or whose image is closed, or GIMP with it.

The images and what happens to them come from one script in GIMP, the keys from beside its window.
Screenshots: gimp_deleted_meanwhile, gimp_one_of_two_meanwhile.
"""

from __future__ import annotations

import functools
import time
from pathlib import Path

import pytest
from gimp_fixtures import add_pack, make_slow_pack, photo_pixels, write_photo
from harness import User

LARGE = (1500, 1000)
MOVE = (30, -20)
SCENES = ("moved", "scaled", "deleted", "one_of_two", "closed")


def acts_meanwhile(large, move, scenes):
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    def act(scene, image, display, source):
        if scene == "moved":
            source.set_offsets(*move)
        elif scene == "scaled":
            source.scale(source.get_width() // 2, source.get_height() // 2, True)
        elif scene in ("deleted", "one_of_two"):
            image.remove_layer(source)  # of two the second in turn: GIMP names that first which was selected last
        else:
            display.delete()  # with its last window an image goes

    told = {}
    for scene in scenes:
        image = studio.load(large)
        display = Gimp.Display.new(image)
        source = image.get_layers()[0]
        if scene == "one_of_two":
            small = studio.new_layer(image, 64, 48, name="small", pixels=b"\x40\x80\xc0\xff" * (64 * 48))
            image.lower_item_to_bottom(small)
            image.set_selected_layers([source, small])
        screen.tell("ready " + scene)
        screen.wait_to_hear("began " + scene, 120)
        act(scene, image, display, source)
        screen.tell("acted " + scene)
        screen.wait_to_hear("ended " + scene, 120)
        if scene == "closed":
            told[scene] = image.is_valid()
            continue
        told[scene] = [studio.tree(image.get_layers()), [[x.get_width(), x.get_height(), *x.get_offsets()[1:]] for x in image.get_layers()]]
        display.delete()
    return told


def presses_the_keys(title, scenes):
    import time

    import gimp_keys as keys
    import screen

    for scene in scenes:
        screen.wait_to_hear("ready " + scene, 120)
        keys.begin_painting(title)
        screen.tell("began " + scene)
        screen.wait_to_hear("acted " + scene)
        screen.wait_until_gone("Brushwarp: Stylize", 120)
        if scene in ("deleted", "one_of_two"):
            message = screen.wait_for_window("GIMP Message")
            screen.screenshot("gimp_%s_meanwhile" % scene)
            screen.key("Escape", message)
            screen.wait_until_gone("GIMP Message")
        if scene == "closed":
            time.sleep(2.0)
            said = screen.windows("GIMP Message")
        screen.tell("ended " + scene)
    return list(said.values())


def quits(large):
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    image = studio.load(large)
    Gimp.Display.new(image)
    screen.tell("ready")
    screen.wait_to_hear("began", 120)
    image.clean_all()
    return True


def begins(title):
    import gimp_keys as keys
    import screen

    screen.wait_to_hear("ready", 120)
    keys.begin_painting(title)
    screen.tell("began")


@pytest.fixture(scope="module")
def painter(settled_user: User, tmp_path_factory) -> User:
    assert settled_user.gimp  # or skips
    settled_user.brushwarp_home = settled_user.folder / "Bürstenhaus ✓"
    settled_user.install("gimp")
    add_pack(settled_user, make_slow_pack(tmp_path_factory.mktemp("pack") / "slow.safetensors"))
    return settled_user


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    return write_photo(tmp_path_factory.mktemp("large") / "large.png", photo_pixels(LARGE))


@pytest.fixture(scope="module")
def told(painter, large):
    title = "%dx%d.*GIMP" % LARGE
    value = painter.gimp.run_in_window(
        acts_meanwhile, drive=functools.partial(presses_the_keys, title=title, scenes=SCENES), timeout=400, large=large, move=MOVE, scenes=SCENES
    )
    return {**value, "said when it was closed": painter.gimp.driver_value()}


def test_the_painting_lies_where_the_layer_was_moved_to(told):
    names, places = told["moved"]
    assert names == ["Slow · Brushwarp", "Background"] and places == [[*LARGE, *MOVE]] * 2


def test_of_a_layer_that_was_scaled_it_comes_all_the_same(told):
    names, places = told["scaled"]
    assert names == ["Slow · Brushwarp", "Background"]
    assert places[0][:2] == [*LARGE] and places[1][:2] == [LARGE[0] // 2, LARGE[1] // 2]


def test_of_a_layer_that_was_deleted_nothing_comes_but_a_message(told):
    assert told["deleted"] == [[], []]


def test_of_two_layers_the_one_that_is_left_is_painted(told):
    assert told["one_of_two"] == [["Slow · Brushwarp", "small"], [[64, 48, 0, 0]] * 2]


def test_an_image_that_was_closed_stays_closed_and_nothing_is_said(told):
    assert told["closed"] is False and told["said when it was closed"] == []


def test_gimp_quits_in_the_middle_and_the_worker_is_free(painter, large):
    title = "%dx%d.*GIMP" % LARGE
    assert painter.gimp.run_in_window(quits, drive=functools.partial(begins, title=title), large=large)
    payloads = painter.brushwarp_home / "cache" / "payloads"
    end = time.monotonic() + 10
    while list(payloads.glob("*/*")):
        assert time.monotonic() < end, "what was sent still lies there"
        time.sleep(0.1)

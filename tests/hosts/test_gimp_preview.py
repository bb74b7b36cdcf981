"""A spot in the preview of Stylize's dialog, as large as it will be: in GIMP's window, with the mouse.

Screenshots: gimp_spot_waiting, gimp_spot, gimp_spot_original, gimp_spot_left.
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_preview.py
"""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np
import pytest
from gimp_fixtures import add_pack, photo_pixels, write_photo
from harness import User

PHOTO = (1400, 1000)
SEEN = (360, 200)  # of the picture, on the screen


def looks_on():
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    Gimp.displays_flush()
    before = studio.look(image, source)
    screen.tell("ready")
    screen.wait_to_hear("closed", 240)
    return studio.look(image, source) == before


def looks_closely(title, folder, seen):
    import time

    import gimp_keys as keys
    import screen
    from screen_pixels import Eye

    def keep(name, pixels):
        with open(folder + "/" + name, "wb") as file:
            file.write(pixels)

    screen.wait_to_hear("ready", 120)
    dialog = keys.open_dialog(title, "Stylize")
    left, top, width, height = screen.place_of(dialog)
    place = (left + width - 430, top + 40, *seen)
    middle = (place[0] + 190, place[1] + 110)
    eye = Eye(place)
    screen.key("alt+i", dialog)  # Show original
    original = eye.wait_for_rest()
    screen.key("alt+i")
    eye.wait_for_change(original, 90)  # a worker has to be started first
    whole = eye.wait_for_rest(2.5)
    screen.screenshot("gimp_spot_before")
    begin = time.time()
    screen.click(*middle)
    eye.wait_for_change(whole)
    coarse = eye.look()
    screen.screenshot("gimp_spot_waiting")
    eye.wait_for_change(coarse, 90)
    seconds = time.time() - begin
    keep("spot", eye.wait_for_rest(1.0))
    screen.screenshot("gimp_spot")
    screen.key("alt+i")
    keep("spot of the layer", eye.wait_for_rest())
    screen.screenshot("gimp_spot_original")
    screen.key("alt+i")
    back_and_forth = eye.wait_for_rest()
    screen.click(*middle)
    left_again = eye.wait_for_rest(2.5)
    screen.screenshot("gimp_spot_left")
    screen.key("Escape", dialog)
    screen.wait_until_gone("Brushwarp: Stylize", 60)
    screen.tell("closed")
    keep("back and forth", back_and_forth)
    return {"seconds": seconds, "the whole again": left_again == whole}


@pytest.fixture(scope="module")
def visit(settled_user: User, pack_file, tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("spot")
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    gimp = settled_user.gimp
    photo = photo_pixels(PHOTO)
    untouched = gimp.run_in_window(
        looks_on, opens=[write_photo(folder / "photo.png", photo)],
        drive=functools.partial(looks_closely, title="%dx%d.*GIMP" % PHOTO, folder=str(folder), seen=SEEN), timeout=300,
    )
    told = gimp.driver_value()
    print(f"a spot of {PHOTO} was painted in {told['seconds']:.1f} s")

    def picture(name: str) -> np.ndarray:
        return np.frombuffer((folder / name).read_bytes(), np.uint8).reshape(SEEN[1], -1, 4)[:, : SEEN[0], 2::-1].astype(int)

    return SimpleNamespace(told=told, picture=picture, photo=photo, untouched=untouched)


def test_a_click_shows_a_spot_of_the_layer_at_its_own_size(visit):
    seen = visit.picture("spot of the layer")
    places = np.argwhere((visit.photo[: -SEEN[1], : -SEEN[0]] == seen[0, 0]).all(2))
    found = [tuple(place) for place in places if np.array_equal(visit.photo[place[0] : place[0] + SEEN[1], place[1] : place[1] + SEEN[0]], seen)]
    assert len(found) == 1


def test_the_spot_is_painted_and_can_be_compared_with_the_layer(visit):
    spot, layer = visit.picture("spot"), visit.picture("spot of the layer")
    assert np.abs(spot - layer).mean() >= 15
    assert np.array_equal(visit.picture("back and forth"), spot)


def test_another_click_goes_back_to_the_whole_layer_and_nothing_is_touched(visit):
    assert visit.told["the whole again"] and visit.untouched

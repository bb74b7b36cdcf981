"""Engine… as a painter uses it: in GIMP's window, from the menu, with the keyboard.

One visit without an engine: Stylize… leads to the window with the command to copy, and goes on once the engine is there. Then Engine…:
at rest, started, busy with somebody else's picture, restarted, stopped; the report copied. Once dark, and a look at all of it light.
Screenshots: gimp_engine_missing, gimp_engine_ready, …; those of the light theme end in _light.
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_engine.py
"""

from __future__ import annotations

import functools
import os
from types import SimpleNamespace

import pytest
from gimp_fixtures import add_pack, photo_pixels, write_photo
from harness import User

PHOTO = (320, 240)
TITLE = "%dx%d.*GIMP" % PHOTO


def waits():
    import screen
    from gi.repository import Gimp

    Gimp.displays_flush()
    screen.tell("ready")
    screen.wait_to_hear("looked around", 280)


def looks_around(title, install, theme):
    import os
    import time

    import engine_studio as engine
    import gimp_keys as keys
    import screen

    told = {}

    def shoot(name):
        time.sleep(1.5)
        screen.screenshot("gimp_engine_" + name + theme)

    screen.wait_to_hear("ready", 120)
    os.rename(install, install + ".gone")
    window = keys.open_dialog(title, "Stylize", menu="gimp_engine_menu" + theme, title="Engine")
    shoot("missing")
    screen.key("alt+o", window)
    time.sleep(0.5)
    told["command"] = engine.clipboard()
    screen.key("alt+h")  # Check again: nothing has changed
    time.sleep(1.5)
    told["still there"] = bool(screen.windows("Brushwarp: Engine"))
    os.rename(install + ".gone", install)
    screen.key("alt+h")
    screen.wait_for_window("Brushwarp: Stylize")
    told["went on"] = not screen.windows("Brushwarp: Engine")
    screen.key("Escape", screen.wait_for_window("Brushwarp: Stylize"))
    screen.wait_until_gone("Brushwarp: Stylize", 20)

    os.rename(install, install + ".gone")
    window = keys.open_dialog(title, "Recipe", title="Engine")
    screen.key("Escape", window)
    screen.wait_until_gone("Brushwarp: Engine", 20)
    os.rename(install + ".gone", install)

    window = keys.open_dialog(title, "Engine")
    screen.key("alt+t", window)  # the gallery's preview had warmed it up
    told["rests"] = engine.wait_for_phase("resting").phase
    shoot("resting")
    screen.key("alt+s", window)
    told["started"] = engine.wait_for_phase("ready").phase
    shoot("ready")
    first = engine.look().pid
    elsewhere = engine.Elsewhere()
    told["busy"] = engine.wait_for_phase("busy").standing.work
    shoot("busy")
    screen.key("alt+r", window)
    message = screen.wait_for_window("Brushwarp: Message")
    shoot("asked")
    screen.key("Escape", message)
    screen.wait_until_gone("Brushwarp: Message", 20)
    told["not restarted"] = [engine.look().phase, engine.look().pid == first]
    screen.key("alt+r", window)
    screen.key("alt+r", screen.wait_for_window("Brushwarp: Message"))
    told["elsewhere"] = elsewhere.wait()
    told["restarted"] = engine.wait_for_phase("ready").pid != first
    time.sleep(1.5)
    screen.key("alt+p", window)
    time.sleep(0.5)
    told["report"] = engine.clipboard()
    screen.key("alt+t", window)
    engine.wait_for_phase("resting")
    screen.key("alt+c", window)
    screen.wait_until_gone("Brushwarp: Engine", 20)
    told["closed"] = engine.look().phase
    screen.tell("looked around")
    return told


@pytest.fixture(scope="module", params=["dark", "light"])
def seen(new_user, pack_file, tmp_path_factory, request) -> SimpleNamespace:
    with new_user() as user:
        gimp = user.gimp
        assert gimp  # or skips
        user.brushwarp_home = user.folder / "home" / "Bürstenhaus"
        user.install("gimp")
        add_pack(user, pack_file)
        if user.worker_outside:
            pytest.skip("the worker does not run beside the host")
        (user.config / "GIMP" / "3.0" / "gimprc").write_text(f"(theme-color-scheme {request.param})\n", encoding="utf-8")
        gimp.run_in_window(
            waits, opens=[write_photo(tmp_path_factory.mktemp("photo") / "photo.png", photo_pixels(PHOTO))], timeout=400,
            drive=functools.partial(
                looks_around, title=TITLE, install=str(user.brushwarp_home / "install.json"), theme="" if request.param == "dark" else "_light"
            ),
        )
        yield SimpleNamespace(user=user, **{name.replace(" ", "_"): value for name, value in gimp.driver_value().items()})


def test_an_entry_without_an_engine_leads_to_the_command_and_goes_on_once_it_is_there(seen):
    assert seen.command == "python3 install_scripts/install.py"
    assert seen.still_there and seen.went_on


def test_looking_starts_nothing_and_start_does(seen):
    assert seen.rests == "resting" and seen.started == "ready" and seen.closed == "resting"


def test_somebodys_picture_is_asked_about_before_it_is_cancelled(seen):
    assert seen.busy == "deform" and seen.not_restarted == ["busy", True]
    assert seen.elsewhere == "worker-restarted" and seen.restarted


def test_the_report_tells_versions_device_and_log_but_no_home(seen):
    assert "Host: GIMP 3." in seen.report and "Device: Processor" in seen.report and "serves ~" in seen.report
    assert str(seen.user.folder / "home") not in seen.report


def asks_as_a_script(home):
    import os

    import gimp_studio as studio
    from gi.repository import Gimp

    image = Gimp.Image.new(40, 30, Gimp.ImageBaseType.RGB)
    layer = studio.new_layer(image, 40, 30)
    os.rename(home + "/install.json", home + "/gone.json")
    try:
        told = [studio.stylize(None, [], procedure=studio.ENGINE)]
        for mode in (Gimp.RunMode.NONINTERACTIVE, Gimp.RunMode.WITH_LAST_VALS):
            try:
                studio.stylize(image, [layer], run_mode=mode)
            except studio.Refused as refused:
                told.append([refused.status, refused.message])
        return told
    finally:
        os.rename(home + "/gone.json", home + "/install.json")


def test_a_script_gets_the_report_and_the_error_without_a_window(user: User):
    assert user.gimp  # or skips
    user.install("gimp")
    report, *refused = user.gimp.run(asks_as_a_script, home=os.fspath(user.brushwarp_home))
    assert "Brushwarp: Brushwarp's engine is not installed." in report and "Host: GIMP 3." in report
    assert len(refused) == 2
    for status, message in refused:
        assert status == "EXECUTION_ERROR" and "install_scripts/install.py" in message

"""The manuals' pictures, taken anew: every window of Brushwarp on the project's own sample picture, dark and light.

    .venv/bin/python tests/hosts/manual_pictures.py krita|gimp FOLDER

Leaves dark/NAME.png and light/NAME.png in FOLDER. Look at each before it takes an old one's place. As root: the painter whose folders the
windows name lives in /home/painter as long as this takes.
"""

from __future__ import annotations

import functools
import shutil
import sys
from pathlib import Path

from harness import User
from PIL import Image
from places import CHECKOUT, find_places
from profiles import Templates

from brushwarp.image import Picture, save_picture
from brushwarp.sample import render_sample

SIZE = (1200, 800)
STYLE = "vangogh_starry_night"
ARROWS = [[(700, 190), (735, 130)], [(150, 330), (95, 265)], [(560, 330), (470, 340)]]  # mountain, tree, cottage
COLOURS = 256  # of a picture
WIDEST = {"krita": 616, "gimp": 864}  # pixels: of the page that Krita's Plugin Manager has, and of a browser's
HOME = Path("/home/painter")


def shows_krita(folder, style, arrows):
    import krita_docker as docker
    import krita_gallery as gallery
    import krita_preview as preview
    import krita_studio as studio
    from krita import Krita
    from PyQt5.QtWidgets import QLabel, QLineEdit

    krita = Krita.instance()
    document = krita.activeDocument()
    document.setBatchmode(True)
    source = document.activeNode()

    def keep(widget, name):
        yield 600
        assert widget.grab().save("%s/%s/%s.png" % (folder, theme, name))

    def close(window):
        window.reject()
        yield 300

    def window_of(action, name):
        yield from studio.activate(document, source)
        krita.action("brushwarp_" + action).trigger()
        return (yield from studio.wait_for(lambda: studio.shown(name), name))

    yield from studio.draw(document, "".join(studio.arrow(*begin, *end) for begin, end in arrows), "Brushwarp keypoints")
    yield from studio.activate(document, source)
    for theme in ("dark", "light"):
        preview.choose_theme({"dark": "Krita dark", "light": "Krita bright"}[theme])
        yield 1000
        dialog = yield from studio.open_dialog()
        studio.choose(dialog, style=style, arrows="None")
        yield from preview.wait_until_painted(dialog, 180)
        yield from keep(dialog, "stylize")
        before = document.activeNode().uniqueId()
        studio.button(dialog, "Ok").click()
        yield from studio.made_after(document, before, 180)
        dialog = yield from studio.open_dialog_of("recipe", "recipe")
        yield from keep(dialog, "recipe")
        yield from close(dialog)

        dialog = yield from window_of("deform", "brushwarp_deform_dialog")
        yield from keep(dialog, "deform")
        studio.pick(dialog, "style", "Layer")
        studio.button(dialog, "Ok").click()
        window = yield from studio.progress_says("Iteration 4", 180)
        yield from keep(window, "progress")
        studio.cancel_button(window).click()
        yield 500
        dialog = yield from window_of("suggest", "brushwarp_suggest_dialog")
        yield from keep(dialog, "suggest")
        yield from close(dialog)
        dialog = yield from window_of("train", "brushwarp_train_dialog")
        dialog.findChild(QLineEdit, "photos").setText("/home/painter/Photos")
        yield from keep(dialog, "train")
        yield from close(dialog)
        window = yield from window_of("engine", "brushwarp_engine")
        yield from studio.wait_for(window.findChild(QLabel, "headline").text, "words")
        yield 1500
        yield from keep(window, "engine")
        yield from close(window)

        yield from gallery.show()
        gallery.find().setFloating(True)
        gallery.find().resize(360, 520)
        gallery.click(style)
        yield from keep(gallery.find(), "styles")
        gallery.choose_from_menu("Card")
        card = yield from studio.wait_for(lambda: studio.shown("brushwarp_style_card"), "card")
        yield from keep(card, "card")
        yield from close(card)
        gallery.find().hide()

        yield from studio.activate(document, source)
        yield from docker.show()
        docker.find().setFloating(True)
        docker.find().resize(360, 620)
        yield from docker.settle(1500)
        docker.choose(0)
        yield from keep(docker.find(), "arrows")
        docker.find().hide()
    document.setModified(False)


def waits_in_gimp(arrows):
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    (image,) = Gimp.get_images()
    (source,) = image.get_layers()
    studio.draw_arrows(image, arrows)
    image.set_selected_layers([source])
    Gimp.displays_flush()
    screen.tell("ready")
    screen.wait_to_hear("painted", 400)
    image.set_selected_layers([source])
    Gimp.displays_flush()
    screen.tell("chosen")
    screen.wait_to_hear("done", 400)


def shows_gimp(folder, title):
    import subprocess
    import time

    import gimp_keys as keys
    import screen
    from screen_pixels import Eye

    def keep(window, name, rest=2.5):
        subprocess.run(["xdotool", "mousemove", "0", "0"], check=True, timeout=60)  # a tip covers what it explains
        left, top, width, height = screen.place_of(window)
        Eye((left + 5, top + 5, width - 10, height - 10)).wait_for_rest(rest)
        subprocess.run(["import", "-window", str(window), "%s/%s.png" % (folder, name)], check=True, timeout=60)

    def visit(entry, name=None, heading=None, rest=2.5):
        window = keys.open_dialog(title, entry, title=heading)
        time.sleep(2.0)
        keep(window, name or entry.lower(), rest)
        screen.key("Escape", window)
        screen.wait_until_gone("Brushwarp: " + (heading or entry))

    screen.wait_to_hear("ready", 120)
    dialog = keys.open_dialog(title, "Stylize")
    time.sleep(8.0)  # the engine starts, and paints
    keep(dialog, "stylize", 4.0)
    screen.key("alt+t", dialog)
    card = screen.wait_for_window("Brushwarp: The")
    keep(card, "card")
    screen.key("Escape", card)
    screen.wait_until_gone("Brushwarp: The")
    screen.key("alt+o", dialog)
    screen.wait_until_gone("Brushwarp: Stylize", 180)
    time.sleep(3.0)
    visit("Recipe")
    screen.tell("painted")
    screen.wait_to_hear("chosen", 60)
    visit("Suggest")
    visit("Warp")
    visit("Deform")
    visit("Train")
    visit("Engine", rest=0.5)
    screen.tell("done")


def optimise(folder: Path, widest: int) -> None:
    for path in sorted(folder.glob("*/*.png")):
        with Image.open(path) as image:
            narrow = image.convert("RGB")
            narrow.thumbnail((widest, 4 * widest), Image.Resampling.LANCZOS)
            few = narrow.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)  # which keeps the colours of small things, as arrows are
            narrow.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        print(path, path.stat().st_size)


def main(host: str, out: str) -> None:
    folder, picture = Path(out).resolve(), HOME / "sample.png"
    HOME.mkdir()
    try:
        save_picture(Picture(render_sample(*SIZE)), picture)
        (HOME / "Brushwarp").symlink_to(CHECKOUT)
        for theme in ("dark", "light"):
            (folder / theme).mkdir(parents=True, exist_ok=True)
        places = find_places()
        with User(places, HOME, Templates(places, HOME), [folder, HOME]) as user:
            user.brushwarp_home = HOME / ".local" / "share" / "brushwarp"
            user.brushwarp_home.mkdir(parents=True)
            user.install(host)
            install = user.brushwarp_home / "install.json"
            install.write_text(install.read_text(encoding="utf-8").replace(f'"{CHECKOUT}"', f'"{HOME / "Brushwarp"}"'), encoding="utf-8")
            if host == "krita":
                user.krita.run_in_window(shows_krita, opens=[picture], folder=str(folder), style=STYLE, arrows=ARROWS, timeout=600)
            for theme in ("dark", "light") if host == "gimp" else ():
                user.gimp  # noqa: B018 - makes its profile
                (user.config / "GIMP" / "3.0" / "gimprc").write_text(f"(theme-color-scheme {theme})\n", encoding="utf-8")
                user.gimp.run_in_window(
                    waits_in_gimp, opens=[picture], arrows=ARROWS, timeout=500,
                    drive=functools.partial(shows_gimp, folder=str(folder / theme), title="%dx%d.*GIMP" % SIZE),
                )
    finally:
        shutil.rmtree(HOME)
    optimise(folder, WIDEST[host])


if __name__ == "__main__":
    main(*sys.argv[1:])

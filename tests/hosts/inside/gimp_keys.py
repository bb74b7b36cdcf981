"""What a painter's hands do in GIMP's window, for drivers: `import gimp_keys as keys`."""

import glob
import os
import time

import screen


def main_window(named):
    """The image's window, to the front. named: an expression that its title has."""
    window = screen.wait_for_window(named)
    screen.focus(window)
    return window


LETTERS = {"Suggest": "u", "Recipe": "c", "Engine": "g"}  # underlined in the menu, where it is not the first


def open_dialog(named, entry, menu=None, title=None):
    """As `choose_entry`; the dialog that comes, which is titled as the entry unless another title is given."""
    choose_entry(named, entry, menu)
    dialog = screen.wait_for_window("Brushwarp: " + (title or entry))
    screen.focus(dialog)
    time.sleep(1.0)
    return dialog


def begin_painting(named):
    """Stylize the image in the window so named as its dialog offers: the dialog, once the worker paints."""
    dialog = open_dialog(named, "Stylize")
    results = os.path.join(os.environ["BRUSHWARP_HOME"], "cache", "payloads", "*", "*.result")
    of_the_preview = set(glob.glob(results))
    screen.key("alt+o", dialog)
    end = time.monotonic() + 120
    while not set(glob.glob(results)) - of_the_preview:  # there once it paints
        assert time.monotonic() < end, "the worker never began"
        time.sleep(0.05)
    time.sleep(0.5)
    return dialog


def choose_entry(named, entry, menu=None):
    """Filters > Brushwarp > entry ("Stylize", "Deform", "Train", …) in the window so named. menu: a name for a screenshot of it."""
    choose_by_letter(named, LETTERS.get(entry, entry[0].lower()), menu)


def choose_by_letter(named, letter, menu=None):
    """Likewise, of the entry that underlines the letter."""
    main_window(named)
    screen.key("alt+r")  # Filters; our submenu is its last
    time.sleep(1.0)
    screen.key("Up")
    screen.key("Right")
    time.sleep(0.5)
    if menu:
        screen.screenshot(menu)
    screen.key(letter)


def choose(letter, *presses):
    """In the dialog that has the keyboard: open the list whose label underlines `letter`, press keys to move there, take it."""
    screen.key("alt+" + letter)
    screen.key("space")
    time.sleep(0.5)
    for key in presses:
        screen.key(key)
    screen.key("Return")
    time.sleep(0.5)


def type_file(title, path):
    """Into the dialog so titled, that asks for a file. GTK looks the name up as it is typed, and passes over a Return before it is done."""
    screen.focus(screen.wait_for_window(title))
    time.sleep(1.0)
    screen.key("ctrl+l")  # the entry for a path: without it, the first letter opens one, and the next may come too early
    time.sleep(0.5)
    screen.key("ctrl+a")
    screen.type_text(path)
    for _ in range(5):
        time.sleep(1.0)
        if not screen.windows(title):
            return
        screen.key("Return")
    screen.screenshot("file_not_taken")
    screen.wait_until_gone(title, 5)


def press_once(named, keys, when):
    """Keys in the window so named, once, as a painter does; the host is told "presses for WHEN" before."""
    window = main_window(named)
    screen.tell("presses for " + when)
    screen.key(keys, window)

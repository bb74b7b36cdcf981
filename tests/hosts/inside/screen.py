"""The screen of a host under test: wait for windows, press keys, click, take screenshots (xdotool, ImageMagick).

Import it inside a host, or in a driver: `import screen`. Needs DISPLAY. Python 3.8, standard library only.
"""

import os
import re
import subprocess
import time


def screenshot(name):
    """Save the whole screen as NAME.png in the run's folder of screenshots; returns the path."""
    path = os.path.join(os.environ["BRUSHWARP_TEST_SCREENSHOTS"], name + ".png")
    subprocess.run(["import", "-window", "root", path], check=True, timeout=60)
    return path


def windows(title=""):
    """{window id: title} of the visible windows whose title contains `title` (a regular expression of xdotool)."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", title or "."], capture_output=True, text=True, timeout=60
    ).stdout.split()
    titles = {}
    for window in found:
        said = subprocess.run(["xdotool", "getwindowname", window], capture_output=True, text=True, timeout=60)
        if said.returncode == 0:  # it may have closed in between
            titles[window] = said.stdout.strip()
    return titles


def wait_for_window(title, timeout=60.0):
    """The id of the first visible window so titled; TimeoutError names the windows that were there instead."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = windows(title)
        if found:
            return sorted(found)[0]
        time.sleep(0.2)
    screenshot("no_window_" + "".join(c if c.isalnum() else "_" for c in title))
    raise TimeoutError("no window titled %r; there were %r" % (title, sorted(windows().values())))


def wait_until_gone(title, timeout=60.0):
    end = time.monotonic() + timeout
    while windows(title) or windows(title):  # xdotool finds none at all when another window, say a tooltip, closes as it looks
        if time.monotonic() > end:
            raise TimeoutError("the window %r is still there" % title)
        time.sleep(0.2)


def place_of(window):
    """[left, top, width, height] on the screen, in pixels."""
    said = subprocess.run(["xdotool", "getwindowgeometry", "--shell", str(window)], capture_output=True, text=True, check=True, timeout=60)
    told = dict(line.split("=") for line in said.stdout.split())
    return [int(told[name]) for name in ("X", "Y", "WIDTH", "HEIGHT")]


def state_of(window):
    """What the window manager says of it, as in "_NET_WM_STATE_MODAL, _NET_WM_STATE_FOCUSED"."""
    return subprocess.run(["xprop", "-id", str(window), "_NET_WM_STATE"], capture_output=True, text=True, check=True, timeout=60).stdout


def focus(window):
    """Raise a window and give it the keyboard. Under openbox the first click on a covered window only raises it."""
    subprocess.run(["xdotool", "windowactivate", "--sync", str(window)], check=True, timeout=60)
    time.sleep(0.2)


def key(keys, window=None):
    """Press keys as xdotool names them: key("ctrl+z"), key("Return"), key("Escape")."""
    if window is not None:
        focus(window)
    subprocess.run(["xdotool", "key", "--clearmodifiers", keys], check=True, timeout=60)


def type_text(text):
    """A character that no key has lies on a spare one for half the delay: a window that is busy meanwhile reads nothing there, or another."""
    for part in re.findall("[ -~]+|[^ -~]", text):
        delay = "20" if part.isascii() else "1000"
        subprocess.run(["xdotool", "type", "--delay", delay, part], check=True, timeout=60)


def click(x, y, window=None, button=1):
    """Click at (x, y) of a window, or of the whole screen without one."""
    place = ["--window", str(window)] if window is not None else []
    subprocess.run(["xdotool", "mousemove"] + place + [str(x), str(y), "click", str(button)], check=True, timeout=60)


def drag(x1, y1, x2, y2, window=None):
    """Drag with the left button, in small steps, as a hand does."""
    place = ["--window", str(window)] if window is not None else []
    command = ["xdotool", "mousemove"] + place + [str(x1), str(y1), "mousedown", "1"]
    for step in range(1, 11):
        x, y = x1 + (x2 - x1) * step // 10, y1 + (y2 - y1) * step // 10
        command += ["mousemove"] + place + [str(x), str(y), "sleep", "0.03"]
    subprocess.run(command + ["mouseup", "1"], check=True, timeout=60)


def tell(name):
    """Let the other side (host or driver) know that something happened; it stays told for the rest of the run."""
    open(os.path.join(os.environ["BRUSHWARP_TEST_SIGNALS"], name + ".told"), "w").close()


def heard(name):
    return os.path.exists(os.path.join(os.environ["BRUSHWARP_TEST_SIGNALS"], name + ".told"))


def wait_to_hear(name, timeout=60.0):
    """Wait until the other side called tell(name). Not in Krita's own loop: there use `while not heard(name): yield 100`."""
    end = time.monotonic() + timeout
    while not heard(name):
        if time.monotonic() > end:
            raise TimeoutError("nobody told %r" % name)
        time.sleep(0.05)

"""What the screen shows, many times a second, for drivers that measure how soon a window follows: `import screen_pixels`."""

import ctypes
import time


class _Image(ctypes.Structure):
    """The beginning of Xlib's XImage."""

    _fields_ = [(name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")] + [("data", ctypes.POINTER(ctypes.c_char))] + [
        (name, ctypes.c_int)
        for name in ("byte_order", "bitmap_unit", "bitmap_bit_order", "bitmap_pad", "depth", "bytes_per_line", "bits_per_pixel")
    ]


class Eye:
    """Looks at a part of the screen: (left, top, width, height) in pixels."""

    def __init__(self, place):
        self._x, self._place = ctypes.CDLL("libX11.so.6"), place
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.argtypes, self._x.XDefaultRootWindow.restype = [ctypes.c_void_p], ctypes.c_ulong
        self._x.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_int] * 2 + [ctypes.c_uint] * 2 + [ctypes.c_ulong, ctypes.c_int]
        self._x.XGetImage.restype = ctypes.POINTER(_Image)
        self._x.XFree.argtypes = [ctypes.c_void_p]
        self._display = self._x.XOpenDisplay(None)
        self._root = self._x.XDefaultRootWindow(self._display)

    def look(self):
        """Rows of B, G, R and a byte more."""
        image = self._x.XGetImage(self._display, self._root, *self._place, ctypes.c_ulong(-1).value, 2)
        assert image and image.contents.bits_per_pixel == 32
        pixels = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * image.contents.height)
        self._x.XFree(image.contents.data)
        self._x.XFree(image)
        return pixels

    def wait_for_change(self, before, seconds=30):
        """When it no longer looked so, in seconds since 1970."""
        end = time.time() + seconds
        while self.look() == before:
            assert time.time() < end, "nothing changed on the screen"
            time.sleep(0.002)
        return time.time()

    def wait_for_rest(self, seconds=0.4):
        """Until nothing has changed for a while; what it then shows."""
        seen, since = self.look(), time.time()
        while time.time() - since < seconds:
            time.sleep(0.02)
            now = self.look()
            if now != seen:
                seen, since = now, time.time()
        return seen

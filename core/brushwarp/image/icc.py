"""What an ICC profile says about a picture's numbers: tone curves and primaries.

Matrix profiles (nearly all that painters work in) are evaluated here, in float64, without clipping and with exact
inverses, which no colour engine promises; the rest is left to lcms2 (colour.py). Source: ICC.1:2022.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

# sRGB's primaries under the D50 white of profiles, as columns (Bradford; IEC 61966-2-1, ICC.1 annex E).
SRGB_TO_XYZ = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)

# Profiles store their numbers in 16 bits and makers round differently: below these differences it is the same space.
_SAME_MATRIX = 2e-3
_SAME_CURVE = 1e-3

_HEADER = 128
_MOST_TAGS = 200


def srgb_decode(values: np.ndarray) -> np.ndarray:
    """Light (0..1) of sRGB-encoded values, odd-symmetric below zero and unbounded above one. IEC 61966-2-1."""
    size = np.abs(values)
    light = np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return np.copysign(light, values)


def srgb_encode(light: np.ndarray) -> np.ndarray:
    """The inverse of `srgb_decode`."""
    size = np.abs(light)
    values = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    return np.copysign(values, light)


@dataclass(frozen=True, eq=False)
class ToneCurve:
    """Encoded value -> light, as ICC parametric curve (g, a, b, c, d, e, f) or as a table over 0..1.

    Odd-symmetric below zero. A table goes on in a straight line above one; a parametric curve by its own formula.
    """

    parameters: tuple[float, ...] = ()
    table: np.ndarray | None = None

    def decode(self, values: np.ndarray) -> np.ndarray:
        size = np.abs(values)
        if self.table is not None:
            light = np.interp(size, np.linspace(0, 1, len(self.table)), self.table)
            light = light + np.maximum(size - 1, 0) * self._end_slope()
        else:
            g, a, b, c, d, e, f = self.parameters
            light = np.where(size >= d, np.maximum(a * size + b, 0) ** g + e, c * size + f)
        return np.copysign(light, values)

    def encode(self, light: np.ndarray) -> np.ndarray:
        """The inverse, for curves that rise; where a table stands still, the first of the values that fit."""
        size = np.abs(light)
        if self.table is not None:
            rising, first = np.unique(np.maximum.accumulate(self.table), return_index=True)
            values = np.interp(size, rising, first / (len(self.table) - 1))
            values = values + np.maximum(size - self.table[-1], 0) / self._end_slope()
        else:
            g, a, b, c, d, e, f = self.parameters
            values = (np.maximum(size - e, 0) ** (1 / g) - b) / a
            if c > 0 and d > 0:
                values = np.where(values >= d, values, np.minimum((size - f) / c, d))
        return np.copysign(values, light)

    def _end_slope(self) -> float:
        """Slope with which a table is continued, taken over its last hundredth since its end may be rounded flat."""
        steps = max(1, len(self.table) // 100)
        slope = (self.table[-1] - self.table[-1 - steps]) / steps * (len(self.table) - 1)
        return float(slope) if slope > 1e-3 else 1.0

    @property
    def is_srgb(self) -> bool:
        """Whether it is sRGB's curve but for rounding, judged on the encoded side, as an eye would."""
        values = np.linspace(0, 1, 257)
        return bool(np.abs(srgb_encode(self.decode(values)) - values).max() < _SAME_CURVE)


@dataclass(frozen=True, eq=False)
class Profile:
    """What we read from an ICC profile.

    kind: "matrix" (RGB by curves and primaries), "table" (RGB by lookup tables, for lcms2 to evaluate), "grey".
    curves: three (the same three times for grey), none for tables. to_xyz: (3, 3), light -> XYZ under D50.
    two_way: whether colours can also be brought back into it.
    """

    kind: str
    curves: tuple[ToneCurve, ...] = ()
    to_xyz: np.ndarray | None = None
    two_way: bool = True

    @property
    def is_srgb(self) -> bool:
        return self.has_srgb_primaries and self.has_srgb_curves

    @property
    def has_srgb_curves(self) -> bool:
        return all(curve.is_srgb for curve in self.curves)

    @property
    def has_srgb_primaries(self) -> bool:
        """Grey has none of its own; its three equal channels are neutral in sRGB."""
        return self.to_xyz is None or bool(np.abs(self.to_xyz - SRGB_TO_XYZ).max() < _SAME_MATRIX)


def read_profile(icc: bytes) -> Profile | None:
    """The profile, or None if `icc` is damaged or not for RGB or grey pictures (a CMYK profile in an RGB file, say)."""
    try:
        return _read_profile(icc)
    except (struct.error, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return None


def _read_profile(icc: bytes) -> Profile | None:
    if icc[36:40] != b"acsp":
        return None
    tags = _tags(icc)
    space = icc[16:20]
    if space == b"GRAY" and b"kTRC" in tags:
        return Profile("grey", curves=(_curve(tags[b"kTRC"]),) * 3)
    if space != b"RGB ":
        return None
    # Tables beside a matrix are a maker's rendering intent; the matrix is the space itself, and can be inverted.
    if all(tag in tags for tag in (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")) and icc[20:24] == b"XYZ ":
        to_xyz = np.stack([_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=1)
        if abs(np.linalg.det(to_xyz)) < 1e-6:
            return None
        return Profile("matrix", tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")), to_xyz)
    if b"A2B0" in tags:
        return Profile("table", two_way=b"B2A0" in tags)
    return None


def _tags(icc: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", icc, _HEADER)
    if count > _MOST_TAGS:
        raise ValueError("more tags than any profile has")
    tags = {}
    for index in range(count):
        name, offset, length = struct.unpack_from(">4sII", icc, _HEADER + 4 + 12 * index)
        tags[name] = icc[offset : offset + length]
    return tags


def _fixed(data: bytes, offset: int, count: int) -> np.ndarray:
    """s15Fixed16Number: big-endian 16.16."""
    return np.array(struct.unpack_from(f">{count}i", data, offset)) / 65536


def _xyz(tag: bytes) -> np.ndarray:
    if tag[:4] != b"XYZ ":
        raise ValueError("not a colour")
    return _fixed(tag, 8, 3)


def _curve(tag: bytes) -> ToneCurve:
    """A curveType (table or gamma) or a parametricCurveType, ICC.1 10.6 and 10.18."""
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return _parametric(1.0)
        if count == 1:
            return _parametric(struct.unpack_from(">H", tag, 12)[0] / 256)
        table = np.array(struct.unpack_from(f">{count}H", tag, 12)) / 65535
        if np.any(np.diff(table) < 0) or table[-1] <= 0:
            raise ValueError("a curve that falls has no inverse")
        return ToneCurve(table=table)
    if tag[:4] != b"para":
        raise ValueError("not a curve")
    kind = struct.unpack_from(">H", tag, 8)[0]
    numbers = _fixed(tag, 12, (1, 3, 4, 5, 7)[kind]).tolist()
    if kind == 1:  # zero where a x + b would be negative
        g, a, b = numbers
        numbers = [g, a, b, 0.0, -b / a]
    elif kind == 2:
        g, a, b, e = numbers
        numbers = [g, a, b, 0.0, -b / a, e, e]
    return _parametric(*numbers)


def _parametric(
    g: float, a: float = 1.0, b: float = 0.0, c: float = 0.0, d: float = 0.0, e: float = 0.0, f: float = 0.0
) -> ToneCurve:
    if g <= 0 or a <= 0:
        raise ValueError("a curve that falls has no inverse")
    return ToneCurve((g, a, b, c, d, e, f))

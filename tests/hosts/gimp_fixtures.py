"""What the tests of the GIMP plug-in share: a painter at work in GIMP, a small style, a picture, and what it should become."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import struct
import zlib
from pathlib import Path
from typing import Tuple
from unittest import mock

import numpy as np
import pytest
from harness import Gimp, User
from krita_fixtures import FLOAT32

PACK_ID, PACK_NAME = "coarse_weave", "Coarse Wëave"
CANVAS = (192, 128)


def make_pack(path: Path, widths=None, name: str = PACK_NAME, seed: int = 3) -> Path:
    """A style with a small network of random weights: it paints as real ones do, in no time, and nobody would hang it."""
    import torch

    from brushwarp.multimodal.network import MultimodalNetwork, Widths
    from brushwarp.styles import StyleCard, StylePack, save_pack

    widths = widths or Widths(style=4, enhance=16, enhance_residuals=1, refine=16)
    torch.manual_seed(seed)
    network = MultimodalNetwork(widths)
    rows, columns = torch.meshgrid(torch.arange(60), torch.arange(90), indexing="ij")
    thumbnail = torch.stack([columns * 2, rows * 4, (rows * columns) % 256], -1).to(torch.uint8)
    card = StyleCard(id=path.stem, name=name, artist="Nobody", year="2026", widths=widths)
    save_pack(StylePack(card, dict(network.state_dict()), thumbnail), path)
    return path


def make_slow_pack(path: Path) -> Path:
    """As wide as a real style: a large picture takes several seconds."""
    from brushwarp.multimodal.network import Widths

    return make_pack(path, Widths(), "Slow")


@pytest.fixture(scope="session")
def pack_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("pack") / f"{PACK_ID}.safetensors")


@pytest.fixture(scope="module")
def painter(settled_user: User, pack_file: Path) -> Gimp:
    """GIMP with our plug-in, one style, and a home that ASCII cannot spell; one user and one warm worker a module."""
    assert settled_user.gimp  # or skips
    settled_user.brushwarp_home = settled_user.folder / "Bürstenhaus ✓"
    settled_user.more_environment = FLOAT32
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    return settled_user.gimp


def add_pack(user: User, pack_file: Path) -> None:
    styles = user.brushwarp_home / "styles"
    styles.mkdir(exist_ok=True)
    shutil.copy(pack_file, styles / pack_file.name)


def photo_pixels(size: Tuple[int, int] = CANVAS) -> np.ndarray:
    """(H, W, 3) uint8: slopes, edges and some noise, in colour."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    noise = np.random.default_rng(5).normal(0, 0.04, (size[1], size[0], 3))
    hills = (np.sin(9 * x + 5 * y) > 0.2) * 0.3
    picture = np.stack([x * 0.8, y * 0.6 + hills, 0.9 - 0.7 * x * y], -1) + noise
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)


def write_photo(path: Path, pixels: np.ndarray | None = None) -> Path:
    """A PNG of (H, W, 3) uint8 or uint16."""
    pixels = photo_pixels() if pixels is None else pixels
    height, width, _ = pixels.shape
    depth = pixels.itemsize * 8
    rows = b"".join(b"\0" + row.astype(f">u{pixels.itemsize}").tobytes() for row in pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
    return path


def command_line_paints(painter: Gimp, photo: Path, out: Path, *options: str) -> np.ndarray:
    """(H, W, 3) of what `brushwarp stylize` makes of a PNG, in the PNG's own depth."""
    from brushwarp.cli import main
    from brushwarp.image import load_picture

    pack = painter.user.brushwarp_home / "styles" / f"{PACK_ID}.safetensors"
    with contextlib.redirect_stderr(io.StringIO()) as said, mock.patch.dict(os.environ, FLOAT32):
        status = main(["stylize", str(photo), "--style", str(pack), "-o", str(out), *options])
    assert status == 0, said.getvalue()
    picture = load_picture(out)
    white, kind = {"u8": (255, np.uint8), "u16": (65535, np.uint16)}[picture.depth]
    return (picture.pixels.permute(1, 2, 0).numpy() * white).round().astype(kind)


def engine_paints(painter: Gimp, rgba: np.ndarray, **settings) -> np.ndarray:
    """(H, W, 3) uint8 of what the engine makes of (H, W, 4) uint8."""
    import torch

    from brushwarp import api
    from brushwarp.image import Picture

    planes = torch.from_numpy(rgba.astype(np.float32) / 255).permute(2, 0, 1)
    pack = painter.user.brushwarp_home / "styles" / f"{PACK_ID}.safetensors"
    picture = Picture(planes[:3].contiguous(), planes[3:].contiguous(), depth="u8", grey=False)
    with mock.patch.dict(os.environ, FLOAT32):
        painted = api.stylize(picture, pack, **settings)
    return (painted.pixels.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)

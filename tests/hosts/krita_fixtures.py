"""What the tests of the Krita plugin share: a style that paints in a blink, photos in every depth, and what to expect."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
from harness import User
from places import CHECKOUT

STYLE_ID = "wilde_striche"
STYLE_NAME = "Wilde Strïche"
LAYER_NAME = f"{STYLE_NAME} · Brushwarp"
HOME_NAME = "Pinselstürme"
FLOAT32 = {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}  # on any processor: random weights magnify what bfloat16 rounds to 0.1
CODES = {"U8": np.uint8, "U16": np.uint16, "F16": np.float16, "F32": np.float32}


def settle_painter(user: User) -> None:
    """A user whose data folder has an umlaut, with the plugin in Krita and one small style of random weights."""
    user.brushwarp_home = user.folder / HOME_NAME
    user.brushwarp_home.mkdir(exist_ok=True)
    user.more_environment = FLOAT32
    user.install("krita")
    save_random_style(user.brushwarp_home / "styles")


def save_random_style(folder: Path, style_id: str = STYLE_ID, name: str = STYLE_NAME, seed: int = 5) -> Path:
    """A real pack with a real network, small and untrained: it paints something else than the photo, and is fast."""
    import torch

    from brushwarp.multimodal.network import MultimodalNetwork, Widths
    from brushwarp.styles import StyleCard, StylePack, save_pack

    torch.manual_seed(seed)
    widths = Widths(style=4, enhance=16, enhance_residuals=1, refine=16)
    card = StyleCard(id=style_id, name=name, artist="Niemand", year="2025", widths=widths)
    thumbnail = torch.randint(0, 256, (32, 48, 3), dtype=torch.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{style_id}.safetensors"
    save_pack(StylePack(card, dict(MultimodalNetwork(widths).state_dict()), thumbnail), path)
    return path


def photo(width: int, height: int, seed: int = 1) -> np.ndarray:
    """(H, W, 3) float in 0..1: soft blobs of colour and a little grain, no flat areas."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / random.uniform(7, 40) + random.uniform(0, 6)) * np.cos(y / random.uniform(7, 40)) for _ in range(3)]
    return np.clip(0.5 + 0.3 * np.stack(waves, 2) + 0.05 * random.standard_normal((height, width, 3)), 0.02, 0.98)


def srgb_to_linear(value: np.ndarray) -> np.ndarray:
    return np.where(value <= 0.04045, value / 12.92, ((np.maximum(value, 0) + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(value: np.ndarray) -> np.ndarray:
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * np.maximum(value, 0.0031308) ** (1 / 2.4) - 0.055)


def to_layer_bytes(picture: np.ndarray, depth: str, linear: bool) -> bytes:
    """An (H, W, 3) or (H, W, 1) sRGB picture as the opaque bytes of a layer of Krita."""
    values = np.concatenate([srgb_to_linear(picture) if linear else picture, np.ones_like(picture[..., :1])], 2)
    if depth in ("U8", "U16"):
        values = np.rint(values * np.iinfo(CODES[depth]).max)
        if values.shape[2] == 4:
            values = values[..., [2, 1, 0, 3]]
    return values.astype(CODES[depth]).tobytes()


def from_layer_bytes(data: bytes, width: int, height: int, depth: str, linear: bool) -> tuple[np.ndarray, np.ndarray]:
    """The sRGB picture (H, W, 3 or 1) and the alpha (H, W) that a layer's bytes hold, in 0..1."""
    raw = np.frombuffer(data, CODES[depth]).reshape(height, width, -1).astype(np.float64)
    if depth in ("U8", "U16"):
        raw = raw / np.iinfo(CODES[depth]).max
        if raw.shape[2] == 4:
            raw = raw[..., [2, 1, 0, 3]]
    colour = raw[..., :-1]
    return (linear_to_srgb(colour) if linear else colour), raw[..., -1]


def save_png(picture: np.ndarray, path: Path, ppi: float = 72.0) -> Path:
    """An (H, W, 3) picture in 0..1 as an 8-bit PNG."""
    from PIL import Image

    Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(path, dpi=(ppi, ppi))
    return path


def command_line_paints(user: User, picture: Path, out: Path, *options: str) -> np.ndarray:
    """(H, W, 3) uint8: what `brushwarp stylize` makes of an 8-bit file, for the same user."""
    return command_line_makes(user, out, "stylize", picture, "--style", STYLE_ID, *options)


def as_a_worker() -> dict[str, str]:
    """An environment to compute in with a worker's instructions and on as many cores: both choose the algorithm of a convolution, and two
    algorithms lay the end of an arrow 0.01 pixels apart."""
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"} | FLOAT32


def command_line_makes(user: User, out: Path, *words: object) -> np.ndarray:
    """(H, W, 3) uint8: what a command of `brushwarp` leaves there, on as many cores as the worker's."""
    from PIL import Image

    environment = as_a_worker() | {"BRUSHWARP_HOME": str(user.brushwarp_home)}
    command = [str(CHECKOUT / ".venv/bin/brushwarp"), *map(str, words), "-o", str(out)]
    subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return np.array(Image.open(out).convert("RGB"))


def engine_paints(user: User, picture: np.ndarray, **settings) -> np.ndarray:
    """(H, W, 3) float: what the engine makes of an sRGB picture; the command line calls the same function."""
    import torch

    from brushwarp import api
    from brushwarp.image import Picture

    pixels = torch.from_numpy(np.broadcast_to(picture, (*picture.shape[:2], 3)).copy()).float().permute(2, 0, 1).contiguous()
    painter = api.load_painter(user.brushwarp_home / "styles" / f"{STYLE_ID}.safetensors", "cpu")
    painter.dtype = torch.float32  # as FLOAT32 has it in the worker
    painted = api.stylize(Picture(pixels), painter, **settings)
    return painted.pixels.permute(1, 2, 0).numpy().astype(np.float64)

"""A sheet to look at: both pictures, the points of each numbered alike, and the arrows on the content."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ..geometry.drawing import draw_arrow
from ..image import Picture, as_seen
from ..image.atomic import atomic_write
from .suggestion import Suggestion

HEIGHT = 480  # pixels of either picture on the sheet
_WIDEST = 1200
_LINE = 20  # pixels of a line of text
_ARROW, _POINT = "#d02020", "#ffe040"


def draw_sheet(content: Picture, style: Picture, suggestion: Suggestion, title: str = "") -> Image.Image:
    """Content and style picture side by side with what was suggested; notes above."""
    cells, scales = zip(*(_cell(picture) for picture in (content, style)), strict=True)
    for cell, points, scale in zip(cells, (suggestion.matches.content, suggestion.matches.style), scales, strict=True):
        for number, point in enumerate(points * scale, 1):
            _mark(ImageDraw.Draw(cell), point, number)
    for source, target in zip(suggestion.pairs.source, suggestion.pairs.target, strict=True):
        draw_arrow(ImageDraw.Draw(cells[0]), source * scales[0], target * scales[0], _ARROW)
    lines = [line for line in (title, *suggestion.notes) if line]
    top = _LINE * len(lines) + 4
    sheet = Image.new("RGB", (sum(cell.width for cell in cells) + 12, top + max(cell.height for cell in cells) + 4), "white")
    for index, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((6, 4 + _LINE * index), line, fill="black")
    sheet.paste(cells[0], (4, top))
    sheet.paste(cells[1], (cells[0].width + 8, top))
    return sheet


def write_sheet(path: str | os.PathLike[str], content: Picture, style: Picture, suggestion: Suggestion) -> None:
    """`draw_sheet` as a PNG file. Raises BrushwarpError "save-folder", "disk-full"."""
    with atomic_write(Path(path)) as file:
        draw_sheet(content, style, suggestion).save(file, "PNG")


def _cell(picture: Picture) -> tuple[Image.Image, np.ndarray]:
    """The picture on the sheet, and its pixels for one of the picture's, across and down."""
    share = min(HEIGHT / picture.height, _WIDEST / picture.width)
    size = tuple(max(1, round(side * share)) for side in picture.size)
    rgb, alpha = as_seen(picture, size)
    if alpha is not None:
        rgb = rgb * alpha + (1 - alpha)
    image = Image.fromarray((rgb * 255).round().byte().permute(1, 2, 0).numpy())
    return image, np.array([size[1] / picture.width, size[0] / picture.height])


def _mark(draw: ImageDraw.ImageDraw, point: np.ndarray, number: int) -> None:
    x, y = point
    draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_POINT, outline="black")
    draw.text((x + 5, y - 6), str(number), fill=_POINT, stroke_width=2, stroke_fill="black")

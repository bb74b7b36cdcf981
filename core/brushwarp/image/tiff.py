"""TIFF: 8 and 16 bit integers, 16 and 32 bit floats, by tifffile."""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
import tifffile

from brushwarp.errors import BrushwarpError
from brushwarp.image.picture import refuse_size
from brushwarp.image.raster import Raster

from ..bridge.language import _

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
DEPTHS = ("u8", "u16", "f16", "f32")

_SUBFILE_REDUCED = 1
_PREMULTIPLIED = 1
_UNITS_PER_INCH = {2: 1.0, 3: 2.54}

# What EXIF and TIFF call orientation 1..8, as (transpose, flip rows, flip columns) in this order.
_ORIENTATIONS = {
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


def read_tiff(data: bytes) -> Raster:
    """The picture of a TIFF file with one page (reduced copies beside it are passed over).

    Premultiplied alpha is made straight; the first extra channel counts as alpha, further ones are left out.
    """
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        pages = [page for page in file.pages if not (page.keyframe.subfiletype & _SUBFILE_REDUCED)]
        if not pages:
            raise ValueError("the list of pages lies beyond the file's end")
        if len(pages) > 1:
            raise BrushwarpError(
                "picture-animated",
                _("This TIFF holds {} pictures.").format(len(pages)),
                _("Export the one you want (in GIMP: without layers) to a file of its own."),
            )
        page = pages[0].aspage()
        refuse_size(page.imagewidth, page.imagelength)
        colours = _colours(page)
        samples = _interleaved(page)
        tags = page.tags
        icc = tags.valueof(34675)
        return Raster(
            samples=_oriented(_straight(_wanted_bands(samples, page, colours), page), tags.valueof(274, 1)),
            icc=bytes(icc) if icc else None,
            ppi=_resolution(tags),
        )


def write_tiff(file: BinaryIO, raster: Raster) -> None:
    """Write `raster`, deflated. The same raster gives the same bytes."""
    bands = raster.samples.shape[2]
    unit = {"resolution": raster.ppi, "resolutionunit": "INCH"} if raster.ppi else {}
    tifffile.imwrite(
        file,
        raster.samples[..., 0] if bands == 1 else raster.samples,
        photometric="rgb" if bands > 2 else "minisblack",
        planarconfig="contig" if bands > 1 else None,
        extrasamples=["unassalpha"] if bands in (2, 4) else None,
        compression="adobe_deflate",
        compressionargs={"level": 4},
        predictor=True,
        iccprofile=raster.icc,
        metadata=None,
        software=False,
        **unit,
    )


def _colours(page: tifffile.TiffPage) -> int:
    """How many channels are colour. Raises BrushwarpError for what is neither grey nor RGB."""
    kind = tifffile.PHOTOMETRIC(page.photometric)
    if kind == tifffile.PHOTOMETRIC.SEPARATED:
        raise BrushwarpError(
            "picture-cmyk", _("This TIFF is in CMYK."), _("Convert it to RGB in your paint program, and save it again.")
        )
    if kind in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.MINISWHITE, tifffile.PHOTOMETRIC.PALETTE):
        return 1
    # YCbCr inside of JPEG compression: the decoder hands out RGB.
    if kind == tifffile.PHOTOMETRIC.RGB or (kind == tifffile.PHOTOMETRIC.YCBCR and page.compression in (6, 7)):
        return 3
    raise BrushwarpError(
        "picture-format", _("This TIFF is in {}, which Brushwarp does not read.").format(kind.name), _("Save it again in RGB.")
    )


def _interleaved(page: tifffile.TiffPage) -> np.ndarray:
    """(H, W, C) samples in one of the four types that a Raster has."""
    samples = page.asarray()
    if page.imagedepth != 1:
        raise BrushwarpError("picture-format", _("This TIFF is a volume."), _("Save one slice of it as a picture."))
    if samples.ndim == 2:
        samples = samples[..., None]
    elif page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
        samples = np.moveaxis(samples, 0, -1)
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
        # colormap: (3, 2^bits) of 16 bits. Programs fill it from 8 bits, and 8 bits is what they show.
        samples = np.moveaxis(page.colormap, 0, -1)[samples[..., 0]] >> 8
        return samples.astype(np.uint8)
    if samples.dtype == bool:
        samples = samples.astype(np.uint8) * 255
    elif samples.dtype == np.float64:
        samples = samples.astype(np.float32)
    bits = page.bitspersample
    if samples.dtype == np.uint8 and bits in (2, 4):
        samples = samples * np.uint8(255 // (2**bits - 1))
    elif samples.dtype not in (np.uint8, np.uint16, np.float16, np.float32) or bits not in (1, 8, 16, 24, 32, 64):
        raise BrushwarpError(
            "picture-format",
            _("This TIFF stores {}-bit samples of a kind ({}) that Brushwarp does not read.").format(bits, samples.dtype),
            _("Save it again with 8 or 16 bits, or as floating point."),
        )
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        top = np.iinfo(samples.dtype).max if samples.dtype.kind == "u" else 1
        samples = np.concatenate([top - samples[..., :1], samples[..., 1:]], axis=-1)
    return samples


def _wanted_bands(samples: np.ndarray, page: tifffile.TiffPage, colours: int) -> np.ndarray:
    """Colour, and the first extra channel as alpha."""
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
        return samples
    if samples.shape[2] < colours:
        raise BrushwarpError("picture-format", _("This TIFF has too few channels."), _("Save it again in RGB."))
    return samples[..., : colours + 1]


def _straight(samples: np.ndarray, page: tifffile.TiffPage) -> np.ndarray:
    """Colour divided by alpha where the file says that it was multiplied in."""
    extra = tuple(int(value) for value in page.extrasamples)
    if samples.shape[2] in (1, 3) or extra[:1] != (_PREMULTIPLIED,):
        return samples
    top = np.iinfo(samples.dtype).max if samples.dtype.kind == "u" else 1.0
    alpha = samples[..., -1:].astype(np.float64) / top
    colour = np.divide(samples[..., :-1], alpha, out=np.zeros(samples[..., :-1].shape), where=alpha > 0)
    if samples.dtype.kind == "u":
        colour = np.rint(colour.clip(0, top))
    return np.concatenate([colour.astype(samples.dtype), samples[..., -1:]], axis=-1)


def _oriented(samples: np.ndarray, orientation: int) -> np.ndarray:
    transpose, rows, columns = _ORIENTATIONS.get(orientation, (False, False, False))
    if transpose:
        samples = samples.transpose(1, 0, 2)
    return samples[:: -1 if rows else 1, :: -1 if columns else 1]


def _resolution(tags: tifffile.TiffTags) -> tuple[float, float] | None:
    per_inch = _UNITS_PER_INCH.get(tags.valueof(296, 2))
    across, down = tags.valueof(282), tags.valueof(283)
    if per_inch is None or not across or not down or not all(across) or not all(down):
        return None
    return across[0] / across[1] * per_inch, down[0] / down[1] * per_inch

"""Colour at the network's edge, and colour apart from light.

A Picture keeps its own primaries with the sRGB curve (icc.py took its own curve off). The network sees sRGB, clamped;
what it paints comes back into the picture's primaries.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from brushwarp.image.icc import SRGB_TO_XYZ, Profile, read_profile
from brushwarp.image.picture import Picture

LUMA = (0.299, 0.587, 0.114)
"""Weights of R, G, B in the luminance Y of YIQ (ITU-R BT.601), the one that Multimodal Transfer's L-block takes."""


def to_srgb(picture: Picture) -> Tensor:
    """What the network sees: (3, H, W) in sRGB, clamped to 0..1. Colours beyond sRGB are clipped, by channel."""
    profile = _foreign_profile(picture)
    pixels = picture.pixels
    if profile is None:
        return pixels.clamp(0, 1)
    if profile.kind == "table":
        return profile_to_srgb(pixels, picture.icc).clamp(0, 1)
    return _mixed(pixels, np.linalg.inv(SRGB_TO_XYZ) @ profile.to_xyz).clamp(0, 1)


def from_srgb(rgb: Tensor, like: Picture) -> Tensor:
    """`rgb` (3, H, W), in sRGB, as pixels of a Picture with the primaries of `like`. The inverse of `to_srgb`."""
    profile = _foreign_profile(like)
    if profile is None:
        return rgb
    if profile.kind == "table":
        return _engine_transform(rgb, None, like.icc)
    return _mixed(rgb, np.linalg.inv(profile.to_xyz) @ SRGB_TO_XYZ)


def profile_to_srgb(pixels: Tensor, icc: bytes) -> Tensor:
    """Pixels (3, H, W) as encoded by the RGB profile `icc`, in sRGB: by lcms2, relative colorimetric."""
    return _engine_transform(pixels, icc, None)


def srgb_to_linear(values: Tensor) -> Tensor:
    """Light of sRGB-encoded values; odd-symmetric below zero and unbounded above one. IEC 61966-2-1."""
    size = values.abs()
    light = torch.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4)
    return torch.copysign(light, values)


def linear_to_srgb(light: Tensor) -> Tensor:
    """The inverse of `srgb_to_linear`."""
    size = light.abs()
    # The clamp is for the gradient: the power's slope at zero is infinite, and torch.where lets it through as NaN.
    upper = 1.055 * size.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.copysign(torch.where(size <= 0.0031308, size * 12.92, upper), light)


def luminance(rgb: Tensor) -> Tensor:
    """Y of YIQ, (…, 1, H, W) of (…, 3, H, W), on values with the sRGB curve (so it is perceptual, not light)."""
    red, green, blue = (share * channel for share, channel in zip(LUMA, rgb.unbind(-3), strict=True))
    return (red + green + blue).unsqueeze(-3)


def keep_chroma(painted: Tensor, photo: Tensor) -> Tensor:
    """The photo's chroma under the painting's luminance: (…, 3, H, W) of two such, all with the sRGB curve.

    The space is YIQ on encoded values, for three reasons: it is what the field means by keeping colours (Gatys et al.
    2016, "Preserving color in neural artistic style transfer"), its Y is the luminance that the network was taught, and
    it is linear, so where a colour would leave 0..1 its chroma is drawn straight towards grey, exactly as far as
    needed. Luminance and hue (the ratio of the differences from grey) then hold to the last bit; no channel is clipped.
    """
    grey = luminance(painted).clamp(0, 1)
    chroma = photo - luminance(photo)
    # How far each channel may go from grey before it leaves 0..1, in units of its chroma: the nearest wall decides.
    room = torch.where(chroma > 0, 1 - grey, grey)
    reach = room / chroma.abs().clamp(min=1e-8)
    scale = reach.amin(-3, keepdim=True).clamp(max=1)
    return grey + scale * chroma


def _foreign_profile(picture: Picture) -> Profile | None:
    """The picture's profile, if its colours differ from sRGB's once the curves are sRGB's."""
    profile = read_profile(picture.icc) if picture.icc else None
    if profile is None or (profile.kind != "table" and profile.has_srgb_primaries):
        return None
    return profile


def _mixed(pixels: Tensor, matrix: np.ndarray) -> Tensor:
    """A matrix applied to light, the sRGB curve on either side."""
    mix = torch.as_tensor(matrix, dtype=pixels.dtype, device=pixels.device)
    light = srgb_to_linear(pixels)
    return linear_to_srgb(torch.einsum("ij,jhw->ihw", mix, light))


def _engine_transform(pixels: Tensor, profile: bytes | None, out_profile: bytes | None) -> Tensor:
    """None is sRGB."""
    import imagecodecs  # takes an eighth of a second, and few pictures ask for it

    srgb = imagecodecs.cms_profile("srgb")
    interleaved = np.ascontiguousarray(pixels.detach().cpu().permute(1, 2, 0).numpy(), np.float32)
    moved = imagecodecs.cms_transform(
        interleaved,
        profile or srgb,
        out_profile or srgb,
        colorspace="rgb",
        outcolorspace="rgb",
        outdtype="float32",
        intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
    )
    return torch.from_numpy(np.ascontiguousarray(moved)).permute(2, 0, 1).contiguous().to(pixels.device)

"""The three subnets of Multimodal Transfer (Wang et al. 2017, section 3 and figure 4).

Tensors are (N, 3, H, W) pictures normalised as VGG's input is (`features.normalise`). Every size from 2x2 up works: what an up-sampling
doubles is cropped to the size that the matching stride-2 convolution saw, so odd sides come back odd.
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from ..image.colour import luminance
from ..image.rearranging import interleave_phases, pad_edges
from ..styles.card import Widths


class ReflectionConv(nn.Conv2d):
    """A convolution whose border sees the picture mirrored, not zeros: zeros paint a halo (BASELINES C7)."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__(channels_in, channels_out, kernel, stride)
        self.margin = kernel // 2

    def forward(self, x: Tensor, *, biased: bool = True) -> Tensor:
        """biased: False before an instance norm, which takes away what the bias would add: on a CUDA device a pass of its own."""
        return self._conv_forward(pad_reflecting(x, self.margin), self.weight, self.bias if biased else None)


def pad_reflecting(x: Tensor, margin: int) -> Tensor:
    """Reflection padding that also works where a side is no longer than the margin (edge pixels then repeat)."""
    if min(x.shape[-2:]) > margin:
        return pad_edges(x, margin, "reflect")
    return pad_edges(x, margin, "replicate")


class ConvNormRelu(nn.Module):
    """CIR of ALGORITHMS.md: reflection-padded convolution, instance norm (affine, eps 1e-5), ReLU."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = ReflectionConv(channels_in, channels_out, kernel, stride)
        self.norm = InstanceNorm(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.norm(self.conv(x, biased=False)), inplace=not self.training)


class InstanceNorm(nn.InstanceNorm2d):
    """Instance norm with learned scale and shift; a single-pixel plane, which has no variance, becomes its shift."""

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__(channels, eps=eps, affine=True)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-2] * x.shape[-1] == 1:
            return self.bias.view(1, -1, 1, 1).expand_as(x).clone()
        if x.shape[0] > 1:
            return super().forward(x)
        # Of one picture this is batch norm, which unlike instance norm has a kernel for channels_last: no copy there and back.
        return functional.batch_norm(x, None, None, self.weight, self.bias, training=True, eps=self.eps)


class Residual(nn.Module):
    """x + IN(conv(CIR(x))), without a ReLU after the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNormRelu(channels, channels, 3)
        self.second = ReflectionConv(channels, channels, 3)
        self.norm = InstanceNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.norm(self.second(self.first(x), biased=False))


class Upsample(nn.Module):
    """Nearest x2, then CIR, cropped to `size` before the norm: a resize-convolution, which leaves no checkerboard.

    A 3x3 kernel over doubled pixels meets only 2x2 different ones, in one of four arrangements. So the four are convolved with
    kernels of summed weights before doubling: the same numbers for 16 multiplications instead of 36, and no doubled tensor.
    Mirroring doubled pixels at the border is repeating the border pixel here.
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.block = ConvNormRelu(channels_in, channels_out, 3)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        kernels = phase_kernels(self.block.conv.weight).flatten(0, 1)
        # Never by a name of its own: at full size what comes out is the largest tensor there is.
        doubled = interleave_phases(functional.conv2d(pad_edges(x, 1, "replicate"), kernels))  # no bias, as above
        return functional.relu(self.block.norm(doubled[..., : size[0], : size[1]]), inplace=not self.training)


def phase_kernels(weight: Tensor) -> Tensor:
    """(O, I, 3, 3) to (4, O, I, 2, 2): the kernels that act on undoubled pixels, for output pixels (0,0), (0,1), (1,0), (1,1)."""
    rows = weight.unbind(2)
    kernels = []
    for down in ((rows[0], rows[1] + rows[2]), (rows[0] + rows[1], rows[2])):
        columns = torch.stack(down, 2).unbind(3)
        for across in ((columns[0], columns[1] + columns[2]), (columns[0] + columns[1], columns[2])):
            kernels.append(torch.stack(across, 3))
    return torch.stack(kernels)


class Encoder(nn.Module):
    """CIR(9, stride 1), then stride-2 CIRs, then residual blocks. `widths[i]` are the channels after step i."""

    def __init__(self, channels_in: int, widths: tuple[int, ...], residuals: int) -> None:
        super().__init__()
        steps = [ConvNormRelu(channels_in, widths[0], 9)]
        steps += [ConvNormRelu(before, after, 3, stride=2) for before, after in zip(widths, widths[1:], strict=False)]
        self.steps = nn.ModuleList(steps)
        self.residuals = nn.Sequential(*(Residual(widths[-1]) for _ in range(residuals)))

    def forward(self, x: Tensor) -> tuple[Tensor, list[tuple[int, int]]]:
        """Returns the features and the sizes at which a decoder has to stop, innermost first."""
        sizes = []
        for step in self.steps:
            x = step(x)
            sizes.append((x.shape[-2], x.shape[-1]))
        return self.residuals(x), sizes[-2::-1]


class Decoder(nn.Module):
    """Steps back to the picture's size (resize-convolutions, or what else is called as they are), then a plain convolution to
    three channels."""

    def __init__(self, widths: tuple[int, ...], step: type[nn.Module] = Upsample, output_kernel: int = 3) -> None:
        super().__init__()
        self.steps = nn.ModuleList(step(before, after) for before, after in zip(widths, widths[1:], strict=False))
        self.output = ReflectionConv(widths[-1], 3, output_kernel)

    def forward(self, x: Tensor, sizes: list[tuple[int, int]]) -> Tensor:
        for step, size in zip(self.steps, sizes, strict=True):
            x = step(x, size)
        return self.output(x)


class StyleSubnet(nn.Module):
    """Coarse strokes at 256: an RGB path and a luminance path, concatenated, then the conv block.

    A painting's two paths are in float32, whatever autocast makes of the rest: norms bring out how what is nearly flat differs, which a
    smaller type rounds away, and every later step magnifies that (2 of 255 on average at 1024 pixels, so 0.2 to 0.3; 2 % of the time).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width)
        self.rgb = Encoder(3, widths, residuals=3)
        self.luminance = Encoder(1, widths, residuals=3)
        self.merge = nn.Sequential(*(Residual(8 * width) for _ in range(3)))
        self.decoder = Decoder((8 * width, 4 * width, 2 * width))

    def forward(self, x: Tensor) -> Tensor:
        with nullcontext() if self.training else torch.autocast(x.device.type, enabled=False):
            colour, sizes = self.rgb(x)
            grey, _ = self.luminance(luminance(x))
        return self.decoder(self.merge(torch.cat((colour, grey), 1)), sizes)


class EnhanceSubnet(nn.Module):
    """Finer strokes at twice the size: one stride-2 convolution deeper, RGB path only (as every peer reads it)."""

    def __init__(self, width: int, residuals: int) -> None:
        super().__init__()
        self.encoder = Encoder(3, (32, 64, min(128, width), width), residuals)
        self.decoder = Decoder((width, min(128, width), 64, 32))

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(*self.encoder(x))


class RefineSubnet(nn.Module):
    """The finest strokes, added to the picture that comes in (identity from input to output)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.encoder = Encoder(3, (32, 64, width), residuals=3)
        self.decoder = Decoder((width, 64, 32))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.decoder(*self.encoder(x))


class MultimodalNetwork(nn.Module):
    """style -> enhance -> refine. `transfer.paint` runs them at a picture's size, `train` trains them."""

    def __init__(self, widths: Widths = Widths()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self.widths = widths
        self.style = StyleSubnet(widths.style)
        self.enhance = EnhanceSubnet(widths.enhance, widths.enhance_residuals)
        self.refine = RefineSubnet(widths.refine)

    def subnets(self, count: int) -> list[nn.Module]:
        """The subnet of each of a painting's `count` steps."""
        return [self.style, self.enhance, *[self.refine] * (count - 2)][:count]


def convolutions(subnet: nn.Module) -> list[nn.Module]:
    """A subnet's layers that convolve; of a doubling itself, which doesn't call the convolution whose weights it uses."""
    doublings = [module for module in subnet.modules() if isinstance(module, Upsample)]
    within = {doubling.block.conv for doubling in doublings}
    others = [module for module in subnet.modules() if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d))]
    return [*doublings, *(convolution for convolution in others if convolution not in within)]

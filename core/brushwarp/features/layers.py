"""Which layers a method reads, by encoder."""

from __future__ import annotations

_SHALLOW = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu3_3")
_DEEPEST_AT_RELU5_1 = (*_SHALLOW, "relu4_3", "relu5_1")

# STROTSS and DST: VGG-16's convolutions 1 to 7, 10 and 13. VGG-19 has four convolutions in its third block and its fourth, so
# that its relu5_1 is the thirteenth; relu4_3, its eleventh, sees as much of the picture at the same stride as VGG-16's relu4_3.
STROTSS_LAYERS: dict[str, tuple[str, ...]] = {
    "vgg16": (*_SHALLOW, "relu4_3", "relu5_3"),
    "vgg19": _DEEPEST_AT_RELU5_1,
    "vgg19-dev": _DEEPEST_AT_RELU5_1,
    "compact": _DEEPEST_AT_RELU5_1,
}

"""How strongly a deformation keeps what is shown, follows its arrows, and keeps calm: for the engine and for every dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict


@dataclass(frozen=True)
class Preset:
    """content_weight alpha, warp_weight beta, tv_weight gamma of DST's loss (section 3.3), with R_TV in the paper's L1 form.

    Chosen by eye on photographs and paintings. Published: alpha 8, for activations as they are (ours are brought to one level:
    `optimization.hypercolumn`); beta 0.5; gamma 50, of its own, squared form of R_TV (`losses.deformation`).
    """

    content_weight: float
    warp_weight: float
    tv_weight: float


GENTLE = Preset(3.0, 0.3, 4.5)
BALANCED = Preset(1.2, 0.5, 6.3)
BOLD = Preset(0.7, 1.0, 1.0)
PRESETS: Dict[str, Preset] = {"gentle": GENTLE, "balanced": BALANCED, "bold": BOLD}

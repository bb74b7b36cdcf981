"""How strongly a deformation keeps what is shown, follows its arrows, and keeps calm: for the engine and for every dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict


@dataclass(frozen=True)
class Preset:
    """content_weight alpha, warp_weight beta, tv_weight gamma of DST's loss (section 3.3), with R_TV in the paper's L1 form.

    The published code's gamma of 50 belongs to its own, squared form: `losses.deformation`.
    """

    content_weight: float
    warp_weight: float
    tv_weight: float


GENTLE = Preset(16.0, 0.3, 10.0)
BALANCED = Preset(8.0, 0.5, 5.0)
BOLD = Preset(8.0, 1.0, 1.0)
PRESETS: Dict[str, Preset] = {"gentle": GENTLE, "balanced": BALANCED, "bold": BOLD}

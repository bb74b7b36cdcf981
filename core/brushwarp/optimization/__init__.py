"""Optimisation-based styles: the base methods of DST, each usable alone."""

from .gatys import Gatys
from .loop import Course, falling_rate, optimise
from .method import Method, Objective
from .strotss import Strotss
from .stylise import GATYS_SCHEDULE, STROTSS_SCHEDULE, Schedule, at_long_side, make_optimiser, stylise

__all__ = [
    "GATYS_SCHEDULE",
    "STROTSS_SCHEDULE",
    "Course",
    "Gatys",
    "Method",
    "Objective",
    "Schedule",
    "Strotss",
    "at_long_side",
    "falling_rate",
    "make_optimiser",
    "optimise",
    "stylise",
]

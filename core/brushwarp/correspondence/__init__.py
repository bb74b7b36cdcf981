"""Correspondence: which point of a painting a point of a picture is, by Neural Best-Buddies (Aberman et al. 2018)."""

from .buddies import Buddies, BuddySettings, blocks_of, find_buddies
from .published import suggest_as_published
from .sheet import draw_sheet, write_sheet
from .suggestion import WORKING_SIZE, Suggestion, suggest

__all__ = ["WORKING_SIZE", "Buddies", "BuddySettings", "Suggestion", "blocks_of", "draw_sheet", "find_buddies", "suggest", "suggest_as_published", "write_sheet"]

"""Which language Krita speaks."""

from __future__ import annotations

import os
from typing import List

from .qt import QLocale, QSettings, QStandardPaths


def languages() -> List[str]:
    """The dearest first: what the painter chose in Krita (Settings > Switch Application Language…), else the system's.

    Krita keeps the choice in a file of its own beside kritarc, and lets no environment variable say all of it.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    chosen = QSettings(os.path.join(folder, "klanguageoverridesrc"), QSettings.Format.IniFormat).value("Language/krita", "")
    return chosen.split(":") if isinstance(chosen, str) and chosen else list(QLocale.system().uiLanguages())

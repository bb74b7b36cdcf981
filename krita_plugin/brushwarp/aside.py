"""A document that nobody sees, to build in what is then added to the painter's own in one step of undo.

Krita notes every part as a step of the document that the part was made for, and lets a layer be added to another. For what a copy
would do as well there is `one_step`, but copied transform masks show nothing for three seconds (seen in Krita 5.2).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator

from krita import Krita

SIDE = 16  # pixels: what is built may be larger


@contextmanager
def aside() -> Iterator[Any]:
    """Add what was built before this ends: it closes the document."""
    document = Krita.instance().createDocument(SIDE, SIDE, "", "RGBA", "U8", "", 72.0)
    try:
        yield document
    finally:
        document.waitForDone()
        document.setModified(False)
        document.close()

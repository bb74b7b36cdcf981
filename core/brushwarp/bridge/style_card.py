"""What a style says of itself, as lines for a window."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .language import _
from .pack_header import read_header
from .paths import path_to_text
from .styles import InstalledStyle

PRACTISED_WITH = {"compact": _("Brushwarp's compact encoder"), "vgg16": "VGG-16", "vgg19": "VGG-19", "vgg19-dev": "VGG-19"}
HEADINGS = {"artist": _("Artist"), "year": _("Year"), "licence": _("Licence"), "source": _("Source"), "credits": _("Credits")}


def card_lines(style: InstalledStyle) -> List[Tuple[str, str]]:
    """Heading and text of each line that has something to say, in the order of reading. Raises WorkerError as `read_header` does."""
    card = read_header(style.path).card()
    said = [
        (_("Name"), style.name),
        (_("On its card"), card["name"] if card["name"] != style.name else ""),
        *((heading, str(card.get(field) or "")) for field, heading in HEADINGS.items()),
        (_("Training"), _training(card.get("training"))),
        (_("Known as"), style.id),
        (_("File"), path_to_text(style.path)),
    ]
    return [(heading, text) for heading, text in said if text]


def _training(record: Any) -> str:
    """Of a training and those that it went on from: how long, with what, in which version."""
    records: List[Dict[str, Any]] = []
    while isinstance(record, dict) and record:
        records.append(record)
        record = record.get("earlier")
    if not records:
        return ""
    newest = records[0]
    counts = [each.get("iterations") for each in records]
    steps = sum(count for count in counts if isinstance(count, int) and not isinstance(count, bool))
    said = ""
    if steps:
        said = (_("{} steps") if len(records) == 1 else _("{} steps in {} goes")).format("{:,}".format(steps).replace(",", " "), len(records))
    encoder, version = newest.get("encoder"), newest.get("brushwarp")
    parts = [
        said,
        _("with {}").format(PRACTISED_WITH.get(encoder, encoder)) if isinstance(encoder, str) and encoder else "",
        _("by Brushwarp {}").format(version) if isinstance(version, str) and version else "",
    ]
    return " ".join(part for part in parts if part)

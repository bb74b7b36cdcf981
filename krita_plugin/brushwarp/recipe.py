"""Recipe…: how a result was made, as text to be copied; or such a text, pasted from elsewhere, or given by a script, and followed."""

from __future__ import annotations

from typing import List, Sequence

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.recipes import read_recipe, readable
from .command import Entry, active_layer, selected_layers
from .document import Document
from .layer import Layer
from .messages import guarded, main_window
from .origin import Made, Origin
from .recipe_dialog import RecipeDialog
from .refusal import Refusal
from .repeat import follow


class RecipeCommand(Entry):
    """The active layer's own recipe is shown, if it is a result, else that of what was made last, or nothing."""

    name = "recipe"
    text = _("Re&cipe…")
    tip = _("Copy how a result was made as text, or follow such a text")
    explanation = _(
        "Shows how a result was made as text, to be copied to another Krita, to GIMP or to the command line; or takes such a text, and follows it"
        " on the active layer."
    )

    def take(self, text: str) -> None:
        """Follow a recipe on the selected layers without a question. Raises WorkerError or Refusal for what can't be done here."""
        if self._desk.is_taken:
            self._desk.painting.show()
            raise Refusal(_("Brushwarp still paints."), _("Try again when that is done."))
        document, layer = active_layer()
        self._follow(document, _ids(document, layer), Made("", Origin()), text)

    def _ask(self) -> None:
        """Raises Refusal if there is no layer."""
        document, layer = active_layer()
        made = self._at_hand(document, layer)
        dialog = RecipeDialog(main_window(), _readable(made.recipe))
        ids = _ids(document, layer)
        dialog.accepted.connect(guarded(lambda: self._follow(document, ids, made, dialog.text)))
        dialog.finished.connect(lambda *_: dialog.deleteLater())
        dialog.open()

    def _at_hand(self, document: Document, layer: Layer) -> Made:
        return document.records.of(layer) or self._desk.last or document.records.newest() or Made("", Origin())

    def _follow(self, document: Document, ids: Sequence[str], shown: Made, text: str) -> None:
        """Raises WorkerError or Refusal for what can't be done here."""
        find_engine()
        recipe = read_recipe(text)
        # A layer that it was painted like, and which frames were, is known where it was made alone.
        origin = shown.origin if text == _readable(shown.recipe) else Origin()
        follow(self._desk, document, ids, recipe, origin)


def _ids(document: Document, active: Layer) -> List[str]:
    return [each.id for each in selected_layers(document, active)]


def _readable(recipe: str) -> str:
    """One that is damaged is shown as it is; nothing of nothing."""
    try:
        return readable(recipe)
    except ValueError:
        return recipe

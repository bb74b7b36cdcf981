"""Edit this result…: the dialog with which a layer was made, as it was filled in then; what comes takes that layer's place."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any, Dict, Optional, Sequence, Tuple

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.recipes import Recipe, read_recipe
from .bridge.request import Arrow
from .bridge.styles import installed_styles
from .command import Desk, Entry, active_layer
from .cutout import Cutout
from .deform import DeformCommand
from .delivery import NewPainting, NewVersion
from .document import LAYER_NAME, Document
from .fields import AS_BEFORE
from .layer import CLIPS, Layer
from .messages import guarded, show_note
from .origin import Made, Origin, arrows_of, mask_at, settings_of
from .painting import Task, Work
from .rectangle import Rectangle
from .refusal import Refusal
from .stylize import StylizeCommand, for_frames

NO_RESULT = _("Choose a layer that Stylize… or Deform… has made. Of copies of such layers Brushwarp knows nothing.")
BENT = _("Apply warp bends along what the docker Brushwarp arrows shows: change the arrows, apply again, and delete this layer.")


class EditCommand(Entry):
    """An entry beside those whose results it edits."""

    name = "edit"
    text = _("&Edit this result…")
    tip = _("Change how the active layer was painted")
    explanation = _("Opens the dialog with which the active layer was made, as it was filled in then; what comes takes its place.")

    def __init__(self, desk: Desk, stylize: StylizeCommand, deform: DeformCommand) -> None:
        super().__init__(desk)
        self._commands = {"stylize": stylize, "deform": deform}

    def _ask(self) -> None:
        """Show the dialog for the active layer. Raises Refusal or WorkerError if it is none that can be edited."""
        install = find_engine()
        document, active = active_layer()
        result, made = _result(document, active)
        recipe = read_recipe(made.recipe)
        if recipe.verb not in self._commands:
            raise Refusal(_("“{}” was not painted, but bent.").format(result.name), BENT)
        is_clipped = document.records.selection_of(result, made.origin) is not None
        result.refuse_unreplaceable(_taken_over(result, made, is_clipped))
        source = _source(document, result, made.origin)
        source.refuse_unreadable()
        _refuse_unlike(document, result, source, made.origin)
        command = self._commands[recipe.verb]
        styles = installed_styles(install)
        settings = settings_of(recipe, made.origin)
        if recipe.opacity is not None:  # the painter may have changed it
            settings = replace(settings, strength=result.node.opacity() / 255)
        dialog = command.dialog(document, source, styles, settings.to_text())
        dialog.edit(result.name, len(recipe.keypoints))
        if recipe.verb == "stylize":
            dialog.edit_frames(made.origin.frames if result.node.animated() else ())
        dialog.offer_mask(is_clipped)
        dialog.accepted.connect(guarded(lambda: self._begin(document, source.id, result.id, made, dialog)))
        dialog.finished.connect(lambda *_: dialog.deleteLater())
        dialog.open()
        dialog.show_preview(
            lambda: _cutout(document, source, result, made), lambda cutout: self._task(document, cutout, recipe, dialog).request
        )
        if not recipe.is_like_picture and recipe.style not in [style.id for style in styles]:
            gone = _("The style “{}”, in which this was painted, is not in the gallery any more.").format(recipe.style)
            show_note(gone, _("Another one is chosen."))

    def _begin(self, document: Document, source_id: str, result_id: str, made: Made, dialog: Any) -> None:
        source = document.settled_layer(source_id)
        result = document.settled_layer(result_id)
        recipe = read_recipe(made.recipe)
        cutout = _cutout(document, source, result, made)
        result.refuse_unreplaceable(_taken_over(result, made, cutout.selection() is not None))
        is_named_for_style = result.name == LAYER_NAME.format(made.origin.name)
        chosen = self._task(document, cutout, recipe, dialog)
        was_masked = made.origin.as_mask and cutout.selection() is not None
        delivery = NewVersion(
            **_fields(chosen.delivery), result=result.id, renames=is_named_for_style, was_dimmed=recipe.opacity is not None, was_masked=was_masked
        )
        task = replace(chosen, delivery=delivery)
        if recipe.verb == "stylize" and dialog.frames is not None:
            cut = partial(_cutout, document, source, result, made)
            self._desk.begin_frames(document, source, dialog.frames, cut, for_frames(task, dialog))
        else:
            self._desk.begin(document, [Work(cutout, task)])

    def _task(self, document: Document, cutout: Cutout, recipe: Recipe, dialog: Any) -> Task:
        """What was chosen in the dialog, with what it does not ask for as it was."""
        task = self._commands[recipe.verb].task(document, cutout, dialog)
        return replace(task, request=recipe.completed(task.request))


class CutoutOfThen(Cutout):
    """Of a layer that is painted once more: with the selection, and, where they are wanted, the arrows of that time."""

    def __init__(
        self, document: Document, layer: Layer, recipe: Recipe, origin: Origin, mask: Optional[bytes], place: Optional[Rectangle]
    ) -> None:
        super().__init__(document, layer, place)
        self._recipe, self._origin = recipe, origin
        self._selection, self._has_looked = None if mask is None else mask_at(mask, origin.place, self.place), True

    def request_fields(self, arrow_layer: Optional[str]) -> Dict[str, Any]:
        fields = super().request_fields(arrow_layer)
        if self._recipe.verb == "stylize" and arrow_layer == AS_BEFORE:
            fields["smoothness"] = self._recipe.smoothness(self.place.width, self.place.height)
        return fields

    def _keypoints(self, arrow_layer: Optional[str]) -> Tuple[Arrow, ...]:
        if arrow_layer == AS_BEFORE:
            return arrows_of(self._recipe, self._origin, self.place)
        return super()._keypoints(arrow_layer)


def _cutout(document: Document, source: Layer, result: Layer, made: Made, place: Optional[Rectangle] = None) -> CutoutOfThen:
    mask = document.records.selection_of(result, made.origin)
    return CutoutOfThen(document, source, read_recipe(made.recipe), made.origin.where_source_is(document.offset_of(source)), mask, place)


def _taken_over(result: Layer, made: Made, is_clipped: bool) -> Sequence[str]:
    """Kinds of masks that a new version of a result takes over."""
    return CLIPS if result.node.animated() or is_clipped and made.origin.as_mask else ()


def _refuse_unlike(document: Document, result: Layer, source: Layer, origin: Origin) -> None:
    """Raises Refusal of a single picture that was animated since, and of frames whose source has none any more."""
    if not result.node.animated():
        return
    if not origin.frames:
        raise Refusal(_("“{}” has several frames.").format(result.name), _("Paint the frames of its source again, and delete it."))
    if document.frames(source) is None:
        hint = _("Bring them back by Undo, or paint the layer as it is now, and delete the old painting.")
        raise Refusal(_("“{}” has no keyframes any more.").format(source.name), hint)


def _result(document: Document, active: Layer) -> Tuple[Layer, Made]:
    """The active layer, or the painting in the group that is active, with what was kept of it. Raises Refusal if there is none."""
    for layer in (active, *active.below()):
        made = document.records.of(layer)
        if made is not None:
            return layer, made
    raise Refusal(_("“{}” is no result of Brushwarp.").format(active.name), NO_RESULT)


def _source(document: Document, result: Layer, origin: Origin) -> Layer:
    """What it was made of; of a result of an older Brushwarp the layer below it. Raises Refusal if it is gone."""
    found = document.newest_version(origin.source) if origin.source else result.beneath()
    if found is None:
        raise Refusal(
            _("The layer that “{}” was made of is gone.").format(result.name),
            _("Bring it back by Undo, or choose another layer and Repeat last."),
        )
    return found


def _fields(delivery: NewPainting) -> Dict[str, Any]:
    return {field.name: getattr(delivery, field.name) for field in fields(delivery)}

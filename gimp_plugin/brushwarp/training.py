"""Filters > Brushwarp > Train style from layer…: begins to learn a layer's brushwork, and looks after what is being learnt."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Tuple, Union

from bridge.errors import JobCancelled, WorkerError
from bridge.language import _
from bridge.training_words import style_name
from bridge.trainings import TrainingRequest, start_training
from gi.repository import Gimp
from layers import Source, find_source, read_pixels
from painting import Outcome, attempt, text_of


def run(run_mode: Gimp.RunMode, image: Optional[Gimp.Image], drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """Returns the training's id, the last one's where several were begun."""
    return attempt(run_mode, lambda: _run(run_mode, image, drawables, config))


def _run(run_mode: Gimp.RunMode, image: Optional[Gimp.Image], drawables: Sequence[Gimp.Drawable], config: Any) -> str:
    if run_mode == Gimp.RunMode.INTERACTIVE:
        return _look_after(image, drawables, config)
    source = _find(image, drawables)
    if run_mode == Gimp.RunMode.WITH_LAST_VALS:
        config.set_property("name", default_name(source))  # the last one's was another layer's
    request, pixels = order(source, config)
    id = start_training(request, pixels)
    if run_mode == Gimp.RunMode.WITH_LAST_VALS:  # else nothing would be seen of it
        Gimp.message(_("“{}” is being learnt.\nFilters > Brushwarp > Train style from layer… shows how it stands.").format(request.name))
    return id


def _look_after(image: Optional[Gimp.Image], drawables: Sequence[Gimp.Drawable], config: Any) -> str:
    """The dialog; a layer that can't be taken is told in it, for trainings are looked after without one too."""
    from training_dialog import TrainingDialog

    found: Union[Source, WorkerError]
    try:
        found = _find(image, drawables)
        config.set_property("name", default_name(found))
    except WorkerError as error:
        found = error
    dialog = TrainingDialog(config, found)
    try:
        begun = dialog.run()
    finally:
        dialog.close()
    if begun is None:
        raise JobCancelled()  # there are no new settings to remember
    return begun


def _find(image: Optional[Gimp.Image], drawables: Sequence[Gimp.Drawable]) -> Source:
    if image is None:
        raise WorkerError("no-image", _("No image is open."), _("Open a painting to learn its brushwork."))
    return find_source(image, drawables)


def default_name(source: Source) -> str:
    """The image's, where the layer is all that it has; else the layer's."""
    file = source.image.get_file()
    return style_name(source.layer.get_name(), "" if file is None else file.get_parse_name(), len(source.image.get_layers()) == 1)


def order(source: Source, config: Any) -> Tuple[TrainingRequest, bytes]:
    """What `start_training` takes. Raises WorkerError for what can't be learnt, before any work."""
    if not source.image.is_valid() or not source.layer.is_valid():
        raise WorkerError("layer-gone", _("The layer was deleted."), _("Close this dialog, and select another layer."))
    request = TrainingRequest(
        name=text_of(config, "name") or default_name(source),
        width=source.width,
        height=source.height,
        format=source.layout.wire,
        artist=text_of(config, "artist"),
        photos=_photos(config),
        quality=text_of(config, "quality"),
    )
    return request, read_pixels(source)


def _photos(config: Any) -> str:
    folder = config.get_property("photos")
    if folder is None:
        return ""
    if folder.get_path() is None:
        raise WorkerError("photos-missing", _("{} is no folder on this computer.").format(folder.get_uri()), _("Choose one that is, or none."))
    return folder.get_path()

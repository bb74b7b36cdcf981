"""From a layer's pixels to a style in the user's gallery."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch

from ..bridge.language import _
from ..bridge.training import TrainingRequest, read_json
from ..devices import choose_device
from ..errors import BrushwarpError, Cancelled
from ..features import Encoder, load_encoder
from ..image import Picture, save_picture
from ..image.region import mask_bounds
from ..image.resample import resize
from ..image.transparency import extend_colours
from ..multimodal.objective import STYLE_SHORT_SIDES
from ..multimodal.practice import photographs, practise
from ..multimodal.train import Report, Training, TrainingSettings, usual_iterations, usual_windows
from ..sample import render_sample
from ..styles import StyleCard, keep_style
from ..styles.library import own_style_path
from ..training.checkpoint import checkpoint_path
from ..worker.pixels import picture_from_wire
from .account import Account
from .turns import give_way

RENDERED = 24  # pictures; some four seconds each on one core, against the better part of an hour and more of training
RENDERED_SIZE = (1536, 1024)  # width and height: windows of the finest scale are then seldom enlarged
RENDERED_NOTE = _("It practises on pictures that Brushwarp renders: photographs of your own teach better.")


def teach(place: str, account: Account) -> None:
    """Trains the style that the folder `place` asks for, from the beginning or its checkpoint, and adds it to the user's own.

    Raises BrushwarpError or WorkerError for what goes wrong, and Cancelled; what was learnt until then is kept.
    """
    torch.set_num_threads(max(1, torch.get_num_threads() - 1))  # one core is the painter's
    folder = Path(place)
    request = TrainingRequest.from_json(read_json(place + "/request.json"))
    device = choose_device()
    window, fine_window = _windows(folder, device)
    iterations = request.iterations or usual_iterations(request.quality, device, fine_window)
    settings = TrainingSettings(iterations=iterations, window=window, fine_window=fine_window)
    account.tell(stage="preparing", total=settings.total)
    own_style_path(folder.name)  # refuses a name that is taken, before the work
    painting = _painting(folder, request)
    photos, notes = _photographs(folder, request, account)
    give_way(account)
    card = StyleCard(id=folder.name, name=request.name, artist=request.artist)
    training = Training(card, ((painting,),) * 3, _encoder(folder), settings, device)
    output = folder / f"{folder.name}.safetensors"
    if checkpoint_path(output).exists() and not training.resume(checkpoint_path(output)):
        raise BrushwarpError(
            "training-changed", _("This training was begun with another version of Brushwarp, or on another kind of device."),
            _("Remove it, and begin anew."),
        )
    account.tell(iteration=training.iteration, message=" ".join(notes))

    def on_report(report: Report) -> None:
        account.tell(iteration=report.iteration, stage=report.stage, seconds_left=report.seconds_left, message=" ".join(notes))
        try:
            give_way(account)
        except Cancelled:
            training.save(output)
            raise

    pack = practise(
        training, photos, output, on_report, notes.append, lambda path: account.tell(sample=str(path)), painting=painting, sample_suffix=".png"
    )
    keep_style(pack)
    _tidy(folder, output)


def _painting(folder: Path, request: TrainingRequest) -> Path:
    """The layer as a picture file, made once: what is visible of it, as large as it is learnt from, opaque.

    Raises BrushwarpError("style-picture") for a layer that shows nothing.
    """
    path, raw = folder / "painting.png", folder / "layer.pixels"
    if not path.exists():
        layer, _lost = picture_from_wire(raw.read_bytes(), request.width, request.height, request.format)
        pixels = layer.pixels
        if layer.alpha is not None:
            if not bool((layer.alpha > 0).any()):
                raise BrushwarpError("style-picture", _("The layer shows nothing."), _("Choose one with a painting on it."))
            box = mask_bounds(layer.alpha)
            pixels = extend_colours(box.of(pixels), box.of(layer.alpha))
        share = min(1.0, STYLE_SHORT_SIDES[-1] / min(pixels.shape[1:]))
        height, width = (max(2, round(side * share)) for side in pixels.shape[1:])
        save_picture(Picture(resize(pixels, (height, width)).clamp(0, 1)), path)
    raw.unlink(missing_ok=True)
    return path


def _photographs(folder: Path, request: TrainingRequest, account: Account) -> tuple[list[Path], list[str]]:
    """What is practised on, and what to say of it."""
    if request.photos:
        return photographs(Path(request.photos))
    rendered = folder / "rendered"
    rendered.mkdir(exist_ok=True)
    for path in _unrendered(rendered):
        account.tell(stage="rendering", message=RENDERED_NOTE)
        give_way(account)
        width, height = RENDERED_SIZE
        save_picture(Picture(render_sample(width, height, seed=int(path.stem))), path)
    return photographs(rendered)[0], [RENDERED_NOTE]


def _unrendered(folder: Path) -> Iterator[Path]:
    """Those pictures, named by their seeds, that are not there yet."""
    paths = (folder / f"{seed:03}.png" for seed in range(RENDERED))
    return (path for path in paths if not path.exists())


def _windows(folder: Path, device: torch.device) -> tuple[int, int]:
    """Those that suited the machine when the training began, then always the same: with others a checkpoint is not taken up."""
    chosen = folder / "windows.json"
    if not chosen.exists():
        chosen.write_text(json.dumps(usual_windows(device)), encoding="utf-8")
    window, fine_window = json.loads(chosen.read_text(encoding="utf-8"))
    return window, fine_window


def _encoder(folder: Path) -> Encoder:
    """The best at hand when the training began, then always the same: a checkpoint goes with its encoder."""
    chosen = folder / "encoder.txt"
    encoder = load_encoder(chosen.read_text(encoding="utf-8") if chosen.exists() else "auto")
    chosen.write_text(encoder.name, encoding="utf-8")
    return encoder


def _tidy(folder: Path, output: Path) -> None:
    """Removes what only an unfinished training needs: some 100 MB."""
    for path in (output, checkpoint_path(output)):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / "rendered", ignore_errors=True)

"""VGG-19 and VGG-16 as torchvision publishes them: what they are, fetching them by consent, keeping the part that is used."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

from ..errors import BrushwarpError
from ..image.atomic import atomic_write
from ..progress import OnProgress, Progress, ignore_progress
from .download import download, file_hash
from .turns import taking_turns
from .vgg import Vgg16, Vgg19

MEGABYTE = 1 << 20  # what torchvision counts its files in
LICENCE = "torchvision's, BSD 3-clause; it learned from ImageNet, whose pictures are for research"


@dataclass(frozen=True)
class Published:
    """One of torchvision's files and the encoder that is made of it."""

    name: str
    title: str
    url: str
    megabytes: float  # of the download
    encoder: type[Vgg19] | type[Vgg16]
    licence: str = LICENCE

    @property
    def file_name(self) -> str:
        """torchvision's: it ends in the first digits of its SHA-256."""
        return self.url.rsplit("/", 1)[1]

    @property
    def hash_prefix(self) -> str:
        return Path(self.file_name).stem.rsplit("-", 1)[1]


PUBLISHED = {"vgg19": Vgg19, "vgg16": Vgg16}
"""What can be made of a file of torchvision's, by name; `published_file` tells more."""


def published_file(name: str) -> Published:
    """What torchvision says of the file behind one of PUBLISHED."""
    # Here and not above, for it takes a second and more, and hardly any command asks.
    from torchvision.models import VGG16_Weights, VGG19_Weights

    title, weights = {"vgg19": ("VGG-19", VGG19_Weights), "vgg16": ("VGG-16", VGG16_Weights)}[name]
    chosen = weights.IMAGENET1K_V1
    return Published(name, title, chosen.url, chosen.meta["_file_size"], PUBLISHED[name])


def trimmed_name(name: str) -> str:
    """What the part that is used of one of PUBLISHED is called, once it is here."""
    return f"{name}.safetensors"


Consent = Callable[[Published, Path], bool]
"""Asked before a download, with what would come and the folder it would go to."""


def fetch(published: Published, folder: Path, consent: Consent | None, on_progress: OnProgress = ignore_progress) -> Path:
    """Downloads what is published and returns its trimmed copy in `folder`; the download itself is not kept.

    Where another process is about it already, its result is waited for. Raises BrushwarpError "offline" under
    BRUSHWARP_OFFLINE, "consent" unless it was given, and those of `taking_turns` and `download`.
    """
    elsewhere = f"Elsewhere, get {published.file_name} and run `brushwarp weights add {published.file_name}` here."
    if os.environ.get("BRUSHWARP_OFFLINE", "0") not in ("", "0"):
        raise BrushwarpError(
            "offline", f"{published.title} is not on this machine, and BRUSHWARP_OFFLINE forbids to download it.",
            f"Unset BRUSHWARP_OFFLINE, or use the encoder compact. {elsewhere}",
        )
    if consent is None or not consent(published, folder):
        raise BrushwarpError(
            "consent", f"{published.title} is not on this machine, and was not downloaded: nobody agreed to it.",
            f"Run `brushwarp weights get {published.name}` at a terminal, or with --yes ({published.megabytes:.0f} MB), or use the encoder compact. {elsewhere}",
        )
    whole, trimmed = folder / published.file_name, folder / trimmed_name(published.name)
    size = round(published.megabytes * MEGABYTE)
    with taking_turns(whole, size, on_progress):
        if trimmed.is_file():
            on_progress(Progress("download", size, size))
            return trimmed
        if not whole.is_file():  # one who was stopped after the download has left it
            download(published.url, whole, published.hash_prefix, on_progress=on_progress)
        try:
            return keep_trimmed(published, whole, folder)
        finally:
            whole.unlink(missing_ok=True)


def add_weights(path: Path, folder: Path) -> Published:
    """Takes torchvision's file of VGG-19 or VGG-16, whatever it is called now, into `folder`, trimmed.

    Raises BrushwarpError("weights-unknown") if its hash is that of neither.
    """
    digest = file_hash(path)
    files = [published_file(name) for name in PUBLISHED]
    published = next((each for each in files if digest.startswith(each.hash_prefix)), None)
    if published is None:
        names = " nor ".join(each.file_name for each in files)
        raise BrushwarpError("weights-unknown", f"{path} is neither torchvision's {names}.", "Get one of these as torchvision publishes it.")
    keep_trimmed(published, path, folder)
    return published


def keep_trimmed(published: Published, whole: Path, folder: Path) -> Path:
    """Writes the convolutions that are used, a tenth of torchvision's file, into `folder`; returns the new file."""
    try:
        state = published.encoder.trim(read_torchvision(whole))
    except (pickle.UnpicklingError, EOFError, KeyError, RuntimeError) as error:
        raise BrushwarpError("weights-damaged", f"{whole} does not hold the whole of {published.title}.", "Get it again.") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BrushwarpError("save-folder", f"{folder} can't be made: {error.strerror}.", "Set BRUSHWARP_HOME to a folder of yours.") from error
    path = folder / trimmed_name(published.name)
    record = {"source": f"torchvision, {published.file_name}", "licence": published.licence}
    with atomic_write(path) as file:
        file.write(save_tensors({key: value.contiguous() for key, value in state.items()}, record))
    return path


def read_torchvision(path: Path) -> dict[str, Tensor]:
    """The convolutions in one of torchvision's files; it is mapped, so that its classifier is never read."""
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return {key: value.clone() for key, value in state.items() if key.startswith("features.")}

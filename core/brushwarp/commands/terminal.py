"""How commands speak to the person at the terminal: results on standard output, all else on standard error."""

from __future__ import annotations

import sys

from tqdm import tqdm

from ..progress import OnProgress, Progress


def say(text: str) -> None:
    """A result: standard output."""
    print(text)


def tell(text: str) -> None:
    """What happens meanwhile: standard error."""
    print(text, file=sys.stderr, flush=True)


def progress_bar() -> OnProgress:
    """A callback that shows one bar a stage."""
    bars: dict[str, tqdm] = {}

    def show(progress: Progress) -> None:
        if progress.stage not in bars:
            bars[progress.stage] = tqdm(total=progress.total, desc=progress.stage.capitalize(), bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}")
        bar = bars[progress.stage]
        bar.update(progress.done - bar.n)
        if progress.done >= progress.total:
            bar.close()
            del bars[progress.stage]

    return show

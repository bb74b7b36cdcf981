"""Several processes, as torchrun starts them, take the step that one would with all their samples."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import brushwarp
import torch
from brushwarp.styles import load_pack
from brushwarp.training.parallel import Fellows
from PIL import Image


def test_each_process_has_samples_of_its_own_and_together_they_have_all():
    ours = [list(islice(Fellows(rank, 3).samples(12, 2), 4)) for rank in range(3)]
    assert ours == [[12, 13, 18, 19], [14, 15, 20, 21], [16, 17, 22, 23]]
    assert list(islice(Fellows().samples(5, 2), 4)) == [5, 6, 7, 8]


def test_torchrun_says_who_is_who():
    assert Fellows.named_by({"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}) == Fellows(5, 8, 1)
    assert Fellows.named_by({}) == Fellows() and Fellows().first and not Fellows(1, 2).first


def test_two_processes_learn_what_one_learns_from_twice_the_batch(dev_data, tmp_path):
    """Of the terms of a singular network's loss each is a mean over the batch, and nothing is drawn: so the steps are the same."""
    painting = tmp_path / "small.png"
    with Image.open(dev_data / "style" / "vangogh_starry_night.jpg") as image:
        image.resize((320, 256)).save(painting)

    def train(name: str, start: list[str], batch: int) -> dict[str, torch.Tensor]:
        core = Path(brushwarp.__file__).parents[1]
        words = ["train", painting, "--photos", dev_data / "content" / "train", "--weights", dev_data / "weights", "-o", tmp_path / name]
        words += ["--architecture", "johnson", "--iterations", "3", "--window", "32", "--batch", batch, "--loaders", "0", "--device", "cpu"]
        # In float32 on any processor: what bfloat16 rounds differs with the batch.
        environment = os.environ | {"PYTHONPATH": str(core), "OMP_NUM_THREADS": "1", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}
        ended = subprocess.run([*start, *map(str, words)], env=environment, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.split() == [str(tmp_path / name)]  # one of them tells
        return load_pack(tmp_path / name).weights

    alone = train("alone.safetensors", [sys.executable, "-m", "brushwarp"], 2)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "brushwarp"]
    together = train("together.safetensors", torchrun, 1)
    for name, value in alone.items():
        assert (value - together[name]).abs().max() < 0.02 * value.abs().max() + 1e-4, name  # packs are rounded to 8 bits

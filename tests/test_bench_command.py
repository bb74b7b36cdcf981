"""`brushwarp bench`: figures for people and for programs."""

import json

import pytest
import torch

from brushwarp.cli import main
from brushwarp.commands import bench
from brushwarp.devices import device_memory
from brushwarp.errors import BrushwarpError
from brushwarp.measuring import measure, operations
from brushwarp.multimodal.network import MultimodalNetwork, Widths
from brushwarp.plan import plan_painting


@pytest.fixture
def small(small_style, monkeypatch):
    monkeypatch.setattr(bench, "PLAIN_MEGAPIXELS", 0.05)
    return ["bench", "--style", str(small_style), "--device", "cpu"]


def test_programs_get_a_record_of_every_painting(small, capsys):
    assert main([*small, "--megapixels", "0.02,0.05", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["machine"]["operations_a_second"] > 1e8 and record["plain_seconds_a_megapixel"] > 0
    assert {(line["megapixels"], line["path"]) for line in record["paintings"]} == {(size, path) for size in (0.02, 0.05) for path in ("strips", "at once")}
    assert all(line["seconds"] > 0 and line["plain_ratio"] > 0 and 0 < line["of_floor"] for line in record["paintings"])


def test_people_get_a_table_and_what_was_left_out(small, capsys):
    assert main([*small, "--megapixels", "0.02,400", "--memory", "2000000", "--patience", "1"]) == 0
    told = capsys.readouterr()
    assert "megapixels" in told.out and "strips" in told.out and "400 megapixels would take" in told.err


@pytest.mark.parametrize("sizes", ["many", "", "0", "1,nan", "1e9"])
def test_sizes_that_are_none_are_refused(small, capsys, sizes):
    assert main([*small, "--megapixels", sizes]) == 1
    assert "megapixels from 0.01" in capsys.readouterr().err


def test_the_memory_that_a_work_takes_is_seen():
    _, cost = measure(lambda: torch.ones(50_000_000).sum(), torch.device("cpu"))
    assert 150e6 < cost.peak < 400e6 and cost.seconds > 0 and cost.cpu_seconds > 0


def test_operations_are_those_of_the_convolutions():
    """Counted by hand: the first layer of the refine subnet, 9 x 9 from 3 to 32 channels, is a part of it."""
    sizes = plan_painting((1024, 1024)).sizes
    counted = operations(MultimodalNetwork(Widths()).eval(), sizes)
    assert 2 * 81 * 3 * 32 * 1024**2 < counted < 40 * 2 * 81 * 3 * 32 * 1024**2
    assert counted / 1024**2 == pytest.approx(operations(MultimodalNetwork(Widths()).eval(), plan_painting((2048, 2048)).sizes[-3:]) / 2048**2, rel=0.5)


def test_a_limit_on_memory_can_be_set(monkeypatch):
    monkeypatch.setenv("BRUSHWARP_MEMORY", "500")
    assert device_memory(torch.device("cpu")).free <= 500_000_000
    monkeypatch.setenv("BRUSHWARP_MEMORY", "plenty")
    with pytest.raises(BrushwarpError, match="BRUSHWARP_MEMORY"):
        device_memory(torch.device("cpu"))

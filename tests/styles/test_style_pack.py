"""Packs: what is stored comes back, and nothing that is not a pack gets in."""

import json
import pickle
import struct
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from brushwarp.architectures import build_network
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.pack_header import LARGEST_FILE
from brushwarp.errors import BrushwarpError
from brushwarp.multimodal.network import MultimodalNetwork, Widths
from brushwarp.styles import (
    GALLERY,
    StyleCard,
    StylePack,
    add_style,
    list_styles,
    load_pack,
    load_style,
    read_card,
    save_pack,
)
from brushwarp.styles.library import own_styles_folder

SMALL = Widths(style=4, enhance=16, enhance_residuals=1, refine=16)


@pytest.fixture
def pack() -> StylePack:
    torch.manual_seed(3)
    card = StyleCard(id="test", name="Tést", artist="Nobody", widths=SMALL, training={"iterations": 3})
    return StylePack(card, dict(MultimodalNetwork(SMALL).state_dict()), torch.zeros(8, 12, 3, dtype=torch.uint8))


@pytest.fixture
def pack_file(pack, tmp_path):
    save_pack(pack, tmp_path / "test.safetensors")
    return tmp_path / "test.safetensors"


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "höme"))


def test_a_pack_comes_back_as_it_was_within_a_step_of_int8(pack, pack_file):
    loaded = load_pack(pack_file)
    assert loaded.card == pack.card == read_card(pack_file)
    assert loaded.thumbnail.shape == (8, 12, 3)
    for name, value in pack.weights.items():
        step = value.abs().max() / 127 if value.dim() == 4 else 1e-3
        assert (loaded.weights[name] - value).abs().max() <= step * 0.51, name
    build_network(loaded)


def test_the_default_network_fits_eight_megabytes(tmp_path):
    save_pack(StylePack(StyleCard(id="big", name="Big"), dict(MultimodalNetwork().state_dict())), tmp_path / "big.safetensors")
    assert (tmp_path / "big.safetensors").stat().st_size < 8_000_000


def test_saving_over_a_pack_never_leaves_half_of_one(pack, pack_file):
    save_pack(replace(pack, card=replace(pack.card, name="Second")), pack_file)
    assert read_card(pack_file).name == "Second"
    assert [path.name for path in pack_file.parent.glob("*.part")] == []


def refused(path) -> str:
    with pytest.raises(BrushwarpError) as caught:
        build_network(load_pack(path))
    assert caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, 2000, -1])
def test_a_truncated_pack_is_refused(pack_file, length):
    data = pack_file.read_bytes()
    pack_file.write_bytes(data[:length])
    assert refused(pack_file) in ("pack-truncated", "pack-format")


def test_a_pickle_is_refused_and_never_run(tmp_path):
    class Canary:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    for name in ("bad.safetensors", "bad.pth"):
        (tmp_path / name).write_bytes(pickle.dumps(Canary()))
        assert refused(tmp_path / name) == "pack-pickle"
    torch.save({"a": torch.zeros(2)}, tmp_path / "zip.safetensors")
    assert refused(tmp_path / "zip.safetensors") == "pack-pickle"
    assert not (tmp_path / "canary").exists()


def test_a_pack_of_ten_gigabytes_is_refused_unread(pack_file):
    with pack_file.open("r+b") as file:
        file.truncate(10 * 2**30)  # sparse: takes no room
    assert refused(pack_file) == "pack-too-large"
    assert LARGEST_FILE < 10 * 2**30


def rewrite(path, change) -> None:
    """Changes the safetensors header and leaves the tensors."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    change(header)
    raw = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data[8 + length :])


def change_card(header, **fields) -> None:
    card = json.loads(header["__metadata__"]["card"])
    header["__metadata__"]["card"] = json.dumps(card | fields)


def test_a_pack_from_before_there_were_other_architectures_still_paints(pack, pack_file):
    def forget(header):
        card = json.loads(header["__metadata__"]["card"])
        del card["architecture"]
        header["__metadata__"]["card"] = json.dumps(card)

    rewrite(pack_file, forget)
    assert load_pack(pack_file).card == pack.card
    build_network(load_pack(pack_file))


def test_an_architecture_of_the_future_is_named(pack_file):
    rewrite(pack_file, lambda header: change_card(header, architecture="cubism"))
    assert refused(pack_file) == "pack-architecture"


def test_another_format_version_is_named(pack_file):
    rewrite(pack_file, lambda header: header["__metadata__"].update(format_version="99"))
    assert refused(pack_file) == "pack-version"


def test_other_safetensors_and_broken_cards_are_refused(pack_file):
    original = pack_file.read_bytes()
    changes = [
        lambda header: header.pop("__metadata__"),
        lambda header: header["__metadata__"].update(card="{"),
        lambda header: header["__metadata__"].update(card='{"id": "x"}'),
        lambda header: header["__metadata__"].update(card="[]"),
        lambda header: header["style.rgb.steps.0.conv.weight"].update(shape=[1]),
        lambda header: header.pop("style.rgb.steps.0.conv.bias"),
        lambda header: header["style.rgb.steps.0.conv.bias"].update(data_offsets=[0, 10**12]),
        lambda header: header["style.rgb.steps.0.conv.bias"].update(data_offsets="x"),
        lambda header: header["style.rgb.steps.0.conv.bias"].update(data_offsets=["0", "8"]),
        lambda header: header["style.rgb.steps.0.conv.bias"].update(data_offsets=[[0], [8]]),
        lambda header: header.update(__metadata__=["format", "brushwarp-style"]),
        lambda header: header.update({"merge.int8_scale": header.pop("style.rgb.steps.0.conv.weight.int8_scale")}),
        lambda header: header["style.rgb.steps.0.conv.weight.int8_scale"].update(shape=[2, 2]),
        lambda header: change_card(header, name=5),
        lambda header: change_card(header, name="\ud800"),
        lambda header: change_card(header, year=None),
        lambda header: change_card(header, training=[]),
        lambda header: change_card(header, architecture=["multimodal"]),
        lambda header: change_card(header, widths=[16, 128, 6, 128]),
    ]
    library = own_styles_folder()
    library.mkdir(parents=True)
    for number, change in enumerate(changes):
        pack_file.write_bytes(original)
        rewrite(pack_file, change)
        assert refused(pack_file) in ("pack-format", "pack-truncated"), number
        pack_file.rename(library / f"damaged-{number}.safetensors")
        list_styles()


def test_a_header_of_nothing_but_brackets_is_refused(pack_file):
    raw = b"[" * 100_000
    pack_file.write_bytes(struct.pack("<Q", len(raw)) + raw)
    assert refused(pack_file) == "pack-format"


def test_absurd_widths_are_refused_without_building_the_network(pack_file):
    widths = {"style": 4, "enhance": 10**7, "enhance_residuals": 1, "refine": 16}
    rewrite(pack_file, lambda header: change_card(header, widths=widths))
    assert refused(pack_file) == "pack-format"


def test_styles_are_added_listed_and_removed(pack_file):
    before = {style.path.stem for style in list_styles()}
    add_style(pack_file)
    assert {style.path.stem for style in list_styles()} == before | {"test"}
    assert load_style("test").card.name == "Tést"
    with pytest.raises(WorkerError, match="already"):
        add_style(pack_file)
    GALLERY.remove("test")
    with pytest.raises(BrushwarpError, match="no style 'test'"):
        load_style("test")


def test_an_unreadable_file_among_the_styles_hides_none_of_the_others(pack_file, tmp_path):
    add_style(pack_file)
    (tmp_path / "höme" / "styles" / "broken.safetensors").write_bytes(b"nonsense")
    assert "test" in {style.path.stem for style in list_styles()}


def test_styles_can_be_read_without_the_network_that_paints_in_them():
    program = "import sys, brushwarp.styles; sys.exit(any('multimodal' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0

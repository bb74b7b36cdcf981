"""The list of styles that both plugins show, read from real packs without torch, the engine or a worker."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
import torch

from brushwarp.bridge.paths import Install
from brushwarp.bridge.styles import installed_styles, read_style
from brushwarp.multimodal.network import MultimodalNetwork, Widths
from brushwarp.styles import StyleCard, StylePack, save_pack

STYLE_ID, STYLE_NAME = "zoë", "Zoë's Grätchen"


def save_random_style(folder: Path) -> Path:
    widths = Widths(style=4, enhance=16, enhance_residuals=1, refine=16)
    card = StyleCard(id=STYLE_ID, name=STYLE_NAME, artist="Niemand", year="2025", widths=widths)
    thumbnail = torch.randint(0, 256, (32, 48, 3), dtype=torch.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{STYLE_ID}.safetensors"
    save_pack(StylePack(card, dict(MultimodalNetwork(widths).state_dict()), thumbnail), path)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "höme"))
    return tmp_path / "höme"


def install_of(checkout=None, python="/nowhere/bin/python"):
    return Install(str(python), "1.0", None if checkout is None else str(checkout))


def test_styles_are_read_from_their_packs_with_names_and_pictures(home, tmp_path):
    save_random_style(home / "styles")
    shipped = tmp_path / "checkout" / "core" / "brushwarp" / "styles" / "packs"
    save_random_style(shipped).rename(shipped / "zweiter.safetensors")
    found = installed_styles(install_of(tmp_path / "checkout"))
    assert [(style.id, style.name, style.credit) for style in found] == [
        (STYLE_ID, STYLE_NAME, "Niemand, 2025"), ("zweiter", STYLE_NAME, "Niemand, 2025"),
    ]
    assert (found[0].thumbnail.width, found[0].thumbnail.height, len(found[0].thumbnail.rgb)) == (48, 32, 48 * 32 * 3)


def test_styles_of_an_installed_engine_are_found_in_its_environment(home, tmp_path):
    save_random_style(tmp_path / "env/lib/python3.12/site-packages/brushwarp/styles/packs")
    found = installed_styles(install_of(python=tmp_path / "env/bin/python"))
    assert [style.id for style in found] == [STYLE_ID]


def test_whoever_has_not_chosen_yet_is_offered_the_starry_night_before_the_other_shipped_ones(home, tmp_path):
    shipped = tmp_path / "checkout" / "core" / "brushwarp" / "styles" / "packs"
    for id in ("a_first", "vangogh_starry_night", "z_last"):
        save_random_style(shipped).rename(shipped / f"{id}.safetensors")
    assert [style.id for style in installed_styles(install_of(tmp_path / "checkout"))] == ["vangogh_starry_night", "a_first", "z_last"]
    save_random_style(home / "styles")
    save_random_style(home / "styles").rename(home / "styles" / "vangogh_starry_night.safetensors")
    (home / "styles" / "anfang.safetensors").write_bytes((home / "styles" / "vangogh_starry_night.safetensors").read_bytes())
    assert [style.id for style in installed_styles(install_of(tmp_path / "checkout"))][0] == "anfang"


def test_unreadable_packs_hide_none_of_the_others(home, tmp_path):
    good = save_random_style(home / "styles").read_bytes()
    length = struct.unpack("<Q", good[:8])[0]

    def header(change):
        fields = json.loads(good[8 : 8 + length])
        change(fields)
        raw = json.dumps(fields).encode()
        return struct.pack("<Q", len(raw)) + raw + good[8 + length :]

    broken = [
        b"", b"PK\3\4", good[:100], struct.pack("<Q", 2**62), struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 2) + b"{}",
        header(lambda fields: fields["__metadata__"].update(format_version="99")),
        header(lambda fields: fields["__metadata__"].update(card="[]")),
        header(lambda fields: fields.update(thumbnail=3)),
    ]
    for index, data in enumerate(broken):
        (home / "styles" / f"a{index}.safetensors").write_bytes(data)
    (home / "styles" / "folder.safetensors").mkdir()
    assert [style.id for style in installed_styles(install_of())] == [STYLE_ID]
    wrong = header(lambda fields: fields["thumbnail"].update(shape=[10**6, 10**6, 3]))
    (home / "styles" / "a.safetensors").write_bytes(wrong)
    assert read_style(str(home / "styles" / "a.safetensors")).thumbnail is None

"""Which encoder one gets, and how torchvision's weights come to be here: asked for, downloaded, trimmed, brought by hand."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
import torchvision
from safetensors.torch import load_file

from brushwarp.cli import main
from brushwarp.errors import BrushwarpError
from brushwarp.features import ENCODERS, STROTSS_LAYERS, load_encoder, normalise
from brushwarp.features.published import fetch, published_file
from brushwarp.features.vgg import VGG16_BLOCKS


@pytest.fixture(scope="session")
def vgg16_state():
    """torchvision's VGG-16 with random convolutions and, to keep the file small, a classifier of one row."""
    torch.manual_seed(3)
    features = torchvision.models.vgg16(weights=None).features
    return {f"features.{key}": value for key, value in features.state_dict().items()} | {"classifier.0.weight": torch.zeros(1, 8)}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user who has no weights anywhere."""
    monkeypatch.delenv("BRUSHWARP_WEIGHTS", raising=False)
    monkeypatch.delenv("BRUSHWARP_OFFLINE", raising=False)
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "home"


@pytest.fixture
def published(tmp_path, vgg16_state):
    """VGG-16 as a server on this machine publishes it, under a name that ends in its hash."""
    folder = tmp_path / "server"
    folder.mkdir()
    torch.save(vgg16_state, folder / "new.pth")
    digest = hashlib.sha256((folder / "new.pth").read_bytes()).hexdigest()
    name = f"vgg16-{digest[:8]}.pth"
    (folder / "new.pth").rename(folder / name)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield replace(published_file("vgg16"), url=f"http://127.0.0.1:{server.server_address[1]}/{name}")
        server.shutdown()


def test_vgg16_has_the_layers_of_torchvision(tmp_path, vgg16_state):
    torch.save(vgg16_state, tmp_path / published_file("vgg16").file_name)
    ours = load_encoder("vgg16", folder=tmp_path)
    assert ours.name == "vgg16" and ours.layers[-1] == "relu5_3" and len(ours.layers) == sum(count for _, count in VGG16_BLOCKS) == 13
    theirs = torchvision.models.vgg16(weights=None).features.eval()
    theirs.load_state_dict({key.removeprefix("features."): value for key, value in vgg16_state.items() if key.startswith("features.")})
    for layer in theirs:
        if isinstance(layer, torch.nn.Conv2d):
            layer.padding_mode = "replicate"
    picture = torch.rand(1, 3, 48, 64)
    found = ours(picture, ("relu4_3", "relu5_3"))
    torch.testing.assert_close(found["relu4_3"], theirs[:23](normalise(picture)))
    torch.testing.assert_close(found["relu5_3"], theirs[:30](normalise(picture)))


def test_without_any_download_auto_is_compact(home):
    assert load_encoder().name == "compact"


def test_auto_takes_a_vgg_that_is_here(home, vgg16_state):
    folder = home / "weights"
    folder.mkdir(parents=True)
    torch.save(vgg16_state, folder / published_file("vgg16").file_name)
    assert load_encoder().name == "vgg16"


def test_under_the_development_weights_auto_is_the_development_encoder(dev_data, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_WEIGHTS", str(dev_data / "weights"))
    assert load_encoder().name == "vgg19-dev"
    assert load_encoder("compact").name == "compact"


def test_every_encoder_has_its_strotss_layers(dev_data, tmp_path, vgg16_state):
    torch.save(vgg16_state, tmp_path / published_file("vgg16").file_name)
    encoders = [load_encoder("vgg16", folder=tmp_path), load_encoder("vgg19-dev", folder=dev_data / "weights"), load_encoder("compact")]
    for encoder in encoders:
        found = encoder(torch.rand(1, 3, 64, 64), STROTSS_LAYERS[encoder.name])
        assert [value.shape[-1] for value in found.values()] == [64, 64, 32, 32, 16, 16, 16, 8, 4]
    assert set(STROTSS_LAYERS) == set(ENCODERS) - {"auto"}


def test_torchvision_is_loaded_by_those_only_who_need_a_file_of_it(home):
    """It takes more than a second, which every command and every start of the worker would pay."""
    steps = (
        "import brushwarp.api, brushwarp.worker.jobs",
        "from brushwarp.cli import make_parser; make_parser()",
        "from brushwarp.features import load_encoder; load_encoder()",
    )
    script = "; ".join(["import sys", *(f"{step}; print('torchvision' in sys.modules)" for step in steps)])
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False"] * len(steps)


def test_an_unknown_encoder_is_refused_with_those_there_are():
    with pytest.raises(BrushwarpError, match="alexnet.*compact"):
        load_encoder("alexnet")


def test_nothing_is_downloaded_without_consent(home):
    with pytest.raises(BrushwarpError) as caught:
        load_encoder("vgg19")
    assert caught.value.code == "consent" and "brushwarp weights get vgg19" in caught.value.hint and "weights add" in caught.value.hint
    asked = []
    with pytest.raises(BrushwarpError, match="nobody agreed"):
        load_encoder("vgg19", consent=lambda *offer: asked.append(offer))
    (published, folder), = asked
    assert published.megabytes > 500 and "BSD" in published.licence and folder == home / "weights"
    assert not home.exists()


def test_offline_nobody_is_even_asked(home, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_OFFLINE", "1")
    with pytest.raises(BrushwarpError, match="BRUSHWARP_OFFLINE") as caught:
        load_encoder("vgg16", consent=lambda *_: pytest.fail("asked"))
    assert caught.value.code == "offline"


def test_by_consent_it_comes_and_only_what_is_used_stays(home, published, vgg16_state):
    path = fetch(published, home / "weights", lambda *_: True)
    assert [each.name for each in (home / "weights").iterdir()] == ["vgg16.safetensors"] and path.parent == home / "weights"
    kept = load_file(path)
    assert len(kept) == 26 and not any(key.startswith("classifier") for key in kept)
    torch.testing.assert_close(kept["features.28.weight"], vgg16_state["features.28.weight"], rtol=0, atol=0)
    assert load_encoder("vgg16").name == "vgg16"


def test_half_a_vgg_is_called_damaged(tmp_path, vgg16_state):
    torch.save({key: value for key, value in vgg16_state.items() if key < "features.2"}, tmp_path / published_file("vgg16").file_name)
    with pytest.raises(BrushwarpError, match="whole of vgg16"):
        load_encoder("vgg16", folder=tmp_path)
    (tmp_path / "vgg16.safetensors").write_bytes(b"not tensors")
    with pytest.raises(BrushwarpError, match="whole of vgg16"):
        load_encoder("vgg16", folder=tmp_path)


def test_a_file_brought_by_hand_is_known_by_its_contents(home, published, tmp_path, monkeypatch, capsys):
    """The real file is not here, so the hash that torchvision announces is exchanged for that of the random one."""
    monkeypatch.setattr("brushwarp.features.published.published_file", {"vgg19": published_file("vgg19"), "vgg16": published}.get)
    shutil.copy(tmp_path / "server" / published.file_name, tmp_path / "download (1)")
    assert main(["weights", "add", str(tmp_path / "download (1)")]) == 0
    assert "VGG-16" in capsys.readouterr().out
    assert load_encoder().name == "vgg16"
    assert main(["weights", "list"]) == 0
    assert str(home / "weights" / "vgg16.safetensors") in capsys.readouterr().out


def test_any_other_file_is_not_taken_in(home, tmp_path, capsys):
    (tmp_path / "holiday.pth").write_bytes(b"sun and sea")
    assert main(["weights", "add", str(tmp_path / "holiday.pth")]) == 1
    assert published_file("vgg19").file_name in capsys.readouterr().err
    assert main(["weights", "add", str(tmp_path / "gone.pth")]) == 1


def test_the_command_does_not_download_where_nobody_can_answer(home, capsys):
    assert main(["weights", "get", "vgg19"]) == 1
    assert "--yes" in capsys.readouterr().err

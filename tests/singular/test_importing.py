"""Published weights become styles that paint what the published programs paint; nothing else gets in, and nothing is run."""

import pickle
import zipfile

import pytest
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file

from brushwarp import api
from brushwarp.architectures import build_network
from brushwarp.bridge.pack_header import LARGEST_FILE
from brushwarp.cli import main
from brushwarp.errors import BrushwarpError
from brushwarp.features import denormalise, normalise
from brushwarp.image import Picture, load_picture, resize
from brushwarp.singular.importing import read_published
from brushwarp.styles import list_styles, load_style

WIDTHS = [(3, 32, 9), (32, 64, 3), (64, 128, 3)]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BRUSHWARP_DEVICE", "cpu")


@pytest.fixture(scope="module")
def example_weights() -> dict[str, torch.Tensor]:
    """Random weights under the names of the PyTorch examples' fast_neural_style."""
    torch.manual_seed(1)
    weights = {}

    def add(convolution: str, norm: str | None, channels_in: int, channels_out: int, kernel: int) -> None:
        weights[f"{convolution}.conv2d.weight"] = torch.randn(channels_out, channels_in, kernel, kernel) / (channels_in * kernel**2) ** 0.5
        weights[f"{convolution}.conv2d.bias"] = torch.randn(channels_out)
        if norm:
            weights[f"{norm}.weight"], weights[f"{norm}.bias"] = 1 + 0.2 * torch.randn(channels_out), 0.2 * torch.randn(channels_out)

    for step, (channels_in, channels_out, kernel) in enumerate(WIDTHS, 1):
        add(f"conv{step}", f"in{step}", channels_in, channels_out, kernel)
    for block in range(1, 6):
        for part in (1, 2):
            add(f"res{block}.conv{part}", f"res{block}.in{part}", 128, 128, 3)
    add("deconv1", "in4", 128, 64, 3)
    add("deconv2", "in5", 64, 32, 3)
    add("deconv3", None, 32, 3, 9)
    weights["deconv3.conv2d.weight"] *= 40
    weights["deconv3.conv2d.bias"] += 120
    return weights


@pytest.fixture(scope="module")
def tensorflow_weights() -> dict[str, torch.Tensor]:
    """Random weights under the names of lengstrom/fast-style-transfer, in TensorFlow's order of axes."""
    torch.manual_seed(2)
    shapes = [(kernel, kernel, channels_in, channels_out) for channels_in, channels_out, kernel in WIDTHS]
    shapes += [(3, 3, 128, 128)] * 10 + [(3, 3, 64, 128), (3, 3, 32, 64), (9, 9, 32, 3)]
    weights = []
    for place, shape in enumerate(shapes):
        channels = shape[2] if place in (13, 14) else shape[3]
        weights += [0.1 * torch.randn(shape), 0.2 * torch.randn(channels), 0.5 + 0.1 * torch.randn(channels)]
    return {f"Variable_{number}" if number else "Variable": value for number, value in enumerate(weights)}


def examples_paint(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """What the PyTorch examples compute, in their own order: 0..255 in and out."""

    def conv(name, x, stride=1, double=False):
        kernel = weights[f"{name}.conv2d.weight"]
        x = functional.interpolate(x, scale_factor=2, mode="nearest") if double else x
        x = functional.pad(x, (kernel.shape[-1] // 2,) * 4, mode="reflect")
        return functional.conv2d(x, kernel, weights[f"{name}.conv2d.bias"], stride)

    def norm(name, x):
        return functional.instance_norm(x, weight=weights[f"{name}.weight"], bias=weights[f"{name}.bias"])

    for step, stride in ((1, 1), (2, 2), (3, 2)):
        x = norm(f"in{step}", conv(f"conv{step}", x, stride)).relu()
    for block in range(1, 6):
        y = norm(f"res{block}.in1", conv(f"res{block}.conv1", x)).relu()
        x = x + norm(f"res{block}.in2", conv(f"res{block}.conv2", y))
    x = norm("in4", conv("deconv1", x, double=True)).relu()
    x = norm("in5", conv("deconv2", x, double=True)).relu()
    return conv("deconv3", x)


def lengstrom_paints(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """What lengstrom's program computes, with TensorFlow's "SAME" pads of zeros: 0..255 in and out."""
    values = iter(weights[f"Variable_{number}" if number else "Variable"] for number in range(len(weights)))

    def norm(x):
        shift, scale = next(values), next(values)
        mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, unbiased=False)
        return scale.view(1, -1, 1, 1) * (x - mean) / (variance + 1e-3).sqrt() + shift.view(1, -1, 1, 1)

    def pads(size, kernel, stride):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2

    def conv(x, stride=1):
        kernel = next(values)
        vertical, horizontal = (pads(size, kernel.shape[0], stride) for size in x.shape[-2:])
        return norm(functional.conv2d(functional.pad(x, (*horizontal, *vertical)), kernel.permute(3, 2, 0, 1), stride=stride))

    def doubled(x):
        """The gradient of the strided convolution of twice the size, which is what TensorFlow calls a transposed one."""
        kernel = next(values).permute(3, 2, 0, 1)
        large = torch.zeros(1, kernel.shape[1], 2 * x.shape[2], 2 * x.shape[3], requires_grad=True)
        with torch.enable_grad():
            small = functional.conv2d(functional.pad(large, (0, 1, 0, 1)), kernel, stride=2)
        return norm(torch.autograd.grad(small, large, x)[0])

    for stride in (1, 2, 2):
        x = conv(x, stride).relu()
    for _ in range(5):
        x = x + conv(conv(x).relu())
    for _ in range(2):
        x = doubled(x).relu()
    return 150 * conv(x).tanh() + 127.5


@torch.no_grad()
def painted_bytes(path, rgb: torch.Tensor) -> torch.Tensor:
    return 255 * denormalise(build_network(read_published(path))(normalise(rgb)))


@torch.no_grad()
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old pickle"])
def test_weights_of_the_pytorch_examples_paint_as_they_do_there(example_weights, tmp_path, zipped):
    file = tmp_path / "candy.pth"
    stale = {"in1.running_mean": torch.zeros(32), "res3.in2.running_var": torch.ones(128)}  # files from before torch 0.4 have them
    torch.save(example_weights | stale, file, _use_new_zipfile_serialization=zipped)
    rgb = torch.rand(1, 3, 40, 56)
    torch.testing.assert_close(painted_bytes(file, rgb), examples_paint(example_weights, 255 * rgb), rtol=1e-3, atol=0.05)


@torch.no_grad()
def test_weights_of_lengstrom_paint_as_they_do_there_on_a_picture_with_a_margin(tensorflow_weights, tmp_path):
    save_file(tensorflow_weights, tmp_path / "wave.safetensors")
    rgb = torch.rand(1, 3, 48, 44)
    theirs = lengstrom_paints(tensorflow_weights, functional.pad(255 * rgb, (40,) * 4, mode="reflect"))[..., 40:-40, 40:-40]
    assert theirs.std() > 20
    torch.testing.assert_close(painted_bytes(tmp_path / "wave.safetensors", rgb), theirs, rtol=1e-3, atol=0.05)


def test_added_weights_are_a_style_like_any_other(example_weights, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("brushwarp.multimodal.thumbnail.SIZE", (128, 192))  # of the painting that the thumbnail is made of
    file = tmp_path / "candy.model"
    torch.save(example_weights, file)
    assert main(["styles", "add", str(file)]) == 0
    assert "candy" in {style.path.stem for style in list_styles() if not style.shipped}
    style = load_style("candy")
    assert style.card.architecture == "johnson" and "PyTorch examples" in style.card.credits
    assert style.card.licence != "CC BY 4.0"  # that is for styles of our own
    assert style.thumbnail.shape == (128, 192, 3) and style.thumbnail.float().std() > 5
    assert main(["styles", "add", str(file)]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["styles", "add", str(file), "--as", "../elsewhere"]) == 1
    assert "elsewhere" in capsys.readouterr().err and len(list(list_styles()[0].path.parent.parent.glob("*.safetensors"))) == 0


def test_published_wave_weights_paint_a_print_without_a_frame(dev_data):
    """Zeros beyond the edge, which these weights are published with, leave some 40 pixels of empty paper all around."""
    file = dev_data / "weights" / "peer_lengstrom_wave_fp16.safetensors"
    photo = load_picture(dev_data / "content" / "test" / "unsplash_05.jpg").pixels
    share = 512 / min(photo.shape[1:])
    water = resize(photo, (round(photo.shape[1] * share), round(photo.shape[2] * share)))[:, :256, :256].clone()
    painted = api.stylize(Picture(water), read_published(file)).pixels
    with torch.no_grad():
        weights = {name: value.float() for name, value in load_file(file).items()}
        framed = (lengstrom_paints(weights, 255 * water[None]) / 255)[0].clamp(0, 1)

    def waves(picture: torch.Tensor, top: int) -> float:
        """How strongly sixteen rows are patterned."""
        rows = picture[:, top : top + 16]
        return (rows[..., 4:] - rows[..., :-4]).abs().mean().item()

    assert waves(painted, 64) > 2 * waves(water, 64)
    assert waves(framed, 0) < 0.3 * waves(framed, 64)
    assert waves(painted, 0) > 0.7 * waves(painted, 64)


def refused(path, code: str) -> str:
    with pytest.raises(BrushwarpError) as caught:
        read_published(path)
    assert caught.value.code == code and caught.value.hint
    assert path.name in caught.value.message or code == "pack-format"
    return caught.value.message


def test_a_pickle_that_holds_more_than_tensors_is_refused_and_never_run(example_weights, tmp_path, capsys):
    class Canary:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    bare, within, module = tmp_path / "bare.pth", tmp_path / "within.pth", tmp_path / "module.model"
    bare.write_bytes(pickle.dumps(Canary(), protocol=2))
    torch.save(example_weights | {"in1.weight": Canary()}, within)
    torch.save(torch.nn.Conv2d(3, 3, 3), module)
    for path in (bare, within, module):
        assert "any program" in refused(path, "weights-refused")
        assert main(["styles", "add", str(path)]) == 1
        assert "state dict" in capsys.readouterr().err
    assert not (tmp_path / "canary").exists()
    assert all(style.shipped for style in list_styles())


@pytest.mark.filterwarnings("ignore:Validating sparse")
def test_files_of_no_known_layout_say_which_are_known(example_weights, tensorflow_weights, tmp_path):
    cases = {
        "other.safetensors": {"features.0.weight": torch.zeros(2)},
        "more.safetensors": tensorflow_weights | {"Variable_48": torch.zeros(3)},
        "less.pth": dict(list(example_weights.items())[1:]),
        "number.pth": example_weights | {"in1.weight": 3},
        "whole.pth": example_weights | {"in1.weight": torch.ones(32, dtype=torch.long)},
        "sparse.pth": example_weights | {"in1.weight": torch.ones(32).to_sparse()},
        "nowhere.pth": example_weights | {"in1.weight": torch.ones(32, device="meta")},
    }
    for name, weights in cases.items():
        path = tmp_path / name
        save_file(weights, path) if path.suffix == ".safetensors" else torch.save(weights, path)
        with pytest.raises(BrushwarpError) as caught:
            read_published(path)
        assert caught.value.code in ("weights-layout", "weights-refused"), name
        assert name in caught.value.message and caught.value.hint, name
    assert "lengstrom" in _hint(tmp_path / "other.safetensors") and "PyTorch examples" in _hint(tmp_path / "other.safetensors")


def _hint(path) -> str:
    with pytest.raises(BrushwarpError) as caught:
        read_published(path)
    return caught.value.hint


def test_tensors_of_other_shapes_are_refused(example_weights, tensorflow_weights, tmp_path):
    torch.save(example_weights | {"conv1.conv2d.weight": torch.zeros(32, 4, 9, 9)}, tmp_path / "four.pth")
    save_file(tensorflow_weights | {"Variable": torch.zeros(5)}, tmp_path / "flat.safetensors")
    for name in ("four.pth", "flat.safetensors"):
        assert "do not fit" in refused(tmp_path / name, "pack-format")


def test_damaged_and_swollen_files_are_refused(example_weights, tensorflow_weights, tmp_path):
    torch.save(example_weights, tmp_path / "whole.pth")
    save_file(tensorflow_weights, tmp_path / "whole.safetensors")
    for whole in (tmp_path / "whole.pth", tmp_path / "whole.safetensors"):
        short = whole.with_stem("short")
        for length in (0, 5, 9, 1000, -1000):
            short.write_bytes(whole.read_bytes()[:length])
            refused(short, "weights-refused")
    (tmp_path / "list.pth").write_bytes(pickle.dumps([1, 2, 3], protocol=2))
    refused(tmp_path / "list.pth", "weights-refused")
    with zipfile.ZipFile(tmp_path / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(LARGEST_FILE + 1))
    assert "unpacks" in refused(tmp_path / "bomb.pth", "weights-refused")
    with (tmp_path / "huge.pth").open("wb") as file:
        file.write(b"PK")
        file.truncate(LARGEST_FILE + 1)  # sparse: takes no room
    assert "larger" in refused(tmp_path / "huge.pth", "weights-refused")

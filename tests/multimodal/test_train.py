"""Training: goes on where it stopped, begins from a pack, and says what is wrong with what it is given."""

import math
from dataclasses import replace
from functools import partial

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from brushwarp.devices import Memory
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.features import denormalise, load_encoder, normalise
from brushwarp.image import resize
from brushwarp.multimodal.grain import GRAIN
from brushwarp.multimodal.network import Widths
from brushwarp.multimodal.objective import BALANCED, HierarchicalLoss, Output, Weights
from brushwarp.multimodal.photos import PhotoWindows, find_photos, style_pyramid, worth_practising
from brushwarp.multimodal.report import draw_report, paint_sample
from brushwarp.multimodal.train import Training, TrainingSettings, usual_iterations, usual_windows
from brushwarp.replay import Replay, adam
from brushwarp.styles import StyleCard, load_pack
from brushwarp.training.checkpoint import checkpoint_path
from brushwarp.training.iteration import Iteration

CARD = StyleCard(id="tiny", name="Tiny", widths=Widths(style=4, enhance=16, enhance_residuals=1, refine=16))
SETTINGS = TrainingSettings(iterations=(1, 1, 1, 1, 1), window=64, save_seconds=0, loaders=0)


@pytest.fixture(scope="module")
def painting(dev_data, tmp_path_factory):
    """The Starry Night, small: its Gram matrices at full size take longer than all that is tested here."""
    path = tmp_path_factory.mktemp("painting") / "small.png"
    with Image.open(dev_data / "style" / "vangogh_starry_night.jpg") as image:
        image.resize((320, 256)).save(path)
    return path


@pytest.fixture
def training(painting, encoder):
    def begin(settings=SETTINGS) -> Training:
        return Training(CARD, ((painting,),) * 3, encoder, settings, torch.device("cpu"))

    return begin


def nothing(_) -> None:
    pass


def test_a_training_that_was_killed_ends_as_if_it_had_not_been(training, photos, tmp_path):
    whole = training().run(photos, tmp_path / "whole.safetensors", nothing, nothing)

    def stop(report):
        if report.iteration == 5:  # one past the checkpoint of iteration 4
            raise Cancelled

    with pytest.raises(Cancelled):
        training().run(photos, tmp_path / "parts.safetensors", stop, nothing)
    assert load_pack(tmp_path / "parts.safetensors").card.training["iterations"] == 4
    again = training()
    assert again.resume(checkpoint_path(tmp_path / "parts.safetensors"))
    assert again.iteration == 4
    parts = again.run(photos, tmp_path / "parts.safetensors", nothing, nothing)
    for name, value in whole.weights.items():
        assert torch.equal(value, parts.weights[name]), name


def test_a_training_in_the_order_of_memory_that_gpus_like_is_kept_too(training, photos, tmp_path):
    run = training()
    run.network.to(memory_format=torch.channels_last)
    run.run(photos, tmp_path / "a.safetensors", nothing, nothing)
    again = training()
    assert again.resume(checkpoint_path(tmp_path / "a.safetensors"))
    for mine, kept in zip(run.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(mine, kept)
        before, after = run.optimiser.state[mine], again.optimiser.state[kept]
        assert before.keys() == after.keys() and all(torch.equal(value, after[name]) for name, value in before.items())
    assert sum(len(state) > 0 for state in again.optimiser.state.values()) > 40  # all but biases before a norm


def test_a_checkpoint_of_another_training_is_not_taken_up(training, encoder, photos, tmp_path):
    training().save(tmp_path / "a.safetensors")
    checkpoint = checkpoint_path(tmp_path / "a.safetensors")
    assert not training(replace(SETTINGS, seed=1)).resume(checkpoint)
    assert not Training(CARD, ((photos[0],),) * 3, encoder, SETTINGS, torch.device("cpu")).resume(checkpoint)
    assert training(replace(SETTINGS, save_seconds=7, loaders=2)).resume(checkpoint)


@pytest.mark.parametrize("damage", ["cut short", "empty", "another file", "incomplete"])
def test_a_damaged_checkpoint_is_called_damaged(training, tmp_path, damage):
    training().save(tmp_path / "a.safetensors")
    checkpoint = checkpoint_path(tmp_path / "a.safetensors")
    if damage == "incomplete":
        with safe_open(checkpoint, "pt") as file:
            save_file({"network.style": torch.zeros(1)}, checkpoint, file.metadata())
    else:
        data = (tmp_path / "a.safetensors" if damage == "another file" else checkpoint).read_bytes()
        checkpoint.write_bytes({"cut short": data[:-9], "empty": b"", "another file": data}[damage])
    with pytest.raises(BrushwarpError, match="can't be read") as caught:
        training().resume(checkpoint)
    assert caught.value.code == "checkpoint-damaged"


def test_each_stage_trains_its_own_subnet_and_the_last_one_all(training, photos, tmp_path):
    run = training()
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    changed: dict[str, set[str]] = {}

    def note(report):
        now = run.network.state_dict()
        found = {name.split(".")[0] for name in now if not torch.equal(now[name], before[name])}
        changed.setdefault(report.stage, set()).update(found)
        before.update({name: value.clone() for name, value in now.items()})

    run.run(photos, tmp_path / "a.safetensors", note, nothing)
    assert changed == {
        "style": {"style"},
        "enhance": {"enhance"},
        "refine": {"refine"},
        "finer": {"enhance", "refine"},
        "together": {"style", "enhance", "refine"},
    }
    terms = {f"{term} {scale}" for term in ("style", "unpainted", "distribution", "content", "lost", "pattern", "regular") for scale in (1, 2, 3)}
    assert set(run.recent_terms()) == terms | {f"afar {term} {scale}" for term in BALANCED for scale in (1, 2)}


def test_training_makes_the_style_loss_fall(training, photos, tmp_path):
    run = training(TrainingSettings(iterations=(30, 0, 0, 0, 0), loaders=0))
    run.run(photos, tmp_path / "a.safetensors", nothing, nothing)
    losses = [terms["style 1"] for terms in run.history]
    assert sum(losses[-3:]) < 0.75 * sum(losses[:3])
    sample = tmp_path / "a.samples" / "000030.jpg"
    sample.parent.mkdir()
    paint_sample(run.pack(), run.subnets, photos[0], sample, run.device)
    assert min(Image.open(sample).size) == 256  # the coarse strokes alone, for no others have been trained
    draw_report(run.history, [sample], tmp_path / "report.png", "Tiny")
    assert Image.open(tmp_path / "report.png").size[0] > 1000
    with pytest.raises(BrushwarpError, match="No photographs"):
        find_photos(tmp_path / "a.samples")


def test_a_training_whose_loss_is_no_number_steps_back_and_goes_on_at_half_the_rate(training, photos, tmp_path):
    run = training(replace(SETTINGS, iterations=(6, 0, 0, 0, 0)))
    told, losses = [], run.losses
    failing = iter([False, False, True])

    def sometimes(stage, batch):
        loss, terms = losses(stage, batch)
        return (loss * math.nan if next(failing, False) else loss), terms

    run.losses = sometimes
    first_rate = run._learning_rate(run.settings.stages[0])
    pack = run.run(photos, tmp_path / "a.safetensors", lambda report: told.append((report.iteration, report.setbacks)), nothing)
    assert told == [(1, 0), (2, 0), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)]
    assert len(run.history) == 6 and all(value.isfinite().all() for value in pack.weights.values())
    run.iteration = 0
    assert run._learning_rate(run.settings.stages[0]) == first_rate / 2
    again = training(replace(SETTINGS, iterations=(6, 0, 0, 0, 0)))
    assert again.resume(checkpoint_path(tmp_path / "a.safetensors")) and again.setbacks == 1


def test_a_training_that_never_gives_a_number_says_so(training, photos, tmp_path):
    run = training()
    losses = run.losses
    run.losses = lambda stage, batch: (losses(stage, batch)[0] * math.nan, {})
    with pytest.raises(BrushwarpError, match="no number again and again") as caught:
        run.run(photos, tmp_path / "a.safetensors", nothing, nothing)
    assert caught.value.code == "training-diverged" and not (tmp_path / "a.safetensors").exists()


@pytest.mark.parametrize("stage", range(5))
def test_an_iteration_asks_the_device_nothing(stage, training, photos, ask_nothing):
    run = training()
    batch = next(run.batches(photos, 0))
    iteration = Iteration(partial(run.losses, run.settings.stages[stage]), adam([{"params": list(run.network.parameters()), "lr": 1e-3}]), batch, run.device)
    for held, tensor in zip(iteration.held, batch, strict=True):
        held.copy_(tensor)
    iteration.optimiser.step = lambda: None  # on a CPU Adam reads its count
    with ask_nothing():
        iteration._once()
    assert iteration.row.isfinite().all()


@pytest.mark.gpu
def test_a_cuda_device_replays_what_the_processor_does(photos, painting, encoder, tmp_path, monkeypatch):
    replays = []
    recorded = Replay._recorded
    monkeypatch.setattr(Replay, "_recorded", lambda self: replays.append(recorded(self)) or replays[-1])
    monkeypatch.setattr("brushwarp.training.iteration.fast_dtype", lambda device: torch.float32)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    # Without what is drawn at random, which each device does in its own way; with a process that reads, and pins, photographs meanwhile.
    settings = replace(SETTINGS, iterations=(8, 8, 8, 8, 8), batch=2, save_seconds=1000, loaders=1, weights=Weights(distribution=(0.0, 0.0, 0.0)))
    found = {}
    for device in ("cpu", "cuda"):
        run = Training(CARD, ((painting,),) * 3, encoder, settings, torch.device(device))
        run.run(photos, tmp_path / f"{device}.safetensors", nothing, nothing)
        found[device] = run.history
    again = Training(CARD, ((painting,),) * 3, encoder, settings, torch.device("cuda"))
    assert again.resume(checkpoint_path(tmp_path / "cuda.safetensors")) and again.iteration == 40
    encoder.to("cpu")
    assert len(replays) == 5 and None not in replays
    for iteration, (ours, theirs) in enumerate(zip(found["cuda"], found["cpu"], strict=True)):
        for name in theirs:
            # What is small in itself, and grows with each rounding: the excess over what is allowed, the root of a mean square; and a
            # correlation of next to nothing.
            apart = {"regular": 0.05, "pattern": 4e-3, "lost": 0.2 if iteration else 1e-3}.get(name.split()[-2], 1e-3)
            assert ours[name] == pytest.approx(theirs[name], rel=2e-3 if iteration == 0 else 0.1, abs=apart), (iteration, name)


@pytest.mark.gpu
def test_a_step_that_cannot_be_recorded_goes_on_as_written():
    chance = torch.Generator("cuda").manual_seed(3)
    drawn = []

    def step():
        value = torch.rand(4, device="cuda", generator=chance) + torch.rand(4, device="cuda")
        drawn.append(value.sum().item())  # which asks the device

    replay = Replay(step, torch.device("cuda"), [chance])
    for _ in range(7):
        replay()
    assert replay.graph is None and len(set(drawn)) == len(drawn) >= 6


def test_a_pack_is_a_beginning(training):
    pack = training(replace(SETTINGS, seed=1)).pack()
    second = training()
    second.start_from(pack)
    assert all(torch.equal(value, pack.weights[name]) for name, value in second.network.state_dict().items())
    other = replace(pack, card=replace(CARD, widths=Widths()))
    with pytest.raises(BrushwarpError, match="widths"):
        second.start_from(other)


def test_a_network_that_begins_with_nothing_may_lose_more_at_first_than_one_that_is_trained_on(training, encoder, painting):
    history = [{"style 1": 0.4, "unpainted 1": 0.5, "lost 1": 0.5}] * 200
    settings = replace(SETTINGS, iterations=(1000, 0, 0, 0, 0))
    trained_on = Training(replace(CARD, training={"iterations": 9}), ((painting,),) * 3, encoder, settings, torch.device("cpu"))
    strengths = []
    for run in (training(settings), trained_on):
        run._take_up(len(history), history, 0, {name: value.clone() for name, value in run._state().items()})
        strengths.append(run.balance.strengths[0])
    assert strengths[0] > 1 > strengths[1]


def test_a_processor_with_little_memory_learns_fine_strokes_from_more_and_smaller_windows(monkeypatch):
    cpu = torch.device("cpu")
    taken = {}
    monkeypatch.setattr("brushwarp.devices._machine_memory", lambda: Memory(2**40, 2**40))
    for megabytes in ("6000", "16000"):
        monkeypatch.setenv("BRUSHWARP_MEMORY", megabytes)
        windows = usual_windows(cpu)
        taken[megabytes] = windows, usual_iterations("standard", cpu, windows[1])
    (small, many), (large, few) = taken.values()
    assert small[0] == small[1] == large[0] == large[1] // 2
    assert many[:2] == few[:2] and many[2] > 2 * few[2]
    assert usual_windows(torch.device("mps")) == large and usual_iterations("standard", torch.device("mps"), large[1]) == few


def test_the_coarse_photograph_has_grain_where_it_is_flat_as_when_it_is_painted(tmp_path):
    Image.new("RGB", (300, 300), (120, 120, 120)).save(tmp_path / "flat.png")
    coarse, middle, fine, *_ = PhotoWindows([tmp_path / "flat.png"], (128, 128), seed=0)[0]
    assert coarse.std() > 0.5 * GRAIN and middle.std() < 1e-6 > fine.std()


def test_windows_at_all_scales_show_the_same_place(photos):
    for index in range(12):
        coarse, middle, fine, (x, y), (u, v) = PhotoWindows(photos, (128, 128), seed=5)[index]
        assert coarse.shape == (3, 256, 256) and middle.shape == fine.shape == (3, 128, 128)
        part = coarse[:, y : y + 64, x : x + 64]
        assert (resize(middle, (64, 64)) - part).abs().mean() < 0.03
        part = middle[:, v : v + 64, u : u + 64]
        assert (resize(fine, (64, 64)) - part).abs().mean() < 0.03


def test_a_fine_window_may_be_all_of_the_middle_one(photos):
    _, middle, fine, _, corner = PhotoWindows(photos, (128, 256), seed=5)[3]
    assert fine.shape == (3, 256, 256) and corner.tolist() == [0, 0]
    assert (resize(fine, (128, 128)) - middle).abs().mean() < 0.03


def smaller(rgb):
    return resize(rgb, (rgb.shape[-2] // 2, rgb.shape[-1] // 2))


def output(painted, refined=None):
    """What a finer subnet makes; of its own picture, unless it is said of which."""
    return Output(painted, smaller(painted) if refined is None else refined)


def test_what_cannot_be_shown_is_no_style_that_was_met(encoder, painting):
    loss = HierarchicalLoss(encoder, [[picture] for picture in style_pyramid(painting)], Weights(distribution=(0.0, 0.0, 0.0)))
    painted = 3 * torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    shown = normalise(denormalise(painted).clamp(0, 1))
    photo = torch.full((1, 3, 96, 96), 0.5)
    (much, beyond), (less, within) = (loss([output(each, smaller(shown))], [photo], 2) for each in (painted, shown))
    assert {name: value.item() for name, value in beyond.items()} == pytest.approx({name: value.item() for name, value in within.items()}, rel=1e-3)
    assert much > less  # it is called back, too


def test_only_the_finest_output_is_judged_from_afar(encoder, painting):
    loss = HierarchicalLoss(encoder, [[picture] for picture in style_pyramid(painting)], Weights())
    pictures = [torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(2)) for side in (64, 64, 128)]
    _, terms = loss([Output(normalise(pictures[0])), *(output(normalise(rgb)) for rgb in pictures[1:])], pictures, 0)
    assert {name for name in terms if name.startswith("afar")} == {f"afar {name} {scale}" for name in BALANCED for scale in (1, 2)}
    assert terms["afar style 2"] == pytest.approx(loss([output(normalise(smaller(pictures[2])))], [pictures[1]], 1)[1]["style 2"].item(), rel=1e-3)
    strengths = torch.ones(2, 3)
    strengths[1, 0] = 3.0
    finest = output(normalise(pictures[2]))
    assert loss([finest], [pictures[2]], 2, strengths)[0] > loss([finest], [pictures[2]], 2)[0]


def test_from_afar_an_output_is_to_show_the_painting_that_it_refined(encoder, painting):
    photo, painted, another = (torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2, 3))
    photo, painted, another = (resize(resize(rgb, (12, 12)), (96, 96)) for rgb in (photo, painted, another))
    for scale in (1, 2):
        gains = []
        for weight in (0.0, 5.0, 10.0):
            loss = HierarchicalLoss(encoder, [[picture] for picture in style_pyramid(painting)], Weights(refined=weight))
            loss.draw(0)
            own, its_terms = loss([output(normalise(painted))], [photo], scale)
            loss.draw(0)
            other, terms = loss([output(normalise(painted), normalise(smaller(another)))], [photo], scale)
            gains.append((other - own).item())
            assert terms["afar lost 1"] == pytest.approx(its_terms["afar lost 1"].item(), rel=1e-4)  # is about the photograph
        assert gains == pytest.approx([0, gains[1], 2 * gains[1]], abs=1e-4) and gains[1] > 0.03


def test_a_painting_is_never_enlarged(tmp_path):
    Image.effect_noise((500, 300), 40).convert("RGB").save(tmp_path / "small.png")
    assert [tuple(picture.shape[1:]) for picture in style_pyramid(tmp_path / "small.png")] == [(256, 427), (300, 500), (300, 500)]


@pytest.mark.parametrize(("size", "words"), [((32, 400), "32 × 400"), ((200, 200), "flat colour")])
def test_a_painting_that_shows_no_brushwork_is_refused(size, words, tmp_path):
    Image.new("RGB", size, "red").save(tmp_path / "poor.png")
    with pytest.raises(BrushwarpError, match=words):
        style_pyramid(tmp_path / "poor.png")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(BrushwarpError, match="text.png"):
        style_pyramid(tmp_path / "text.png")


def test_several_paintings_are_one_style_and_scales_may_have_paintings_of_their_own(encoder, painting, tmp_path):
    other = tmp_path / "other.png"
    with Image.open(painting) as image:
        image.rotate(90, expand=True).point(lambda value: 255 - value).save(other)
    both, one, two, apart = (
        Training(CARD, paintings, encoder, SETTINGS, torch.device("cpu")).loss.grams
        for paintings in (((painting, other),) * 3, ((painting,),) * 3, ((other,),) * 3, ((painting,), (other,), (painting, other)))
    )
    layer = "relu3_1"
    for scale in range(3):
        torch.testing.assert_close(both[scale][layer], (one[scale][layer] + two[scale][layer]) / 2)
        assert not torch.allclose(one[scale][layer], two[scale][layer], rtol=0.1)
    expected = (one[0][layer], two[1][layer], both[2][layer])
    assert all(torch.equal(apart[scale][layer], wanted) for scale, wanted in enumerate(expected))


def test_icons_and_broken_files_are_passed_over_and_counted(photos, tmp_path):
    Image.new("RGB", (40, 300)).save(tmp_path / "icon.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    assert worth_practising([tmp_path / "icon.png", photos[0], tmp_path / "broken.jpg"]) == ([photos[0]], 2)
    with pytest.raises(BrushwarpError, match="None of the 1"):
        worth_practising([tmp_path / "icon.png"])


def test_one_broken_photograph_does_not_end_a_training(photos, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(photos[0].read_bytes()[:1000])
    mixed = PhotoWindows([tmp_path / "broken.jpg", photos[0]], (64, 64), seed=1)
    assert all(mixed[index][0].shape == (3, 256, 256) for index in range(6))
    with pytest.raises(BrushwarpError, match="broken.jpg"):
        PhotoWindows([tmp_path / "broken.jpg"], (64, 64), seed=1)[0]


def test_a_folder_without_photographs_is_named(tmp_path):
    with pytest.raises(BrushwarpError, match=str(tmp_path)):
        find_photos(tmp_path)


def test_missing_loss_network_says_what_to_do(tmp_path):
    with pytest.raises(BrushwarpError) as caught:
        load_encoder(folder=tmp_path)
    assert caught.value.code == "weights-missing" and "--weights" in caught.value.hint

"""What lets a CUDA device repeat an iteration by itself: it asks the device nothing, and looks are read late. Most of it without one."""

import math

import pytest
import torch

from brushwarp.deformable import DeformSettings
from brushwarp.deformable.moving_arrows import MovingArrows
from brushwarp.features import load_encoder
from brushwarp.geometry import KeypointPairs, MovingFlow, coarse_flow, thin_plate_flow
from brushwarp.losses import transport
from brushwarp.optimization import Course, Gatys, Strotss, optimise
from brushwarp.optimization.loop import CPU_PACE, Pace, _Loss
from brushwarp.optimization.pyramid import PyramidCanvas
from brushwarp.replay import Replay, adam, replayable, set_rate
from brushwarp.sample import render_sample

LATE = Pace(5, late=True)
# At the left edge one arrow contradicts anchors, and two meet.
ARROWS = KeypointPairs([[20.0, 30.0], [40.0, 31.0], [46.0, 31.0]], [[0.6, 33.0], [45.0, 33.0], [46.0, 33.0]])


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("compact")


@pytest.fixture(scope="module")
def content():
    return render_sample(64, 48)


@pytest.fixture(scope="module")
def style():
    return render_sample(56, 64, seed=3).flip(1).contiguous()


@pytest.fixture
def as_on_a_device(monkeypatch):
    for module in (transport, coarse_flow):
        monkeypatch.setattr(module, "may_ask", lambda tensor: False)


def a_deformation(method, content, style):
    canvas = PyramidCanvas(content)
    bend = MovingArrows(ARROWS, (content.shape[1], content.shape[2]), DeformSettings(size=64), content.device)
    return canvas, bend, method.objective(content, style, 1.0, 0)


def methods(encoder):
    return {"gatys": Gatys(encoder), "strotss": Strotss(encoder, samples=256)}


@pytest.mark.parametrize("base", ["gatys", "strotss"])
def test_an_iteration_asks_the_device_nothing(base, encoder, content, style, as_on_a_device, ask_nothing):
    canvas, bend, objective = a_deformation(methods(encoder)[base], content, style)
    loss = _Loss(canvas, objective, adam([{"params": canvas.parameters, "lr": 1e-2}]), bend)
    objective.draw()
    with ask_nothing():
        loss.evaluate()
    assert torch.isfinite(loss.row).all() and bend.theta.grad.abs().max() > 0


@pytest.mark.parametrize("asking", [lambda x: float(x[0]), lambda x: x[x > 0], lambda x: x.nonzero(), lambda x: x.new_tensor([1.0]),
                                    lambda x: torch.linalg.solve(torch.eye(3), x)])
def test_what_asks_is_found_out(asking, ask_nothing):
    with ask_nothing(), pytest.raises(RuntimeError, match="asked"):
        asking(torch.ones(3))


def test_anchors_are_left_out_alike_when_the_device_is_not_asked_how_many(as_on_a_device):
    source = torch.tensor([[20.0, 30.0], [40.0, 31.0]], dtype=torch.float64)
    displacement = torch.tensor([[-19.0, 3.0], [5.0, 2.0]], dtype=torch.float64)
    plain = thin_plate_flow(source, source + displacement, (60, 60), tolerance=0)
    assert (MovingFlow(source, (60, 60), step=1)(displacement) - plain).abs().max() < 1e-9


@pytest.mark.parametrize("base", ["gatys", "strotss"])
@pytest.mark.parametrize("pace", [LATE, Pace(5)])
def test_seldom_and_late_looks_change_nothing_but_when_it_is_told(base, pace, encoder, content, style):
    runs = {}
    for name, how in (("each", CPU_PACE), ("seldom", pace)):
        canvas, bend, objective = a_deformation(methods(encoder)[base], content, style)
        optimiser = adam([{"params": canvas.parameters, "lr": 1e-2}, {"params": bend.parameters, "lr": 0.3}])
        course, told = Course(), []
        optimise(
            canvas, objective, optimiser, 12, course, bend=bend, pace=how,
            on_iteration=lambda iteration, picture, loss, told=told: told.append((iteration, None if picture is None else picture.clone(), loss)),
        )
        runs[name] = canvas.picture().detach(), bend.theta.detach(), course.losses, told
    each, seldom = runs["each"], runs["seldom"]
    assert torch.equal(each[0], seldom[0]) and torch.equal(each[1], seldom[1]) and each[2] == seldom[2]
    assert [iteration for iteration, *_ in seldom[3]] == list(range(1, 13))
    behind = 5 if pace.late else 0  # a late look is told of at the next one
    looked_at = {iteration: (picture, loss) for iteration, picture, loss in seldom[3] if picture is not None}
    assert sorted(looked_at) == ([10, 12] if pace.late else [5, 10, 12])
    assert looked_at[10][1] == each[3][9 - behind][2] and torch.equal(looked_at[10][0], each[3][9 - behind][1])
    assert looked_at[12][1] == each[3][11][2]


@pytest.mark.parametrize("bad", [3, 7, 11])
def test_a_loss_that_is_no_number_is_found_late_and_still_gives_back_a_good_picture(bad, encoder, content, style):
    canvas, bend, objective = a_deformation(Gatys(encoder), content, style)
    start = canvas.picture().detach()
    whole, calls = objective.content, iter(range(100))
    objective.content = lambda features: whole(features) * (math.nan if next(calls) == bad else 1.0)
    course = Course()
    optimise(canvas, objective, adam([{"params": canvas.parameters, "lr": 1e-2}]), 20, course, bend=bend, pace=LATE)
    good = (bad // 5) * 5  # iterations up to the last good look
    assert course.diverged and len(course.losses) == good
    assert torch.isfinite(canvas.picture()).all()
    assert torch.equal(canvas.picture().detach(), start) == (good == 0)


def test_a_rate_is_set_where_a_recorded_step_reads_it():
    group = {"lr": torch.tensor(1.0)}
    rate = group["lr"]
    set_rate(group, 0.25)
    assert rate.item() == 0.25 and group["lr"] is rate
    plain = {"lr": 1.0}
    set_rate(plain, 0.25)
    assert plain["lr"] == 0.25
    assert not replayable(adam([{"params": [torch.zeros(2, requires_grad=True)], "lr": 0.1}]))  # on a CPU nothing is recorded


@pytest.mark.gpu
@pytest.mark.parametrize("base", ["gatys", "strotss"])
def test_a_cuda_device_replays_what_the_processor_does(base, encoder, content, style, monkeypatch):
    replays = []
    recorded = Replay._recorded
    monkeypatch.setattr(Replay, "_recorded", lambda self: replays.append(recorded(self)) or replays[-1])
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    found = {}
    for device in ("cpu", "cuda"):
        canvas, bend, objective = a_deformation(methods(encoder.to(device))[base], content.to(device), style.to(device))
        groups = [{"params": canvas.parameters, "lr": 1e-3}, {"params": bend.parameters, "lr": 0.3}]
        course = Course()
        optimise(canvas, objective, adam(groups), 12, course, bend=bend)
        found[device] = canvas.picture().detach().cpu(), bend.theta.detach().cpu(), [terms["total"] for terms in course.losses]
    encoder.to("cpu")
    assert len(replays) == 1 and replays[0] is not None
    assert (found["cuda"][0] - found["cpu"][0]).abs().mean() < 2e-3
    assert torch.allclose(found["cuda"][1], found["cpu"][1], atol=0.15)  # half a step of Adam, which follows signs
    assert found["cuda"][2] == pytest.approx(found["cpu"][2], rel=0.02)

"""STROTSS and Gatys: their losses, and that each paints on its own. On the shipped encoder, so that no data is needed."""

import math

import pytest
import torch

from brushwarp.errors import Cancelled
from brushwarp.features import load_encoder
from brushwarp.optimization import Course, Gatys, Schedule, Strotss, at_long_side, make_optimiser, optimise, stylise
from brushwarp.optimization.pyramid import PixelCanvas, PyramidCanvas
from brushwarp.sample import render_sample


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("compact")


@pytest.fixture(scope="module")
def content():
    return render_sample(48, 64)


@pytest.fixture(scope="module")
def style():
    """Slanting stripes of two colours, with some grain."""
    y, x = torch.meshgrid(torch.arange(56.0), torch.arange(64.0), indexing="ij")
    stripes = (torch.sin((x + y) * 0.9) > 0).float()
    colours = torch.tensor([0.9, 0.7, 0.1])[:, None, None] * stripes + torch.tensor([0.1, 0.1, 0.5])[:, None, None] * (1 - stripes)
    return (colours + 0.05 * torch.randn(3, 56, 64, generator=torch.Generator().manual_seed(0))).clamp(0, 1)


@pytest.fixture(params=["strotss", "gatys"])
def method(request, encoder):
    return Strotss(encoder, samples=256) if request.param == "strotss" else Gatys(encoder)


def test_the_content_picture_has_no_content_loss(method, content, style):
    objective = method.objective(content, style, 8.0, 0)
    objective.draw()
    shown, other = objective.features(torch.stack([content, content.flip(1)]))
    assert float(objective.content(shown)) < 1e-5 < 1e-3 < float(objective.content(other))


def test_the_style_picture_itself_has_less_style_loss_than_the_content(method, content, style):
    objective = method.objective(content, style[:, :48, :].permute(0, 2, 1)[:, :, :48].contiguous(), 8.0, 0)  # of the content's size
    objective.draw()
    shown, painted = objective.features(torch.stack([content, style[:, :48, :].permute(0, 2, 1)[:, :, :48].contiguous()]))
    assert float(objective.style(painted)) < 0.3 * float(objective.style(shown))


@pytest.mark.parametrize(("optimiser", "rate"), [("rmsprop", 2e-3), ("adam", 1e-2), ("lbfgs", 1.0)])
def test_the_loss_falls(method, optimiser, rate, content, style):
    canvas = PyramidCanvas(content) if optimiser == "rmsprop" else PixelCanvas(content)
    objective = method.objective(content, style, 1.0, 0)
    course = Course()
    optimise(canvas, objective, make_optimiser(optimiser, canvas.parameters, rate), 12, course)
    assert len(course.losses) == 12 and not course.diverged
    assert course.losses[-1]["total"] < 0.95 * course.losses[0]["total"]


def test_a_picture_alone_is_painted_at_the_last_size_in_colours_of_the_style(encoder, content, style):
    schedule = Schedule((32, 64), (30, 30), 4.0, "rmsprop", 1e-2, 5e-3)  # after eight a thread more or less decides
    painted, course = stylise(content, style, Strotss(encoder, samples=256), schedule)
    assert painted.shape == (3, 64, 48) and 0 <= painted.min() and painted.max() <= 1
    far = (content.mean((1, 2)) - style.mean((1, 2))).norm()
    assert (painted.mean((1, 2)) - style.mean((1, 2))).norm() < 0.7 * far
    again, _ = stylise(content, style, Strotss(encoder, samples=256), schedule)
    assert torch.equal(painted, again)


def test_a_cancel_stops_at_the_iteration(encoder, content, style):
    seen = []

    def stop(iteration, picture, loss):
        seen.append(iteration)
        if iteration == 3:
            raise Cancelled

    canvas = PixelCanvas(content)
    with pytest.raises(Cancelled):
        optimise(canvas, Gatys(encoder).objective(content, style, 8.0, 0), make_optimiser("adam", canvas.parameters, 1e-2), 50, Course(), on_iteration=stop)
    assert seen == [1, 2, 3]


def test_a_loss_that_is_no_number_gives_back_the_last_good_picture(encoder, content, style):
    objective = Gatys(encoder).objective(content, style, 8.0, 0)
    canvas, course, states = PixelCanvas(content), Course(), []
    whole = objective.content
    calls = iter(range(100))
    objective.content = lambda features: whole(features) * (math.nan if next(calls) == 3 else 1.0)
    optimise(canvas, objective, make_optimiser("adam", canvas.parameters, 1e-2), 10, course, on_iteration=lambda _, picture, __: states.append(picture.clone()))
    assert course.diverged and len(course.losses) == len(states) == 3
    assert torch.equal(canvas.picture().detach(), states[1]) and torch.isfinite(canvas.picture()).all()


def test_nothing_is_enlarged_for_a_scale():
    assert at_long_side(torch.rand(3, 40, 20), 512).shape == (3, 40, 20)
    assert at_long_side(torch.rand(3, 400, 200), 100).shape == (3, 100, 50)
    assert at_long_side(torch.rand(3, 2000, 20), 100).shape[2] >= 16

"""What Gram matrices do not see is seen."""

import pytest
import torch

from brushwarp.losses import gram_matrix, grid_pattern, regularity, relative_error, sliced_wasserstein


@pytest.fixture
def chance():
    return torch.Generator().manual_seed(0)


def test_points_in_another_order_are_the_same_distribution(chance):
    points = torch.randn(6, 500, generator=chance)
    directions = torch.randn(8, 6, generator=chance)
    assert sliced_wasserstein(points[:, torch.randperm(500, generator=chance)], points, directions).item() < 1e-9


def test_a_shift_costs_its_square_over_the_spread(chance):
    points = torch.randn(1, 4000, generator=chance)
    assert sliced_wasserstein(points + 0.5, points, torch.tensor([[3.0]])).item() == pytest.approx(0.25, rel=0.05)


def test_faint_texture_everywhere_is_told_from_strong_texture_beside_calm(chance):
    """Both have the same Gram matrix."""
    faint = torch.randn(1, 2, 64, 64, generator=chance)
    strong = torch.randn(1, 2, 64, 64, generator=chance) * (torch.arange(64) < 16).float() * 2
    assert relative_error(gram_matrix(faint), gram_matrix(strong)).item() < 0.02
    directions = torch.randn(16, 2, generator=chance)
    assert sliced_wasserstein(faint[0].flatten(1), strong[0].flatten(1), directions).item() > 0.2


def test_the_distance_has_the_gradient_of_moving_towards_the_target(chance):
    x = torch.randn(3, 50, generator=chance, dtype=torch.float64, requires_grad=True)
    target, directions = torch.randn(3, 50, generator=chance, dtype=torch.float64), torch.randn(4, 3, generator=chance, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: sliced_wasserstein(x, target, directions), x)


def test_a_hatching_locked_to_the_grid_is_found_and_grain_is_not(chance):
    calm = torch.full((1, 3, 66, 70), 0.5)
    hatched = calm + 0.1 * torch.tensor([1.0, 0, -1, 0]).repeat(18)[:70]
    assert grid_pattern(hatched, 4).sqrt().item() == pytest.approx(0.1 / 2**0.5, rel=1e-3)
    assert grid_pattern(hatched, 8).sqrt().item() == pytest.approx(0.1 / 2**0.5, rel=1e-3)  # of half its period, too
    assert grid_pattern(calm, 4).item() < 1e-12
    assert grid_pattern(calm + 0.1 * torch.randn(calm.shape, generator=chance), 4).sqrt().item() < 0.01
    assert grid_pattern(torch.rand(1, 3, 3, 9), 4).item() == 0


def test_hatching_is_regular_wherever_it_lies_and_noise_edges_and_calm_are_not(chance):
    down, across = torch.meshgrid(torch.arange(160.0), torch.arange(190.0), indexing="ij")
    hatched = 0.5 + 0.2 * torch.sin((down + 0.7 * across) * 2 * torch.pi / 11.3)
    noise = 0.5 + 0.2 * torch.randn(160, 190, generator=chance)
    edge = (across > 0.7 * down + 30).float()
    found = [regularity(picture.expand(1, 3, -1, -1)).item() for picture in (hatched, noise, edge)]
    assert found[0] > 0.1 and found[1] < 0.005 and found[2] < 0.04
    both = torch.where(across > 80, hatched, noise)
    assert found[1] < regularity(both.expand(1, 3, -1, -1)).item() < found[0]
    assert regularity(torch.full((1, 3, 80, 80), 0.3)).item() < 0.05
    assert regularity(torch.rand(1, 3, 63, 200)).item() == 0


def test_regularity_has_a_gradient_that_undoes_it(chance):
    across = torch.arange(96.0).expand(96, 96)
    start = (0.5 + 0.2 * torch.sin(across * 0.8) + 0.1 * torch.randn(96, 96, generator=chance)).expand(1, 3, -1, -1)
    x = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([x], lr=0.01)
    for _ in range(20):
        optimiser.zero_grad()
        regularity(x).backward()
        optimiser.step()
    assert regularity(x).item() < 0.5 * regularity(start).item()

"""The spline is the one that others compute."""

import numpy as np
import torch
from scipy.interpolate import RBFInterpolator

from brushwarp.geometry.spline import fit_thin_plate


def test_it_equals_scipys_on_200_random_points():
    rng = np.random.default_rng(0)
    centres, at = rng.uniform(0, 800, (200, 2)), rng.uniform(-50, 850, (500, 2))
    values = rng.normal(0, 20, (200, 2))
    expected = RBFInterpolator(centres, values, kernel="thin_plate_spline", degree=1)(at)
    ours = fit_thin_plate(torch.from_numpy(centres), torch.from_numpy(values)).at(torch.from_numpy(at))
    assert np.abs(ours.numpy() - expected).max() < 1e-9 * np.abs(expected).max()

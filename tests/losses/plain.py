"""The losses of STROTSS and DST as the papers write them: whole matrices, gradients by autograd. What ours must equal."""

import torch
from torch import Tensor

YUV = ((0.577350, 0.577350, 0.577350), (-0.577350, 0.788675, -0.211325), (-0.577350, -0.211325, 0.788675))


def cosine_distances(a: Tensor, b: Tensor) -> Tensor:
    return 1 - (a / a.norm(dim=1, keepdim=True)) @ (b / b.norm(dim=1, keepdim=True)).T


def euclidean_distances(a: Tensor, b: Tensor) -> Tensor:
    squares = a.square().sum(1)[:, None] + b.square().sum(1)[None] - 2 * a @ b.T
    return (squares.clamp(1e-5, 1e5) / a.shape[1]).sqrt()


def relaxed(distances: Tensor) -> Tensor:
    return torch.maximum(distances.amin(1).mean(), distances.amin(0).mean())


def relaxed_emd(x: Tensor, style: Tensor) -> Tensor:
    return relaxed(cosine_distances(x, style))


def covariance(x: Tensor, unbiased: bool) -> Tensor:
    centred = x - x.mean(0)
    return centred.T @ centred / (len(x) - unbiased)


def moment_distance(x: Tensor, style: Tensor, unbiased: bool = True) -> Tensor:
    mean = (x.mean(0) - style.mean(0)).abs().mean()
    return mean + (covariance(x, unbiased) - covariance(style, unbiased)).abs().mean()


def palette_distance(x: Tensor, style: Tensor, form: str = "l2") -> Tensor:
    yuv = torch.tensor(YUV, dtype=x.dtype, device=x.device)
    a, b = x[:, :3] @ yuv, style[:, :3] @ yuv
    distances = euclidean_distances(a, b)
    return relaxed(distances if form == "l2" else distances + cosine_distances(a, b))


def self_similarity_distance(x: Tensor, content: Tensor) -> Tensor:
    ours, theirs = cosine_distances(x, x), cosine_distances(content, content)
    return (ours / ours.sum(0) - theirs / theirs.sum(0)).abs().mean() * len(x)

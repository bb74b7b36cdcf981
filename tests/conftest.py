"""What all tests share: the development data, the mark `gpu`, and CI's rule that nothing is skipped in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dev_data() -> Path:
    """The folder of development data (photos, paintings, weights), named by BRUSHWARP_DEV_DATA; it is part of no release."""
    named = os.environ.get("BRUSHWARP_DEV_DATA")
    if not named:
        pytest.skip("needs the development data: set BRUSHWARP_DEV_DATA to its folder")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"BRUSHWARP_DEV_DATA names {folder}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def encoder(dev_data):
    """The development encoder; what needs no data has one of its own."""
    from brushwarp.features import load_encoder

    return load_encoder(folder=dev_data / "weights")


@pytest.fixture(scope="session")
def photos(dev_data) -> list[Path]:
    """A few to practise on."""
    from brushwarp.multimodal.photos import find_photos

    return find_photos(dev_data / "content" / "train")[:8]


def pytest_collection_modifyitems(items: list) -> None:
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked and not _has_cuda():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


def _has_cuda() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


class SkipsFailInCI:
    """Counts the skipped tests that a GPU would not have brought back; in CI each of them fails the run, by name."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail") and "gpu" not in report.keywords:
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report)

    def _note(self, report) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        self.skipped.append(f"{report.nodeid}: {reason}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        if self.skipped:
            terminalreporter.section(f"{len(self.skipped)} skipped, which fails in CI", red=True)
            for line in self.skipped:
                terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    if in_ci():
        config.pluginmanager.register(SkipsFailInCI(), "skips-fail-in-ci")


@pytest.fixture(scope="session")
def small_style(tmp_path_factory) -> Path:
    """The file of a style with few, random weights: paints nothing pretty, but all the way through, and fast."""
    import torch

    from brushwarp.multimodal.network import MultimodalNetwork, Widths
    from brushwarp.styles import StyleCard, StylePack, save_pack

    widths = Widths(style=4, enhance=16, enhance_residuals=1, refine=16)
    torch.manual_seed(5)
    path = tmp_path_factory.mktemp("style") / "small.safetensors"
    save_pack(StylePack(StyleCard(id="small", name="Small", widths=widths), dict(MultimodalNetwork(widths).state_dict())), path)
    return path


@pytest.fixture(scope="session")
def ask_nothing() -> type:
    """A context that refuses what a CUDA device would have to be waited for, and what cannot be recorded: reading a number, tensors
    whose size depends on numbers, checks of an equation's solution, and tensors made of the host's numbers."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    asking = ("_local_scalar_dense", "nonzero", "masked_select", "equal", "is_nonzero", "_linalg_check_errors", "lift_fresh", "_unique2")

    class AskNothing(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            name = func.overloadpacket.__name__
            by_mask = name in ("index", "index_put_") and any(index is not None and index.dtype == torch.bool for index in args[1])
            if name in asking or by_mask:
                raise RuntimeError(f"the device was asked: {name}")
            return func(*args, **(kwargs or {}))

    return AskNothing

"""The page of a training can be read."""

from matplotlib.figure import Figure

from brushwarp.multimodal.objective import BALANCED
from brushwarp.multimodal.report import draw_report


def test_a_term_has_one_colour_at_all_scales_and_is_told_from_the_same_one_seen_from_afar(tmp_path, monkeypatch):
    pages = []
    savefig = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda page, *rest, **more: pages.append(page) or savefig(page, *rest, **more))
    near = [{f"{term} {scale}": 0.5 for term in (*BALANCED, "pattern")} for scale in (1, 2, 3)]
    afar = {f"afar {term} {scale}": 0.4 for term in BALANCED for scale in (1, 2)}
    draw_report([near[0], near[2] | afar, near[1]], [], tmp_path / "report.png", "Tiny")
    curves = [{line.get_label(): line.get_color() for line in axes.lines} for axes in pages[0].subfigs[0].axes]
    together = curves[0] | curves[1] | curves[2]
    assert set(together) == {*BALANCED, "pattern", *(f"{term} from afar" for term in BALANCED)} and len(set(together.values())) == 7
    assert all(colour == together[label] for panel in curves for label, colour in panel.items())

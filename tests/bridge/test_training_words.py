"""How trainings are told of in the hosts."""

from __future__ import annotations

import pytest

from brushwarp.bridge import training, training_words
from brushwarp.bridge.training import TrainingStatus
from brushwarp.bridge.training_words import standing, style_name
from brushwarp.multimodal.train import STAGES


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"state": "starting"}, "Starting the engine"),
        ({"state": "running", "stage": "rendering", "total": 2350}, "Rendering pictures to practise on"),
        ({"state": "running", "iteration": 61, "total": 100, "stage": "refine", "seconds_left": 7501}, "Learning the fine strokes, 61 %, about 2 h 05 min left"),
        ({"state": "running", "iteration": 1, "total": 100, "stage": "polish", "seconds_left": 29}, "Polish, 1 %, less than a minute left"),
        ({"state": "waiting", "iteration": 50, "total": 100, "stage": "style", "seconds_left": 3000}, "Waiting, 50 %, about 50 min left"),
        ({"state": "cancelled", "iteration": 50, "total": 100, "stage": "style"}, "Cancelled, 50 %"),
        ({"state": "finished", "iteration": 100, "total": 100, "seconds_left": 0.0}, "Finished: the style is in the gallery"),
    ],
)
def test_how_a_training_stands_is_one_line(fields, told):
    assert standing(TrainingStatus("a", "A", **fields)) == told


def test_what_was_cancelled_and_still_runs_is_stopping():
    assert standing(TrainingStatus("a", "A", "running", iteration=50, total=100), is_stopping=True).startswith("Stopping")


def test_there_are_words_for_everything():
    assert tuple(training_words.QUALITIES) == training.QUALITIES and training_words.STANDARD in training.QUALITIES
    assert set(training_words.STATES) == set(training.STATES)
    assert {name for name, _, _ in STAGES} < set(training_words.STAGES)


@pytest.mark.parametrize(
    ("layer", "file", "is_alone", "name"),
    [
        ("Background", "/bilder/große Wellen.tar.png", True, "große Wellen.tar"),
        ("Himmel", "/bilder/große Wellen.kra", False, "Himmel"),
        ("Himmel", "", True, "Himmel"),
        ("Vague.PNG", "", False, "Vague"),
        ("St. Ives", "", False, "St. Ives"),
        (" .jpg", "", False, ""),
        ("x" * 300, "", False, "x" * 200),
    ],
)
def test_a_style_is_called_like_the_file_of_a_layer_alone_in_it_else_like_the_layer(layer, file, is_alone, name):
    assert style_name(layer, file, is_alone) == name

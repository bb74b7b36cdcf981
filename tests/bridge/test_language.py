"""The language that painters read, and who decides it."""

from __future__ import annotations

import threading

import pytest

from brushwarp.bridge import language
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.language import _, ngettext, speak, speaking, spoken, wanted_by
from brushwarp.bridge.pack_header import read_header

WORD, GERMAN = "Nothing was changed.", "Es wurde nichts geändert."


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    speak([])


def test_english_is_spoken_until_somebody_asks_for_another_language():
    assert _(WORD) == WORD and spoken() == ""


@pytest.mark.parametrize("wanted", [["de"], ["de_AT.UTF-8"], ["de-DE"], ["de_CH@euro"], ["xx", "de"]])
def test_a_language_is_found_by_any_of_its_usual_names(wanted):
    speak(wanted)
    assert spoken() == "de" and _(WORD) == GERMAN


@pytest.mark.parametrize("wanted", [[], ["en_GB", "de"], ["C", "de"], ["xx"], [""], ["../de"], ["de/../de"], ["de\0"]])
def test_all_else_is_english(wanted):
    speak(wanted)
    assert spoken() == "" and _(WORD) == WORD


def test_what_has_no_translation_stays_as_it_is():
    speak(["de"])
    assert _("No such words.") == "No such words."


def test_numbers_choose_between_one_and_many():
    assert [ngettext("{} arrow", "{} arrows", n).format(n) for n in (1, 2)] == ["1 arrow", "2 arrows"]
    speak(["de"])
    assert [ngettext("{} arrow", "{} arrows", n).format(n) for n in (1, 2)] == ["1 Pfeil", "2 Pfeile"]


def test_one_job_in_another_language_changes_nothing_for_others():
    heard = []
    with speaking("de"):
        elsewhere = threading.Thread(target=lambda: heard.append(_(WORD)))
        elsewhere.start()
        elsewhere.join()
        assert _(WORD) == GERMAN
        with speaking(""):
            assert _(WORD) == WORD
    assert heard == [WORD] and _(WORD) == WORD


def test_a_job_in_english_is_english_whatever_the_process_speaks():
    speak(["de"])
    with speaking(language.ENGLISH):
        assert _(WORD) == WORD


def test_an_environment_asks_as_gettext_has_it():
    assert wanted_by({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:de"}) == ["fr", "de"]
    assert wanted_by({"LANG": "de_DE.UTF-8", "LC_ALL": ""}) == ["de_DE.UTF-8"]
    assert wanted_by({}) == []


def test_a_sentence_and_its_hint_are_in_one_language(tmp_path):
    """In a worker, which itself speaks English, and answers a German painter."""
    (tmp_path / "no.safetensors").write_bytes(bytes(100))
    with speaking("de"), pytest.raises(WorkerError) as caught:
        read_header(str(tmp_path / "no.safetensors"))
    assert caught.value.message.startswith("Diese Datei ist kein Stilpaket") and caught.value.hint.startswith("Wählen Sie")

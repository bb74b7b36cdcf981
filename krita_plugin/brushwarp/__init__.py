"""Brushwarp in Krita: the active layer repainted in a painter's style and bent along arrows, as a new layer above it; and learnt from.

Python 3.8, the standard library, Krita and Qt only. The engine runs in a worker process; `bridge` talks to it.

    extension   the menu                       command    what its entries share: from the menu to the job
    stylize, deform, suggest   the entries     stylize_dialog, deform_dialog, suggest_dialog    what to make (layer_dialog, fields,
                style_box, style_sources: what they share)
    repeat, edit, recipe       the entries about earlier results        origin, records    what is kept of them        replacing    how one goes
    painting    the course of one job          progress   how far it is, and Cancel    delivery    what becomes of the answer
    arrows_docker              the docker      arrows_panel, arrow_list, picture_view    what it shows    subject    what it is about
                live_bend, small_copy, screen_image    its preview            warp    Apply warp
    styles_docker              the gallery as a docker       gallery_view, style_grid, star    what it shows, as Stylize… does
                gallery_deeds, style_card_window    what is done with a style             docker    what both dockers share
    train       the entry about trainings      train_dialog    its window: train_form above (train_source: the layer), training_list below
    engine      the entry about the worker     engine_dialog    its window: engine_pages where there is one, engine_help where it is missing
    document, layer, arrow_layer, one_step, cutout    Krita itself    job    the thread that waits for the worker
    arrows, colour, settings, style_choice, rectangle, refusal    logic that needs neither Krita nor Qt
    host_language   which one Krita speaks; bridge.language translates into it
    qt          the one place that knows which PyQt there is
"""

from krita import Krita

from .bridge.language import speak
from .host_language import languages

speak(languages())  # before all that has words

from .extension import BrushwarpExtension  # noqa: E402

Krita.instance().addExtension(BrushwarpExtension(Krita.instance()))

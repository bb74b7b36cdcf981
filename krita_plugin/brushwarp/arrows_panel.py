"""What the docker shows: which arrows, how the layer is bent along them, and what can be done with them."""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence, Tuple

from .arrow_layer import ArrowEntry
from .arrow_list import ArrowList
from .bridge.bend import Bend
from .bridge.language import _
from .fields import ShareField, combo, push_button
from .messages import guarded
from .picture_view import PictureView
from .qt import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QSize, Qt, QVBoxLayout, QWidget

MOST_EXAGGERATED = 200  # percent
STATUS_LINES = 3  # are kept free: the picture shall not jump when there is something to say


class ArrowsPanel(QWidget):
    """`arrow_layer` and `bend` are what was chosen. on_mute: as ArrowList has it; the buttons are `reverse`, `delete` and `apply`."""

    def __init__(self, on_mute: Callable[[ArrowEntry, bool], None]) -> None:
        super().__init__()
        self._layers = combo("keypoint_layer", _("The vector layer whose arrows are shown; the newest is the topmost"), [])
        self._layers.setMinimumContentsLength(12)
        self._layers.setSizeAdjustPolicy(self._layers.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.view = PictureView()
        self.view.setObjectName("view")
        self.view.setToolTip(_("The layer as the arrows bend it, small.\nWhere it is turned over itself it is magenta; the chosen arrow is yellow"))
        self.arrows = ArrowList(on_mute)
        self.reverse = push_button("reverse", _("&Reverse"), _("Turn the chosen arrows round.\nUndo does not know of it: reverse them again"))
        self.delete = push_button("delete", _("&Delete"), _("Take the chosen arrows away; each is a step of Undo"))
        self._exaggeration = ShareField("exaggeration", _("How far all arrows reach: 100 % is as they are drawn"), MOST_EXAGGERATED)
        self._exaggeration.set_value(1.0)
        self._smoothing = ShareField("smoothing", _("0 % goes through the end of every arrow; further right bends softly and all together"))
        self._grid = QCheckBox(_("&Grid"))
        self._grid.setObjectName("grid")
        self._grid.setToolTip(_("Show how the layer is bent by a grid that is bent with it"))
        self._grid.setChecked(True)
        self.status = QLabel()
        self.status.setObjectName("status")
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.status.setMinimumHeight(STATUS_LINES * self.status.fontMetrics().lineSpacing())
        self.apply = push_button("apply", _("&Apply warp"), _("Bend the layer itself, at its own size and without a style: as a new layer above it"))
        self._mask = QCheckBox(_("as an &editable transform mask"))
        self._mask.setObjectName("as_mask")
        self._mask.setToolTip(
            _("Apply warp leaves the pixels as they are: on a copy of the layer, with a mask that the Transform tool can go on editing")
        )
        self._mask.hide()
        self._lay_out()
        self._has_arrows = False
        self.arrows.itemSelectionChanged.connect(guarded(lambda: self.enable(self._has_arrows)))
        self.enable(False)

    def _lay_out(self) -> None:
        upper, buttons, sliders = QHBoxLayout(), QHBoxLayout(), QFormLayout()
        upper.addWidget(self._layers, 1)
        upper.addWidget(self._grid)
        for button in (self.reverse, self.delete, self.apply):
            buttons.addWidget(button)
        sliders.addRow(_("E&xaggerate:"), self._exaggeration)
        sliders.addRow(_("S&mooth:"), self._smoothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addLayout(upper)
        layout.addWidget(self.view)
        layout.addLayout(sliders)
        layout.addWidget(self.arrows, 1)
        layout.addLayout(buttons)
        layout.addWidget(self._mask, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.status)

    @property
    def arrow_layer(self) -> Optional[str]:
        """The id of the chosen layer."""
        return self._layers.currentData()

    @property
    def bend(self) -> Bend:
        return Bend(self._exaggeration.value, self._smoothing.value, self._grid.isChecked())

    @property
    def as_mask(self) -> bool:
        """Whether Apply warp shall leave the pixels to a mask."""
        return self._mask.isVisible() and self._mask.isChecked()

    def offer_mask(self, is_possible: bool) -> None:
        self._mask.setVisible(is_possible)

    def offer_layers(self, layers: Sequence[Tuple[str, str]], newest: bool) -> None:
        """Names and ids of the layers to choose from. newest: choose the first; else the choice stays, if it is still there."""
        shown: List[Tuple[str, str]] = [(self._layers.itemText(i), self._layers.itemData(i)) for i in range(self._layers.count())]
        if shown == list(layers) and not newest:
            return
        chosen = None if newest else self.arrow_layer
        self._layers.clear()
        for name, id in layers:
            self._layers.addItem(name, id)
        self._layers.setCurrentIndex(max(0, self._layers.findData(chosen)) if layers else -1)

    def enable(self, has_arrows: bool) -> None:
        """Whether there is anything to be done. The chosen arrows decide about their buttons."""
        self._has_arrows = has_arrows
        is_chosen = has_arrows and bool(self.arrows.chosen)
        for button in (self.reverse, self.delete):
            button.setEnabled(is_chosen)
        self.apply.setEnabled(has_arrows)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(280, 560)

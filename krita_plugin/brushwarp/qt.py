"""Qt as this Krita has it: PyQt5 in Krita 5, PyQt6 in Krita 6. Nothing else here imports PyQt.

Both can be installed, and loading the wrong one ends the host: Krita's own module says which, by having loaded it.
Enums are spelled with their scope (`Qt.WindowModality.WindowModal`), which both understand.
"""

import sys

import krita  # noqa: F401 - loads the PyQt that belongs to it

if "PyQt6.QtCore" in sys.modules:
    from PyQt6.QtCore import QByteArray, QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, QUrl, QUuid, pyqtSignal
    from PyQt6.QtGui import (
        QColor,
        QDesktopServices,
        QFontDatabase,
        QGuiApplication,
        QIcon,
        QImage,
        QImageReader,
        QPainter,
        QPalette,
        QPixmap,
        QPolygonF,
        QTextLayout,
        QTextOption,
        QTransform,
    )
    from PyQt6.QtWidgets import (
        QAbstractItemView,
        QCheckBox,
        QComboBox,
        QDialog,
        QDialogButtonBox,
        QDoubleSpinBox,
        QFileDialog,
        QFormLayout,
        QGridLayout,
        QHBoxLayout,
        QInputDialog,
        QLabel,
        QLineEdit,
        QListWidget,
        QListWidgetItem,
        QMenu,
        QMessageBox,
        QPlainTextEdit,
        QProgressBar,
        QPushButton,
        QSizePolicy,
        QSlider,
        QSpinBox,
        QStyle,
        QStyledItemDelegate,
        QToolButton,
        QVBoxLayout,
        QWidget,
    )
else:
    from PyQt5.QtCore import QByteArray, QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, QUrl, QUuid, pyqtSignal
    from PyQt5.QtGui import (
        QColor,
        QDesktopServices,
        QFontDatabase,
        QGuiApplication,
        QIcon,
        QImage,
        QImageReader,
        QPainter,
        QPalette,
        QPixmap,
        QPolygonF,
        QTextLayout,
        QTextOption,
        QTransform,
    )
    from PyQt5.QtWidgets import (
        QAbstractItemView,
        QCheckBox,
        QComboBox,
        QDialog,
        QDialogButtonBox,
        QDoubleSpinBox,
        QFileDialog,
        QFormLayout,
        QGridLayout,
        QHBoxLayout,
        QInputDialog,
        QLabel,
        QLineEdit,
        QListWidget,
        QListWidgetItem,
        QMenu,
        QMessageBox,
        QPlainTextEdit,
        QProgressBar,
        QPushButton,
        QSizePolicy,
        QSlider,
        QSpinBox,
        QStyle,
        QStyledItemDelegate,
        QToolButton,
        QVBoxLayout,
        QWidget,
    )

__all__ = [
    "QAbstractItemView", "QByteArray", "QCheckBox", "QColor", "QComboBox", "QDesktopServices", "QDialog", "QDialogButtonBox",
    "QDoubleSpinBox", "QEvent", "QFileDialog", "QFontDatabase", "QFormLayout", "QGridLayout", "QGuiApplication", "QHBoxLayout", "QIcon", "QImage", "QImageReader", "QInputDialog",
    "QLabel", "QLineEdit", "QListWidget", "QListWidgetItem", "QMenu", "QMessageBox", "QPainter", "QPalette", "QPixmap",
    "QPlainTextEdit", "QPointF", "QPolygonF", "QProgressBar", "QPushButton", "QRect", "QRectF", "QSize", "QSizePolicy", "QSlider", "QSpinBox", "QStyle",
    "QStyledItemDelegate", "QTextLayout", "QTextOption", "QTimer", "QToolButton", "QTransform", "QUrl", "QUuid", "QVBoxLayout", "QWidget",
    "Qt", "pyqtSignal",
]

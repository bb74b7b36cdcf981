"""A host's Python has nothing but the standard library, and may be 3.8: the proof that the bridge asks for no more."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

BRIDGE = Path(__file__).parents[2] / "core" / "brushwarp" / "bridge"
FILES = sorted(BRIDGE.glob("**/*.py"))
NEWER_THAN_3_8 = {"tomllib", "zoneinfo", "graphlib"}


def imports(tree: ast.AST):
    """(level, module) of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield 0, name.name
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [name.name for name in node.names]  # from . import this, that
            yield from ((node.level, name) for name in names)


def test_there_is_a_bridge_to_look_at():
    assert {"client.py", "protocol.py", "transport.py", "launcher.py", "paths.py"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_written_in_the_syntax_of_python_3_8(path):
    ast.parse(path.read_text(encoding="utf-8"), filename=path.name, feature_version=(3, 8))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_and_its_own_modules_relatively(path):
    own = {file.stem for file in FILES}
    for level, module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        top = module.split(".")[0]
        if level:
            assert level == 1 and top in own, f"{path.name} imports {'.' * level}{module}"
        else:
            assert top in sys.stdlib_module_names - NEWER_THAN_3_8, f"{path.name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_annotations_are_never_evaluated_so_that_3_8_can_read_them(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if any(isinstance(node, (ast.FunctionDef, ast.AnnAssign)) for node in ast.walk(tree)):
        assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_opens_no_text_without_naming_its_encoding(path):
    """Krita rewrites LANG, and a host's Python then takes text for ASCII."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            mode = next((argument.value for argument in node.args[1:2] if isinstance(argument, ast.Constant)), "r")
            assert "b" in mode or any(keyword.arg == "encoding" for keyword in node.keywords), (
                f"{path.name}:{node.lineno}"
            )

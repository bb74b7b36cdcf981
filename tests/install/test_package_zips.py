"""The zips that painters import."""

from __future__ import annotations

import base64
import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def package(out: Path) -> dict:
    script = CHECKOUT / "install_scripts" / "package.py"
    subprocess.run([sys.executable, str(script), "--out", str(out)], check=True, capture_output=True, timeout=60)
    return {path.name.split("-")[1]: path for path in out.glob("*.zip")}


@pytest.fixture(scope="module")
def zips(tmp_path_factory) -> dict:
    return package(tmp_path_factory.mktemp("zips"))


def test_krita_s_importer_finds_module_and_action(zips):
    """Its rules: X-KDE-Library names the module, a folder entry so named holds __init__.py, the action file has the module's name."""
    with zipfile.ZipFile(zips["krita"]) as archive:
        names = archive.namelist()
        desktop = next(name for name in names if name.endswith(".desktop"))
        entry = configparser.ConfigParser()
        entry.read_string(archive.read(desktop).decode("utf-8"))
        module = entry["Desktop Entry"]["X-KDE-Library"]
        assert entry["Desktop Entry"]["ServiceTypes"] == "Krita/PythonPlugin" and entry["Desktop Entry"]["Name"]
        folder = next(name for name in names if name == f"{module}/" or name.endswith(f"/{module}/"))
        assert f"{folder}__init__.py" in names and f"{folder}bridge/" in names and f"{folder}bridge/client.py" in names
        assert any(name.endswith(f"/{module}.action") for name in names)


def test_krita_s_manual_has_its_pictures_in_it(zips):
    """Krita's plugin manager shows the page's text, and finds no file beside it."""
    with zipfile.ZipFile(zips["krita"]) as archive:
        page = archive.read("pykrita/brushwarp/manual.html").decode("utf-8")
    pictures = re.findall(r'src="([^"]*)"', page)
    assert len(pictures) == page.count("<img") == 10
    for picture in pictures:
        kind, _, content = picture.partition("base64,")
        assert kind == "data:image/png;" and base64.b64decode(content, validate=True).startswith(b"\x89PNG")


def test_a_checkout_without_a_picture_of_the_manual_says_so(tmp_path):
    for part in ("install_scripts", "krita_plugin", "core/brushwarp/bridge"):
        shutil.copytree(CHECKOUT / part, tmp_path / part)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    (tmp_path / "krita_plugin" / "manual" / "dark" / "arrows.png").unlink()
    script = tmp_path / "install_scripts" / "package.py"
    ended = subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr == "This checkout lacks a part of the plugin for krita: ../manual/dark/arrows.png.\n"


def test_gimp_s_script_can_be_started_after_unpacking(zips):
    with zipfile.ZipFile(zips["gimp"]) as archive:
        assert archive.getinfo("brushwarp/brushwarp.py").external_attr >> 16 & 0o111 == 0o111
        assert archive.getinfo("brushwarp/bridge/client.py").external_attr >> 16 & 0o111 == 0
        assert {name.split("/")[0] for name in archive.namelist()} == {"brushwarp"}


def test_no_bytecode_and_no_hidden_file_is_packed(zips):
    for path in zips.values():
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if name.endswith(".pyc") or "/." in name or "__pycache__" in name]


def test_the_same_sources_give_the_same_bytes(zips, tmp_path):
    again = package(tmp_path)
    assert {host: path.read_bytes() for host, path in again.items()} == {host: path.read_bytes() for host, path in zips.items()}

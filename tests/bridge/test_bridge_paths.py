"""Where things lie: hosts and engine must agree without asking each other."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import platformdirs
import pytest

from brushwarp.bridge import paths
from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.paths import Install, read_install, runtime, write_install


@pytest.fixture(autouse=True)
def user_without_brushwarp(tmp_path, monkeypatch):
    for name in ("BRUSHWARP_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("value", [None, "", "  ", "relative/folder", "/elsewhere/data", "/elsewhere/Zoë"])
def test_the_folders_are_those_that_platformdirs_names(monkeypatch, value):
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert paths.data_folder() == platformdirs.user_data_dir("brushwarp")
    assert paths.cache_folder() == platformdirs.user_cache_dir("brushwarp")


def test_one_variable_moves_everything(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "all"))
    for folder in (
        paths.data_folder(),
        paths.cache_folder(),
        paths.Runtime("/run/user/7/brushwarp-1").payload_folder,
        paths.log_folder(),
        paths.install_file(),
    ):
        assert Path(folder).is_relative_to(tmp_path / "all")


def test_macos_and_windows_have_the_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert paths.data_folder() == str(tmp_path / "Library" / "Application Support" / "brushwarp")
    assert paths.cache_folder() == str(tmp_path / "Library" / "Caches" / "brushwarp")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert paths.data_folder() == str(
        tmp_path / "Local" / "brushwarp" / "brushwarp"
    )  # author and name, as platformdirs


def test_installations_meet_their_own_worker_only(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    places = []
    for home in ("one", "two", "one"):
        monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / home))
        places.append(runtime().folder)
    assert places[0] != places[1] and places[0] == places[2]


@pytest.mark.parametrize("variables", [{}, {"XDG_RUNTIME_DIR": "/nowhere/at/all"}, {"XDG_RUNTIME_DIR": "relative"}])
def test_without_a_runtime_folder_of_the_system_a_private_one_in_the_temp_folder_serves(
    tmp_path, monkeypatch, variables
):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(paths.tempfile, "tempdir", "/tmp")
    folder = runtime().folder
    try:
        assert folder.startswith("/tmp/brushwarp-") and stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    finally:
        os.rmdir(folder)


def test_a_base_too_deep_for_a_socket_is_passed_over(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr(paths.tempfile, "tempdir", str(deep))
    place = runtime()
    try:
        assert place.folder.startswith("/tmp/") and len(os.fsencode(place.address)) <= paths.SOCKET_PATH_LIMIT
    finally:
        os.rmdir(place.folder)


def test_when_every_base_is_too_deep_the_error_says_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SOCKET_PATH_LIMIT", 20)
    with pytest.raises(WorkerError) as caught:
        runtime()
    assert caught.value.code == "socket-path" and "XDG_RUNTIME_DIR" in caught.value.hint


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    paths.make_private_folder(str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_laid_in_the_place_of_a_private_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", tmp_path / "link")
    with pytest.raises(WorkerError) as caught:
        paths.make_private_folder(str(tmp_path / "link"))
    assert caught.value.code == "private-folder"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_folder_of_somebody_else_is_refused(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(WorkerError) as caught:
        paths.make_private_folder(str(folder))
    assert caught.value.code == "private-folder" and "somebody else" in caught.value.message


@pytest.mark.parametrize("checkout", [None, "/home/zoë/brushwarp"])
def test_what_the_install_script_leaves_is_what_plugins_read(tmp_path, monkeypatch, checkout):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "héme"))
    assert read_install() is None
    install = Install("/opt/größe/bin/python", "1.2.3", checkout)
    write_install(install)
    assert read_install() == install
    assert os.listdir(tmp_path / "héme") == ["install.json"]


def test_an_install_json_written_by_another_program_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path))
    (tmp_path / "install.json").write_text(json.dumps({"python": "/p", "version": "1", "more": []}), encoding="utf-8")
    assert read_install() == Install("/p", "1")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"python": "", "version": "1"}',
        b'{"python": 3, "version": "1"}',
        b"\xff",
        b"[" * 60000,
        b" " * 70000,
    ],
)
def test_a_broken_install_json_is_told_in_words(tmp_path, monkeypatch, text):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path))
    (tmp_path / "install.json").write_bytes(text)
    with pytest.raises(WorkerError) as caught:
        read_install()
    assert caught.value.code == "install-broken" and "install.py" in caught.value.hint

"""install.py and uninstall.py as a user runs them, in homes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = CHECKOUT / "install_scripts"


class Home:
    """A home folder with the environment that leads programs there; hosts are on its PATH or not, as a test likes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.config, self.data, self.programs = folder / ".config", folder / ".local" / "share", folder / "programs"
        for part in (self.config, self.data, self.programs):
            part.mkdir(parents=True)
        self.environment = {
            "HOME": str(folder), "XDG_CONFIG_HOME": str(self.config), "XDG_DATA_HOME": str(self.data), "PATH": str(self.programs),
            "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8",
        }  # fmt: skip

    def add_program(self, name: str, says: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)

    def add_both_hosts(self) -> None:
        self.add_program("gimp-console", "GNU Image Manipulation Program version 3.0.4")
        self.add_program("krita", "krita 5.2.9")

    def run(self, script: str, *words: str, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess:
        command = [sys.executable, str(checkout / "install_scripts" / script), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)

    def install(self, *words: str, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess:
        return self.run("install.py", "--python", sys.executable, *words, checkout=checkout)

    def snapshot(self) -> dict:
        """Every path below the home: bytes and mode of files, None for folders."""
        return {
            str(path.relative_to(self.folder)): (path.read_bytes(), path.stat().st_mode) if path.is_file() else None
            for path in sorted(self.folder.rglob("*"))
        }

    @property
    def gimp_plugin(self) -> Path:
        return self.config / "GIMP" / "3.0" / "plug-ins" / "brushwarp"

    @property
    def krita_plugin(self) -> Path:
        return self.data / "krita" / "pykrita" / "brushwarp"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "Zuhause")


def test_both_hosts_get_their_plugin_with_the_bridge_beside_it(home):
    home.add_both_hosts()
    done = home.install()
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.access(home.gimp_plugin / "brushwarp.py", os.X_OK)
    assert (home.data / "krita/pykrita/brushwarp.desktop").is_file()
    assert (home.data / "krita/actions/brushwarp.action").is_file()
    assert (home.krita_plugin / "__init__.py").is_file()
    bridge = {path.name for path in (CHECKOUT / "core/brushwarp/bridge").glob("*.py")}
    for plugin in (home.gimp_plugin, home.krita_plugin):
        assert {path.name for path in (plugin / "bridge").iterdir() if path.is_file()} == bridge
    assert (home.config / "kritarc").read_text() == "[python]\nenable_brushwarp=true\n"
    assert str(home.gimp_plugin.parent) in done.stdout and str(home.config / "kritarc") in done.stdout


def test_the_bridge_beside_a_plugin_finds_the_worker_s_python(home):
    home.add_both_hosts()
    assert home.install().returncode == 0
    ask = "import sys; sys.path.insert(0, sys.argv[1]); from bridge.paths import read_install; print(read_install().python)"
    for plugin in (home.gimp_plugin, home.krita_plugin):
        said = subprocess.run([sys.executable, "-c", ask, str(plugin)], env=home.environment, capture_output=True, text=True)
        assert said.stdout.strip() == os.path.abspath(sys.executable), said.stderr


@pytest.mark.parametrize("before_first_start", [True, False])
def test_uninstalling_leaves_the_home_as_it_was(home, before_first_start):
    home.add_both_hosts()
    if not before_first_start:
        other = home.config / "GIMP/3.0/plug-ins/other/other.py"
        other.parent.mkdir(parents=True)
        other.write_text("# somebody else's\n")
        (home.data / "krita/pykrita").mkdir(parents=True)
        (home.data / "krita/pykrita/other.desktop").write_text("[Desktop Entry]\n")
        (home.config / "kritarc").write_bytes(b"theme=dark\n[python]\nenable_other=true\n")
    before = home.snapshot()
    assert home.install().returncode == 0
    assert home.snapshot() != before
    # The hosts leave bytecode beside every module that they import.
    for plugin in (home.gimp_plugin, home.krita_plugin):
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(plugin)], check=True)
    done = home.run("uninstall.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert home.snapshot() == before


def test_a_file_that_a_user_put_beside_the_plugin_stays(home):
    home.add_both_hosts()
    assert home.install().returncode == 0
    mine = home.gimp_plugin / "notes.txt"
    mine.write_text("mine")
    assert home.run("uninstall.py").returncode == 0
    assert [path for path in home.gimp_plugin.rglob("*")] == [mine]


KRITARCS = {
    "lines without a section": b"theme=dark\nrecent=a b\n",
    "no newline at its end": b"[a]\nx=1",
    "windows newlines": b"[a]\r\nx=1\r\n\r\n[python]\r\nenable_other=false\r\n\r\n[z]\r\ny=2\r\n",
    "a section python": b"[a]\nx=1\n\n[python]\nenable_other=true\n\n[python][inner]\nenable_brushwarp=x\n",
    "an empty last section": b"[a]\nx=1\n[python]\n",
    "switched off by the painter": b"[python]\nenable_brushwarp=false\nenable_z=true\n",
    "bytes that are no utf-8": b"[a]\nname=\xff\xfe\n\n[b]\nenable_brushwarp=not ours\n",
}


@pytest.mark.parametrize("content", KRITARCS.values(), ids=KRITARCS.keys())
def test_a_foreign_kritarc_keeps_its_other_lines_and_comes_back(home, content):
    home.add_both_hosts()
    kritarc = home.config / "kritarc"
    kritarc.write_bytes(content)
    assert home.install("--host", "krita").returncode == 0
    changed = kritarc.read_bytes()
    assert b"enable_brushwarp=true" in changed
    kept = [line for line in content.splitlines() if line not in (b"", b"enable_brushwarp=false")]
    added = [line for line in changed.splitlines() if line and line not in kept]
    assert [line for line in changed.splitlines() if line in kept] == kept
    assert added in ([b"enable_brushwarp=true"], [b"[python]", b"enable_brushwarp=true"])
    assert home.install("--host", "krita").returncode == 0
    assert kritarc.read_bytes() == changed
    assert home.run("uninstall.py").returncode == 0
    assert kritarc.read_bytes() == content


def test_what_krita_wrote_into_kritarc_meanwhile_stays(home):
    home.add_both_hosts()
    kritarc = home.config / "kritarc"
    assert home.install("--host", "krita").returncode == 0
    kritarc.write_bytes(b"theme=light\n\n[python]\nenable_brushwarp=true\nenable_tenbrushes=true\n\n[z]\na=1\n")
    assert home.run("uninstall.py").returncode == 0
    assert kritarc.read_bytes() == b"theme=light\n\n[python]\nenable_tenbrushes=true\n\n[z]\na=1\n"


def test_a_dry_run_names_every_file_and_changes_nothing(home):
    home.add_both_hosts()
    before = home.snapshot()
    done = home.run("install.py", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert home.snapshot() == before
    assert str(home.gimp_plugin / "bridge/client.py") in done.stdout and "enable_brushwarp" in done.stdout


def test_one_host_can_be_installed_and_taken_out_alone(home):
    home.add_both_hosts()
    assert home.install("--host", "gimp").returncode == 0
    assert home.gimp_plugin.is_dir() and not home.krita_plugin.exists()
    assert home.install("--host", "krita").returncode == 0
    assert home.run("uninstall.py", "--host", "gimp").returncode == 0
    assert not home.gimp_plugin.exists() and home.krita_plugin.is_dir()
    assert (home.data / "brushwarp/install.json").is_file()


def test_each_series_of_gimp_gets_the_plugin(home):
    home.add_program("gimp-3.0", "GNU Image Manipulation Program version 3.0.6")
    home.add_program("gimp-3.2", "GNU Image Manipulation Program version 3.2.0")
    assert home.install("--host", "gimp").returncode == 0
    assert home.gimp_plugin.is_dir()
    assert (home.config / "GIMP/3.2/plug-ins/brushwarp/brushwarp.py").is_file()


def test_gimp_s_own_variable_for_its_folder_is_honoured(home):
    home.environment["GIMP3_DIRECTORY"] = str(home.folder / "my gimp")
    assert home.install("--host", "gimp").returncode == 0
    assert (home.folder / "my gimp/plug-ins/brushwarp/brushwarp.py").is_file()


def test_brushwarp_home_holds_the_record(home):
    home.add_both_hosts()
    home.environment["BRUSHWARP_HOME"] = str(home.folder / "bw")
    assert home.install().returncode == 0
    assert json.loads((home.folder / "bw/install.json").read_text())["python"] == os.path.abspath(sys.executable)
    assert home.run("uninstall.py").returncode == 0
    assert not (home.folder / "bw").exists()


def test_a_moved_resource_folder_of_krita_is_found(home):
    home.add_both_hosts()
    moved = home.folder / "brushes and all"
    (home.config / "kritarc").write_text(f"ResourceDirectory={moved}\n[a]\nx=1\n")
    assert home.install("--host", "krita").returncode == 0
    assert (moved / "pykrita/brushwarp/__init__.py").is_file()


def make_flatpak(home: Home) -> None:
    (home.data / "flatpak/app/org.gimp.GIMP").mkdir(parents=True)
    (home.data / "flatpak/app/org.kde.krita").mkdir(parents=True)


def make_appimages_on_the_path(home: Home) -> None:
    for name in ("gimp", "krita"):
        program = home.programs / name
        program.write_bytes(b"\x7fELF\x02\x01\x01\x00AI\x02" + bytes(64))
        program.chmod(0o755)


def make_appimages_in_downloads(home: Home) -> None:
    (home.folder / "Downloads").mkdir()
    for name in ("GIMP-3.0.4-x86_64.AppImage", "krita-5.2.9-x86_64.appimage"):
        (home.folder / "Downloads" / name).write_bytes(b"")


def make_snaps(home: Home) -> None:
    """As snapd leaves them on the PATH: links to its one program."""
    (home.folder / "snap").write_text("#!/bin/sh\n")
    (home.folder / "snap").chmod(0o755)
    for name in ("gimp", "krita"):
        (home.programs / name).symlink_to(home.folder / "snap")


def test_a_snap_is_refused_in_words(home):
    make_snaps(home)
    (home.config / "GIMP/3.0").mkdir(parents=True)  # it started once, and left its folders
    (home.data / "krita").mkdir()
    before = home.snapshot()
    done = home.install()
    assert done.returncode == 1
    assert done.stdout.count("sandbox") == 2 and "distribution's packages" in done.stdout
    assert home.snapshot() == before


@pytest.mark.parametrize("make", [make_appimages_on_the_path, make_appimages_in_downloads])
@pytest.mark.parametrize("has_started", [True, False])
def test_an_appimage_gets_the_plugin_where_it_looks_for_it(home, make, has_started):
    make(home)
    if has_started:
        (home.config / "GIMP/3.0").mkdir(parents=True)
        (home.data / "krita").mkdir()
    before = home.snapshot()
    done = home.install()
    assert done.returncode == 0 and done.stdout.count("(an AppImage): put") == 2, done.stdout + done.stderr
    assert os.access(home.gimp_plugin / "brushwarp.py", os.X_OK) and home.krita_plugin.is_dir()
    assert (home.config / "kritarc").read_text() == "[python]\nenable_brushwarp=true\n"
    assert not (home.data / "brushwarp/run").exists()
    assert home.run("uninstall.py").returncode == 0
    assert home.snapshot() == before


def test_an_appimage_of_an_old_gimp_is_refused_by_its_version(home):
    (home.folder / "Applications").mkdir()
    (home.folder / "Applications/GIMP-2.10.38-x86_64.AppImage").write_bytes(b"")
    done = home.install("--host", "gimp")
    assert done.returncode == 1 and "2.10" in done.stdout and "GIMP 3.0" in done.stdout


@pytest.mark.parametrize("has_started", [True, False])
def test_a_flatpak_gets_the_plugin_into_its_own_folders_and_a_place_to_meet_the_worker(home, has_started):
    make_flatpak(home)
    gimp, krita = (home.folder / ".var/app" / name for name in ("org.gimp.GIMP", "org.kde.krita"))
    if has_started:
        (gimp / "config/GIMP/3.0").mkdir(parents=True)
        (krita / "data/krita").mkdir(parents=True)
        (krita / "config").mkdir()
        (krita / "config/kritarc").write_text("theme=dark\n")
    before = home.snapshot()
    done = home.install()
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.access(gimp / "config/GIMP/3.0/plug-ins/brushwarp/brushwarp.py", os.X_OK)
    assert (gimp / "config/GIMP/3.2/plug-ins/brushwarp/brushwarp.py").exists() != has_started
    assert (krita / "data/krita/pykrita/brushwarp/bridge/client.py").is_file()
    assert "enable_brushwarp=true" in (krita / "config/kritarc").read_text()
    assert not home.gimp_plugin.exists() and not home.krita_plugin.exists() and not (home.config / "kritarc").exists()
    assert (home.data / "brushwarp/run").stat().st_mode & 0o777 == 0o700
    for name in ("org.gimp.GIMP", "org.kde.krita"):
        assert f"flatpak override --user --talk-name=org.freedesktop.Flatpak {name}" in done.stdout
    assert home.run("uninstall.py").returncode == 0
    assert home.snapshot() == before


def test_gimp_s_flatpak_that_sees_the_user_s_own_folder_finds_the_plugin_there_too(home):
    make_flatpak(home)
    (home.config / "GIMP/3.0").mkdir(parents=True)
    assert home.install("--host", "gimp").returncode == 0
    assert home.gimp_plugin.is_dir() and (home.folder / ".var/app/org.gimp.GIMP/config/GIMP/3.0/plug-ins/brushwarp").is_dir()


def test_a_resource_folder_that_krita_s_flatpak_was_given_is_found(home):
    make_flatpak(home)
    kritarc = home.folder / ".var/app/org.kde.krita/config/kritarc"
    kritarc.parent.mkdir(parents=True)
    kritarc.write_text(f"ResourceDirectory={home.folder}/brushes\n")
    assert home.install("--host", "krita").returncode == 0
    assert (home.folder / "brushes/pykrita/brushwarp/__init__.py").is_file()


def test_a_native_host_outranks_a_sandboxed_one(home):
    make_flatpak(home)
    home.add_both_hosts()
    assert home.install().returncode == 0
    assert home.gimp_plugin.is_dir() and home.krita_plugin.is_dir()


def test_an_old_gimp_is_refused_by_its_version(home):
    home.add_program("gimp", "GNU Image Manipulation Program version 2.10.34")
    done = home.install("--host", "gimp")
    assert done.returncode == 1 and "2.10.34" in done.stdout and "GIMP 3.0" in done.stdout


def test_no_host_at_all_is_said(home):
    before = home.snapshot()
    done = home.install()
    assert done.returncode == 1 and "GIMP: not found." in done.stdout and "Krita: not found." in done.stdout
    assert home.snapshot() == before


def test_a_linked_plugin_folder_is_not_written_through(home):
    home.add_both_hosts()
    sources = home.folder / "sources"
    sources.mkdir()
    home.gimp_plugin.parent.mkdir(parents=True)
    home.gimp_plugin.symlink_to(sources)
    done = home.install("--host", "gimp")
    assert done.returncode == 1 and "is a link" in done.stderr
    assert list(sources.iterdir()) == []


def test_an_update_takes_out_what_the_new_version_no_longer_has(home, tmp_path):
    home.add_both_hosts()
    checkout = tmp_path / "checkout"
    for part in ("install_scripts", "core/brushwarp/bridge", "gimp_plugin", "krita_plugin"):
        shutil.copytree(CHECKOUT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", checkout)
    old = checkout / "krita_plugin/brushwarp/old"
    old.mkdir()
    (old / "module.py").write_text("")
    assert home.install(checkout=checkout).returncode == 0
    assert (home.krita_plugin / "old/module.py").is_file()
    shutil.rmtree(old)
    assert home.install(checkout=checkout).returncode == 0
    assert not (home.krita_plugin / "old").exists()
    assert home.run("uninstall.py", checkout=checkout).returncode == 0
    assert not home.krita_plugin.exists()


def test_taking_out_what_was_never_put_in_is_said(home):
    done = home.run("uninstall.py")
    assert done.returncode == 1 and "Nothing to take out" in done.stdout


@pytest.mark.parametrize("record", ["", "{", "[]", '{"hosts": {"gimp": {"files": [3], "folders": [], "kritarc": null}}}', "\0" * 99])
def test_a_damaged_record_of_the_installation_is_said_with_the_way_out(home, record):
    home.add_both_hosts()
    assert home.install().returncode == 0
    manifest = home.data / "brushwarp/installed.json"
    manifest.write_text(record)
    before = home.snapshot()
    for done in (home.install(), home.run("uninstall.py")):
        assert done.returncode == 1 and f"{manifest}, the record" in done.stderr and "Traceback" not in done.stderr
    assert home.snapshot() == before
    manifest.unlink()
    assert home.install().returncode == 0
    assert home.run("uninstall.py").returncode == 0  # leaves folders, for nobody knows any more who made them
    assert not [path for folder in (home.gimp_plugin, home.krita_plugin) for path in folder.rglob("*") if path.is_file()]


def test_a_full_or_forbidden_folder_is_said_in_a_sentence(home):
    home.add_both_hosts()
    (home.config / "GIMP").write_text("a file where a folder should be")
    done = home.install("--host", "gimp")
    assert done.returncode == 1 and "can't be written" in done.stderr and "Traceback" not in done.stderr

"""What demo.py, test.py and the Debian root do before anything is downloaded."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = CHECKOUT / "install_scripts"
sys.path.insert(0, str(SCRIPTS))
from _environment import EnvironmentProblem, _check_disk, make_plan  # noqa: E402 - lies in install_scripts
from _hosts_root import recipe_hash, root_folder  # noqa: E402 - lies in install_scripts
from _machine import Bind, apt_sources, debian_mirror, inside_root  # noqa: E402 - lies in install_scripts

BOOKWORM = {"ID": "debian", "VERSION_CODENAME": "bookworm"}


@pytest.mark.parametrize("script", ["demo.py", "test.py", "install.py", "uninstall.py", "package.py"])
def test_an_old_python_gets_a_sentence_and_no_syntax_error(script):
    tree = ast.parse((SCRIPTS / script).read_text(encoding="utf-8"), feature_version=(3, 6))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    check = next(node for node in tree.body if isinstance(node, ast.If))
    assert "version_info" in ast.unparse(check.test)
    before = [ast.unparse(node) for node in imports if node.lineno < check.lineno]
    assert before == ["import sys"]


def test_demo_says_that_a_photo_is_missing_before_it_downloads_anything(tmp_path):
    shutil.copytree(SCRIPTS, tmp_path / "install_scripts")
    demo = [sys.executable, str(tmp_path / "install_scripts" / "demo.py"), "no_such_photo.jpg"]
    done = subprocess.run(demo, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "no_such_photo.jpg" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_too_little_disk_is_said_with_both_figures():
    with pytest.raises(EnvironmentProblem, match=r"needs 1000000000 GB .* GB free"):
        _check_disk(10**18)


@pytest.mark.parametrize("with_uv", [True, False])
def test_the_plan_names_device_installer_and_sizes(with_uv):
    plan = make_plan(with_uv)
    assert plan.device and 0 < plan.download < plan.disk
    assert re.fullmatch(r"With (uv|pip), about \d\.\d GB to download and \d\.\d GB on disk\.", plan.sizes())


def test_no_debian_archive_is_written_into_the_scripts():
    """The mirror is the machine's own."""
    for script in SCRIPTS.glob("*.py"):
        assert "://" not in script.read_text(encoding="utf-8")


def write_apt(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def test_the_mirror_is_read_from_both_formats_of_apt(tmp_path):
    one_line = write_apt(
        tmp_path / "a", "sources.list",
        "# deb http://off.example/debian bookworm main\n"
        "deb http://security.example/debian-security bookworm-security main\n"
        "deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib # mine\n",
    )  # fmt: skip
    assert debian_mirror(one_line, BOOKWORM) == "http://mirror.example/debian"
    deb822 = write_apt(
        tmp_path / "b", "sources.list.d/debian.sources",
        "Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n\n"
        "# a comment\nTypes: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\n",
    )  # fmt: skip
    assert debian_mirror(deb822, BOOKWORM) == "http://mirror.example/debian"
    assert [source.suites for source in apt_sources(deb822)] == [["bookworm", "bookworm-updates"]]


def test_a_list_of_mirrors_gives_its_first(tmp_path):
    mirrors = tmp_path / "mirrors.list"
    mirrors.write_text("# cloud image\nhttp://first.example/debian priority:1\nhttp://second.example/debian\n")
    folder = write_apt(tmp_path, "sources.list.d/debian.sources", f"Types: deb\nURIs: mirror+file://{mirrors}\nSuites: bookworm\nComponents: main\n")
    assert debian_mirror(folder, BOOKWORM) == "http://first.example/debian"


def test_ubuntu_s_archive_is_not_taken_for_debian_s(tmp_path):
    folder = write_apt(tmp_path, "sources.list", "deb http://archive.example/ubuntu noble main\n")
    assert debian_mirror(folder, {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "noble"}) is None


def test_the_root_lies_in_the_cache_under_the_name_of_its_recipe(monkeypatch, tmp_path):
    monkeypatch.delenv("BRUSHWARP_HOSTS_ROOT", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert root_folder() == tmp_path / "brushwarp" / f"hosts-{recipe_hash()}"
    monkeypatch.setenv("BRUSHWARP_HOSTS_ROOT", str(tmp_path / "elsewhere"))
    assert root_folder() == tmp_path / "elsewhere"


def test_outer_folders_are_bound_before_inner_ones(tmp_path):
    binds = [Bind(Path("/a/b/c"), writable=True), Bind(Path("/a"))]
    command = inside_root(tmp_path, ["true"], binds)
    assert command.index("ro:/a") < command.index("rw:/a/b/c") < command.index("true")


KNOWN_AND_FINE = """
import pytest

@pytest.mark.xfail
def test_known(): assert False

def test_fine(): pass
"""


def run_in_ci(folder: Path, more: str, ci: str = "true") -> subprocess.CompletedProcess:
    shutil.copy(CHECKOUT / "tests" / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    gpu: needs one\n")
    (folder / "test_some.py").write_text(KNOWN_AND_FINE + more)
    command = [sys.executable, "-m", "pytest", "-q", str(folder)]
    return subprocess.run(command, env={**os.environ, "CI": ci}, cwd=folder, capture_output=True, text=True, timeout=120)


def test_a_skipped_test_fails_ci_by_name(tmp_path):
    done = run_in_ci(tmp_path, "def test_left_out(): pytest.skip('no host')\n")
    assert done.returncode == 1 and "test_left_out: Skipped: no host" in done.stdout, done.stdout


def test_a_file_that_skips_itself_fails_ci(tmp_path):
    (tmp_path / "test_whole.py").write_text("import pytest\npytest.skip('whole file', allow_module_level=True)\n")
    done = run_in_ci(tmp_path, "")
    assert done.returncode == 1 and "whole file" in done.stdout.split("fails in CI")[1], done.stdout


def test_tests_for_a_gpu_may_be_skipped_in_ci(tmp_path):
    done = run_in_ci(tmp_path, "@pytest.mark.gpu\ndef test_on_a_gpu(): pytest.skip('too small a gpu')\n")
    assert done.returncode == 0, done.stdout


def test_outside_ci_a_skipped_test_is_no_failure(tmp_path):
    done = run_in_ci(tmp_path, "def test_left_out(): pytest.skip('no host')\n", ci="")
    assert done.returncode == 0, done.stdout

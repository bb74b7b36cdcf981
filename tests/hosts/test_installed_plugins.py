"""What install.py, uninstall.py and package.py do, as GIMP and Krita themselves see it."""

from __future__ import annotations

from harness import User
from places import CHECKOUT

KRITA_IMPORTER = "/usr/share/krita/pykrita/plugin_importer/plugin_importer.py"


def procedures():
    from gi.repository import Gimp

    return list(Gimp.get_pdb().query_procedures("plug-in-brushwarp.*", *[".*"] * 7))


def krita_actions():
    yield 300
    from krita import Krita

    return sorted(action.objectName() for action in Krita.instance().actions() if action.objectName().startswith("brushwarp"))


def test_gimp_knows_the_plug_in_until_it_is_taken_out(user: User):
    assert user.gimp.run(procedures) == []
    user.install("gimp")
    assert "plug-in-brushwarp-stylize" in user.gimp.run(procedures)
    user.uninstall()
    assert user.gimp.run(procedures) == []
    assert not list(user.config.rglob("plug-ins/brushwarp"))


def test_krita_knows_the_plugin_until_it_is_taken_out(user: User):
    assert user.krita  # or skips
    user.install("krita")
    assert "brushwarp_stylize" in user.krita.run_in_window(krita_actions)
    user.uninstall()
    assert user.krita.run_in_window(krita_actions) == []
    assert b"enable_brushwarp=" not in (user.config / "kritarc").read_bytes()
    left = [path.name for path in (user.data / "krita" / "pykrita").iterdir()]
    assert sorted(left) == ["brushwarp_test", "brushwarp_test.desktop"]  # the harness's own


def test_krita_finds_the_plugin_in_a_resource_folder_that_was_moved(user: User):
    assert user.krita  # or skips
    moved = user.folder / "Pinsel und mehr"
    (user.data / "krita").rename(moved)
    kritarc = user.config / "kritarc"
    kritarc.write_bytes(f"ResourceDirectory={moved}\n".encode() + kritarc.read_bytes())
    user.install("krita")
    assert (moved / "pykrita" / "brushwarp").is_dir()
    (user.data / "krita").symlink_to(moved)  # where the harness puts its own plugin
    assert "brushwarp_stylize" in user.krita.run_in_window(krita_actions)


def test_krita_s_own_importer_takes_the_zip(user: User, tmp_path):
    place = user.krita.place
    user.run_script(place, "package.py", "--out", str(tmp_path))
    archive = next(tmp_path.glob("brushwarp-krita-*.zip"))
    resources = tmp_path / "resources"
    resources.mkdir()
    status = user.execute(place, ["python3", KRITA_IMPORTER, str(archive), str(resources)], {}, user.new_logs("importer"), 60)
    assert status == 0
    module = resources / "pykrita" / "brushwarp"
    bridge = {path.relative_to(module / "bridge") for path in (module / "bridge").rglob("*") if path.is_file()}
    ours = CHECKOUT / "core/brushwarp/bridge"
    assert bridge == {path.relative_to(ours) for pattern in ("*.py", "locale/*/LC_MESSAGES/*.mo") for path in ours.glob(pattern)}
    assert (module / "__init__.py").is_file() and (resources / "actions" / "brushwarp.action").is_file()

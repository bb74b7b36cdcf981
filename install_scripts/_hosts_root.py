#!/usr/bin/env python3
"""The Debian 13 root with the real GIMP 3 and Krita in it, for machines that do not have them. Standard library only.

`find_root()` gives the one that is built, `ensure_root()` builds it: about two minutes, 0.4 GB to download, 1.5 GB on disk, once.
By hand:  python3 install_scripts/_hosts_root.py     (prints the folder)
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from _machine import (
    apt_acquire_settings,
    debian_mirror,
    inside_root,
    is_debian_like,
    is_root,
    private_namespace,
    why_no_mounts,
)

SUITE = "trixie"
HOSTS = ["gimp", "krita", "python3-pyqt5", "python3-pyqt5.qtsvg"]
# What a test of a window needs: a screen, a window manager, keys and clicks, screenshots.
WINDOW_TOOLS = ["xvfb", "xauth", "xdotool", "x11-utils", "openbox", "imagemagick", "dbus", "dbus-x11", "fonts-dejavu-core", "procps"]
RECIPE_VERSION = 1  # raise it when the steps below change what a root contains
NEEDED_BYTES = 3_000_000_000
STAMP = "brushwarp-root.json"


class HostsRootError(Exception):
    """Why there is no root, in one sentence, with what to do."""


def recipe_hash() -> str:
    recipe = json.dumps([RECIPE_VERSION, SUITE, HOSTS, WINDOW_TOOLS, platform.machine()])
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def root_folder() -> Path:
    """Where the root lies or will lie: BRUSHWARP_HOSTS_ROOT, else a folder of the user's cache named for its recipe."""
    chosen = os.environ.get("BRUSHWARP_HOSTS_ROOT")
    if chosen:
        return Path(chosen).absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "brushwarp" / f"hosts-{recipe_hash()}"


def find_root() -> Path | None:
    """The root that is ready to be entered, or None; also where it lies in a folder that is closed to this user."""
    folder = root_folder()
    return folder if os.path.isfile(folder / "etc" / STAMP) else None


def why_not_buildable() -> str | None:
    """None where `ensure_root` can work; else one sentence."""
    if not is_root() or not is_debian_like():
        return "Building a Debian root needs root on Debian, Ubuntu or a relative of theirs."
    return why_no_mounts()


def ensure_root(say=print) -> Path:
    """Build the root unless it is there. A second builder waits for the first; a killed one leaves nothing half done."""
    folder = root_folder()
    reason = why_not_buildable()
    if reason:
        raise HostsRootError(reason)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_builder(folder.with_name(folder.name + ".lock"), say):
        if find_root():
            return folder
        if folder.exists() and any(folder.iterdir()):
            raise HostsRootError(f"{folder} is no root of ours: choose another BRUSHWARP_HOSTS_ROOT, or remove it.")
        free = shutil.disk_usage(folder.parent).free
        if free < NEEDED_BYTES:
            raise HostsRootError(f"The Debian root needs 3 GB, and {folder.parent} has {free / 1e9:.1f} GB free.")
        say(f"Building a Debian 13 root with GIMP 3 and Krita in {folder} (0.4 GB to download, about two minutes, once).")
        _ensure_debootstrap(say)
        building = folder.with_name(folder.name + ".building")
        _remove_tree(building)  # left by a builder that was killed; the lock says that it is nobody's now
        _build(building, say)
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
    return folder


@contextlib.contextmanager
def _only_builder(lock: Path, say) -> Iterator[None]:
    import fcntl  # not on Windows, where no root is ever built

    with open(lock, "w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is building the Debian root: waiting for it.")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _remove_tree(folder: Path) -> None:
    """Mounts live in namespaces that ended with their builder; --one-file-system guards against any other."""
    if folder.exists():
        subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def _download_environment() -> dict:
    """debootstrap downloads with wget, which knows proxies from the environment alone: hand it those of apt."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    for line in apt_acquire_settings():
        for scheme in ("http", "https"):
            if line.startswith(f"Acquire::{scheme}::Proxy "):
                environment.setdefault(f"{scheme}_proxy", line.split('"')[1])
    return environment


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(
        command, env=_download_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise HostsRootError(f"{what} failed with status {done.returncode}:\n{last}")


def _ensure_debootstrap(say) -> None:
    if shutil.which("debootstrap") is None:
        say("Installing debootstrap with apt-get.")
        _run(["apt-get", "update"], "apt-get update")
        _run(["apt-get", "install", "-y", "--no-install-recommends", "debootstrap", "debian-archive-keyring"], "Installing debootstrap")


def _build(root: Path, say) -> None:
    mirror = debian_mirror()
    base = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(root)]
    say("  1/3 the base system")
    _run([*private_namespace(), *base, *([mirror] if mirror else [])], "debootstrap")
    _configure(root)
    say("  2/3 GIMP, Krita and the tools for windows")
    apt = ["apt-get", "-o", "Acquire::Retries=3"]
    _run(inside_root(root, [*apt, "update"]), "apt-get update in the root")
    install = [*apt, "install", "-y", "--no-install-recommends", *HOSTS, *WINDOW_TOOLS]
    _run(inside_root(root, install), "Installing GIMP and Krita in the root")
    say("  3/3 tidying up")
    _run(inside_root(root, ["apt-get", "clean"]), "apt-get clean in the root")
    _run(inside_root(root, ["dbus-uuidgen", "--ensure"]), "dbus-uuidgen in the root")
    versions = subprocess.run(
        inside_root(root, ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *HOSTS]),
        capture_output=True, text=True, check=True,
    ).stdout.split("\n")
    stamp = {"recipe": recipe_hash(), "suite": SUITE, "versions": dict(line.split() for line in versions if line)}
    (root / "etc" / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def _configure(root: Path) -> None:
    """Downloads as on this machine; no manuals, no services, and no waiting for the disk: a root is rebuilt, never repaired."""
    settings = ['APT::Install-Recommends "false";', 'APT::Sandbox::User "root";', *apt_acquire_settings()]
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.is_file():  # the machine may trust a certificate that Debian's own package does not have
        shutil.copy(certificates, root / "etc/apt/machine-certificates.crt")
        settings.append('Acquire::https::CAInfo "/etc/apt/machine-certificates.crt";')
    (root / "etc/apt/apt.conf.d/99brushwarp").write_text("\n".join(settings) + "\n", encoding="utf-8")
    lean = "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*\n"
    (root / "etc/dpkg/dpkg.cfg.d/99brushwarp").write_text(lean, encoding="utf-8")
    for name in ("auth.conf", "auth.conf.d"):  # archives behind a password
        source = Path("/etc/apt") / name
        if source.is_file():
            shutil.copy(source, root / "etc/apt" / name)
        elif source.is_dir():
            shutil.copytree(source, root / "etc/apt" / name, dirs_exist_ok=True)
    for name in ("resolv.conf", "hosts"):
        if Path("/etc", name).is_file():
            shutil.copy(Path("/etc", name), root / "etc" / name)
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    policy.chmod(0o755)


if __name__ == "__main__":
    try:
        print(ensure_root(lambda text: print(text, file=sys.stderr, flush=True)))
    except HostsRootError as error:
        sys.exit(f"{error}")

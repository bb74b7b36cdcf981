"""What this machine offers: its apt archive, and the right to mount. Standard library only.

Nothing here changes the machine; `_hosts_root.py` and the host tests build on it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

APT_FOLDER = Path("/etc/apt")


class AptSource(NamedTuple):
    """One line of an apt source: where packages come from, and which ones."""

    uri: str
    suites: list[str]
    components: list[str]


class Bind(NamedTuple):
    """A folder of this machine that shows up inside the root, at the same path."""

    path: Path
    writable: bool = False


def os_release() -> dict[str, str]:
    """/etc/os-release as a dictionary; empty where there is none (macOS, Windows)."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key: value.strip().strip('"') for key, value in pairs}


def is_debian_like() -> bool:
    """True on Debian and its children, where apt-get can install what is missing."""
    release = os_release()
    names = [release.get("ID", "")] + release.get("ID_LIKE", "").split()
    return "debian" in names and shutil.which("apt-get") is not None


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_sources(folder: Path = APT_FOLDER) -> Iterator[AptSource]:
    """Every enabled binary source of apt, from both of its file formats (one line, deb822)."""
    lists = sorted((folder / "sources.list.d").glob("*")) if (folder / "sources.list.d").is_dir() else []
    for path in [folder / "sources.list", *lists]:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".list":
            yield from _one_line_sources(text)
        elif path.suffix == ".sources":
            yield from _deb822_sources(text)


def _one_line_sources(text: str) -> Iterator[AptSource]:
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line)
        if match:
            yield AptSource(match[1], [match[2]], match[3].split())


def _deb822_sources(text: str) -> Iterator[AptSource]:
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        # A continuation line begins with a space: it belongs to the field above it.
        fields = dict(re.findall(r"^([\w-]+):\s*(.*(?:\n[ \t].*)*)", "\n".join(lines), re.MULTILINE))
        fields = {key.lower(): value.split() for key, value in fields.items()}
        if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"]) != ["no"]:
            for uri in fields.get("uris", []):
                yield AptSource(uri, fields.get("suites", []), fields.get("components", []))


def debian_mirror(folder: Path = APT_FOLDER, release: dict[str, str] | None = None) -> str | None:
    """The Debian archive that this machine's own apt uses; None on Ubuntu and others, whose archive has other suites.

    None means "let debootstrap take its default".
    """
    release = os_release() if release is None else release
    codename = release.get("VERSION_CODENAME", "")
    if release.get("ID") != "debian":
        return None
    for source in apt_sources(folder):
        if codename in source.suites and "main" in source.components and "security" not in source.uri:
            return _first_of_mirror_list(source.uri)
    return None


def _first_of_mirror_list(uri: str) -> str | None:
    """Cloud images name a local file of mirrors (`mirror+file:/etc/apt/mirrors/debian.list`); debootstrap wants a plain address."""
    if not uri.startswith("mirror"):
        return uri
    match = re.match(r"mirror\+file:/*(/.*)", uri)
    if match and Path(match[1]).is_file():
        for line in Path(match[1]).read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                return line.split()[0]
    return None


def apt_acquire_settings() -> list[str]:
    """The machine's own settings for downloads (proxies, certificates, retries) as lines of an apt.conf."""
    if shutil.which("apt-config") is None:
        return []
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    wanted = re.compile(r"Acquire::(http|https|ftp|ForceIPv4|ForceIPv6|Retries|Check-Valid-Until|Check-Date)\b")
    return [line for line in dump.splitlines() if wanted.match(line) and not line.endswith(' "";')]


def why_no_mounts() -> str | None:
    """None where we may mount in a private namespace; else one sentence that says what is missing."""
    if platform.system() != "Linux":
        return "A Debian root needs Linux."
    if not is_root():
        return "Mounting into a Debian root needs root: run this command as root, or install GIMP 3 and Krita."
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return "The commands unshare and mount are missing: install the package util-linux."
    probe = 'mkdir -p "$0" && mount -t tmpfs tmpfs "$0" && mkdir "$0/a" "$0/b" && mount --bind "$0/a" "$0/b"'
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"brushwarp-mount-probe-{os.getpid()}"
    tried = subprocess.run(
        [*private_namespace(), "/bin/sh", "-c", probe, str(folder)], capture_output=True, text=True, check=False
    )
    if folder.is_dir():
        folder.rmdir()  # the mounts were gone with their namespace
    if tried.returncode == 0:
        return None
    said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"This machine does not let root mount ({said}): a container needs the capability CAP_SYS_ADMIN for the host tests."


def private_namespace() -> list[str]:
    """The command prefix under which mounts stay invisible to the rest of the machine, and end with the last process."""
    return ["unshare", "--mount", "--propagation", "private", "--"]


# Runs inside the private namespace, so it never unmounts anything. $1 is the root; then "ro:/path" or "rw:/path"; then "--" and a command.
ENTER_ROOT = """
root=$1; shift
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
mount --rbind /sys "$root/sys" 2>/dev/null || true
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
while [ "$1" != -- ]; do
    mode=${1%%:*}; path=${1#*:}; shift
    mkdir -p "$root$path"
    mount --bind "$path" "$root$path"
    [ "$mode" = rw ] || mount -o remount,bind,ro "$root$path"
done
shift
exec chroot "$root" "$@"
"""


def inside_root(root: Path, command: Sequence[str], binds: Sequence[Bind] = ()) -> list[str]:
    """The argument list that runs `command` in `root`, with `binds` at their own paths, in a mount namespace of its own.

    Parents come before children, so that a writable folder inside a read-only one stays writable.
    """
    ordered = sorted(binds, key=lambda bind: len(bind.path.parts))
    modes = [f"{'rw' if bind.writable else 'ro'}:{bind.path}" for bind in ordered]
    return [*private_namespace(), "/bin/sh", "-euc", ENTER_ROOT, "enter-root", str(root), *modes, "--", *command]

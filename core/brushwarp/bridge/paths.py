"""Where Brushwarp keeps its things, worked out alike by every host and by the worker.

`BRUSHWARP_HOME` moves all of it into one folder. Otherwise the folders are those that platformdirs names (a test
compares them), recomputed here because hosts have no platformdirs. macOS and Windows branches: written, not run.

Hosts rewrite LANG, so a host's Python may think that the file system speaks ASCII. `os.environ` and `os.fsdecode` carry
foreign bytes through that unharmed; text that came from a UTF-8 JSON goes through `path_from_text` first.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from typing import Optional

from .errors import WorkerError
from .language import _
from .sandbox import own_folder_of_user

SOCKET_PATH_LIMIT = 103 if sys.platform == "darwin" else 107  # bytes: sun_path less its closing zero
INSTALL_JSON_LIMIT = 64 * 1024  # bytes; ours is a few hundred

INSTALL_HINT = _("In the folder of Brushwarp, run: python3 install_scripts/install.py")


def path_from_text(text: str) -> str:
    """The path that `text`, decoded from UTF-8, names, in a form that this process' file functions take."""
    return text if os.name == "nt" else os.fsdecode(text.encode("utf-8", "surrogateescape"))


def path_to_text(path: str) -> str:
    """The opposite of `path_from_text`: what to write into JSON for a path of this process."""
    return path if os.name == "nt" else os.fsencode(path).decode("utf-8", "surrogateescape")


def data_folder() -> str:
    """Where install.json, the logs and the user's own styles lie. Not created here."""
    home = os.environ.get("BRUSHWARP_HOME")
    if home:
        return os.path.abspath(home)
    if sys.platform == "win32":
        return os.path.join(_windows_local(), "brushwarp", "brushwarp")
    return _xdg("XDG_DATA_HOME", "~/Library/Application Support" if sys.platform == "darwin" else "~/.local/share")


def cache_folder() -> str:
    """Where what can be thrown away lies. Not created here."""
    home = os.environ.get("BRUSHWARP_HOME")
    if home:
        return os.path.join(os.path.abspath(home), "cache")
    if sys.platform == "win32":
        return os.path.join(_windows_local(), "brushwarp", "brushwarp", "Cache")
    return _xdg("XDG_CACHE_HOME", "~/Library/Caches" if sys.platform == "darwin" else "~/.cache")


def log_folder() -> str:
    return os.path.join(data_folder(), "logs")


def meeting_folder() -> str:
    """Where hosts in sandboxes meet the worker, for they see no XDG_RUNTIME_DIR but their own. install.py makes it where there are any."""
    return os.path.join(data_folder(), "run")


def _xdg(variable: str, default: str) -> str:
    base = own_folder_of_user(variable, os.environ)
    if not os.path.isabs(base):  # the XDG specification: a relative path is invalid and is ignored
        base = os.path.expanduser(default)
    return os.path.join(base, "brushwarp")


def _windows_local() -> str:
    local = os.environ.get("LOCALAPPDATA")
    return os.path.normpath(local) if local else os.path.expanduser(os.path.join("~", "AppData", "Local"))


@dataclass(frozen=True)
class Runtime:
    """The meeting place of one user's hosts and worker: a private folder, and the address that the worker listens on."""

    folder: str

    @property
    def address(self) -> str:
        """A Unix socket's path; on Windows a pipe's name, which the key alone guards."""
        if os.name == "nt":
            return r"\\.\pipe\brushwarp-" + os.path.basename(self.folder)
        return os.path.join(self.folder, "socket")

    @property
    def key_file(self) -> str:
        """The authentication key of the worker that lives now."""
        return os.path.join(self.folder, "key")

    @property
    def start_lock(self) -> str:
        """Held while a client starts a worker, so that two clients never start two."""
        return os.path.join(self.folder, "start.lock")

    @property
    def life_lock(self) -> str:
        """Held by the worker as long as it lives: whoever can take it knows that there is none."""
        return os.path.join(self.folder, "worker.lock")

    @property
    def pid_file(self) -> str:
        """The process id of whoever holds the life lock: of nobody, if nobody does."""
        return os.path.join(self.folder, "pid")

    @property
    def busy_lock(self) -> str:
        """Held by the worker while it does a job: a training that finds it so gives way."""
        return os.path.join(self.folder, "busy.lock")

    @property
    def payload_folder(self) -> str:
        """Where pixels lie on their way between a host and this worker, which makes it and tells its clients.

        One a runtime folder: a worker sweeps all that it finds there, and a user with two XDG_RUNTIME_DIRs has two workers.
        """
        return os.path.join(cache_folder(), "payloads", hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16])


def runtime() -> Runtime:
    """`find_runtime`, with the folder made (mode 0700) where it is missing. Raises also "private-folder" if it isn't ours alone."""
    found = find_runtime()
    make_private_folder(found.folder)
    return found


def find_runtime() -> Runtime:
    """The runtime folder of this user and this data folder, whether it is there yet or not.

    The meeting place in the data folder, where install.py made one because a host is in a sandbox; else
    `$XDG_RUNTIME_DIR/brushwarp-<hash of the data folder>`, else one in the temp folder. The hash keeps separate
    installations apart, and the path short: a socket's path has at most 107 bytes, so a base that is too deep is
    passed over. Raises WorkerError "socket-path" if every base is too deep.
    """
    name = "brushwarp-" + hashlib.sha256(os.fsencode(data_folder())).hexdigest()[:16]
    if os.name == "nt":
        return Runtime(os.path.join(_windows_local(), "brushwarp", "run", name))
    shared = Runtime(meeting_folder())
    if os.path.isdir(shared.folder) and len(os.fsencode(shared.address)) <= SOCKET_PATH_LIMIT:
        return shared
    bases = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]
    for base in bases:
        if not os.path.isabs(base) or not os.path.isdir(base) or not os.access(base, os.W_OK | os.X_OK):
            continue
        is_shared = base != bases[0]  # the temp folder is everybody's
        candidate = Runtime(os.path.join(base, "{}-{}".format(name, os.getuid()) if is_shared else name))
        if len(os.fsencode(candidate.address)) <= SOCKET_PATH_LIMIT:
            return candidate
    raise WorkerError(
        "socket-path",
        _("No folder with a path short enough for the worker's socket was found."),
        _("Set XDG_RUNTIME_DIR to a folder of yours whose path has fewer than 60 characters."),
    )


def make_private_folder(folder: str) -> None:
    """Make `folder` (and its parents), readable by this user alone. Raises WorkerError "private-folder"."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.name == "nt":
            return
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise WorkerError(
                "private-folder",
                _("{} belongs to somebody else.").format(path_to_text(folder)),
                _("Remove it, or set BRUSHWARP_HOME to a folder of your own."),
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            os.chmod(folder, 0o700)
    except OSError as error:
        raise WorkerError(
            "private-folder",
            _("The folder {} can't be made: {}.").format(path_to_text(folder), error.strerror),
            _("Make it writable, or set BRUSHWARP_HOME to a folder of your own."),
        ) from error


@dataclass(frozen=True)
class Install:
    """What the install script left behind: which Python runs the worker, and which version it is."""

    python: str
    version: str
    checkout: Optional[str] = None


def install_file() -> str:
    return os.path.join(data_folder(), "install.json")


def read_install() -> Optional[Install]:
    """The installation of this user, or None if there is none. Raises WorkerError "install-broken"."""
    try:
        with open(install_file(), "rb") as file:
            raw = file.read(INSTALL_JSON_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _broken(_("it can't be read ({})").format(error.strerror)) from error
    try:
        fields = json.loads(raw.decode("utf-8")) if len(raw) <= INSTALL_JSON_LIMIT else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise _broken(_("it isn't JSON of ours"))
    python, version, checkout = fields.get("python"), fields.get("version"), fields.get("checkout")
    if not isinstance(python, str) or not python or not isinstance(version, str) or not version:
        raise _broken(_("it names no Python or no version"))
    if checkout is not None and not isinstance(checkout, str):
        raise _broken(_("its checkout isn't a path"))
    return Install(path_from_text(python), version, path_from_text(checkout) if checkout else None)


def write_install(install: Install) -> None:
    """Leave `install` for the plugins: to a temporary name first, then renamed, so that no reader meets half of it."""
    fields = {"python": path_to_text(install.python), "version": install.version}
    if install.checkout:
        fields["checkout"] = path_to_text(install.checkout)
    os.makedirs(data_folder(), exist_ok=True)
    target = install_file()
    temporary = "{}.{}.new".format(target, os.getpid())
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(fields, file, indent=2)
        file.write("\n")
    os.replace(temporary, target)


def _broken(why: str) -> WorkerError:
    return WorkerError(
        "install-broken", _("Brushwarp's install.json is of no use: {}.").format(why), _("Install again. ") + INSTALL_HINT
    )

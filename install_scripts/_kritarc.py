"""Krita's kritarc, edited one line at a time: everything that is not our line stays as it was, byte for byte.

KDE's format: `key=value` lines, the ones before the first `[section]` belong to no section. Standard library only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SECTION = b"python"
_HEADER = re.compile(rb"^\[([^\r\n]+)\][ \t]*\r?$", re.MULTILINE)


def setting(content: bytes, key: str, section: bytes | None = SECTION) -> str | None:
    """The value of `key` in `section` (None: before the first section); None where it is not set."""
    begin, end = _section_span(content, section)
    match = _line(key).search(content, begin, end) if begin is not None else None
    return match[1].decode("utf-8", "replace") if match else None


class Change(NamedTuple):
    """What enabling did to the file, so that it can be taken back.

    before: the value that the key had, or None; gap: what was added above a [python] of our own, None if there was one.
    """

    before: str | None
    gap: str | None


def with_plugin_enabled(content: bytes, plugin: str) -> tuple[bytes, Change]:
    """`content` with `enable_<plugin>=true` in [python], and what that changed."""
    key = f"enable_{plugin}"
    wanted = f"{key}=true".encode()
    begin, end = _section_span(content, SECTION)
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    if begin is None:
        gap = b"" if not content else newline if content.endswith(b"\n") else newline * 2
        added = gap + b"[" + SECTION + b"]" + newline + wanted + newline
        return content + added, Change(None, gap.decode())
    match = _line(key).search(content, begin, end)
    if match:
        return content[: match.start()] + wanted + content[match.end() :], Change(match[1].decode("utf-8", "replace"), None)
    if not content[:begin].endswith(b"\n"):
        wanted = newline + wanted
    return content[:begin] + wanted + newline + content[begin:], Change(None, None)


def without_plugin(content: bytes, plugin: str, change: Change) -> bytes:
    """`content` as it was before `change`; whatever Krita wrote since then stays."""
    key = f"enable_{plugin}"
    begin, end = _section_span(content, SECTION)
    match = _line(key).search(content, begin, end) if begin is not None else None
    if match is None:
        return content
    if change.before is not None:
        return content[: match.start()] + f"{key}={change.before}".encode() + content[match.end() :]
    rest = re.sub(rb"\A\r?\n", b"", content[match.end() :])
    content = content[: match.start()] + rest
    begin, end = _section_span(content, SECTION)
    if change.gap is None or content[begin:end].strip():
        return content
    above = content[: content.rindex(b"[" + SECTION + b"]", 0, begin)]
    gap = change.gap.encode()
    return (above[: -len(gap)] if gap and above.endswith(gap) else above) + content[end:]


def _line(key: str) -> re.Pattern[bytes]:
    return re.compile(rb"^" + re.escape(key.encode()) + rb"[ \t]*=[ \t]*([^\r\n]*)", re.MULTILINE)


def _section_span(content: bytes, section: bytes | None) -> tuple[int | None, int]:
    """(begin, end) of a section's lines, its header left out; (None, 0) where there is no such section."""
    headers = list(_HEADER.finditer(content))
    if section is None:
        return 0, headers[0].start() if headers else len(content)
    for header, following in zip(headers, [*headers[1:], None], strict=False):
        if header[1] == section:
            begin = content.find(b"\n", header.end())
            begin = len(content) if begin < 0 else begin + 1
            return begin, following.start() if following else len(content)
    return None, 0

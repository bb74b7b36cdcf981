"""Files that cannot be opened or written: a sentence that says what to do, and nothing left behind."""

import io
import itertools
import os
import struct
import subprocess
import sys
import tempfile
import textwrap
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from brushwarp.errors import BrushwarpError
from brushwarp.image import Picture, load_picture, save_picture
from brushwarp.image.atomic import atomic_write

CORE = Path(__file__).parents[2] / "core"


def refused(path, code):
    with pytest.raises(BrushwarpError) as raised:
        load_picture(path)
    error = raised.value
    assert error.code == code, error
    assert Path(path).name in error.message or code.startswith("picture-too"), error.message
    assert error.hint.endswith("."), error.hint
    return error


def noise(height=40, width=50, bands=3):
    return np.random.default_rng(0).integers(0, 256, (height, width, bands), dtype=np.uint8)


def encoded(kind, image=None, **options):
    file = io.BytesIO()
    (image or Image.fromarray(noise())).save(file, kind, **options)
    return file.getvalue()


def frames(count=3):
    return [Image.fromarray(noise(20, 20) // (index + 1)) for index in range(count)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_half_a_file_is_not_shown_as_half_a_picture(tmp_path, kind, share):
    data = encoded(kind)
    (tmp_path / "cut").write_bytes(data[: max(16, int(len(data) * share))])
    refused(tmp_path / "cut", "picture-truncated")


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_half_a_compressed_tiff_is_refused(tmp_path, compression):
    file = io.BytesIO()
    Image.fromarray(noise()).save(file, "TIFF", compression=compression)
    pixels_lie_first = 200
    (tmp_path / "cut.tif").write_bytes(file.getvalue()[:-pixels_lie_first])
    refused(tmp_path / "cut.tif", "picture-truncated")


def test_an_empty_a_damaged_and_a_foreign_file_are_told_apart(tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    refused(tmp_path / "empty.png", "picture-truncated")
    data = bytearray(encoded("PNG"))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "damaged.png").write_bytes(data)
    refused(tmp_path / "damaged.png", "picture-truncated")
    (tmp_path / "text.png").write_text("This is a letter, not a picture.")
    refused(tmp_path / "text.png", "picture-format")
    (tmp_path / "still.gif").write_bytes(encoded("GIF"))
    refused(tmp_path / "still.gif", "picture-format")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert "no file" in refused(tmp_path / "none.png", "picture-missing").message
    assert "folder" in refused(tmp_path, "picture-missing").message


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_sent_back_to_be_converted(tmp_path, kind):
    (tmp_path / "print").write_bytes(encoded(kind, Image.fromarray(noise(bands=4), "CMYK")))
    refused(tmp_path / "print", "picture-cmyk")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_animations_are_refused_rather_than_cut_to_a_frame(tmp_path, kind):
    first, *rest = frames()
    (tmp_path / "film").write_bytes(encoded(kind, first, save_all=True, append_images=rest))
    refused(tmp_path / "film", "picture-animated")


def test_a_tiff_with_a_small_copy_beside_the_picture_is_one_picture(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(noise(), photometric="rgb", metadata=None)
        file.write(noise(10, 12), photometric="rgb", subfiletype=1, metadata=None)
    assert load_picture(tmp_path / "a.tif").size == (40, 50)


def png_header(width, height):
    """A PNG that claims a size and has next to no pixels."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def jpeg_header(width, height):
    data = bytearray(encoded("JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_header(width, height):
    data = encoded("TIFF", Image.fromarray(noise(50, 40)))
    for tag, value in ((256, width), (257, height)):
        entry = next(
            at
            for at in range(len(data) - 12)
            if data[at : at + 8] == struct.pack("<HHI", tag, 4, 1)
            or data[at : at + 8] == struct.pack("<HHI", tag, 3, 1)
        )
        data = data[:entry] + struct.pack("<HHII", tag, 4, 1, value) + data[entry + 12 :]
    return data


def test_gigantic_pictures_are_refused_from_their_headers(tmp_path):
    for header in (png_header, jpeg_header, tiff_header):
        (tmp_path / header.__name__).write_bytes(header(40_000, 40_000))
    # Decoding one would take 4.8 GB for the samples alone: here there is not that much.
    script = f"""
        import pathlib, resource
        from brushwarp.image import load_picture
        from brushwarp.errors import BrushwarpError
        resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))
        for path in sorted(pathlib.Path({str(tmp_path)!r}).iterdir()):
            try:
                load_picture(path)
            except BrushwarpError as error:
                print(error.code, error)
    """
    lines = run_python(script).splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith("picture-too-large") and "1600 megapixels" in line


def run_python(script, *command):
    environment = {**os.environ, "PYTHONPATH": str(CORE), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, sys.executable, "-c", textwrap.dedent(script)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_picture_of_one_pixel_is_too_small(tmp_path, kind, size):
    (tmp_path / "dot").write_bytes(encoded(kind, Image.fromarray(noise(*size))))
    refused(tmp_path / "dot", "picture-too-small")


def test_a_picture_of_no_pixels_is_too_small(tmp_path):
    (tmp_path / "none.png").write_bytes(png_header(0, 0))
    refused(tmp_path / "none.png", "picture-too-small")
    with pytest.raises(BrushwarpError) as raised:
        Picture(torch.zeros(3, 0, 0))
    assert raised.value.code == "picture-too-small"


@pytest.mark.parametrize("dtype", [np.int16, np.uint32])
def test_a_tiff_of_unknown_samples_says_how_to_save_it(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((8, 8, 3), dtype), photometric="rgb", metadata=None)
    assert "8 or 16 bits" in refused(tmp_path / "a.tif", "picture-format").hint


def test_a_damaged_profile_counts_as_none(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "a.png", icc_profile=b"this is no profile" * 20)
    picture = load_picture(tmp_path / "a.png")
    assert picture.icc is None
    assert np.array_equal((picture.pixels.permute(1, 2, 0) * 255).round().numpy(), noise())


SAVE = """
    import os, pathlib, torch
    from brushwarp.image import Picture, save_picture
    from brushwarp.errors import BrushwarpError
    {before}
    picture = Picture(torch.rand(3, 300, 400, generator=torch.Generator().manual_seed(0)), depth="u16")
    for name in {names!r}:
        try:
            save_picture(picture, pathlib.Path({folder!r}) / name)
        except BrushwarpError as error:
            print(error.code, error.hint)
    print(sorted(os.listdir({folder!r})))
"""


def test_a_full_disk_leaves_the_old_files_and_no_others(tmp_path):
    names = ["a.jpg", "a.png", "a.tif"]
    for name in names:
        (tmp_path / name).write_bytes(b"old")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    *told, left = run_python(SAVE.format(before=limit, names=names, folder=str(tmp_path))).splitlines()
    assert [line.split()[0] for line in told] == ["disk-full"] * 3
    assert left == str(names)
    assert all((tmp_path / name).read_bytes() == b"old" for name in names)


def test_a_small_volume_that_runs_full_is_told_as_such(tmp_path):
    private = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs -o size=64k none "{tmp_path}" && exec "$@"', "sh"]
    try:
        possible = subprocess.run([*private, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        pytest.skip("mounting a small volume takes root and the right to mount")
    told, left = run_python(SAVE.format(before="", names=["a.png"], folder=str(tmp_path)), *private).splitlines()
    assert told.startswith("disk-full") and left == "[]"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    picture = Picture(torch.zeros(3, 4, 4))
    for path in (tmp_path / "none" / "a.png", tmp_path / "file" / "a.png"):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(BrushwarpError) as raised:
            save_picture(picture, path)
        assert raised.value.code == "save-folder"
        assert str(path) in raised.value.message


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_a_forbidden_folder_is_named(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    for parent in itertools.takewhile(lambda folder: folder != Path(tempfile.gettempdir()), [tmp_path, *tmp_path.parents]):  # one user's alone
        parent.chmod(parent.stat().st_mode | 0o055)
    as_nobody = "import os; os.geteuid() == 0 and os.seteuid(65534)"
    told, left = run_python(SAVE.format(before=as_nobody, names=["a.png"], folder=str(folder))).splitlines()
    assert told.startswith("save-folder") and left == "[]"


def test_an_interrupted_save_leaves_the_old_file_and_no_other(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), atomic_write(tmp_path / "a.png") as file:
        file.write(b"half of the n")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"

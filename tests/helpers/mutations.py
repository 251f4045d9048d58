"""Damaged files for the tests that look at thousands: whole ones of every kind, and what a seeded generator makes.

Number 17 is the same file in every run.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import tifffile
import torch_writer
import weight_files
import xlsxwriter
from conftest import draw
from PIL import Image, ImageCms, PngImagePlugin

from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.formats.keras_hdf5 import write_keras

CALL = b"cos\nsystem\n(X\x0b\x00\x00\x00touch pwnedtR"  # what a pickle says to have a program run
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
NUMBERS = ("0", "-1", "1e999", "nan", "65536", "1048576", "16384", "4294967295", "99999999999999999999")
MARKUP = (b"<", b">", b"&", b"&amp;", b"&x;", b"]]>", b"<!DOCTYPE a [", b"<!-- ", b'"', b"'", b"/>", b"\0", b"\xff")


class Made(NamedTuple):
    """A damaged file: what it was made of, its ending, and its bytes."""

    origin: str
    suffix: str
    data: bytes


def picture(number: int, seeds: Mapping[str, bytes]) -> Made:
    """Return one damaged picture."""
    random = Random(number)
    origin = sorted(seeds)[number % len(seeds)]
    data = _damaged(seeds[origin], list(seeds.values()), random)
    return Made(origin, origin.split("-")[0], data)


def spreadsheet(number: int, seeds: Mapping[str, bytes]) -> Made:
    """Return one damaged spreadsheet; of those that are ZIP files, most are damaged inside."""
    random = Random(number)
    origin = sorted(seeds)[number % len(seeds)]
    suffix, data = origin.split("-")[0], seeds[origin]
    if suffix in ("xlsx", "ods") and random.random() < 0.75:
        return Made(origin, suffix, _damaged_inside(data, random))
    if suffix in ("csv", "tsv") and random.random() < 0.5:
        return Made(origin, suffix, _damaged_text(data, random))
    return Made(origin, suffix, _damaged(data, list(seeds.values()), random))


def weights(number: int, seeds: Mapping[str, bytes]) -> Made:
    """Return one damaged file of weights; of ZIP files, most are damaged inside, their checksums right."""
    random = Random(number)
    origin = sorted(seeds)[number % len(seeds)]
    suffix, data = origin.split("-")[0], seeds[origin]
    if suffix == "pth" and random.random() < 0.2:
        data = _calling(data, random)
    if data.startswith(b"PK") and random.random() < 0.75:
        return Made(origin, suffix, _damaged_entry(data, random))
    return Made(origin, suffix, _damaged(data, list(seeds.values()), random))


def _calling(data: bytes, random: Random) -> bytes:
    """Return a file whose pickle calls a program somewhere; of a ZIP file, packed anew."""
    if not data.startswith(b"PK"):
        start = random.randrange(1000)
        return data[:start] + CALL + data[start:]
    archive, packed = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as copy:
        for name in archive.namelist():
            contents = archive.read(name)
            start = random.randrange(len(contents)) if name.endswith(".pkl") else len(contents)
            copy.writestr(name, contents[:start] + (CALL if name.endswith(".pkl") else b"") + contents[start:])
    return packed.getvalue()


def _damaged_entry(data: bytes, random: Random) -> bytes:
    """Return a ZIP file packed anew with one entry damaged: most often the one that describes the others."""
    archive, packed = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    names = [name for name in archive.namelist() if archive.read(name)]
    likely = [name for name in names if name.endswith((".pkl", ".h5"))]
    victim = random.choice(likely if random.random() < 0.7 else names)
    with zipfile.ZipFile(packed, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as copy:
        for name in archive.namelist():
            contents = archive.read(name)
            copy.writestr(name, _damaged(contents, [contents], random) if name == victim else contents)
    return packed.getvalue()


def _damaged(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        data = random.choice(_WAYS)(data, random) if random.random() < 0.9 else _splice(data, others, random)
    return data


def _place(data: bytes, random: Random) -> int:
    """Return a place in a file, more often in its first bytes, where sizes stand."""
    return random.randrange(min(len(data), random.choice((32, 256, len(data)))) or 1) if data else 0


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 32)) if data else 0):
        changed[_place(data, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _swap(data: bytes, random: Random) -> bytes:
    a, b, c = sorted(random.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _repeat(data: bytes, random: Random) -> bytes:
    start = _place(data, random)
    block = data[start : start + random.choice((1, 4, 12, 100, 1000))]
    return data[:start] + block * random.choice((2, 3, 20)) + data[start:]


def _extreme(data: bytes, random: Random) -> bytes:
    size, order = random.choice((1, 2, 4, 4, 8)), random.choice(("big", "little"))
    value = random.choice(EXTREMES).to_bytes(8, "big")[8 - size :]
    start = _place(data, random)
    return data[:start] + (value if order == "big" else value[::-1]) + data[start + size :]


def _zero(data: bytes, random: Random) -> bytes:
    start = _place(data, random)
    size = min(random.choice((2, 16, 200)), len(data) - start)
    return data[:start] + bytes(size) + data[start + size :]


def _insert(data: bytes, random: Random) -> bytes:
    start = _place(data, random)
    return data[:start] + random.randbytes(random.choice((1, 2, 7, 64))) + data[start:]


def _splice(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(others)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other)) :]


_WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_flip, _flip, _cut, _swap, _repeat, _extreme, _extreme, _extreme, _zero, _insert),
)


def _damaged_text(data: bytes, random: Random) -> bytes:
    """Return text with numbers, marks and pieces that programs trip over."""
    for _ in range(random.choice((1, 2, 5))):
        numbers = list(re.finditer(rb"\d+", data))
        if numbers and random.random() < 0.6:
            found = random.choice(numbers)
            data = data[: found.start()] + random.choice(NUMBERS).encode() + data[found.end() :]
        else:
            start = random.randrange(len(data) + 1)
            data = data[:start] + random.choice(MARKUP) * random.choice((1, 1, 50)) + data[start:]
    return data


def _damaged_inside(data: bytes, random: Random) -> bytes:
    """Return a ZIP file packed anew, with one of its files damaged, missing, or there twice."""
    archive, packed = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    names = [name for name in archive.namelist() if name.endswith(".xml") and archive.read(name)]
    likely = [name for name in names if "sheet" in name or "content" in name or "Strings" in name]
    victim = random.choice(likely if random.random() < 0.8 else names)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            contents = archive.read(name)
            if name == victim and random.random() < 0.05:
                continue
            if name == victim:
                way = _damaged_text if random.random() < 0.7 else lambda text, chance: _damaged(text, [text], chance)
                contents = way(contents, random)
            copy.writestr(name, contents)
    return packed.getvalue()


def picture_seeds() -> dict[str, bytes]:
    """Return a tiny picture of every kind, by its ending and what is special about it."""
    image, other = Image.fromarray(draw(24, 18)), Image.fromarray(draw(24, 18, seed=3))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        **_jpegs(image, profile),
        **_pngs(image, profile),
        **_tiffs(image, profile),
        "webp-lossy": _saved(image, "WEBP", icc_profile=profile, exif=_exif()),
        "webp-lossless": _saved(image, "WEBP", lossless=True),
        "webp-alpha": _saved(_translucent(image), "WEBP", exact=True),
        "webp-animated": _saved(image, "WEBP", save_all=True, append_images=[other, image]),
        "gif-plain": _saved(image, "GIF"),
        "gif-animated": _saved(image, "GIF", save_all=True, append_images=[other, image], transparency=3, comment=b"a"),
        "bmp-colours": _saved(image, "BMP"),
        "bmp-palette": _saved(image.quantize(16), "BMP"),
        "avif-colours": _saved(image, "AVIF", exif=_exif()),
        "avif-alpha": _saved(_translucent(image), "AVIF"),
        "jp2-colours": _saved(image, "JPEG2000"),
        "j2k-alpha": _saved(_translucent(image), "JPEG2000", no_jp2=True),
    }


def _jpegs(image: Image.Image, profile: bytes) -> dict[str, bytes]:
    return {
        "jpg-baseline": _saved(image, "JPEG"),
        "jpg-progressive": _saved(image, "JPEG", progressive=True, subsampling=0),
        "jpg-cmyk": _saved(image.convert("CMYK"), "JPEG"),
        "jpg-grey": _saved(image.convert("L"), "JPEG", restart_marker_blocks=2),
        "jpg-exif-icc": _saved(image, "JPEG", exif=_exif(), icc_profile=profile, comment="a comment"),
    }


def _pngs(image: Image.Image, profile: bytes) -> dict[str, bytes]:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", '{"variant": "a"}')
    words.add_text("Title", "a title " * 40, zip=True)
    words.add_itxt("Description", "née 猫", zip=True)
    sixteen = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    return {
        "png-colours": _saved(image, "PNG"),
        "png-alpha": _saved(_translucent(image), "PNG"),
        "png-grey-alpha": _saved(_translucent(image).convert("LA"), "PNG"),
        "png-palette": _saved(image.quantize(16), "PNG", transparency=bytes(range(16))),
        "png-sixteen": _saved(sixteen, "PNG"),
        "png-bits": _saved(image.convert("1"), "PNG"),
        "png-words": _saved(image, "PNG", pnginfo=words, icc_profile=profile, exif=_exif()),
        "png-animated": _saved(image, "PNG", save_all=True, append_images=[image.rotate(180)]),
        "png-interlaced": _interlaced(np.asarray(image.convert("L"))),
    }


def _tiffs(image: Image.Image, profile: bytes) -> dict[str, bytes]:
    pixels = np.asarray(image)
    kinds = {"raw": {}, "lzw": {"compression": "tiff_lzw"}, "deflate": {"compression": "tiff_adobe_deflate"}}
    kinds |= {"packbits": {"compression": "packbits"}, "jpeg": {"compression": "jpeg"}}
    kinds |= {"pages": {"save_all": True, "append_images": [image.rotate(90), image]}}
    kinds |= {"icc": {"icc_profile": profile, "exif": _exif()}}
    return {
        **{f"tif-{name}": _saved(image, "TIFF", **options) for name, options in kinds.items()},
        "tif-fax": _saved(image.convert("1"), "TIFF", compression="group4"),
        "tif-alpha": _saved(_translucent(image), "TIFF", compression="tiff_lzw"),
        "tif-cmyk": _saved(image.convert("CMYK"), "TIFF"),
        "tif-tiles": _written(pixels, photometric="rgb", tile=(16, 16), compression="zlib"),
        "tif-planes": _written(np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate"),
        "tif-big": _written(pixels, photometric="rgb", bigtiff=True),
        "tif-sixteen": _written(pixels.astype(np.uint16) * 257, photometric="rgb", compression="zlib"),
        "tif-grey-alpha": _written(_sixteen(image), photometric="minisblack", extrasamples=["unassalpha"]),
        "tif-reduced": _reduced_first(pixels),
        "tif-float": _saved(Image.fromarray(pixels[..., 0].astype(np.float32) / 255), "TIFF"),
    }


_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def _interlaced(grey: np.ndarray) -> bytes:
    """Return an interlaced PNG, which Pillow doesn't write, of 8-bit levels (height, width)."""
    height, width = grey.shape
    parts = (grey[y::down, x::across] for x, y, across, down in _ADAM7)
    rows = b"".join(b"\0" + row.tobytes() for part in parts for row in part)
    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _sixteen(image: Image.Image) -> np.ndarray:
    """Return an image's greys twice, as colours and opacity of 16 bits: (height, width, 2)."""
    return np.asarray(image.convert("L"), np.uint16)[..., np.newaxis].repeat(2, axis=-1) * 257


def _reduced_first(pixels: np.ndarray) -> bytes:
    """Return a TIFF of a reduced page, one below it, and a full page."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(pixels[::2, ::2], photometric="rgb", subfiletype=1, subifds=1)
        writer.write(pixels[::4, ::4], photometric="rgb", subfiletype=1)
        writer.write(pixels, photometric="rgb", subfiletype=0)
    return buffer.getvalue()


def _translucent(image: Image.Image) -> Image.Image:
    translucent = image.copy()
    translucent.putalpha(image.convert("L"))
    return translucent


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8769] = 6, "a description", {0x9286: b"ASCII\0\0\0a comment"}
    return exif.tobytes()


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _written(pixels: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


TABLE = [
    ["content", "style", "style_weight", "size", "init", "title", "skip"],
    ["cat.png", "night.png", 10, 32, "content + noise:0.2", 'A "cat", née 猫', None],
    ["dog.png; cat.png", "wave.png:2 + night.png", 0.5, 24, None, "=1+1", False],
    [None, None, None, None, None, None, None],
    ["*", "**/*.png", 1e4, None, "noise", None, True],
]


def spreadsheet_seeds() -> dict[str, bytes]:
    """Return one small manifest in each format, and an .xlsx with strings in a file of their own."""
    frame = pd.DataFrame(TABLE[1:], columns=TABLE[0], dtype=object)
    ods = io.BytesIO()
    frame.to_excel(ods, index=False, engine="odf")
    return {
        "csv-commas": frame.to_csv(index=False).encode(),
        "csv-lines": frame.to_csv(index=False, lineterminator="\r\n", quoting=1).encode("utf-8-sig"),
        "tsv-tabs": frame.to_csv(index=False, sep="\t").encode(),
        "xlsx-strings": _workbook(),
        "ods-table": ods.getvalue(),
    }


def _workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(TABLE):
            sheet.write_row(number, 0, row)
        sheet.write_formula(1, 5, "=1+1", book.add_format({"num_format": "yyyy-mm-dd"}), value=2)
    return buffer.getvalue()


def weights_seeds(folder: Path) -> dict[str, bytes]:
    """Return a file of every format that has a VGG19 of four channels, by its ending and what is special about it.

    They are written in a folder, which is empty afterwards.
    """
    generator, channels_in, network = np.random.default_rng(0), 3, {}
    for conv in CONVOLUTIONS:
        kernel = generator.normal(size=(3, 3, channels_in, 4)).astype("f4")
        network[conv.keras_name] = kernel, generator.normal(size=4).astype("f4")
        channels_in = 4
    features, layers = weight_files.named(network), weight_files.named(network, "{conv}")
    nested = {name: array.astype(np.float64) for name, array in features.items()}
    halves = {name: array.astype(np.float16) for name, array in layers.items()}

    def written(save: Callable[..., object], *content: Any, **how: Any) -> bytes:
        path = folder / "seed"
        save(path, *content, **how)
        data = path.read_bytes()
        path.unlink()
        return data

    hdf5, numbered = written(write_keras, network), written(weight_files.save_numbered, network.values())
    return {
        "h5-legacy": hdf5,
        "h5-chunks": written(weight_files.save_chunks, network),
        "h5-numbered": numbered,
        "keras-model": weight_files.zip_keras(numbered),
        "mat-new": written(weight_files.save_mat, network, appendmat=False),
        "mat-old": written(weight_files.save_mat, network, old=True, appendmat=False),
        "mat-compressed": written(weight_files.save_mat, network, do_compression=True, appendmat=False),
        "pth-zip": written(torch_writer.save_zip, features),
        "pth-nested": written(torch_writer.save_zip, nested, nest="state_dict"),
        "pth-stream": written(torch_writer.save_stream, layers),
        "safetensors-single": written(weight_files.save_safetensors, features),
        "safetensors-half": written(weight_files.save_safetensors, halves),
    }

"""TIFFs of every kind of samples: read with the right values, or refused by a sentence that names the kind."""

import numpy as np
import pytest
import tifffile
from conftest import draw
from picture_files import write_tiff
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import decode, images

WIDTH, HEIGHT = 24, 18
ACROSS, DOWN = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
# Colours in [0, 1], (18, 24, 3), that differ from corner to corner; and an opacity.
COLOURS = np.stack([ACROSS, DOWN, (ACROSS + DOWN) / 2], axis=-1)
OPACITY = 1 - ACROSS / 2
TYPES = {"u1": 255, "u2": 65535}
GREYS = ("minisblack", "miniswhite")
BITS, PHOTOMETRIC, SAMPLES, ORIENTATION = 258, 262, 277, 274
PACKED, TILED = {"compression": "zlib"}, {"tile": (16, 16)}


def write(path, photometric: str, kind: str, extra: str = "", planar: str = "contig", **options):
    """Write COLOURS as a TIFF whose samples are of a NumPy kind, with OPACITY as an extra sample, and return its path.

    `extra` is one of assocalpha, whose colours are multiplied by it, unassalpha, unspecified, or "" for none.
    """
    colours = COLOURS if photometric not in GREYS else COLOURS[..., :1]
    if photometric == "separated":
        colours = np.concatenate([1 - COLOURS, np.zeros((HEIGHT, WIDTH, 1))], axis=-1)
    shown = colours * OPACITY[..., np.newaxis] if extra == "assocalpha" else colours
    stored = 1 - shown if photometric == "miniswhite" else shown
    samples = np.concatenate([stored, *([OPACITY[..., np.newaxis]] if extra else [])], axis=-1)
    if kind[0] in "ui":
        samples = np.rint(samples * np.iinfo(kind).max)
    samples = samples.astype(kind)
    if planar == "separate":
        samples = np.moveaxis(samples, -1, 0)
    elif samples.shape[-1] == 1:
        samples, planar = samples[..., 0], None
    extras = [extra] if extra else None
    tifffile.imwrite(
        path, samples, photometric=photometric, planarconfig=planar, extrasamples=extras, metadata=None, **options
    )
    return path


def read(path) -> tuple[np.ndarray, np.ndarray | None]:
    """Return colours and opacity in [0, 1]."""
    assert images.inspect(path)[1:3] == images.upright_size(path)
    colours, opacity = decode.decode(path)
    return np.asarray(colours) / 255, None if opacity is None else np.asarray(opacity) / 255


def assert_read(path, photometric: str, extra: str) -> None:
    colours, opacity = read(path)
    expected = COLOURS if photometric not in GREYS else COLOURS[..., [0, 0, 0]]
    # Pillow drops the low byte of 16 bits; divided by an opacity of at least a half, an error of rounding doubles.
    np.testing.assert_allclose(colours, expected, atol=(3 if extra == "assocalpha" else 1.01) / 255)
    if extra in ("assocalpha", "unassalpha"):
        np.testing.assert_allclose(opacity, OPACITY, atol=1.01 / 255)
    else:
        assert opacity is None


def refused(path) -> str:
    """Return the sentence by which a file is refused, without its path; it is the same for planning and painting."""
    with pytest.raises(ImageError) as inspected:
        images.inspect(path)
    with pytest.raises(ImageError) as decoded:
        decode.decode(path)
    assert str(inspected.value) == str(decoded.value) and "\n" not in str(decoded.value)
    return str(decoded.value).removeprefix(f"{path}: ")


READ = [
    (photometric, kind, extra, planar)
    for photometric in (*GREYS, "rgb", "separated")
    for kind in TYPES
    for extra in ("", "unassalpha", "assocalpha", "unspecified")
    for planar in ("contig", "separate")
    if not (photometric == "separated" and extra) and not (photometric in GREYS and not extra and planar == "separate")
]


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize(("photometric", "kind", "extra", "planar"), READ)
def test_whole_numbers_without_compression_are_read(tmp_path, photometric, kind, extra, planar, byteorder):
    path = write(tmp_path / "a.tif", photometric, kind, extra, planar, byteorder=byteorder)
    assert_read(path, photometric, extra)


COMPRESSED = [
    *[(photometric, kind, "", "contig") for photometric in ("rgb", "separated") for kind in TYPES],
    *[("rgb", kind, "unassalpha", planar) for kind in TYPES for planar in ("contig", "separate")],
    *[("rgb", kind, "", "separate") for kind in TYPES],
    *[("minisblack", "u1", extra, "contig") for extra in ("", "unassalpha", "assocalpha", "unspecified")],
    ("minisblack", "u2", "", "contig"),
    ("miniswhite", "u1", "", "contig"),
]


@pytest.mark.parametrize("options", [PACKED, TILED, PACKED | TILED], ids=str)
@pytest.mark.parametrize(("photometric", "kind", "extra", "planar"), COMPRESSED)
def test_common_kinds_are_read_compressed_and_in_tiles(tmp_path, photometric, kind, extra, planar, options):
    path = write(tmp_path / "a.tif", photometric, kind, extra, planar, **options)
    assert_read(path, photometric, extra)


NO_WHITE = "which has no fixed white; tone-map it, and save it as PNG, or as RGB of 8 or 16 bits a channel"
NOT_READ = "which isn't read; save it as PNG, or as RGB of 8 or 16 bits a channel"
NOT_PACKED = "which is read only without compression and tiles; save it so, or as PNG"
REFUSED = [
    ("rgb", "f2", "", {}, f"16-bit floating-point RGB, {NO_WHITE}"),
    ("rgb", "f4", "", {}, f"32-bit floating-point RGB, {NO_WHITE}"),
    ("rgb", "f4", "", PACKED, f"32-bit floating-point RGB, {NO_WHITE}"),
    ("rgb", "f8", "unassalpha", {}, f"64-bit floating-point RGB with alpha, {NO_WHITE}"),
    ("minisblack", "f4", "unassalpha", {}, f"32-bit floating-point grey with alpha, {NO_WHITE}"),
    ("miniswhite", "f4", "", {}, f"32-bit floating-point grey whose 0 is white, {NO_WHITE}"),
    ("minisblack", "f2", "", {}, f"16-bit floating-point grey, {NO_WHITE}"),
    ("minisblack", "f8", "", {}, f"64-bit floating-point grey, {NO_WHITE}"),
    ("minisblack", "u4", "", {}, f"32-bit grey, {NOT_READ}"),
    ("rgb", "u4", "", {}, f"32-bit RGB, {NOT_READ}"),
    ("minisblack", "i1", "", {}, f"8-bit signed grey, {NOT_READ}"),
    ("minisblack", "i2", "", {}, f"16-bit signed grey, {NOT_READ}"),
    ("minisblack", "i4", "", {}, f"32-bit signed grey, {NOT_READ}"),
    ("rgb", "i2", "", {}, f"16-bit signed RGB, {NOT_READ}"),
    ("separated", "u1", "unassalpha", {}, f"8-bit CMYK with alpha, {NOT_READ}"),
    ("separated", "u2", "assocalpha", PACKED, f"16-bit CMYK with alpha, {NOT_READ}"),
    ("cielab", "u2", "", {}, f"16-bit CIE Lab, {NOT_READ}"),
    ("icclab", "u1", "", {}, f"8-bit ICC Lab, {NOT_READ}"),
    ("minisblack", "u2", "unassalpha", PACKED, f"16-bit grey with alpha, {NOT_PACKED}"),
    ("minisblack", "u2", "unassalpha", {"tile": (16, 16)}, f"16-bit grey with alpha, {NOT_PACKED}"),
    ("miniswhite", "u2", "", PACKED, f"16-bit grey whose 0 is white, {NOT_PACKED}"),
]


@pytest.mark.parametrize(("photometric", "kind", "extra", "options", "sentence"), REFUSED)
def test_other_kinds_are_refused_by_name(tmp_path, photometric, kind, extra, options, sentence):
    assert refused(write(tmp_path / "a.tif", photometric, kind, extra, **options)) == f"is a TIFF of {sentence}"


def test_planes_of_greys_with_alpha_are_refused_compressed(tmp_path):
    path = write(tmp_path / "a.tif", "minisblack", "u1", "unassalpha", "separate", compression="zlib")
    assert refused(path) == f"is a TIFF of 8-bit grey with alpha, {NOT_PACKED}"


def test_channels_beyond_the_colours_are_passed_over(tmp_path):
    channels = np.dstack([draw(9, 7), draw(9, 7, seed=1)])  # as Photoshop keeps selections
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, channels, photometric="rgb", extrasamples=["unspecified"] * 3)
    colours, opacity = read(path)
    assert (np.rint(colours * 255) == channels[..., :3]).all() and opacity is None


def test_a_channel_that_no_tag_explains_is_opacity(tmp_path):
    samples = np.dstack([draw(4, 4), np.full((4, 4), 102, np.uint8)])
    tags = {BITS: (8,) * 4, PHOTOMETRIC: 2, SAMPLES: 4}
    colours, opacity = read(write_tiff(tmp_path / "a.tif", (4, 4), samples.tobytes(), tags))
    assert (np.rint(colours * 255) == draw(4, 4)).all() and opacity == pytest.approx(0.4)


@pytest.mark.parametrize("photometric", ["rgb", "minisblack"])
def test_a_void_channel_is_no_opacity(tmp_path, photometric):
    colours = draw(9, 7) if photometric == "rgb" else draw(9, 7)[..., :1]
    path = tmp_path / "a.tif"
    samples = np.dstack([colours, np.zeros((7, 9), np.uint8)])
    tifffile.imwrite(path, samples, photometric=photometric, extrasamples=["unassalpha"])
    found, opacity = read(path)
    assert (np.rint(found * 255) == colours).all() and opacity is None


@pytest.mark.parametrize("kind", ["bilevel", "palette", "jpeg", "lzw", "packbits", "lab"])
def test_kinds_that_pillow_writes_are_read(tmp_path, kind):
    image = Image.fromarray(draw(32, 24))
    modes = {"bilevel": "1", "palette": "P"}
    options = {"jpeg": {"compression": "jpeg", "quality": 95}, "lzw": {"compression": "tiff_lzw"}}
    options |= {"packbits": {"compression": "packbits"}, "bilevel": {"compression": "group4"}}
    stored = image.convert(modes.get(kind, "RGB"))
    stored.save(tmp_path / "a.tif", **options.get(kind, {}))
    expected = np.asarray(stored.convert("RGB")) / 255
    assert np.abs(read(tmp_path / "a.tif")[0] - expected).mean() < (0.02 if kind == "jpeg" else 1e-9)


def test_greys_of_few_bits_are_read(tmp_path):
    for bits in (1, 2, 4):
        levels = np.arange(16).reshape(4, 4) % 2**bits
        planes = np.unpackbits(levels.astype(np.uint8)[..., None], axis=-1)[..., 8 - bits :]
        packed = np.packbits(planes.reshape(4, -1), axis=1)
        path = write_tiff(tmp_path / "a.tif", (4, 4), packed.tobytes(), {BITS: bits, PHOTOMETRIC: 1})
        assert (np.rint(read(path)[0][..., 0] * 255) == levels * (255 // (2**bits - 1))).all()


def test_greys_of_twelve_bits_are_refused(tmp_path):
    path = write_tiff(tmp_path / "a.tif", (4, 4), bytes(24), {BITS: 12, PHOTOMETRIC: 1})
    assert refused(path) == f"is a TIFF of 12-bit grey, {NOT_READ}"


def test_subsampled_colours_without_compression_are_read(tmp_path):
    # ITU-R BT.601 of one colour: four lumas, then one blue and one red difference, for each block of 2 by 2 pixels.
    block = bytes([81, 81, 81, 81, 90, 240])
    tags = {BITS: (8, 8, 8), PHOTOMETRIC: 6, SAMPLES: 3, 530: (2, 2), 532: (16, 235, 128, 240, 128, 240)}
    colours = read(write_tiff(tmp_path / "a.tif", (4, 4), block * 4, tags))[0]
    np.testing.assert_allclose(colours, np.broadcast_to([1, 0, 0], (4, 4, 3)), atol=2 / 255)


# Orientation

UPRIGHT = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[0, 0, 0], [255, 255, 255], [255, 0, 0]]], np.uint8)
# How a scanner stores that picture, by the orientation it notes down (TIFF 6.0, tag 274).
STORED = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.transpose(1, 0, 2),
    6: np.rot90(UPRIGHT, 1),
    7: UPRIGHT[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("options", [{}, PACKED, {"planarconfig": "separate"}], ids=str)
def test_a_turned_tiff_is_read_upright(tmp_path, orientation, options):
    path, pixels = tmp_path / "a.tif", STORED[orientation]
    stored = np.moveaxis(pixels, -1, 0) if "planarconfig" in options else pixels
    tifffile.imwrite(path, stored, photometric="rgb", extratags=[(ORIENTATION, "H", 1, orientation, True)], **options)
    assert images.inspect(path)[1:3] == (3, 2)
    assert (np.rint(read(path)[0] * 255) == UPRIGHT).all()


@pytest.mark.parametrize("orientation", STORED)
def test_a_turned_tiff_that_pillow_does_not_read_is_upright_too(tmp_path, orientation):
    path, grey = tmp_path / "a.tif", STORED[orientation][..., :1].astype(np.uint16) * 257
    tags = [(ORIENTATION, "H", 1, orientation, True)]
    samples = np.concatenate([grey, grey], axis=-1)
    tifffile.imwrite(path, samples, photometric="minisblack", extrasamples=["unassalpha"], extratags=tags)
    colours, opacity = read(path)
    assert images.inspect(path)[1:3] == (3, 2)
    assert (np.rint(colours[..., 0] * 255) == UPRIGHT[..., 0]).all() and (opacity * 255 == UPRIGHT[..., 0]).all()


def test_an_orientation_told_by_xmp_alone_counts(tmp_path):
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STORED[6], photometric="rgb", extratags=[(700, "B", len(xmp), xmp, True)])
    assert images.inspect(path)[1:3] == (3, 2)
    assert (np.rint(read(path)[0] * 255) == UPRIGHT).all()


# Pages

FULL, REDUCED, PART, MASK = 0, 1, 2, 4  # bits of the tag 254


def write_pages(path, *kinds: int):
    """Write a page for each kind of subfile, the n-th of the grey n, and return the path."""
    with tifffile.TiffWriter(path) as writer:
        for place, kind in enumerate(kinds):
            page = np.full((4 + place, 5, 3), place, np.uint8)
            if kind == MASK:
                writer.write(np.zeros((4, 5), bool), photometric="mask", subfiletype=kind, metadata=None)
            else:
                writer.write(page, photometric="rgb", subfiletype=kind, metadata=None)
    return path


@pytest.mark.parametrize(
    ("kinds", "place"),
    [
        ((FULL,), 0),
        ((FULL, FULL), 0),
        ((REDUCED, FULL), 1),
        ((MASK, REDUCED, FULL, FULL), 2),
        ((FULL, REDUCED), 0),
        ((2,), 0),
    ],
)
def test_the_first_full_page_is_read(tmp_path, kinds, place):
    path = write_pages(tmp_path / "a.tif", *kinds)
    assert images.inspect(path)[1:3] == (5, 4 + place)
    assert (np.rint(read(path)[0] * 255) == place).all()


def test_reduced_pages_alone_are_refused(tmp_path):
    path = write_pages(tmp_path / "a.tif", REDUCED, REDUCED, MASK)
    assert refused(path) == "holds only reduced copies of its picture, or masks; export it as JPEG or TIFF"


RAW = "is a camera's raw file; export it as JPEG or TIFF"
COLOUR_FILTERS, LINEAR_RAW = 32803, 34892


def write_raw(path, photometric: int, *tags):
    """Write a small reduced page and below it what a sensor measured, and return the path."""
    with tifffile.TiffWriter(path) as writer:
        writer.write(draw(16, 12), photometric="rgb", subfiletype=REDUCED, subifds=1, metadata=None, extratags=tags)
        shape = (24, 32) if photometric == COLOUR_FILTERS else (24, 32, 3)
        writer.write(np.zeros(shape, np.uint16), photometric=photometric, subfiletype=FULL, metadata=None)
    return path


@pytest.mark.parametrize("name", ["a.nef", "a.DNG", "a.tif"])
@pytest.mark.parametrize("photometric", [COLOUR_FILTERS, LINEAR_RAW])
def test_a_cameras_raw_file_is_refused_whatever_its_name(tmp_path, name, photometric):
    assert refused(write_raw(tmp_path / name, photometric)) == RAW


def test_a_raw_file_that_only_its_version_tells_is_refused(tmp_path):
    path, version = tmp_path / "a.tif", (50706, "B", 4, b"\1\4\0\0", True)
    tifffile.imwrite(path, draw(16, 12), photometric="rgb", extratags=[version])
    assert refused(path) == RAW


def test_a_raw_file_that_only_its_name_tells_is_refused(tmp_path):
    path = tmp_path / "a.arw"
    tifffile.imwrite(path, draw(16, 12), photometric="rgb")
    assert refused(path) == RAW


# Damage


@pytest.mark.parametrize("extra", ["", "unassalpha"])
def test_a_tiff_that_is_cut_short_is_refused(tmp_path, extra):
    path = write(tmp_path / "a.tif", "minisblack", "u2", extra)
    path.write_bytes(path.read_bytes()[:-20])
    assert "cut short" in refused(path)


def test_a_size_beyond_the_limit_is_refused_before_memory_is_taken(tmp_path):
    path = write_tiff(tmp_path / "a.tif", (60000, 60000), b"a", {BITS: (16, 16), PHOTOMETRIC: 1, SAMPLES: 2, 338: 2})
    assert refused(path).startswith("60000x60000 pixels; at most 200 million are read")


@pytest.mark.parametrize("compression", [34712, 34887, 50002, 999])
def test_an_unknown_compression_is_named(tmp_path, compression):
    path = write_tiff(tmp_path / "a.tif", (4, 4), bytes(16), {BITS: 8, PHOTOMETRIC: 1, 259: compression})
    names = {34712: "JPEG 2000", 34887: "LERC", 50002: "JPEG XL", 999: "scheme 999"}
    expected = (
        f"is a TIFF compressed by {names[compression]}, which isn't read; save it without compression, or by LZW or ZIP"
    )
    assert refused(path) == expected

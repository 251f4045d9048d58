"""PNGs of every colour type and depth, with and without transparent colours, and with damaged chunks."""

import struct
import zlib

import numpy as np
import pytest
from conftest import draw
from picture_files import PNG_SIGNATURE, chunk, write_png
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import decode, images

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}
KINDS = [(kind, depth) for kind, depths in DEPTHS.items() for depth in depths]
KEYED = [(kind, depth) for kind, depth in KINDS if kind in (GREY, RGB)]


def make_samples(kind: int, depth: int) -> np.ndarray:
    """Return samples at random, a quarter of them of one colour, and others that differ from it in the last bit."""
    samples = np.random.default_rng(depth).integers(0, 2**depth, (12, 20, CHANNELS[kind]))
    samples[:6, :10] = samples[11, 19]
    samples[:6, 4] = samples[11, 19] ^ 1
    return samples


def read(path) -> tuple[np.ndarray, np.ndarray]:
    """Return colours and opacity, (height, width, 3) and (height, width), in whole levels."""
    images.inspect(path)
    colours, opacity = decode.decode(path)
    opaque = np.full(colours.size[::-1], 255) if opacity is None else np.asarray(opacity, int)
    return np.asarray(colours, int), opaque


def assert_levels(found: np.ndarray, samples: np.ndarray, depth: int) -> None:
    """Assert that 8-bit levels are those of samples; of 16 bits, Pillow drops the low byte of some kinds."""
    np.testing.assert_allclose(found, samples * (255 / (2**depth - 1)), atol=1 if depth == 16 else 0.5)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("kind", "depth"), KINDS)
def test_every_colour_type_and_depth_is_read(tmp_path, kind, depth, interlaced):
    samples = make_samples(kind, depth)
    palette = np.random.default_rng(1).integers(0, 256, (2**depth, 3)) if kind == PALETTE else None
    more = [] if palette is None else [chunk(b"PLTE", palette.astype(np.uint8).tobytes())]
    colours, opacity = read(write_png(tmp_path / "a.png", samples, depth, kind, *more, interlaced=interlaced))
    if palette is not None:
        assert (colours == palette[samples[..., 0]]).all()
    else:
        shown = samples[..., :3] if kind in (RGB, RGB_ALPHA) else samples[..., [0, 0, 0]]
        assert_levels(colours, shown, depth)
    if kind in (GREY_ALPHA, RGB_ALPHA):
        assert_levels(opacity, samples[..., -1], depth)
    else:
        assert (opacity == 255).all()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("kind", "depth"), KEYED)
def test_the_transparent_colour_is_that_of_all_its_bits(tmp_path, kind, depth, interlaced):
    samples = make_samples(kind, depth)
    key = samples[11, 19]
    trns = chunk(b"tRNS", key.astype(">u2").tobytes())
    colours, opacity = read(write_png(tmp_path / "a.png", samples, depth, kind, trns, interlaced=interlaced))
    assert (opacity == np.where((samples == key).all(axis=-1), 0, 255)).all()
    assert 0 < (opacity == 0).mean() < 1
    assert_levels(colours, samples if kind == RGB else samples[..., [0, 0, 0]], depth)


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_bits_of_a_transparent_colour_beyond_its_depth_do_not_count(tmp_path, depth):
    samples = make_samples(GREY, depth)
    trns = chunk(b"tRNS", (samples[11, 19] + 0x100).astype(">u2").tobytes())
    opacity = read(write_png(tmp_path / "a.png", samples, depth, GREY, trns))[1]
    assert (opacity == np.where(samples[..., 0] == samples[11, 19], 0, 255)).all()


@pytest.mark.parametrize("depth", DEPTHS[PALETTE])
@pytest.mark.parametrize("share", [1, 2])
def test_a_palette_has_opacities_for_its_first_colours(tmp_path, depth, share):
    samples = make_samples(PALETTE, depth)
    opacities = np.full(2**depth, 255)
    opacities[: 2**depth // share] = np.random.default_rng(2).integers(0, 256, 2**depth // share)
    plte = chunk(b"PLTE", bytes(range(2**depth)) * 3)
    trns = chunk(b"tRNS", opacities[: 2**depth // share].astype(np.uint8).tobytes())
    opacity = read(write_png(tmp_path / "a.png", samples, depth, PALETTE, plte, trns))[1]
    assert (opacity == opacities[samples[..., 0]]).all()


def test_a_transparent_colour_is_turned_with_its_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    samples = np.full((2, 3, 1), 3)
    samples[0, 0] = 1
    more = chunk(b"tRNS", b"\0\1"), chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    opacity = read(write_png(tmp_path / "a.png", samples, 2, GREY, *more))[1]
    assert opacity.tolist() == [[255, 0], [255, 255], [255, 255]]


EIGHT = draw(20, 12)
ANIMATION = struct.pack(">2I", 2, 0), struct.pack(">5I2H2B", 7, 20, 12, 0, 0, 1, 10, 0, 0)  # a frame out of order
PASSED_OVER = {
    "a wrong checksum of pHYs": [chunk(b"pHYs", bytes(9), sound=False)],
    "a wrong checksum of words": [chunk(b"tEXt", b"Title\0words", sound=False)],
    "a wrong checksum of packed words": [chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"a"), sound=False)],
    "wrong checksums of several": [chunk(name, b"a", sound=False) for name in (b"tIME", b"bKGD", b"gAMA", b"prVt")],
    "too short a pHYs": [chunk(b"pHYs", b"abc")],
    "too short a gAMA": [chunk(b"gAMA", b"abc")],
    "too short a cHRM": [chunk(b"cHRM", bytes(31))],
    "an empty sRGB": [chunk(b"sRGB")],
    "frames out of order": [chunk(b"acTL", ANIMATION[0]), chunk(b"fcTL", ANIMATION[1])],
    "a colour profile that is none": [chunk(b"iCCP", b"a\0\0no profile")],
}


@pytest.mark.parametrize("more", PASSED_OVER.values(), ids=PASSED_OVER)
def test_damage_beside_the_pixels_is_passed_over(tmp_path, more):
    colours, opacity = read(write_png(tmp_path / "a.png", EIGHT, 8, RGB, *more))
    assert (colours == EIGHT).all() and (opacity == 255).all()


@pytest.mark.parametrize("name", ["tRNS", "iCCP", "eXIf", "PLTE"])
def test_a_damaged_chunk_that_decides_the_looks_is_named(tmp_path, name):
    path = write_png(tmp_path / "a.png", EIGHT, 8, RGB, chunk(name.encode(), bytes(6), sound=False))
    with pytest.raises(ImageError, match=rf"a\.png: its chunk {name} is damaged; .*export it again"):
        images.inspect(path)


def test_a_png_without_its_end_is_read_if_its_pixels_are_there(tmp_path):
    path = write_png(tmp_path / "a.png", EIGHT, 8, RGB)
    path.write_bytes(path.read_bytes()[:-12])
    assert (read(path)[0] == EIGHT).all()


def test_a_png_cut_in_its_pixels_is_refused_even_if_a_chunk_before_is_damaged(tmp_path):
    path = write_png(tmp_path / "a.png", EIGHT, 8, RGB, chunk(b"pHYs", bytes(9), sound=False))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(ImageError, match="damaged or cut short"):
        images.inspect(path)


def test_a_header_alone_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(PNG_SIGNATURE)
    with pytest.raises(ImageError, match="is not a picture"):
        images.inspect(path)

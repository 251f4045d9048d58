"""Picture files to arrays, of every kind that people keep."""

import struct
import zlib

import numpy as np
import pytest
import tifffile
from conftest import draw, save_picture
from PIL import Image, ImageCms

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def save(image: Image.Image, path, **options):
    """Save and return the path."""
    image.save(path, **options)
    return path


def levels(path) -> np.ndarray:
    """Return a file's pixels as read, as whole levels of 256: (height, width, 3)."""
    picture = images.read(path)
    assert picture.dtype == np.float32
    assert picture.shape[0] == 1 and picture.shape[3] == 3
    assert picture.min() >= 0 and picture.max() <= 1
    return np.rint(picture[0] * 255).astype(int)


def colour(path) -> tuple[int, ...]:
    """Return the one colour of a plain picture."""
    pixels = levels(path).reshape(-1, 3)
    assert (pixels == pixels[0]).all()
    return tuple(pixels[0].tolist())


def close(found, expected, tolerance=2) -> bool:
    return bool(np.abs(np.subtract(found, expected)).max() <= tolerance)


UPRIGHT = np.kron(np.array([[RED, GREEN, BLUE], [BLACK, WHITE, RED]]), np.ones((16, 16, 1))).astype(np.uint8)
# How a camera stores that picture, by the orientation it notes down (Exif 2.3, tag 0x0112).
STORED = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.transpose(1, 0, 2),
    6: np.rot90(UPRIGHT, 1),  # to be turned clockwise, so stored turned the other way
    7: UPRIGHT[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("orientation", STORED)
def test_a_turned_photograph_is_read_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(STORED[orientation]))
    path = save(image, tmp_path / "a.jpg", exif=exif, quality=95, subsampling=0)
    assert images.upright_size(path) == images.inspect(path)[1:3] == (48, 32)
    assert close(levels(path), UPRIGHT)


def test_rgb_is_read_as_it_is(tmp_path):
    path = save_picture(tmp_path / "a.png", 7, 5)
    assert (levels(path) == draw(7, 5)).all()


@pytest.mark.parametrize("suffix", ["bmp", "gif", "png", "tif", "webp"])
def test_plain_pictures_of_each_format_are_read(tmp_path, suffix):
    path = save(
        Image.new("RGB", (6, 4), RED), tmp_path / f"a.{suffix}", **({"lossless": True} if suffix == "webp" else {})
    )
    assert colour(path) == RED
    assert images.inspect(path)[1:3] == (6, 4)


def test_a_cmyk_photograph_is_read(tmp_path):
    path = save(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), tmp_path / "a.jpg", quality=95)
    assert close(colour(path), RED)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_are_rounded_to_eight(tmp_path, name):
    values = np.array([[0, 257, 32768, 65535], [128, 129, 65278, 65407]], np.uint16)
    path = save(Image.fromarray(values), tmp_path / name)
    expected = [
        [0, 1, 128, 255],
        [0, 1, 254, 255],
    ]  # of 257 levels each: 128 is below half of the first step, 129 above
    assert (levels(path) == np.array(expected)[:, :, None]).all()


def test_big_endian_sixteen_bits_are_read(tmp_path):
    image = Image.fromarray(np.full((4, 4), 32768, ">u2"))
    assert image.mode == "I;16B"
    assert colour(save(image, tmp_path / "a.tif")) == (128, 128, 128)


def save_sixteen(path, values: np.ndarray, byteorder: str = "<"):
    """Save 16-bit colours, (height, width, 3 or 4), as PNG or TIFF, and return the path; Pillow can't."""
    if path.suffix == ".tif":
        extra = ["unassalpha"] if values.shape[2] == 4 else None
        tifffile.imwrite(path, values, photometric="rgb", extrasamples=extra, byteorder=byteorder)
        return path
    height, width, channels = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">2I5B", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


@pytest.mark.parametrize(("name", "byteorder"), [("a.png", ">"), ("a.tif", "<"), ("a.tif", ">")])
def test_colours_of_sixteen_bits_are_read_as_eight(tmp_path, name, byteorder):
    eight = draw(9, 6)
    path = save_sixteen(tmp_path / name, eight.astype(np.uint16) * 257, byteorder)
    assert images.inspect(path)[1:3] == (9, 6)
    assert (levels(path) == eight).all()


@pytest.mark.parametrize(("name", "byteorder"), [("a.png", ">"), ("a.tif", "<"), ("a.tif", ">")])
def test_sixteen_bits_of_transparency_are_read_as_eight(tmp_path, name, byteorder):
    eight = np.dstack([draw(9, 6), np.full((6, 9), 102, np.uint8)])
    path = save_sixteen(tmp_path / name, eight.astype(np.uint16) * 257, byteorder)
    picture, alpha = images.read_with_alpha(path)
    assert (np.rint(picture[0] * 255) == eight[..., :3]).all()
    np.testing.assert_allclose(alpha, 0.4, atol=1e-6)


@pytest.mark.parametrize(("value", "level"), [(0.5, 128), (1.0, 255), (102.0, 102), (300.0, 255)])
def test_floating_point_is_taken_by_its_range(tmp_path, value, level):
    path = save(Image.fromarray(np.full((4, 4), value, np.float32)), tmp_path / "a.tif")
    assert colour(path) == (level, level, level)


def test_one_bright_pixel_tells_the_range_of_floating_point(tmp_path):
    path = save(Image.fromarray(np.array([[0.5, 51], [0, 204]], np.float32)), tmp_path / "a.tif")
    assert levels(path)[..., 0].tolist() == [[0, 51], [0, 204]]


@pytest.mark.parametrize(("mode", "value", "expected"), [("1", 1, WHITE), ("L", 51, (51, 51, 51)), ("RGB", BLUE, BLUE)])
def test_simple_modes_are_read(tmp_path, mode, value, expected):
    assert colour(save(Image.new(mode, (4, 4), value), tmp_path / "a.png")) == expected


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("LA", (0, 255), BLACK),
        ("LA", (0, 0), WHITE),
        ("LA", (0, 102), (153, 153, 153)),
        ("RGBA", (255, 0, 0, 255), RED),
        ("RGBA", (255, 0, 0, 0), WHITE),
        ("RGBA", (255, 0, 0, 102), (255, 153, 153)),  # two fifths of red, three of white
    ],
)
def test_transparency_lies_on_white(tmp_path, mode, value, expected):
    assert colour(save(Image.new(mode, (4, 4), value), tmp_path / "a.png")) == expected


def palette(index: int) -> Image.Image:
    image = Image.new("P", (4, 4), index)
    image.putpalette([*RED, *GREEN, *BLUE])
    return image


def test_a_palette_is_read(tmp_path):
    assert colour(save(palette(1), tmp_path / "a.png")) == GREEN


@pytest.mark.parametrize(("index", "expected"), [(0, RED), (1, WHITE), (2, BLUE)])
def test_a_palettes_transparent_colour_lies_on_white(tmp_path, index, expected):
    assert colour(save(palette(index), tmp_path / "a.png", transparency=1)) == expected


@pytest.mark.parametrize(("index", "expected"), [(0, RED), (1, WHITE), (2, (153, 153, 255))])
def test_a_palettes_half_transparent_colours_lie_on_white(tmp_path, index, expected):
    assert colour(save(palette(index), tmp_path / "a.png", transparency=bytes([255, 0, 102]))) == expected


@pytest.mark.parametrize(("value", "expected"), [(RED, WHITE), (GREEN, GREEN)])
def test_a_transparent_colour_of_rgb_lies_on_white(tmp_path, value, expected):
    assert colour(save(Image.new("RGB", (4, 4), value), tmp_path / "a.png", transparency=RED)) == expected


def test_an_animation_gives_its_first_frame(tmp_path):
    first, second = Image.new("RGB", (4, 4), RED), Image.new("RGB", (4, 4), BLUE)
    assert colour(save(first, tmp_path / "a.gif", save_all=True, append_images=[second])) == RED


def swapped_profile() -> bytes:
    """Return a colour profile of sRGB with its red and green primaries exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert data.count(b"rXYZ") == data.count(b"gXYZ") == 1
    return data.replace(b"rXYZ", b"temp").replace(b"gXYZ", b"rXYZ").replace(b"temp", b"gXYZ")


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("RGB", (16, 16), RED), GREEN),
        (Image.new("RGB", (16, 16), BLUE), BLUE),
        (Image.new("RGB", (16, 16), WHITE), WHITE),
        (Image.new("RGBA", (16, 16), (*RED, 255)), GREEN),
        (Image.new("RGBA", (16, 16), (*RED, 102)), (153, 255, 153)),
        (palette(0), GREEN),
    ],
)
def test_a_colour_profile_is_applied(tmp_path, image, expected):
    path = save(image, tmp_path / "a.png", icc_profile=swapped_profile())
    assert close(colour(path), expected)
    assert images.inspect(path)[1:3] == image.size


def s15(*numbers: float) -> bytes:
    """Return numbers as ICC's s15Fixed16Number."""
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def make_profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile of a display with these tags alone (ICC.1:2022, 7)."""
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">2I", start + len(data), len(value))
        data += value + b"\0" * (-len(value) % 4)
    size = struct.pack(">I", start + len(data))
    head = size + b"\0" * 4 + b"\x04\0\0\0" + b"mntr" + space + b"XYZ " + b"\0" * 12 + b"acsp" + b"\0" * 28
    return (head + D50).ljust(128, b"\0") + table + data


D50 = s15(0.9642, 1, 0.8249)
SRGB_CURVE = b"para\0\0\0\0\0\3\0\0" + s15(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
DISPLAY_P3 = make_profile(
    b"RGB ",
    {
        b"wtpt": b"XYZ \0\0\0\0" + D50,
        b"rXYZ": b"XYZ \0\0\0\0" + s15(0.51512, 0.24120, -0.00105),
        b"gXYZ": b"XYZ \0\0\0\0" + s15(0.29198, 0.69225, 0.04189),
        b"bXYZ": b"XYZ \0\0\0\0" + s15(0.15710, 0.06657, 0.78407),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), SRGB_CURVE),
    },
)
# Linear Display P3 to linear sRGB, from CSS Color Module Level 4, sample code of section 10.
P3_TO_SRGB = np.array(
    [[1.2249402, -0.2249402, 0.0], [-0.0420570, 1.0420570, 0.0], [-0.0196376, -0.0786360, 1.0982736]],
)


def to_linear(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def from_linear(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(
    ("stored", "seen"), [((234, 51, 35), RED), ((117, 251, 76), GREEN), ((0, 0, 245), BLUE), (WHITE, WHITE)]
)
def test_a_wide_gamut_is_brought_to_srgb(tmp_path, stored, seen):
    path = save(Image.new("RGB", (8, 8), stored), tmp_path / "a.png", icc_profile=DISPLAY_P3)
    assert close(colour(path), seen, tolerance=3)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_a_wide_gamut_is_brought_to_srgb_as_css_defines_it(tmp_path, suffix):
    stored = np.kron(np.random.default_rng(0).integers(60, 200, (5, 5, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    exact = {"jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}}.get(suffix, {})
    path = save(Image.fromarray(stored), tmp_path / f"a.{suffix}", icc_profile=DISPLAY_P3, **exact)
    expected = np.clip(from_linear(to_linear(stored / 255) @ P3_TO_SRGB.T), 0, 1)
    assert close(levels(path), expected * 255, tolerance=3)


def test_a_grey_profile_is_applied(tmp_path):
    linear = make_profile(
        b"GRAY",
        {b"wtpt": b"XYZ \0\0\0\0" + D50, b"kTRC": b"curv\0\0\0\0\0\0\0\1\1\0"},  # an exponent of 1
    )
    path = save(Image.new("L", (8, 8), 55), tmp_path / "a.png", icc_profile=linear)
    level = round(255 * float(from_linear(np.array(55 / 255))))
    assert level == 128
    assert close(colour(path), (level,) * 3)
    assert close(images.read_mask(path, (8, 8)) * 255, level)


def test_an_srgb_profile_changes_nothing(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save(Image.fromarray(draw(9, 9)), tmp_path / "a.png", icc_profile=profile)
    assert close(levels(path), draw(9, 9))


def test_a_lab_picture_is_read(tmp_path):
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = ImageCms.applyTransform(Image.new("RGB", (8, 8), (200, 80, 40)), to_lab)
    assert close(colour(save(lab, tmp_path / "a.tif")), (200, 80, 40), tolerance=5)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "RGB", "RGBA"])
@pytest.mark.parametrize("kind", ["RGB", "LAB", "garbage"])
def test_a_colour_profile_that_does_not_fit_is_passed_over_as_viewers_do(tmp_path, mode, kind):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    profile = {"RGB": srgb_profile(), "LAB": lab, "garbage": b"no profile"}[kind]
    image = Image.fromarray(draw(9, 9)).convert(mode)
    plain, tagged = tmp_path / "plain.tif", tmp_path / "tagged.tif"
    image.save(plain)
    image.save(tagged, icc_profile=profile)
    images.inspect(tagged)
    np.testing.assert_allclose(images.read(tagged), images.read(plain), atol=1.01 / 255)


def test_damaged_exif_data_costs_nothing(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(draw(12, 9)).save(path, exif=b"garbage")
    assert images.upright_size(path) == (12, 9)
    np.testing.assert_allclose(images.read(path)[0], draw(12, 9) / 255, atol=1e-6)


def test_floating_point_that_is_not_finite_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    values = np.ones((4, 4), np.float32)
    values[2, 3] = np.nan
    Image.fromarray(values).save(path)
    with pytest.raises(ImageError, match=r"a\.tif: holds numbers that are not finite"):
        images.inspect(path)


def test_a_picture_is_stretched_to_the_size_asked_for(tmp_path):
    halves = np.repeat([[RED, BLUE]], 20, axis=0).repeat(20, axis=1).astype(np.uint8)
    path = save(Image.fromarray(halves), tmp_path / "a.png")
    assert images.read(path).shape == (1, 20, 40, 3)
    picture = images.read(path, (20, 30))
    assert picture.shape == (1, 30, 20, 3)
    assert (picture[0, :, :7] == np.array(RED) / 255).all() and (picture[0, :, 13:] == np.array(BLUE) / 255).all()


def test_a_crop_is_cut_off_at_each_side_before_stretching(tmp_path):
    framed = np.full((40, 80, 3), RED, np.uint8)
    framed[4:-4, 8:-8] = BLUE
    path = save(Image.fromarray(framed), tmp_path / "a.png")
    assert (images.read(path, (16, 8), crop=0.1) == np.array(BLUE) / 255).all()
    assert (images.read_with_alpha(path, (16, 8), crop=0.1)[0] == np.array(BLUE) / 255).all()
    assert (images.read(path, (16, 8), crop=0.05)[0, 0] != np.array(BLUE) / 255).any()


def test_opacity_is_cropped_with_its_colours(tmp_path):
    opacity = np.full((40, 80), 255, np.uint8)
    opacity[:4], opacity[:, :8] = 0, 0
    path = with_alpha(np.full((40, 80, 3), BLUE, np.uint8), opacity, tmp_path / "a.png")
    assert images.read_with_alpha(path, (16, 8), crop=0.1)[1].min() == 1
    assert images.read_with_alpha(path, (16, 8))[1].min() == 0


OPACITY = np.array([[0, 102], [255, 255]], np.uint8)


def translucent(mode: str) -> Image.Image:
    """Return a grey picture of 2 by 2 pixels: transparent, of 0.4 opacity, and opaque twice."""
    image = Image.new("RGB", (2, 2), (51, 51, 51))
    image.putalpha(Image.fromarray(OPACITY))
    if mode != "P":
        return image.convert(mode)
    palette = Image.fromarray(np.array([[0, 1], [2, 2]], np.uint8), "P")
    palette.putpalette([51] * 9)
    return palette


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("RGBA", "a.png", {}),
        ("LA", "a.png", {}),
        ("P", "a.png", {"transparency": bytes([0, 102, 255])}),
        ("RGBA", "a.tif", {}),
        ("LA", "a.tif", {}),
        ("RGBA", "a.webp", {"lossless": True}),
    ],
)
def test_transparency_is_read_from_every_format_that_has_it(tmp_path, mode, name, options):
    path = save(translucent(mode), tmp_path / name, **options)
    picture, alpha = images.read_with_alpha(path)
    assert picture.dtype == alpha.dtype == np.float32
    assert alpha.shape == (1, 2, 2, 1)
    np.testing.assert_allclose(alpha[0, ..., 0], [[0, 0.4], [1, 1]], atol=1e-6)
    np.testing.assert_allclose(picture, np.full((1, 2, 2, 3), 0.2), atol=1e-6)


@pytest.mark.parametrize("image", [Image.fromarray(draw(4, 4)), Image.fromarray(draw(4, 4)).convert("RGBA")])
def test_an_opaque_picture_has_no_alpha(tmp_path, image):
    path = save(image, tmp_path / "a.png")
    picture, alpha = images.read_with_alpha(path)
    assert alpha is None
    assert (picture == images.read(path)).all()


def with_alpha(colours: np.ndarray, opacity: np.ndarray, path):
    return save(Image.fromarray(np.dstack([colours, opacity]).astype(np.uint8)), path)


def test_transparent_pixels_take_the_nearest_colour_that_shows(tmp_path):
    row = [RED, WHITE, WHITE, WHITE, WHITE, BLUE]
    path = with_alpha(np.array([row, row]), np.array([[255, 0, 0, 0, 0, 1]] * 2), tmp_path / "a.png")
    picture, alpha = images.read_with_alpha(path)
    assert (picture[0] * 255 == np.array([[RED, RED, RED, BLUE, BLUE, BLUE]] * 2)).all()
    np.testing.assert_allclose(alpha[0, ..., 0], [[1, 0, 0, 0, 0, 1 / 255]] * 2)


@pytest.mark.parametrize("size", [None, (7, 9), (31, 40)])
def test_what_lies_hidden_beneath_transparency_changes_nothing(tmp_path, size):
    opacity = np.where(np.hypot(*np.mgrid[-8:8, -8:8]) < 6, 200, 0)
    first = with_alpha(
        np.where(opacity[..., None] > 0, draw(16, 16), draw(16, 16, seed=3)), opacity, tmp_path / "a.png"
    )
    second = with_alpha(np.where(opacity[..., None] > 0, draw(16, 16), 255), opacity, tmp_path / "b.png")
    for one, other in zip(images.read_with_alpha(first, size), images.read_with_alpha(second, size), strict=True):
        assert (one == other).all()


def test_transparency_gives_no_edge(tmp_path):
    opacity = np.repeat([[0] * 10 + [255] * 10], 20, axis=0)
    colours = np.where(opacity[..., None] > 0, RED, GREEN)
    picture, alpha = images.read_with_alpha(with_alpha(colours, opacity, tmp_path / "a.png"), (7, 7))
    assert picture.shape == (1, 7, 7, 3) and alpha.shape == (1, 7, 7, 1)
    assert (picture * 255 == RED).all()
    assert (alpha[0, :, :2] == 0).all() and (alpha[0, :, 5:] == 1).all()


def test_transparency_is_turned_upright_with_its_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    stored = Image.new("RGBA", (4, 2), (*RED, 255))
    stored.putpixel((0, 0), (*BLUE, 102))
    picture, alpha = images.read_with_alpha(save(stored, tmp_path / "a.png", exif=exif))
    assert alpha[0, ..., 0].tolist() == pytest.approx(np.array([[1, 0.4], [1, 1], [1, 1], [1, 1]]))
    assert (picture[0, 0, 1] * 255 == BLUE).all()


def test_a_picture_that_is_transparent_all_over_is_refused(tmp_path):
    path = save(Image.new("RGBA", (4, 4), (*RED, 0)), tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: every pixel is fully transparent; needs one that shows"):
        images.read_with_alpha(path)


@pytest.mark.parametrize(
    ("image", "level"),
    [
        (Image.new("L", (4, 4), 51), 51),
        (Image.new("1", (4, 4), 1), 255),
        (Image.fromarray(np.full((4, 4), 32768, np.uint16)), 128),
        (Image.new("RGB", (4, 4), RED), 76),  # 0.299 of 255
        (Image.new("RGB", (4, 4), GREEN), 150),  # 0.587
        (Image.new("RGB", (4, 4), BLUE), 29),  # 0.114
        (palette(1), 150),
        (Image.new("LA", (4, 4), (255, 0)), 0),
        (Image.new("LA", (4, 4), (255, 102)), 102),
        (Image.new("RGBA", (4, 4), (*GREEN, 0)), 0),
    ],
)
def test_a_mask_is_as_white_as_its_picture(tmp_path, image, level):
    mask = images.read_mask(save(image, tmp_path / "a.png"), (3, 2))
    assert mask.shape == (1, 2, 3, 1) and mask.dtype == np.float32
    np.testing.assert_allclose(mask, level / 255, atol=1e-6)


def test_a_mask_keeps_its_soft_edges(tmp_path):
    ramp = np.repeat([[0, 51, 102, 153, 204, 255]], 3, axis=0).astype(np.uint8)
    mask = images.read_mask(save(Image.fromarray(ramp), tmp_path / "a.png"), (6, 3))
    np.testing.assert_allclose(mask[0, ..., 0], ramp / 255, atol=1e-6)


@pytest.mark.parametrize("size", [(10, 10), (100, 30)])
def test_a_stretched_mask_is_black_and_white_away_from_its_edge(tmp_path, size):
    step = np.repeat([[0] * 20 + [255] * 20], 40, axis=0).astype(np.uint8)
    mask = images.read_mask(save(Image.fromarray(step), tmp_path / "a.png"), size)[0, ..., 0]
    assert mask.shape == size[::-1]
    assert (mask[:, : size[0] * 4 // 10] == 0).all() and (mask[:, -(size[0] * 4 // 10) :] == 1).all()
    assert (np.diff(mask, axis=1) >= 0).all()


def test_a_mask_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 3  # to be turned half around
    stored = np.array([[0, 255], [51, 102]], np.uint8)
    mask = images.read_mask(save(Image.fromarray(stored), tmp_path / "a.png", exif=exif), (2, 2))
    np.testing.assert_allclose(mask[0, ..., 0] * 255, [[102, 51], [255, 0]], atol=1e-3)


def test_a_masks_colour_profile_is_applied(tmp_path):
    path = save(Image.new("RGB", (8, 8), RED), tmp_path / "a.png", icc_profile=swapped_profile())
    assert close(images.read_mask(path, (8, 8)) * 255, 150)  # seen as green


def test_filling_cuts_the_longer_side_around_the_centre(tmp_path):
    stripes = np.repeat([[RED, GREEN, BLUE]], 20, axis=0).repeat(20, axis=1).astype(np.uint8)
    path = save(Image.fromarray(stripes), tmp_path / "a.png")
    picture = images.read_filling(path, (10, 10))
    assert picture.shape == (1, 10, 10, 3)
    assert close(picture[0, :, 2:8] * 255, GREEN)  # but for the edges, where the filter reaches the other stripes


@pytest.mark.parametrize(
    ("value", "level"), [(-0.1, 0), (0, 0), (100.4 / 255, 100), (100.6 / 255, 101), (1, 255), (7, 255)]
)
def test_pixels_are_rounded_and_cut_off_when_saved(value, level):
    picture = np.full((1, 2, 2, 3), value, np.float32)
    assert images.to_image(picture).getpixel((0, 0)) == (level, level, level)


def test_an_image_takes_alpha_along():
    image = images.to_image(np.ones((1, 2, 3, 3), np.float32), np.full((1, 2, 3, 1), 0.4, np.float32))
    assert (image.size, image.mode, image.getpixel((2, 1))) == ((3, 2), "RGBA", (255, 255, 255, 102))


def test_an_inspection_identifies_the_file(tmp_path):
    path = save_picture(tmp_path / "a.png")
    assert images.inspect(path) == (files.sha256(path), 48, 36, False)


def checked(size):
    """Return levels of a chess board, whose means over blocks of 8 pixels are all the same."""
    return (np.indices(size).sum(axis=0) % 2 * 100 + 50).astype(np.uint8)


@pytest.mark.parametrize(
    ("image", "ending", "flat"),
    [
        (Image.new("RGB", (40, 32), (10, 200, 30)), "png", True),
        (Image.new("RGB", (40, 32), (10, 200, 30)), "jpg", True),
        (Image.new("P", (40, 32), 3), "png", True),
        (Image.new("I;16", (40, 32), 40000), "png", True),
        (Image.fromarray(draw(40, 32)), "png", False),
        (Image.fromarray(draw(40, 32)), "jpg", False),
        (Image.fromarray(checked((32, 40))), "jpg", False),
    ],
)
def test_pictures_of_one_colour_are_known(tmp_path, image, ending, flat):
    path = tmp_path / f"a.{ending}"
    image.save(path)
    assert images.inspect(path).flat == flat


def shape(colour, ground):
    """Return an image of a colour in the middle of transparency of another."""
    image = Image.new("RGBA", (16, 12), (*ground, 0))
    image.paste((*colour, 255), (4, 4, 12, 8))
    return image


BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.mark.parametrize("image", [Image.new("L", (16, 12), 60), shape(WHITE, BLACK), Image.fromarray(draw(16, 12))])
def test_a_mask_with_some_white_is_one(tmp_path, image):
    image.save(tmp_path / "a.png")
    images.require_mask(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("image", "alone"),
    [
        (Image.new("L", (16, 12), 0), False),
        (Image.new("RGB", (16, 12), (7, 7, 7)), False),
        (shape(BLACK, BLACK), True),
        (shape(BLACK, WHITE), True),
    ],
    ids=["black", "noise", "shape in alpha", "shape in alpha on hidden white"],
)
def test_a_mask_that_is_black_is_told_what_a_mask_is(tmp_path, image, alone):
    image.save(tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: is a mask without any white.*white where it applies") as caught:
        images.require_mask(tmp_path / "a.png")
    assert ("only in its transparency" in str(caught.value)) == alone

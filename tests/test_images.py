"""Picture files to arrays and back, of every kind that people keep."""

import io

import numpy as np
import pytest
from conftest import draw, save_picture
from PIL import Image, ImageCms

from stylegrid import files, images
from stylegrid.errors import ImageError

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
    assert images.upright_size(path) == images.inspect(path)[1:] == (48, 32)
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
    assert images.inspect(path)[1:] == (6, 4)


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
    assert images.inspect(path)[1:] == image.size


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


@pytest.mark.parametrize(
    ("size", "longest_side", "expected"),
    [
        ((400, 300), 200, (200, 150)),
        ((300, 400), 200, (150, 200)),
        ((50, 50), 200, (200, 200)),
        ((1000, 1), 100, (100, 1)),
        ((3, 2), 100, (100, 67)),
    ],
)
def test_sizes_fit_a_longest_side(size, longest_side, expected):
    assert images.fit(size, longest_side) == expected


def test_a_picture_is_read_at_the_size_asked_for(tmp_path):
    path = save_picture(tmp_path / "a.png", 40, 30)
    assert images.read(path, 20).shape == (1, 15, 20, 3)
    assert images.read(path).shape == (1, 30, 40, 3)


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


def test_a_saved_picture_is_read_back_the_same():
    picture = images.to_array(Image.fromarray(draw(9, 6)))
    with Image.open(io.BytesIO(images.encode_png(picture))) as image:
        assert (images.to_array(image) == picture).all()
        assert (image.format, image.mode) == ("PNG", "RGB")
        assert image.info["srgb"] == 0


def test_the_same_picture_gives_the_same_bytes():
    picture = images.to_array(Image.fromarray(draw(9, 6)))
    assert images.encode_png(picture) == images.encode_png(picture.copy())


def test_an_inspection_identifies_the_file(tmp_path):
    path = save_picture(tmp_path / "a.png")
    assert images.inspect(path) == (files.sha256(path), 48, 36)

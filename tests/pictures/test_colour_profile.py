"""Adobe RGB that EXIF alone tells, as cameras write it."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from stylegrid.pictures import images

EXIF, COLOUR_SPACE, INTEROPERABILITY, INDEX, MAKER = 0x8769, 0xA001, 0xA005, 1, 0x010F
SRGB, ADOBE, UNCALIBRATED = 1, 2, 65535
STORED, AS_ADOBE = (200, 60, 60), (231, 57, 57)
EXACT = {"jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}, "tif": {}, "png": {}}


def exif(space: int | None, index: str | None) -> bytes:
    found = Image.Exif()
    found[MAKER] = "a camera"
    directory = found.get_ifd(EXIF)
    if space is not None:
        directory[COLOUR_SPACE] = space
    if index is not None:
        directory[INTEROPERABILITY] = {INDEX: index}
    return found.tobytes()


def colour(path) -> np.ndarray:
    return np.rint(images.read(path)[0, 4, 4] * 255)


def save(path, space: int | None, index: str | None, **options: object):
    options |= EXACT[path.suffix[1:]]
    Image.new("RGB", (16, 16), STORED).save(path, exif=exif(space, index), **options)
    return path


TOLD = [
    (UNCALIBRATED, "R03", AS_ADOBE),
    (None, "R03", AS_ADOBE),
    (ADOBE, None, AS_ADOBE),
    (UNCALIBRATED, None, STORED),
    (UNCALIBRATED, "R98", STORED),
    (SRGB, "R98", STORED),
    (SRGB, "R03", STORED),
    (None, None, STORED),
]
# Pillow writes no index into a TIFF.
CASES = [(suffix, *told) for suffix in EXACT for told in TOLD if suffix != "tif" or told[1] is None]


@pytest.mark.parametrize(("suffix", "space", "index", "expected"), CASES)
def test_adobe_rgb_is_told_by_exif(tmp_path, suffix, space, index, expected):
    assert np.abs(colour(save(tmp_path / f"a.{suffix}", space, index)) - expected).max() <= 1


def test_an_embedded_profile_goes_before_exif(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save(tmp_path / "a.jpg", UNCALIBRATED, "R03", icc_profile=profile)
    assert np.abs(colour(path) - STORED).max() <= 1


# Adobe RGB (1998) Color Image Encoding, section 4.3.5.2, linear to XYZ; IEC 61966-2-1, XYZ to linear sRGB; both D65.
TO_XYZ = [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
TO_SRGB = [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]


def test_adobe_rgb_is_that_of_its_specification(tmp_path):
    stored = np.random.default_rng(0).integers(100, 160, (6, 6, 3)).astype(np.uint8)
    Image.fromarray(stored).save(tmp_path / "a.png", exif=exif(UNCALIBRATED, "R03"))
    linear = (stored / 255) ** (563 / 256) @ np.transpose(TO_XYZ) @ np.transpose(TO_SRGB)
    assert linear.min() > 0 and linear.max() < 1
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(images.read(tmp_path / "a.png")[0], expected, atol=2 / 255)

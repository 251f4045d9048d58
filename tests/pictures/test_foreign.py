"""Files of other programs and cameras, which are told what they are and what to do."""

import io

import pytest
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import decode, images


def media(major: bytes, *others: bytes) -> bytes:
    """Return the beginning of an ISO base media file (ISO/IEC 14496-12, 4.3) of these brands."""
    brands = major + bytes(4) + b"".join(others)
    return (8 + len(brands)).to_bytes(4) + b"ftyp" + brands + b"\0\0\0\x08free"


RAW = "a camera's raw file; export it as JPEG or TIFF"
KINDS = {
    "HEIC": (media(b"heic", b"mif1", b"heic"), "a HEIC picture, as phones take; export it as JPEG"),
    "HEIC by its second brand": (media(b"mif1", b"mif1", b"heic"), "a HEI"),
    "HEIC, a burst": (media(b"hevc", b"msf1"), "a HEIC picture"),
    "HEIF": (media(b"mif1", b"mif1", b"miaf"), "a HEIF picture; export it as JPEG"),
    "Canon CR3": (media(b"crx ", b"crx ", b"isom"), RAW),
    "a film": (media(b"qt  "), "a film; save a frame of it as JPEG"),
    "a film of WebM": (b"\x1aE\xdf\xa3", "a film"),
    "Canon CR2": (b"II*\0\x10\0\0\0CR\2\0", RAW),
    "Canon CRW": (b"II\x1a\0\0\0HEAPCCDR", RAW),
    "Olympus ORF": (b"IIRO\x08\0\0\0", RAW),
    "Panasonic RW2": (b"IIU\0\x18\0\0\0", RAW),
    "Fujifilm RAF": (b"FUJIFILMCCD-RAW 0201", RAW),
    "Sigma X3F": (b"FOVb\0\0\2\0", RAW),
    "Minolta MRW": (b"\0MRM\0\0\0\0", RAW),
    "JPEG XL": (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture; export it as JPEG or PNG"),
    "JPEG XL, bare": (b"\xff\x0a\xfa\x7f", "a JPEG XL picture"),
    "JPEG XR": (b"II\xbc\x01", "a JPEG XR picture"),
    "Photoshop": (b"8BPS\0\1", "a Photoshop document; export it as PNG or TIFF"),
    "GIMP": (b"gimp xcf v011\0", "a GIMP document"),
    "PDF": (b"%PDF-1.7\n", "a PDF document"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript file"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing; export it as PNG"),
    "SVG with a header": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><svg/>', "an SVG drawing"),
    "a web page": (
        b"\n<!DOCTYPE html><html>",
        "a web page, not the picture that it shows; download the picture itself",
    ),
    "an error of a server": (b'<?xml version="1.0"?><Error><Code>AccessDenied', "an XML file, not a picture"),
    "OpenEXR": (b"v/1\x01\2\0\0\0", "an OpenEXR picture, whose white isn't fixed; tone-map it"),
    "Radiance": (b"#?RADIANCE\n", "a Radiance HDR picture"),
    "PFM": (b"PF\n2 2\n-1.0\n", "a PFM picture, whose white isn't fixed"),
    "macOS's side file": (b"\0\x05\x16\x07\0\2\0\0", "macOS's side file of a picture, not the picture"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, not the picture"),
    "a link of Windows": (b"[InternetShortcut]\r\nURL=", "a link to a page, not the picture"),
    "a ZIP": (b"PK\x03\x04\x14\0", "a ZIP archive or a document"),
    "thumbnails of Windows": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a document of an old Office program, or thumbnails",
    ),
}


def fault(path) -> str:
    with pytest.raises(ImageError) as caught:
        images.inspect(path)
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(("data", "sentence"), KINDS.values(), ids=KINDS)
def test_what_is_no_picture_that_is_read_is_named_whatever_its_suffix(tmp_path, data, sentence):
    path = tmp_path / "a.jpg"
    path.write_bytes(data.ljust(64, b"\0"))
    assert fault(path).startswith(f"is {sentence}")


@pytest.mark.parametrize(("name", "sentence"), [("a.RAW", RAW), ("a.mef", RAW), ("a.tga", "a Targa picture")])
def test_what_has_no_first_bytes_of_its_own_is_known_by_its_suffix(tmp_path, name, sentence):
    (tmp_path / name).write_bytes(b"\0\0\2" + bytes(61))
    assert fault(tmp_path / name).startswith(f"is {sentence}")


# What becomes of each format that Pillow writes: read, or refused as this.
PILLOW = {
    "AVIF": "",
    "BLP": "not a picture",
    "BMP": "",
    "DDS": "a DDS texture",
    "DIB": "not a picture",
    "EPS": "a PostScript file",
    "GIF": "",
    "ICNS": "an icon",
    "ICO": "an icon",
    "JPEG": "",
    "JPEG2000": "",
    "MPO": "",
    "MSP": "not a picture",
    "PCX": "a PCX picture",
    "PDF": "a PDF document",
    "PNG": "",
    "PPM": "a PPM picture",
    "QOI": "a QOI picture",
    "SGI": "an SGI picture",
    "SPIDER": "not a picture",
    "TGA": "a Targa picture",
    "TIFF": "",
    "WEBP": "",
    "XBM": "an X bitmap",
}
MODES = {"MSP": "1", "XBM": "1", "SPIDER": "F", "BLP": "P"}


@pytest.mark.parametrize(("format", "sentence"), PILLOW.items())
def test_each_format_that_pillow_writes_is_read_or_refused(tmp_path, format, sentence):
    image = Image.new("RGB", (32, 32), (200, 80, 40))
    path, buffer = tmp_path / f"a.{format.lower()}", io.BytesIO()
    image.convert(MODES.get(format, "RGB")).save(buffer, format)
    path.write_bytes(buffer.getvalue())
    if sentence:
        assert fault(path).startswith(f"is {sentence}")
    else:
        assert images.inspect(path)[1:3] == (32, 32)
        found = decode.decode(path)[0].getpixel((5, 5))
        assert found == pytest.approx((200, 80, 40), abs=4)


def test_the_table_has_every_format_that_pillow_writes():
    Image.init()
    others = {"BUFR", "GRIB", "HDF5", "IM", "PALM", "WMF"}  # stubs, and formats of long ago
    assert set(PILLOW) == set(Image.SAVE) - others

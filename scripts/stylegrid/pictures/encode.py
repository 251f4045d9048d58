"""Pictures encoded as files tagged sRGB; the same picture gives the same bytes."""

import io
import struct
from typing import Any

import numpy as np
from PIL import ImageCms

from stylegrid.pictures import images, metadata
from stylegrid.pictures.formats import require_size
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.pictures.metadata import Metadata


def encode(
    picture: Picture, kind: str, quality: int, alpha: Alpha | None = None, words: Metadata | None = None
) -> bytes:
    """Return a picture as the bytes of a file of one of formats.SUFFIXES' kinds.

    PNG has 8 bits a channel and TIFF 16, both lossless. `quality`, 1 to 100, is for JPEG, without chroma subsampling,
    and WebP, lossless at 100. JPEG composes alpha on white; the others keep it. Raises ImageError if the picture or its
    metadata are too large for the kind.
    """
    require_size((picture.shape[2], picture.shape[1]), kind)
    if kind == "tiff":
        return _encode_tiff(picture, alpha, words)
    if kind == "jpeg" and alpha is not None:
        picture, alpha = picture * alpha + (1 - alpha), None
    buffer = io.BytesIO()
    images.to_image(picture, alpha).save(buffer, **_options(kind, quality, words))
    return buffer.getvalue()


def decode_sixteen(data: bytes) -> tuple[Picture, Alpha | None]:
    """Return picture and alpha of a TIFF by `encode`, each value within half a level of 65535."""
    import tifffile  # here and below: a slow import would delay --help

    channels = (tifffile.imread(io.BytesIO(data))[np.newaxis] / 65535).astype(np.float32)
    return channels[..., :3], channels[..., 3:] if channels.shape[-1] == 4 else None


def _options(kind: str, quality: int, words: Metadata | None) -> dict[str, Any]:
    """Return Pillow's options for saving a kind of file."""
    if kind == "png":
        chunks = metadata.png_text(words)
        chunks.add(b"sRGB", b"\0")  # rendering intent: perceptual
        return {"format": "PNG", "compress_level": 6, "pnginfo": chunks}
    options = {"quality": quality, "icc_profile": SRGB_PROFILE, "exif": metadata.exif(words, kind)}
    if kind == "jpeg":
        return {"format": "JPEG", "subsampling": 0, **options}
    return {"format": "WEBP", "lossless": quality == 100, **options}


def _srgb_profile() -> bytes:
    """Return Little CMS's sRGB profile with a fixed date (header: ICC.1:2022, 7.2)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    date = struct.pack(">6H", 1999, 1, 1, 0, 0, 0)  # instead of the current time: the bytes must not vary
    return profile[:24] + date + profile[36:]


SRGB_PROFILE = _srgb_profile()


def _encode_tiff(picture: Picture, alpha: Alpha | None, words: Metadata | None) -> bytes:
    """Return the bytes of a deflated TIFF of 16 bits a channel; Pillow writes 16 bits only in greyscale."""
    import tifffile

    channels = picture if alpha is None else np.concatenate([picture, alpha], axis=-1)
    levels = np.rint(np.clip(channels[0].astype(np.float64), 0, 1) * 65535).astype(np.uint16)
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        levels,
        byteorder="<",
        photometric="rgb",
        extrasamples=None if alpha is None else ["unassalpha"],
        compression="zlib",
        predictor=True,
        iccprofile=SRGB_PROFILE,
        metadata=None,
        **metadata.tiff_options(words),
    )
    return metadata.add_exif(buffer.getvalue(), words)

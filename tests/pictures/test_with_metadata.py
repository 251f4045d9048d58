"""Files with other metadata: the very bytes that encoding with these would have given."""

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import encode, images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.pictures.metadata import LARGEST_EXIF, Metadata
from stylegrid.pictures.with_metadata import with_metadata

LONG = Metadata("née 🦊", "née 🦊: a cat", "stylegrid 1.2.3", '{"paths":["/home/me/cat.png"]}')
SHORT = Metadata("", "a cat", "stylegrid", "{}")
WORDS = {"long": LONG, "odd": SHORT, "none": None}
PICTURE = images.to_array(Image.fromarray(draw(41, 30)))
ALPHA = np.linspace(0, 1, 41, dtype=np.float32)[np.newaxis, np.newaxis, :, np.newaxis].repeat(30, axis=1)


@pytest.mark.parametrize("kind", SUFFIXES)
@pytest.mark.parametrize("quality", [80, 100])
@pytest.mark.parametrize("alpha", [None, ALPHA], ids=["opaque", "alpha"])
@pytest.mark.parametrize("before", WORDS)
@pytest.mark.parametrize("after", WORDS)
def test_other_words_give_the_bytes_of_a_file_encoded_with_them(kind, quality, alpha, before, after):
    one, other = (encode.encode(PICTURE, kind, quality, alpha, WORDS[words]) for words in (before, after))
    assert with_metadata(one, kind, WORDS[after]) == other


def test_words_too_long_for_a_jpeg_are_refused():
    data = encode.encode(PICTURE, "jpeg", 80)
    with pytest.raises(ImageError, match=f"at most {LARGEST_EXIF} bytes"):
        with_metadata(data, "jpeg", LONG._replace(comment="x" * LARGEST_EXIF))

"""Kinds of files that hold no larger picture."""

import pytest

from stylegrid.errors import ImageError
from stylegrid.pictures.formats import LARGEST_SIDES, SUFFIXES, require_size


@pytest.mark.parametrize(
    ("kind", "size", "found"), [("webp", (16384, 2), "16384x2"), ("jpeg", (2, 65501), "2x65501")], ids=["webp", "jpeg"]
)
def test_a_picture_too_large_for_its_kind_is_refused(kind, size, found):
    limit = LARGEST_SIDES[kind]
    with pytest.raises(ImageError, match=rf"^{found} pixels don't fit into {kind}, at most {limit} a side; paint"):
        require_size(size, kind)


@pytest.mark.parametrize("kind", SUFFIXES)
def test_the_largest_picture_fits(kind):
    side = LARGEST_SIDES.get(kind, 10**6)
    require_size((side, side), kind)

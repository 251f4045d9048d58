"""Sizes that are refused."""

import pytest

from stylegrid.pictures.limits import size_fault


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((2, 2), ""),
        ((20_000, 10_000), ""),
        ((20_001, 10_000), "20001x10000 pixels; at most 200 million are read; make a smaller copy"),
        ((1, 500), "only 1x500 pixels; needs at least 2 on each side"),
    ],
)
def test_a_size_has_its_limits(size, fault):
    assert size_fault(*size) == fault

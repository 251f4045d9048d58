"""What spreadsheet programs make of what people write."""

import pytest

from stylegrid.plan.tables.converted import is_date

DATES = [
    *("03:02:00", "16:09:00", "1 day, 3:02:00", "00:00:01.500000", "2026-05-01", "2026-05-01 12:00:00"),
    *("1-May", "01-Mai", "1. Mai", "5. Okt. 2026", "May-05", "Jan 26", "01.05.2026", "5/1/26", "1-5-2026"),
]
OTHERS = ["", "1.5", "1,5", "3:2", "16:09", "1e-3", "-5", "64 + 128", "64:80 + 128", "own", "relu1_1", "5 mosaic"]


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_told(text):
    assert is_date(text)


@pytest.mark.parametrize("text", OTHERS)
def test_a_value_is_none(text):
    assert not is_date(text)

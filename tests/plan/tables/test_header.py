"""Where a table's header is."""

import pytest

from stylegrid.plan.tables.header import MOST_ABOVE, find_header

HEADER = ["", "Style ", "CONTENT", "seed"]


@pytest.mark.parametrize("above", [0, 1, MOST_ABOVE - 1])
def test_a_header_names_both_columns_wherever_it_stands(above):
    assert find_header([["a gallery of content and style", "content"]] * above + [HEADER, HEADER]) == above


@pytest.mark.parametrize("cells", [[], [[]], [["content"], ["style"]], [["a"]] * MOST_ABOVE + [HEADER]])
def test_a_table_without_one_has_none(cells):
    assert find_header(cells) is None

"""Text that does nothing to a terminal."""

import pytest

from stylegrid.text import IN_CELLS, control, plain


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("née 🦊 שלום 👩\u200d🚀", "née 🦊 שלום 👩\u200d🚀"),
        ("\x1b[2J\nx\x9b", "\\x1b[2J\\nx\\x9b"),
        ("a\u2028b\u2029c\x85", "a\\u2028b\\u2029c\\x85"),
        ("a\udc80", "a\\udc80"),
        ("a\u202fb\xa0c", "a\u202fb\xa0c"),  # spaces in names of screenshots
    ],
)
def test_control_characters_are_spelled_out_and_nothing_else(text, spelled):
    assert plain(text) == spelled


def test_the_first_control_character_is_found():
    assert control("née") == ""
    assert control("a\x07b\x1b") == "\\x07"
    assert control("a\tb\r\nc", IN_CELLS) == ""
    assert control("a\tb\0", IN_CELLS) == "\\x00"

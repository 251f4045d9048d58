"""Lines of text, as wide as there is room."""

import pytest

from stylegrid.pictures.captions import load_font, wrap

LONG = "the-quick-brown-fox_jumps over " * 3 + "W" * 40


@pytest.mark.parametrize("text", ["", "night", "a photograph of a cat", LONG, "two\nlines", "日本 " * 20, "x" * 500])
@pytest.mark.parametrize("width", [32, 100, 620])
@pytest.mark.parametrize(("size", "bold"), [(13, False), (28, True)])
def test_wrapped_lines_fit_and_lose_nothing(text, width, size, bold):
    lines = wrap(text, size, bold, width)
    assert all(load_font(size, bold).getlength(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_lines_are_broken_at_spaces_then_after_hyphens_and_underscores():
    assert wrap("one two", 13, False, 40) == ["one", "two"]
    assert wrap("a style_weight 5", 13, False, 60) == ["a", "style_", "weight 5"]
    assert wrap("one style_weight", 13, False, 90) == ["one", "style_weight"]
    assert wrap("sw100-px512", 13, False, 60) == ["sw100-", "px512"]
    assert wrap("night_swirls", 13, False, 60) == ["night_", "swirls"]

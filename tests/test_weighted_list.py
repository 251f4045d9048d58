"""Weighted lists, as cells and settings spell them."""

import pytest

from stylegrid.weighted_list import is_plain, parse_weighted, spell_weighted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("night.png", (("night.png", 1),)),
        ("  night.png  ", (("night.png", 1),)),
        ("night.png:3 + wave.png", (("night.png", 3), ("wave.png", 1))),
        ("night.png : 0.5 + wave.png:1e-3", (("night.png", 0.5), ("wave.png", 0.001))),
        ("a + b + c", (("a", 1), ("b", 1), ("c", 1))),
        ("C++.png", (("C++.png", 1),)),
        ("a+b.png", (("a+b.png", 1),)),
        ("12:30.png:2", (("12:30.png", 2),)),
        ("night.png:bright", (("night.png:bright", 1),)),
        ("my night.png:2", (("my night.png", 2),)),
    ],
)
def test_names_and_weights_are_read(text, expected):
    assert parse_weighted(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("night.png +  + wave.png", "is empty"),
        ("night.png + + wave.png", "is empty"),
        ("+ night.png", "is empty"),
        ("night.png +", "is empty"),
        ("night.png:0", "the weight of 'night.png' must be from 1e-30 to 1e30, found 0"),
        ("night.png:-1", "the weight of 'night.png' must be from 1e-30 to 1e30, found -1"),
        *(
            (f"night.png:{weight}", f"from 1e-30 to 1e30, found {weight}")
            for weight in ("1e999", "1e31", "1e-31", "1e-400")
        ),
        ("night.png:1.2.3", "the weight '1.2.3' is not a number"),
    ],
)
def test_a_bad_list_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_weighted(text)


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ((("a", 1.0),), "a"),
        ((("a", 3.0), ("b", 1.0), ("c", 0.5)), "a:3 + b + c:0.5"),
        ((("a", 10000.0),), "a:1e4"),
    ],
)
def test_a_list_has_one_spelling(entries, text):
    assert spell_weighted(entries) == text


@pytest.mark.parametrize("weight", [1 / 3, 0.123456789012, 1e-9, 123456789.0, 1e-30, 1e30])
def test_spelling_loses_nothing(weight):
    assert parse_weighted(spell_weighted((("a", weight), ("b", 1.0)))) == (("a", weight), ("b", 1.0))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.png", True),
        ("a+b c.png", True),
        ("a + b.png", False),
        ("a:3", False),
        ("a:0", False),
        (" a", False),
        ("", False),
    ],
)
def test_a_plain_name_stands_for_itself(name, plain):
    assert is_plain(name) == plain

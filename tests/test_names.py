"""Names on disk."""

import re

import pytest

from stylegrid.names import LONGEST_NAME, safe_name, spell_number, variant_name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100.0, "100"),
        (1e2, "100"),
        (1000.0, "1e3"),
        (10000.0, "1e4"),
        (12000.0, "12000"),
        (0.1, "0.1"),
        (0.01, "0.01"),
        (0.001, "1e-3"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (1e-8, "1e-8"),
        (1e300, "1e300"),
        (1 / 3, "0.3333333333333333"),
    ],
)
def test_a_number_is_spelled_shortly(value, text):
    assert spell_number(value) == text


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 123456.789, 5e-324, 1.7976931348623157e308, 2.0**53])
def test_a_spelling_is_the_number_exactly(value):
    assert float(spell_number(value)) == value


@pytest.mark.parametrize(
    ("varied", "name"),
    [
        ({}, "default"),
        ({"style_weight": 100.0}, "sw100"),
        ({"size": 512, "style_weight": 100.0}, "sw100-px512"),
        ({"seed": 2, "tv_weight": 0.1, "style_weight": 10000.0}, "sw1e4-tv0.1-seed2"),
        ({"content_weight": 5.0, "size": 64}, "px64-cw5"),
        ({"preset": "tf-tutorial", "optimizer": "adam", "learning_rate": 0.02}, "tf-tutorial-lr0.02-adam"),
        ({"steps": 1000, "init": "noise"}, "init=noise-steps1000"),
        ({"original_colours": "lab", "style_scale": 0.5}, "original_colours=lab-style_scale=0.5"),
        ({"format": "jpeg", "aspect": "3:2", "size": "own"}, "pxown-aspect=3x2-format=jpeg"),
        ({"schedule": "64 + 256:2"}, "schedule=64-256-2-4344c4"),
    ],
)
def test_a_variant_says_what_its_row_varies(varied, name):
    assert variant_name(varied) == name


def test_a_variant_does_not_depend_on_the_order_of_columns():
    assert variant_name({"seed": 2, "size": 64}) == variant_name({"size": 64, "seed": 2})


@pytest.mark.parametrize("text", ["cat", "night_swirls", "IMG-0042", "x" * LONGEST_NAME])
def test_a_safe_name_stays_as_it_is(text):
    assert safe_name(text) == text


UNSAFE = ["my cat", "my  cat", "my-cat!", "Mona Lisa & co", 'say "hi"', "it's", "é", "e\u0301", "猫", "-x", "x-", "C++"]
UNSAFE += ["a.b", "a/b", "..", "", " ", "?", "a\nb", "x" * 300, "x" * 301, "\U0001f431"]


@pytest.mark.parametrize("text", UNSAFE)
def test_an_unsafe_name_is_made_safe_and_short(text):
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", safe_name(text))
    assert len(safe_name(text)) <= LONGEST_NAME + 7


def test_different_texts_have_different_names():
    texts = [*UNSAFE, "my-cat", "e", "x", "C", "a-b", "Mona-Lisa-co", "x" * LONGEST_NAME]
    assert len({safe_name(text).casefold() for text in texts}) == len(texts)


def test_names_are_the_same_on_every_machine():
    assert safe_name("my cat") == "my-cat-8077c5"  # printf 'my cat' | sha256sum

"""Names on disk."""

import re

import pytest

from stylegrid.names import (
    LONG,
    LONGEST_NAME,
    LONGEST_READABLE,
    earlier_variant_name,
    readable_name,
    safe_name,
    spell_number,
    variant_name,
)
from stylegrid.settings.paint_settings import PaintSettings


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
        ({"schedule": "64:80 + 256:0.5"}, "schedule=64x80-256x0.5"),
        ({"init": "content + noise:0.2"}, "init=content-noisex0.2"),
        ({"init": "content + my cat.png"}, "init=content-my-cat-png-36ebff"),
        ({"content_layers": "relu4_2"}, "cl4_2"),
        ({"content_layers": "conv4_2", "style_weight": 5.0}, "sw5-clc4_2"),
        ({"style_layers": "relu1_1 + relu2_1 + relu3_1 + relu4_1"}, "sl1-4"),
        ({"style_layers": "conv2_1 + conv3_1"}, "slc2-3"),
        ({"style_layers": "relu1_1"}, "sl1_1"),
        ({"style_layers": "relu1_1 + relu3_1 + relu5_1"}, "sl1_1-3_1-5_1"),
        ({"style_layers": "relu2_1 + relu1_1"}, "sl2_1-1_1"),
        ({"style_layers": "relu1_1 + conv2_1"}, "sl1_1-c2_1"),
        ({"style_layers": "relu1_1:0.5 + relu2_1"}, "sl1_1x0.5-2_1"),
        ({"style_layers": "relu1_2 + relu2_2"}, "sl1_2-2_2"),
    ],
)
def test_a_variant_says_what_its_row_varies(varied, name):
    assert variant_name(varied) == name


def varied_much(**more):
    return {
        "style_weight": 5.0,
        "content_layers": "relu4_2",
        "style_layers": "relu1_1 + relu2_1 + relu3_1 + relu4_1 + relu5_1",
        "style_loss": "wasserstein",
        "match_colours": "none",
        "original_colours": "lab",
        **more,
    }


def test_a_long_variant_has_codes_for_all_its_settings():
    assert variant_name(varied_much()) == "sw5-cl4_2-mc=none-oc=lab-sl1-5-sloss=wasserstein"
    assert "-match_colours-" not in earlier_variant_name(varied_much())
    assert (
        variant_name({"match_colours": "none", "original_colours": "lab"}) == "match_colours=none-original_colours=lab"
    )


def test_a_variant_of_very_many_settings_ends_in_a_hash():
    many = varied_much(**dict.fromkeys(("init", "content_mask", "style_mask"), "x" * 40))
    assert re.fullmatch(r"sw5-cl4_2-.*-[0-9a-f]{6}", variant_name(many))
    assert len(variant_name(many)) == 2 * LONGEST_NAME


def test_no_two_settings_share_a_code():
    others = set(PaintSettings.model_fields) - {"preset", "optimizer"}  # whose values stand alone
    long = {name: variant_name({name: "x", "notes": "y" * LONG}).replace(f"notes={'y' * LONG}", "") for name in others}
    codes = {name: text.strip("-").removesuffix("x").removesuffix("=") for name, text in long.items()}
    assert len({code.casefold() for code in codes.values()}) == len(codes)
    assert all(code == name for name, code in codes.items() if code in others)  # none is another's whole name


def test_different_layers_have_different_names():
    lists = [
        "relu1_1",
        "conv1_1",
        "relu1_1 + relu2_1",
        "relu2_1 + relu1_1",
        "relu1_1:2 + relu2_1",
        "relu1_1 + relu2_1:2",
    ]
    lists += ["relu1_1 + relu4_1", "relu1_1 + relu2_1 + relu3_1 + relu4_1", "conv1_1 + relu2_1", "conv1_1 + conv2_1"]
    lists += ["relu1_1:1e-3 + relu2_1", "relu1_1:1e-30", "relu1_2 + relu2_1", "relu1_1 + relu2_1 + relu4_1"]
    assert len({variant_name({"style_layers": layers}) for layers in lists}) == len(lists)


@pytest.mark.parametrize("text", ["relu1_1 + relu2_1", "64 + 256:2", "content + noise:0.2"])
def test_an_earlier_name_of_a_list_has_a_hash(text):
    assert re.fullmatch(r"init=[\w-]+-[0-9a-f]{6}", earlier_variant_name({"init": text}))


def test_earlier_names_are_those_of_version_0_5():
    varied = {"style_weight": 5.0, "content_layers": "relu4_2", "aspect": "3:2", "optimizer": "adam"}
    assert earlier_variant_name(varied) == "sw5-aspect=3x2-content_layers=relu4_2-adam"
    assert earlier_variant_name({"schedule": "64 + 256:2"}) == "schedule=64-256-2-4344c4"
    assert earlier_variant_name({}) == "default"


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


@pytest.mark.parametrize("text", ["con", "PRN", "Aux", "nul", "COM1", "lpt9", "con.", "nul ", "aux.jpg"])
def test_a_name_that_windows_keeps_for_a_device_is_changed(text):
    for name in (safe_name(text), variant_name({"preset": text})):
        assert re.fullmatch(r"[A-Za-z0-9]+(-[a-z]+)?-[0-9a-f]{6}", name)


@pytest.mark.parametrize("text", ["console", "com", "COM10", "aux1", "nul-2"])
def test_a_name_like_a_device_s_stays(text):
    assert safe_name(text) == variant_name({"preset": text}) == text


def test_names_are_the_same_on_every_machine():
    assert safe_name("my cat") == "my-cat-8077c5"  # printf 'my cat' | sha256sum


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Our summer: Köln, 2026?", "Our-summer-Köln-2026"),
        ("cat/night/sw0.5", "cat-night-sw0-5"),
        ("../a\\b\n", "a-b"),
        ("قطة في الليل", "قطة-في-الليل"),
        ("🐈‍⬛ ?", ""),
        ("x" * 300, "x" * LONGEST_READABLE),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_readable_name_has_letters_and_digits_of_any_script(text, name):
    assert readable_name(text) == name

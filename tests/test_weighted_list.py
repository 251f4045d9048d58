"""Weighted lists, as cells and settings spell them."""

import copy
import json
import pickle

import pytest
from pydantic import ValidationError

from stylegrid.errors import explain
from stylegrid.models import FrozenModel
from stylegrid.weighted_list import WeightedList, is_plain, parse_weighted, spell_weighted


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


def test_a_parsed_list_is_its_text_in_one_spelling():
    made = WeightedList("a : 3.0  +  b + c:1e4")
    assert (made, made.names) == ("a:3 + b + c:1e4", ("a", "b", "c"))
    assert made.entries == (("a", 3), ("b", 1), ("c", 1e4))
    assert WeightedList.of(made.entries) == made
    for other in (json.loads(json.dumps(made)), str(made)):
        assert (other, hash(other)) == (made, hash(made))
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert copied.entries == made.entries
    with pytest.raises(ValueError, match="is empty"):
        WeightedList("a + + b")


class Holder(FrozenModel):
    layers: WeightedList = WeightedList("a:2")


@pytest.mark.parametrize("given", [{}, {"layers": "a:2.0"}, {"layers": WeightedList("a:2")}])
def test_a_field_of_a_model_is_parsed_and_written_as_text(given):
    held = Holder(**given)
    assert held.layers.entries == (("a", 2),)
    assert held.model_dump_json() == '{"layers":"a:2"}'
    assert Holder.model_validate_json(held.model_dump_json()) == held


@pytest.mark.parametrize(("value", "fault"), [(3, "must be text"), ("a:0", "must be from 1e-30 to 1e30, found 0")])
def test_a_field_that_is_no_list_is_a_fault(value, fault):
    with pytest.raises(ValidationError) as caught:
        Holder(layers=value)
    assert fault in explain(caught.value, Holder)[0]

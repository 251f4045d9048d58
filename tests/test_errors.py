"""Faults as sentences."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stylegrid.errors import ConfigError, ManifestError, explain, suggest
from stylegrid.settings.presets import resolve


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    cells: int = Field(default=1, ge=1)


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1)
    inner: Inner = Inner()


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({}, ["config.name: missing"]),
        ({"name": ""}, ["config.name: must have at least 1 character, found ''"]),
        ({"name": "x", "inner": 5}, ["config.inner: must hold keys with values, found 5"]),
        ({"name": "x", "inner": {"cells": "ten"}}, ["config.inner.cells: must be a whole number, found 'ten'"]),
        ({"name": "x", "inner": {"cell": 3}}, ["config.inner.cell: unknown key. Did you mean 'cells'?"]),
        ({"name": "x", "colour": 3}, ["config.colour: unknown key. Allowed are name, inner"]),
        (
            {"name": 5, "inner": {"cells": 0}},
            [
                "config.name: must be text; put it in quotes, found 5",
                "config.inner.cells: must be 1 or more, found 0",
            ],
        ),
    ],
)
def test_each_fault_is_one_sentence(values, sentences):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(values)
    assert explain(caught.value, Outer, "config") == sentences


class Ranges(BaseModel):
    least: int = Field(0, ge=1)
    above: float = Field(1, gt=0)
    most: float = Field(0, le=1e38)
    below: int = Field(0, lt=2**32)
    closed: Annotated[float, Field(ge=1e-30, le=1e38)] = 1
    half_open: float = Field(0, ge=0, lt=1)
    up_to: Annotated[float, Field(gt=0), Field(le=255)] = 1
    open: float = Field(0.5, gt=0, lt=1)
    whole: int = Field(1, ge=1, le=2000, description="spelled out")
    several: tuple[Annotated[int, Field(ge=1)], ...] = ()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("least", 0, "must be 1 or more, found 0"),
        ("above", 0, "must be above 0, found 0"),
        ("most", 1e39, "must be 1e38 or less, found 1e+39"),
        ("below", 2**32, "must be below 4294967296, found 4294967296"),
        *(("closed", value, f"must be from 1e-30 to 1e38, found {value}") for value in (0, 1e39)),
        *(("half_open", value, f"must be from 0 to below 1, found {value}") for value in (-1, 1)),
        *(("up_to", value, f"must be above 0, up to 255, found {value}") for value in (0, 256)),
        *(("open", value, f"must be above 0 and below 1, found {value}") for value in (0, 1)),
        *(("whole", value, f"must be from 1 to 2000, found {value}") for value in (0, 2001)),
    ],
)
def test_what_is_out_of_range_is_told_the_whole_range(name, value, sentence):
    with pytest.raises(ValidationError) as caught:
        Ranges.model_validate({name: value})
    assert explain(caught.value, Ranges) == [f"{name}: {sentence}"]


def test_what_is_out_of_range_within_a_list_is_told_the_bound():
    with pytest.raises(ValidationError) as caught:
        Ranges.model_validate({"several": [0]})
    assert explain(caught.value, Ranges) == ["several.0: must be greater than or equal to 1, found 0"]


def test_what_was_found_is_cut_short():
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"name": ["x" * 1000]})
    (sentence,) = explain(caught.value, Outer)
    assert len(sentence) < 150
    assert sentence.startswith("name: must be text; put it in quotes, found ['xxx")


def test_what_is_not_json_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate_json('{"name": "secret')
    (sentence,) = explain(caught.value, Outer)
    assert sentence.startswith("not JSON, EOF while parsing")
    assert "secret" not in sentence


def test_a_suggestion_is_the_closest_or_all():
    assert suggest("stle", ["style", "title"]) == "Did you mean 'style'?"
    assert suggest("stile", ["title", "style"], first=["style"]) == "Did you mean 'style'?"
    assert suggest("Stle", ["title", "STYLE"]) == "Did you mean 'STYLE'?"
    assert suggest("xyz", ["style", "title"]) == "Allowed are style, title"


def test_names_too_many_to_read_are_listed_by_a_page():
    names = [f"name{number}" for number in range(21)]
    assert suggest("xyz", names, listed="docs/x.md") == "docs/x.md lists what is allowed"
    assert suggest("nome3", names).startswith("Did you mean 'name")


def test_a_manifest_error_is_a_line_for_each_fault():
    error = ManifestError(["row 2 is bad", "row 3 too"])
    assert error.faults == ("row 2 is bad", "row 3 too")
    assert str(error) == "row 2 is bad\nrow 3 too"


@pytest.mark.parametrize("found", ["10,20", "5, 20", "10 20", "0,5"])
def test_several_numbers_and_decimal_commas_are_told_how_to_be_written(found):
    with pytest.raises(ConfigError, match=r"must be a number, found .*; write 0\.5 with a point, and semicolons"):
        resolve({"style_weight": found})


@pytest.mark.parametrize("found", ["much", "10px", "1e", "."])
def test_what_is_no_number_at_all_gets_no_such_advice(found):
    with pytest.raises(ConfigError) as told:
        resolve({"style_weight": found})
    assert str(told.value).endswith(f"found {found!r}")

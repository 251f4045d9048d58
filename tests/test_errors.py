"""Faults as sentences."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stylegrid.errors import ManifestError, explain, suggest


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
        ({"name": "x", "inner": {"cell": 3}}, ["config.inner.cell: unknown key; did you mean 'cells'?"]),
        ({"name": "x", "colour": 3}, ["config.colour: unknown key; allowed are name, inner"]),
        (
            {"name": 5, "inner": {"cells": 0}},
            [
                "config.name: must be text; put it in quotes, found 5",
                "config.inner.cells: must be greater than or equal to 1, found 0",
            ],
        ),
    ],
)
def test_each_fault_is_one_sentence(values, sentences):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(values)
    assert explain(caught.value, Outer, "config") == sentences


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
    assert suggest("stle", ["style", "title"]) == "did you mean 'style'?"
    assert suggest("stile", ["title", "style"], first=["style"]) == "did you mean 'style'?"
    assert suggest("xyz", ["style", "title"]) == "allowed are style, title"


def test_a_manifest_error_is_a_line_for_each_fault():
    error = ManifestError(["row 2 is bad", "row 3 too"])
    assert error.faults == ("row 2 is bad", "row 3 too")
    assert str(error) == "row 2 is bad\nrow 3 too"

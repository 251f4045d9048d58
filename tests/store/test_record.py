"""The record beside every picture."""

import json

import numpy
import PIL
import pytest
from conftest import make_job, make_record

from stylegrid.errors import RecordError
from stylegrid.store.record import (
    BackboneRecord,
    HistoryEntry,
    MeasuresRecord,
    failed,
    read_outline,
    read_record,
    versions,
)

JOB = make_job(variant="sw100", style_weight=100).model_copy(update={"title": "née"})
BACKBONE = BackboneRecord(name="untrained", sha256="of the weights")
KEYS = [  # what readers of records rely on
    *(
        "content",
        "styles",
        "start",
        "content_mask",
        "style_masks",
        "variant",
        "title",
        "settings",
        "backbone",
        "recipe",
        "outcome",
        "message",
    ),
    *("losses", "style_by_layer", "history", "measures", "width", "height", "steps", "seconds", "steps_per_second"),
    *("peak_memory_mb", "device", "precision", "colours", "tile", "versions", "picture_sha256", "reduced"),
]


def test_a_record_has_the_keys_of_the_contract():
    written = json.loads(make_record(JOB).to_json())
    assert list(written) == KEYS
    assert list(written["losses"]) == ["content", "style", "tv", "total"]
    assert list(written["content"]) == ["name", "path", "sha256"]
    assert list(written["styles"][0]) == ["name", "path", "sha256", "weight"]
    assert list(written["settings"]) == list(type(JOB.settings).model_fields)


def test_a_record_is_read_back_the_same(tmp_path):
    entry = HistoryEntry(step=1, scale=16, content=0.1 + 0.2, style=1e-30, tv=1 / 3, total=2.0)
    measures = MeasuresRecord(style_cosine=None, edges_kept=0.1, colour_distance=1 / 3, grain=2, specks=0)
    more = {"style_by_layer": {"relu1_1": 1e30}, "versions": versions(), "measures": measures}
    record = make_record(JOB, history=(entry,), **more)
    (tmp_path / "a.json").write_text(record.to_json())
    assert read_record(tmp_path / "a.json") == record


def test_a_record_of_an_earlier_version_has_no_measures(tmp_path):
    written = json.loads(make_record(JOB).to_json())
    del written["measures"]
    (tmp_path / "a.json").write_text(json.dumps(written))
    assert read_record(tmp_path / "a.json").measures is None


def test_an_outline_is_the_record_without_its_history(tmp_path):
    entry = HistoryEntry(step=0, scale=32, content=1, style=2, tv=3, total=4)
    record = make_record(make_job(), history=(entry,))
    (tmp_path / "a.json").write_text(record.to_json())
    assert read_outline(tmp_path / "a.json") == record.model_copy(update={"history": ()})


@pytest.mark.parametrize("content", ["{", "[]", "3", "{}", '{"variant": 3}'])
def test_what_is_no_record_has_no_outline(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(RecordError) as whole:
        read_record(tmp_path / "a.json")
    with pytest.raises(RecordError) as outline:
        read_outline(tmp_path / "a.json")
    assert str(outline.value) == str(whole.value)


def test_a_failed_job_has_a_record_without_losses():
    record = failed(JOB, "out of memory")
    assert (record.outcome, record.message, record.losses, record.picture_sha256) == (
        "failed",
        "out of memory",
        None,
        None,
    )
    assert (record.content, record.settings, record.title) == (JOB.content, JOB.settings, "née")


def test_a_record_takes_the_names_of_another_job_of_the_same_picture():
    other = make_job("kitten", "dark", "default", style_weight=100)
    renamed = make_record(JOB).named_for(other, BACKBONE)
    assert (renamed.content.name, renamed.variant, renamed.title) == ("kitten", "default", "")
    assert renamed.backbone == BACKBONE
    assert renamed.losses == make_record(JOB).losses


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (make_record(JOB).to_json()[:100], "is not a record (not JSON, EOF"),
        ("{}", "is not a record (content: missing); delete it and run again"),
        (make_record(JOB).to_json().replace("finished", "great"), "is not a record (outcome: must be 'finished', "),
        (make_record(JOB).to_json().replace("201.15", "NaN"), "is not a record (losses.total: must be a finite number"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, content, message):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(RecordError) as caught:
        read_record(tmp_path / "a.json")
    assert str(caught.value).startswith(f"{tmp_path / 'a.json'}: {message}")


def test_versions_name_what_decides_pixels():
    found = versions()
    assert (found["numpy"], found["pillow"]) == (numpy.__version__, PIL.__version__)
    assert {"python", "scipy"} < set(found)

"""What a picture says of how it was made, and the record that is read back from it."""

import json
import re
import shutil
import subprocess
import tomllib

import numpy as np
import pytest
from conftest import REPOSITORY, draw, make_job, make_record
from PIL import Image, PngImagePlugin

from stylegrid import VERSION
from stylegrid.errors import ImageError, RecordError
from stylegrid.pictures import encode, images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import Source, StyleSource
from stylegrid.store import provenance
from stylegrid.store.record import BackboneRecord, HistoryEntry

HISTORY = (HistoryEntry(step=1, scale=16, content=1.0, style=2.0, tv=3.0, total=4.0),)
TITLE = "née 🦊 שלום"
OMITTED = {"variant", "history", "measures", "seconds", "steps_per_second", "peak_memory_mb", "picture_sha256"}


def source(name, **more):
    return (StyleSource if more else Source)(name=name, path=f"some/{name}.png", sha256=f"sha of {name}", **more)


def record(job=None, **changes):
    given = {"history": HISTORY, "versions": {"stylegrid": "0.4.0", "numpy": "2.0"}, "style_by_layer": {"relu1_1": 0.1}}
    return make_record(job or make_job(style_weight=30), **{**given, **changes})


def saved(path, told, kind="png"):
    picture = images.to_array(Image.fromarray(draw(40, 30)))
    path.write_bytes(encode.encode(picture, kind, 95, None, provenance.describe(told)))
    return path


def embedded(told):
    return json.loads(provenance.describe(told).comment)


def test_a_sentence_says_what_the_picture_is():
    said = provenance.describe(record())
    assert said.description == "cat in the style of night, style weight 30, painted by stylegrid 0.4.0"
    assert (said.title, said.software) == ("", f"stylegrid {VERSION}")


def test_a_sentence_begins_with_the_title_in_one_line():
    said = provenance.describe(record(title="My\n cat "))
    assert said.description.startswith("My cat : cat in the style of night, ")
    assert said.title == "My\n cat "


def test_a_painting_of_an_earlier_stylegrid_claims_no_version():
    assert provenance.describe(record(versions={})).description.endswith(", painted by stylegrid")


@pytest.mark.parametrize(
    ("weights", "names"),
    [((2,), "a"), ((1, 1), "a and b"), ((1, 1, 1), "a, b and c"), ((3, 0.5), "a (3) and b (0.5)")],
)
def test_blends_are_spelled_with_their_unequal_weights(weights, names):
    styles = tuple(source(name, weight=weight) for name, weight in zip("abc", weights, strict=False))
    assert provenance.style_names(record(styles=styles)) == names


def test_the_record_is_embedded_without_what_differs_from_run_to_run():
    told = record()
    assert set(embedded(told)) == set(type(told).model_fields) - OMITTED
    assert embedded(told)["settings"] == told.settings.model_dump()
    again = told.model_copy(
        update={"seconds": 9.0, "steps_per_second": 1.0, "peak_memory_mb": 1.0, "picture_sha256": "x", "variant": "y"}
    )
    assert provenance.describe(again) == provenance.describe(told)


@pytest.mark.parametrize("change", [{"device": "GPU"}, {"recipe": 9}, {"versions": {}}, {"title": "x"}, {"steps": 1}])
def test_everything_else_tells(change):
    assert provenance.describe(record(**change)) != provenance.describe(record())


@pytest.mark.parametrize("kind", SUFFIXES)
def test_a_record_is_read_back_from_its_picture(tmp_path, kind):
    told = record(title=TITLE)
    found = provenance.read(saved(tmp_path / f"sw30{SUFFIXES[kind]}", told, kind))
    assert json.loads(found.text) == embedded(told)
    lost = {"history": (), "seconds": None, "steps_per_second": None, "peak_memory_mb": None, "picture_sha256": None}
    assert found.record == told.model_copy(update={**lost, "variant": "sw30"})


def test_pictures_that_settings_name_are_named_by_their_paths():
    job = make_job(init="content + start.png:0.5", content_mask="mask.png", style_mask="none + sky.png")
    masks = {"content_mask": source("mask"), "style_masks": (None, source("sky")), "start": source("start")}
    settings = embedded(record(job, **masks))["settings"]
    assert settings["init"] == "content + some/start.png:0.5"
    assert (settings["content_mask"], settings["style_mask"]) == ("some/mask.png", "none + some/sky.png")


@pytest.mark.parametrize("path", ["a + b/start.png", "start.png:3", "start:0", " start"])
def test_a_path_that_no_setting_can_name_is_left_as_the_name_it_had(path):
    odd = source("start").model_copy(update={"path": path})
    told = record(make_job(init="start.png", content_mask="m.png"), start=odd, content_mask=odd)
    assert [embedded(told)["settings"][name] for name in ("init", "content_mask")] == ["start.png", "m.png"]


def test_a_record_names_files_without_their_folders():
    far = {"path": "/home/me/private/sea.png"}
    job = make_job(init="noise + my/start.png:0.5", content_mask="../a/mask.png", style_mask="none + b/sky + c.png")
    named = {"content": source("cat"), "start": source("start"), "content_mask": source("mask").model_copy(update=far)}
    masks = (None, source("odd").model_copy(update={"path": "/home/me/sky + c.png"}))  # which no setting can name
    styles = (source("a", weight=2), source("b", weight=1))
    weights = BackboneRecord(name="own", sha256="x", path="/home/me/vgg.h5")
    told = record(job, **named, styles=styles, style_masks=masks, backbone=weights, history=HISTORY)
    bare = provenance.without_folders(told)
    text = bare.to_json() + provenance.describe(bare).comment
    assert not re.search(r"/home|private|some/|my/|\.\./", text)
    assert bare.content_mask.path == "sea.png" and bare.backbone.path == "vgg.h5"
    assert embedded(bare)["settings"]["init"] == "noise + start.png:0.5"
    assert provenance.without_folders(bare) == bare
    same = {"content", "styles", "start", "content_mask", "style_masks", "backbone", "settings"}
    assert bare.model_dump(exclude=same) == told.model_dump(exclude=same)
    assert [each.sha256 for each in bare.inputs] == [each.sha256 for each in told.inputs]


def commented(path, text):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    Image.fromarray(draw(8, 8)).save(path, pnginfo=info)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Created with GIMP", "carries no record; only pictures"),
        ("", "carries no record; only pictures"),
        ("{}", r"what it carries is not a record \(content: missing\)"),
        ('{"content": ', "the record that it carries is damaged"),
        ("{" + '"a":[' * 9_000, "the record that it carries is damaged"),
    ],
)
def test_a_picture_without_a_record_is_refused(tmp_path, text, message):
    commented(tmp_path / "a.png", text)
    with pytest.raises(RecordError, match=message):
        provenance.read(tmp_path / "a.png")


def test_a_record_with_other_values_than_allowed_is_refused(tmp_path):
    text = provenance.describe(record()).comment.replace('"finished"', '"great"')
    commented(tmp_path / "a.png", text)
    with pytest.raises(RecordError, match=r"not a record \(outcome: must be 'finished'"):
        provenance.read(tmp_path / "a.png")


@pytest.mark.parametrize("kind", SUFFIXES)
def test_a_picture_cut_short_is_refused(tmp_path, kind):
    path = saved(tmp_path / f"a{SUFFIXES[kind]}", record(), kind)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
    with pytest.raises((ImageError, RecordError)):
        provenance.read(path)


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("kind", SUFFIXES)
def test_exiftool_reads_the_record(tmp_path, kind):
    told = record(title=TITLE)
    path = saved(tmp_path / f"a{SUFFIXES[kind]}", told, kind)
    tag = "-Comment" if kind == "png" else "-UserComment"
    shown = subprocess.run(["exiftool", "-b", tag, str(path)], capture_output=True, text=True, check=True).stdout
    assert json.loads(shown) == embedded(told)
    assert np.asarray(Image.open(path)).shape == (30, 40, 3)


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION

"""What the gallery page is told of a combination."""

import json
from pathlib import Path

import pytest
from conftest import make_job, make_record

from stylegrid.plan.job import Combination, Source
from stylegrid.reports.gallery.gallery_rows import MEASURES, detail, painted_row, short_row, to_script
from stylegrid.store.findings import Finding
from stylegrid.store.record import HistoryEntry, LossRecord, MeasuresRecord

JOB = make_job("cat", "night", "sw7", style_weight=7)


def found(title="", notes="", message="all 2 steps taken", outcome="finished"):
    return Finding(Combination(JOB, 2, title, notes), outcome, message, None, None)


def test_a_row_says_what_pages_filter_and_sort_by():
    assert short_row(found()) == {
        "name": "cat/night/sw7",
        "content": "cat",
        "style": "night",
        "variant": "sw7",
        "preset": "stylegrid",
        "outcome": "finished",
        "message": "all 2 steps taken",
    }


def test_title_and_notes_are_told_where_there_are_any():
    row = short_row(found("My cat", "", ""))
    assert row["title"] == "My cat"
    assert not {"notes", "message"} & set(row)
    assert short_row(found("", "x" * 10_000))["notes"] == "x" * 10_000


@pytest.mark.parametrize("results", ["results", "/srv/my results", "../elsewhere/results", "."])
def test_links_lead_from_the_page_to_picture_and_record(results):
    picture = Path(results) / "pictures" / "cat" / "night" / "sw7.png"
    row = painted_row(picture, make_record(JOB), Path(results) / "gallery")
    assert (row["picture"], row["record"]) == ("../pictures/cat/night/sw7.png", "../pictures/cat/night/sw7.png.json")
    assert (row["steps"], row["seconds"]) == (2, 4.0)


def test_links_of_a_partial_page_lead_further_up():
    row = painted_row(Path("r/pictures/a.png"), make_record(JOB), Path("r/partial/gallery"))
    assert row["picture"] == "../../pictures/a.png"


def test_the_record_of_another_format_keeps_its_ending():
    row = painted_row(Path("r/pictures/a.tif"), make_record(JOB), Path("r/gallery"))
    assert row["record"] == "../pictures/a.tif.json"


def test_losses_have_five_figures_in_the_order_of_the_plots():
    losses = LossRecord(content=1.23456789, style=0.000123456789, tv=0.0, total=123456789.0)
    row = painted_row(Path("r/a.png"), make_record(JOB, losses=losses), Path("r/gallery"))
    assert row["losses"] == [1.2346, 0.00012346, 0.0, 123460000.0]


def test_a_record_without_losses_gives_none():
    record = make_record(JOB, losses=None, outcome="non_finite")
    assert "losses" not in painted_row(Path("r/a.png"), record, Path("r/gallery"))
    assert detail(record)["history"] == []


def test_measures_stand_in_the_order_that_the_page_is_told():
    measures = MeasuresRecord(style_cosine=None, edges_kept=1 / 3, colour_distance=40, grain=2, specks=0)
    row = painted_row(Path("r/a.png"), make_record(JOB, measures=measures), Path("r/gallery"))
    assert MEASURES == ("style_cosine", "edges_kept", "colour_distance", "grain", "specks")
    assert row["measures"] == [None, 0.33333, 40, 2, 0]
    assert "measures" not in painted_row(Path("r/a.png"), make_record(JOB), Path("r/gallery"))


def test_details_hold_history_inputs_and_network():
    history = (HistoryEntry(step=20, scale=48, content=1.0, style=2.0, tv=3.0, total=9.123456),)
    masks = {"content_mask": Source(name="m", path="m.png", sha256="of m"), "style_masks": (None,)}
    told = detail(make_record(JOB, history=history, style_by_layer={"relu1_1": 0.5}, versions={"python": "3"}, **masks))
    assert told["history"] == [[20, 48, 1.0, 2.0, 3.0, 9.1235]]
    inputs = [["content/cat.png", "sha of cat"], ["style/night.png", "sha of night"], ["m.png", "of m"]]
    assert told["inputs"] == inputs
    assert (told["backbone"], told["style_by_layer"]) == ("untrained sha of backb", {"relu1_1": 0.5})
    assert (told["settings"]["style_weight"], told["versions"]) == (7.0, {"python": "3"})
    assert told["changed"] == ["precision", "style_weight"]


def test_a_script_is_ascii_and_gives_back_what_went_in():
    text = "</script><!-- \u2028\u2029 'quoted\" \\ née 猫 \x00"
    script = to_script({"title": text})
    assert script.isascii() and "\n" not in script
    assert json.loads(script) == {"title": text}

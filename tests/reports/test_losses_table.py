"""The CSV of final losses."""

import csv
import io

import pytest
from conftest import make_job, make_record
from fake_findings import finding

from stylegrid.plan.job import Combination
from stylegrid.reports.losses_columns import COLUMNS, SETTINGS, setting_column
from stylegrid.reports.losses_table import make_losses, to_csv, with_varying
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store.findings import Finding
from stylegrid.store.record import MeasuresRecord, failed

HEADER = (  # what readers of the table rely on
    "content,style,variant,outcome,preset,optimizer,backbone,style_weight,content_weight,tv_weight,width,height,steps,seed,"
    "content_loss,style_loss,tv_loss,total_loss,seconds,steps_per_second,peak_memory_mb,device,picture,message,title,notes,"
    "style_cosine,edges_kept,colour_distance,grain,specks"
)
MEASURES = MeasuresRecord(style_cosine=0.5, edges_kept=0.25, colour_distance=4, grain=2, specks=0.125)


@pytest.fixture
def findings(tmp_path):
    picture = tmp_path / "pictures" / "dog" / "night" / "sw100.png"
    job = make_job("dog", variant="sw100", style_weight=100, content_weight=2, tv_weight=0.05, seed=7)
    painted = Combination(job, 2, 'A "dog",\nwet', "é")
    broken, absent = Combination(make_job("cat"), 3, "", ""), Combination(make_job("ape"), 4, "", "")
    return [
        Finding(painted, "finished", "all 2 steps taken", make_record(job, measures=MEASURES), picture),
        Finding(broken, "failed", "out of memory", failed(broken.job, "out of memory"), None),
        Finding(absent, "missing", "not painted", None, None),
    ]


def text(findings, folder):
    return to_csv(with_varying(make_losses(findings, folder)))


def rows(findings, folder):
    return list(csv.DictReader(io.StringIO(text(findings, folder))))


def test_columns_stand_as_the_contract_has_them(tmp_path, findings):
    assert text(findings, tmp_path).splitlines()[0] == HEADER


def varied(tmp_path, *settings):
    """Return the header after the fixed columns and the table's rows, of pictures of these settings."""
    found = rows([finding(**each) for each in settings], tmp_path)
    return list(found[0])[len(COLUMNS) :], found


def test_a_setting_that_varies_has_a_column_after_the_others(tmp_path):
    header, found = varied(tmp_path, {"size": "own", "style_scale": 0.5}, {"size": 64, "style_scale": 2})
    assert header == ["size", "style_scale"]
    assert [(row["size"], row["style_scale"]) for row in found] == [("own", "0.5"), ("64", "2.0")]


def test_a_setting_with_a_column_of_its_own_has_no_second(tmp_path):
    header, found = varied(tmp_path, {"seed": 1, "tv_weight": 2, "optimizer": "adam"}, {"weight": 7})
    assert header == []
    assert [(row["seed"], row["optimizer"], row["style_weight"]) for row in found] == [
        ("1", "adam", "100.0"),
        ("0", "lbfgs", "7.0"),
    ]


def test_a_setting_named_like_a_measurement_stands_beside_it(tmp_path):
    header, found = varied(tmp_path, {"style_loss": "relative", "steps": 9}, {"style_loss": "wasserstein", "steps": 2})
    assert header == ["style_loss_setting", "steps_setting"]
    first = found[0]
    assert (first["style_loss"], first["style_loss_setting"]) == ("2.0", "relative")
    assert (first["steps"], first["steps_setting"]) == ("2", "9")


def test_a_combination_without_a_picture_has_its_varying_settings(tmp_path, findings):
    absent = Finding(Combination(make_job("ape", size=48), 4, "", ""), "missing", "not painted", None, None)
    assert [row["size"] for row in rows([findings[1], absent], tmp_path)] == ["256", "48"]


def test_the_settings_of_fixed_columns_are_those_that_hold_them():
    shared = {name for name in PaintSettings.model_fields if name in COLUMNS}
    assert shared - set(SETTINGS) == {"steps", "content_loss", "style_loss", "tv_loss"}
    columns = [setting_column(name) for name in PaintSettings.model_fields]
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("init", ["-cat.png", "=1+1"])
def test_a_setting_that_a_spreadsheet_would_run_is_text(tmp_path, init):
    _, found = varied(tmp_path, {"init": init}, {"init": "noise"})
    assert found[0]["init"] == f"'{init}"


def test_every_combination_has_a_row_in_manifest_order(tmp_path, findings):
    found = [(row["content"], row["outcome"]) for row in rows(findings, tmp_path)]
    assert found == [("dog", "finished"), ("cat", "failed"), ("ape", "missing")]


def test_a_painted_combination_has_every_value(tmp_path, findings):
    expected = (
        "dog,night,sw100,finished,stylegrid,lbfgs,untrained,100.0,2.0,0.05,32,24,2,7,1.0,2.0,3.0,201.15,4.0,0.5,700.0,CPU,"
        'pictures/dog/night/sw100.png,all 2 steps taken,"A ""dog"",\nwet",é,0.5,0.25,4.0,2.0,0.125\n'
    )
    assert text(findings[:1], tmp_path) == f"{HEADER}\n{expected}"


@pytest.mark.parametrize("index", [1, 2])
def test_what_was_not_painted_has_its_settings_but_no_measurements(tmp_path, findings, index):
    row = rows(findings, tmp_path)[index]
    assert (row["preset"], row["seed"], row["message"]) == ("stylegrid", "0", findings[index].message)
    measured = HEADER.split("width,height,")[1].split(",picture")[0].replace("seed,", "").split(",")
    measured += MeasuresRecord.model_fields
    assert {row[name] for name in (*measured, "backbone", "width", "height", "picture")} == {""}


def test_a_picture_of_losses_that_are_not_finite_has_a_row(tmp_path, findings):
    painted = findings[0]
    record = make_record(painted.combination.job, outcome="non_finite", losses=None)
    (row,) = rows([painted._replace(outcome="non_finite", record=record)], tmp_path)
    assert (row["outcome"], row["total_loss"], row["seconds"]) == ("non_finite", "", "4.0")


def test_what_a_record_does_not_measure_is_empty(tmp_path, findings):
    job, without = findings[0].combination.job, MEASURES.model_copy(update={"style_cosine": None})
    for measures, expected in {None: ("", ""), without: ("", "0.25")}.items():
        (row,) = rows([findings[0]._replace(record=make_record(job, measures=measures))], tmp_path)
        assert (row["style_cosine"], row["edges_kept"]) == expected


def test_pictures_are_named_from_where_the_csv_lies(tmp_path, findings):
    assert rows(findings, tmp_path / "tables")[0]["picture"] == "../pictures/dog/night/sw100.png"


def test_no_combination_is_a_header_alone(tmp_path):
    assert text([], tmp_path) == HEADER + "\n"


FORMULAS = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\uff1d1",
    '=HYPERLINK("http://x")',
    "-5 degrees",
)


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("column", ["title", "notes", "message"])
def test_text_that_a_spreadsheet_would_run_is_text(tmp_path, findings, column, text):
    finding = findings[0]
    words = {"title": finding.combination.title, "notes": finding.combination.notes, "message": finding.message}
    words[column] = text
    combination = finding.combination._replace(title=words["title"], notes=words["notes"])
    (row,) = rows([finding._replace(combination=combination, message=words["message"])], tmp_path)
    assert row[column] == "'" + text.replace("\r", "\n")


def test_other_text_and_numbers_stay_as_they_are(tmp_path, findings):
    finding = findings[0]
    record = make_record(finding.combination.job, seconds=-4.0)
    combination = finding.combination._replace(title="a = b", notes="1-2 @ home")
    (row,) = rows([finding._replace(combination=combination, record=record)], tmp_path)
    assert (row["title"], row["notes"], row["seconds"]) == ("a = b", "1-2 @ home", "-4.0")


def test_no_word_begins_a_row(tmp_path, findings):
    finding = findings[0]
    combination = finding.combination._replace(title="a\r=1\r\nb", notes='c",=1\n')
    (row,) = rows([finding._replace(combination=combination)], tmp_path)
    assert (row["title"], row["notes"]) == ("a\n=1\nb", 'c",=1\n')

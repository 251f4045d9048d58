"""The config, checked."""

import json
from pathlib import Path

import pytest
from conftest import REPOSITORY

from stylegrid.errors import ConfigError
from stylegrid.settings.config import Place, load_place, load_settings, parse_settings

CONFIG = {"manifest": "m.csv", "content_dir": "photos", "style_dir": "art", "results": "out", "weights": "untrained"}


def test_the_sample_config_explains_every_key():
    text = (REPOSITORY / "config.yaml").read_text()
    settings = load_settings(str(REPOSITORY / "config.yaml"))
    assert (settings.stylize["preset"], settings.stylize["size"]) == ("stylegrid", 256)
    for section in (settings, settings.painting, settings.sheets, settings.plots, settings.gallery):
        for key in type(section).model_fields:
            assert f"{key}:" in text


def test_sections_have_defaults():
    settings = parse_settings(CONFIG)
    assert (settings.stylize, settings.sheets.thumbnail, settings.sheets.cells) == ({}, 240, 200)
    assert settings.painting.chunk == "auto"
    assert (settings.plots.format, settings.plots.each) == ("svg", "style")
    assert settings.manifest == Path("m.csv")


@pytest.mark.parametrize("value", ["auto", 1, 256])
def test_chunks_have_a_number_of_pictures_or_are_automatic(value):
    assert parse_settings({**CONFIG, "painting": {"chunk": value}}).painting.chunk == value


def test_null_leaves_a_setting_or_a_section_to_its_default():
    settings = parse_settings(
        {**CONFIG, "stylize": {"size": None, "steps": 5}, "sheets": None, "plots": {"each": None}}
    )
    assert (settings.stylize, settings.plots.each) == ({"steps": 5}, "style")
    assert settings.sheets.cells == 200


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"resluts": "x"}, "config.resluts: unknown key. Did you mean 'results'?"),
        ({"size": 48}, "config.size: unknown key. Write 'stylize={size: 48}'"),
        ({"paper": "A4"}, "config.paper: unknown key. Write 'sheets={paper: A4}'"),
        ({"format": "png"}, "config.format: unknown key. Write 'stylize={format: png}' or 'plots={format: png}'"),
        ({"title": {"a": 1}}, "config.title: unknown key. Write 'gallery={title: ...}'"),
        ({"stylize": {"szie": 64}}, "config.stylize.szie: unknown key. Did you mean 'size'?"),
        ({"sheets": {"thumbnial": 64}}, "config.sheets.thumbnial: unknown key. Did you mean 'thumbnail'?"),
        ({"gallery": {"colour": 1}}, "config.gallery.colour: unknown key. Allowed are title"),
        ({"plots": {"format": "gif"}}, "config.plots.format: must be 'svg', 'png' or 'pdf', found 'gif'"),
        ({"plots": {"each": True}}, "config.plots.each: must not be yes or no; put a word in quotes, found True"),
        ({"sheets": 5}, "config.sheets: must hold keys with values, found 5"),
        ({"stylize": ["size"]}, "config.stylize: must hold keys with values, found ['size']"),
        ({"sheets": {"cells": "many"}}, "config.sheets.cells: must be a whole number, found 'many'"),
        ({"sheets": {"cells": 0}}, "config.sheets.cells: must be from 1 to 2000, found 0"),
        ({"sheets": {"cells": True}}, "config.sheets.cells: must not be yes or no; put a word in quotes, found True"),
        ({"painting": {"chunks": 4}}, "config.painting.chunks: unknown key. Did you mean 'chunk'?"),
        ({"painting": {"chunk": 0}}, "config.painting.chunk: must be auto, or a whole number from 1 to 256, found 0"),
        (
            {"painting": {"batch": 4}},
            "config.painting.batch: unknown key. Allowed are chunk, out_of_memory, calibration; it was removed: delete "
            "the line",
        ),
        (
            {"painting": {"chunk": 1.5}},
            "config.painting.chunk: must be auto, or a whole number from 1 to 256, found 1.5",
        ),
        (
            {"painting": {"chunk": True}},
            "config.painting.chunk: must not be yes or no; put a word in quotes, found True",
        ),
        ({"painting": "auto"}, "config.painting: must hold keys with values, found 'auto'"),
        ({"manifest": 3}, "config.manifest: must be a path, found 3"),
        ({"gallery": {"title": 2024}}, "config.gallery.title: must be text; put it in quotes, found 2024"),
        ({"weights": ""}, "config.weights: must have at least 1 character, found ''"),
        ({"manifest": None}, "config.manifest: missing; name the spreadsheet: .csv, .tsv, .xlsx or .ods"),
        ({"stylize": {"zzz": 1}}, "config.stylize.zzz: unknown key. docs/settings.md lists what is allowed"),
        (
            {"Stylize": {"size": 1}, "stylize": {"Size": 2}},
            "config.stylize: is there twice, as stylize too; spell it stylize",
        ),
        (
            {"stylize": {"style-weight": 1, "Style weight": 2}},
            "config.stylize.Style weight: is there twice, as style_weight too; spell it style_weight",
        ),
    ],
)
def test_a_fault_is_named_by_key_path(changes, fault):
    with pytest.raises(ConfigError) as caught:
        parse_settings({**CONFIG, **changes})
    assert str(caught.value) == fault


def test_all_faults_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        parse_settings({"manifest": 3, "sheets": {"cells": 0}})
    places = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert places == ["config.manifest", "config.content_dir", "config.style_dir", "config.sheets.cells"]


def test_unknown_settings_are_reported_with_the_rest():
    with pytest.raises(ConfigError) as caught:
        parse_settings({**CONFIG, "sheets": {"cells": 0}, "stylize": {"szie": 1, "stpes": 2}})
    places = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert places == ["config.sheets.cells", "config.stylize.szie", "config.stylize.stpes"]


def test_a_manifest_and_folders_are_a_whole_config():
    settings = parse_settings({"manifest": "m.csv", "content_dir": "photos", "style_dir": "art"})
    assert (settings.results, settings.weights, settings.stylize) == (Path("results"), "auto", {})


def test_keys_may_be_spelt_as_a_person_writes_them():
    given = {
        "Content dir": "photos",
        "STYLE-DIR": "art",
        "stylize": {"Style weight": 5, "TV-weight": None, "tv weight": 2},
    }
    settings = parse_settings({"manifest": "m.csv", **given, "painting": {"Out of memory": "smaller"}})
    assert (settings.content_dir, settings.style_dir) == (Path("photos"), Path("art"))
    assert settings.stylize == {"style_weight": 5, "tv_weight": 2}
    assert settings.painting.out_of_memory == "smaller"


def test_a_place_is_known_whatever_else_is_wrong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_place() == Place()
    Path("config.yaml").write_text("results: mine\nmanifest: 5\nstylize: {szie: 1}\n")
    assert load_place().results == Path("mine")
    Path("over.yaml").write_text("results: .\npainting: {calibration: node.json}\n")
    with pytest.raises(ConfigError, match=r"config\.results: must be a folder of its own"):
        load_place("over.yaml")
    Path("more.yaml").write_text("results: theirs\n")
    place = load_place("over.yaml", "more.yaml")
    assert (place.results, place.painting.calibration_file) == (Path("theirs"), Path("node.json"))


def test_a_config_is_read_from_a_file_or_from_json(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text("\n".join(f"{key}: {value}" for key, value in CONFIG.items()))
    assert load_settings("config.yaml") == load_settings(json.dumps(CONFIG)) == parse_settings(CONFIG)


@pytest.mark.parametrize("results", [".", "my {x} results"])
def test_a_results_folder_that_rules_cannot_name_is_refused(results):
    with pytest.raises(ConfigError, match=r"config\.results: must be a folder of its own"):
        parse_settings({**CONFIG, "results": results})


def test_a_tilde_is_the_home_folder():
    assert parse_settings({**CONFIG, "results": "~/gallery"}).results == Path.home() / "gallery"

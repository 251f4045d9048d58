"""From stars to a gallery of large pictures, by the program alone."""

import json

import pytest
import yaml
from conftest import save_picture

import pick
from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings.config import parse_settings
from stylegrid.settings.presets import preset_names
from stylegrid.store.layout import picture_path


def test_from_a_file_of_stars_to_a_plan_of_large_pictures(project, monkeypatch, capsys):
    project.write_rows({"content": "*.png", "style": "*.png", "style_weight": "5; 20"})
    config = project.config(stylize={"size": 32, "steps": 2, "precision": "float32"})
    settings = parse_settings(config)
    drafts = make_plan(settings).combinations
    plan_files.write_plan(settings, drafts, {})
    monkeypatch.chdir(project.folder)
    (project.folder / "config.yaml").write_text(yaml.safe_dump(config))
    downloads = project.folder / "downloads"
    downloads.mkdir()
    stars = {drafts[3].job.name: 5, drafts[0].job.name: 2, drafts[6].job.name: 4}
    (downloads / "mine-stars.json").write_text(json.dumps({"gallery": "", "stars": stars}))
    asked = ["--downloads", str(downloads), "--least", "3", "--size", "64"]
    chosen = [drafts[3].job, drafts[6].job]
    for job in chosen:
        save_picture(picture_path(settings.results, job), 32, 24)
    assert pick.main(asked) == 0
    assert "2 pictures" in (said := capsys.readouterr().out)
    assert said.splitlines()[-1] == "paint them: make gallery CONFIG=chosen/config.yaml"
    starts = [files.sha256(picture_path(settings.results, job)) for job in chosen]
    assert [(each.start.sha256, each.settings.octave_content) for each in planned(project, config)] == [
        (start, "start") for start in starts
    ]
    assert pick.main([*asked, "--anew"]) == 0
    assert [(each.content, each.styles, each.start, each.settings) for each in planned(project, config)] == [
        (job.content, job.styles, None, job.settings.model_copy(update={"size": 64})) for job in chosen
    ]


def star_the_first(project, monkeypatch, config, name):
    """Write a config and give the first picture five stars; return its combination, and the file of stars."""
    (first, *_) = make_plan(parse_settings(config)).combinations
    (project.folder / name).write_text(yaml.safe_dump(config))
    monkeypatch.chdir(project.folder)
    stars = project.folder / "a-stars.json"
    stars.write_text(json.dumps({"gallery": "", "stars": {first.job.name: 5}}))
    return first, stars


def planned(project, config):
    """Return the jobs of the chosen gallery."""
    large = parse_settings(config | yaml.safe_load((project.folder / "chosen" / "config.yaml").read_text()))
    assert (str(large.results), str(large.manifest)) == ("chosen/results", "chosen/manifest.csv")
    return [combination.job for combination in make_plan(large).combinations]


def test_stars_of_drafts_choose_rows_of_the_spreadsheet(project, monkeypatch, capsys):
    project.write_rows({"content": "*.png", "style": "*.png"})
    config = project.config(stylize={"size": 32, "steps": 2, "precision": "float32"})
    first, stars = star_the_first(project, monkeypatch, config, "config.yaml")
    assert pick.main([str(stars), "--size", "64"]) == 0
    assert [each.settings for each in planned(project, config)] == [first.job.settings.model_copy(update={"size": 64})]


def test_the_command_names_every_config_that_was_laid_over(project, monkeypatch, capsys):
    project.write_rows({"content": "*.png", "style": "*.png"})
    config = project.config()
    _, stars = star_the_first(project, monkeypatch, config, "mine.yaml")
    assert pick.main([str(stars), "--configfile", "mine.yaml"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith('CONFIG="mine.yaml chosen/config.yaml"')


def test_a_wrong_size_is_a_sentence(project, monkeypatch, capsys):
    project.write_rows({"content": "*.png", "style": "*.png"})
    _, stars = star_the_first(project, monkeypatch, project.config(), "config.yaml")
    assert pick.main([str(stars), "--size", "big"]) == 1
    assert "size: must be a whole number" in capsys.readouterr().err
    assert not (project.folder / "chosen").exists()


NOISY = {"init": "content + noise:0.5", "noise": "normal", "noise_deviation": "9", "seed": "4"}


@pytest.mark.parametrize("given", [*({"preset": name} for name in preset_names()), NOISY, {"schedule": "16 + 32"}])
def test_pictures_of_every_recipe_and_start_can_be_painted_larger(project, monkeypatch, given):
    project.write_rows({"content": "cat.png", "style": "night.png", "enlarge": "always", **given})
    config = project.config(stylize={"size": 32})
    first, stars = star_the_first(project, monkeypatch, config, "config.yaml")
    settings = parse_settings(config)
    plan_files.write_plan(settings, make_plan(settings).combinations, {})
    save_picture(picture_path(settings.results, first.job), 32, 24)
    assert pick.main([str(stars), "--size", "96"]) == 0
    (large,) = planned(project, config)
    assert (large.settings.size, large.settings.octave_content, large.start is None) == (96, "start", False)

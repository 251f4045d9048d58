"""From stars to a gallery of large pictures, by the program alone."""

import json

import yaml

import pick
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings.config import parse_settings


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
    assert pick.main(["--downloads", str(downloads), "--least", "3", "--size", "64"]) == 0
    assert "2 pictures" in (said := capsys.readouterr().out)
    assert said.splitlines()[-1] == "paint them: make gallery CONFIG=chosen/config.yaml"
    large = parse_settings(config | yaml.safe_load((project.folder / "chosen" / "config.yaml").read_text()))
    assert (str(large.results), str(large.manifest)) == ("chosen/results", "chosen/manifest.csv")
    assert [(each.job.content, each.job.styles, each.job.settings) for each in make_plan(large).combinations] == [
        (draft.job.content, draft.job.styles, draft.job.settings.model_copy(update={"size": 64}))
        for draft in (drafts[3], drafts[6])
    ]

"""Rows to jobs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, save_picture, save_table
from PIL import Image

import plan as program
from stylegrid.errors import ConfigError, ManifestError
from stylegrid.pictures import images
from stylegrid.plan import memory, picture_folders, plan_files
from stylegrid.plan.forecast import Calibration, Rate
from stylegrid.plan.rows_to_jobs import make_plan, picture_index
from stylegrid.settings.presets import preset_names
from stylegrid.store.layout import picture_path

SIZE = "must be a whole number of pixels from 16 to 16384, or own"


def names(plan) -> list[str]:
    return [combination.job.name for combination in plan.combinations]


def faults(project, **changes) -> list[str]:
    """Return the sentences about a bad manifest, without its path and a row's."""
    with pytest.raises(ManifestError) as caught:
        make_plan(project.settings(**changes))
    assert all(fault.startswith(f"{project.manifest} row ") for fault in caught.value.faults)
    return [fault.removeprefix(f"{project.manifest} row ") for fault in caught.value.faults]


def test_a_wrong_column_a_wrong_preset_and_a_wrong_start_are_all_told(project):
    project.write_rows(
        {"content": "cat.png", "style": "nigth.png", "titel": "A", "preset": "monet", "init": "nois.png"}
    )
    found = faults(project)
    places = ["1: unknown column 'titel'", "2, init", "2, preset", "2, style"]
    assert sorted(fault[: len(place)] for fault, place in zip(sorted(found), places, strict=True)) == places


@pytest.mark.parametrize("inside", ["", "sub"])
@pytest.mark.parametrize("key", ["content_dir", "style_dir"])
def test_results_may_not_lie_among_the_inputs(project, key, inside):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    folder = project.settings()
    with pytest.raises(ConfigError, match=rf"config\.results: must not lie in {key}"):
        make_plan(project.settings(results=str(getattr(folder, key) / inside)))


def test_a_row_stands_for_every_combination_of_its_cells(project):
    project.write_rows(
        {"content": "cat.png; dog.png", "style": "night.png;wave.png", "style_weight": "1;100", "seed": "7"}
    )
    assert names(make_plan(project.settings())) == [
        f"{content}/{style}/{variant}-seed7"
        for content in ("cat", "dog")
        for style in ("night", "wave")
        for variant in ("sw1", "sw100")
    ]


def test_rows_stand_in_manifest_order_with_their_words(project):
    project.write_rows(
        {"content": "dog.png", "style": "wave.png", "title": "Dog, wet", "notes": "try again"},
        {"content": "cat.png", "style": "night.png"},
    )
    found = [(c.row, c.job.name, c.title, c.notes, c.job.title) for c in make_plan(project.settings()).combinations]
    assert found == [(2, "dog/wave/default", "Dog, wet", "try again", "Dog, wet"), (3, "cat/night/default", "", "", "")]


def test_the_fields_of_a_title_are_filled_in_for_each_combination(project):
    title = "{content} after {style}: {variant} {{x}}"
    project.write_rows({"content": "cat.png; dog.png", "style": "night.png", "style_weight": "1; 2", "title": title})
    found = make_plan(project.settings()).combinations
    assert [c.title for c in found] == [
        f"{content} after night: {variant} {{x}}" for content in ("cat", "dog") for variant in ("sw1", "sw2")
    ]
    assert [c.job.title for c in found] == [c.title for c in found]


def test_a_wrong_field_is_a_fault_of_its_row_beside_others(project):
    row = {"content": "*", "style": "*"}
    row["seed"] = ""
    project.write_rows({**row, "title": "{photo}"}, {**row, "title": "a {"}, {**row, "title": "{variant}", "seed": "x"})
    unknown, alone, seed = faults(project)
    assert unknown.startswith("2, title: unknown field {photo}. Allowed are {content}, {style}, {variant}; ")
    assert alone.startswith("3, title: a brace must ") and seed.startswith("4, seed: ")


def test_titles_name_pictures_as_their_files_do_whatever_their_names_on_disk(project):
    shutil.copy(project.content / "cat.png", project.content / "Zoë, 2 (1).png")
    project.write_rows({"content": "Zoë*", "style": "night.png:2 + wave.png", "title": "{content}: {style}"})
    (found,) = make_plan(project.settings()).combinations
    assert (found.title, found.job.name.isascii()) == ("Zoë, 2 (1): night:2 + wave", True)


def test_a_title_that_fields_make_too_long_is_a_fault(project):
    save_picture(project.content / f"{'x' * 60}.png")
    project.write_rows({"content": "x*.png", "style": "night.png", "title": "{content}" * 200})
    (fault,) = faults(project)
    assert fault.startswith("2, title: must have at most 10000 characters, found 12000 ")


def test_a_repetition_under_the_same_title_with_fields_is_made_once(project):
    row = {"content": "cat.png", "style": "night.png", "title": "{content}, {variant}"}
    project.write_rows({**row, "seed": ""}, {**row, "seed": "0"})
    plan = make_plan(project.settings())
    assert [c.title for c in plan.combinations] == ["cat, default"]
    assert "row 3 repeats cat/night/default of row 2" in plan.notices[0]


def test_globs_and_blends_may_stand_in_one_cell(project):
    save_picture(project.style / "old" / "deep" / "moon.png")
    project.write_rows({"content": "*", "style": "**/m*; night.png:3 + wave.png"})
    assert names(make_plan(project.settings())) == [
        f"{content}/{style}/default" for content in ("cat", "dog") for style in ("moon", "night-3-wave-1")
    ]


def test_a_row_overrides_the_config_which_overrides_the_preset(project):
    project.write_rows(
        {"content": "cat.png", "style": "night.png", "size": "48", "pooling": ""},
        {"content": "dog.png", "style": "night.png", "size": "", "pooling": "max"},
    )
    first, second = (c.job.settings for c in make_plan(project.settings()).combinations)
    assert (first.size, first.steps, first.pooling) == (48, 2, "max")
    assert (second.size, second.steps, second.pooling) == (32, 2, "max")


def test_a_cell_without_an_entry_is_left_to_the_config(project):
    project.write_rows({"content": "cat.png", "style": "night.png", "size": " ; "})
    assert names(make_plan(project.settings())) == ["cat/night/default"]


def test_a_variant_tells_what_its_row_says_even_if_the_config_says_the_same(project):
    project.write_rows({"content": "cat.png", "style": "night.png", "size": "32"})
    assert names(make_plan(project.settings())) == ["cat/night/px32"]


def test_a_start_picture_is_part_of_the_job_and_of_the_variant(project):
    project.write_rows({"content": "cat.png", "style": "night.png", "init": "dog.png; noise"})
    first, second = (c.job for c in make_plan(project.settings()).combinations)
    assert (first.start.name, first.variant) == ("dog", "init=dog")
    assert (second.start, second.variant) == (None, "init=noise")


def jobs(project, **cells) -> list:
    """Return the jobs of a row of the cat by night."""
    project.write_rows({"content": "cat.png", "style": "night.png", **cells})
    return [combination.job for combination in make_plan(project.settings()).combinations]


def test_a_mix_may_hold_one_picture(project):
    (job,) = jobs(project, init="content + dog.png:0.5 + noise:0.2")
    assert job.start.name == "dog"
    assert job.variant.startswith("init=content-dog-png-0-5-noise-0-2-")


def test_masks_are_found_below_the_photographs_and_named_in_the_variant(project):
    save_picture(project.content / "masks" / "face.png", 8, 8)
    job, bare = jobs(project, content_mask="masks/face.png; none")
    assert (job.content_mask.path, job.variant) == (str(project.content / "masks" / "face.png"), "content_mask=face")
    assert (bare.content_mask, bare.variant) == (None, "content_mask=none")


def test_every_painting_of_a_blend_may_have_a_mask(project):
    save_picture(project.content / "masks" / "sky.png", 8, 8)
    job, bare = jobs(project, style="night.png + wave.png", style_mask="none + masks/sky.png; none")
    assert [mask and mask.name for mask in job.style_masks] == [None, "sky"]
    assert (job.variant, bare.variant) == ("style_mask=none-sky", "style_mask=none")
    assert bare.style_masks == ()


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            {"style_mask": "dog.png + cat.png"},
            "style_mask: must name a mask, or none, for every painting, 1 joined by plus signs; found 2",
        ),
        (
            {"style_mask": "dog.png", "style": "night.png + wave.png"},
            "style_mask: must name a mask, or none, for every painting, 2 joined by plus signs; found 1",
        ),
        ({"style_mask": "gone.png"}, "style_mask: must be none or a picture: "),
        ({"style_mask": "dog.png:2"}, "style_mask: must name masks without weights"),
        ({"content_mask": "*.png"}, "content_mask: must be none or a picture: '*.png' matches 2 pictures; name one"),
        ({"content_mask": "../style/night.png"}, "content_mask: must be none or a picture: '../style/night.png' leads"),
        ({"init": "content + gone.png"}, "init: must be content, style, noise, grey, or a picture: "),
        (
            {"init": "nois"},
            "init: must be content, style, noise, grey, or a picture: {}/nois: no such file. Did you mean 'noise'?",
        ),
    ],
)
def test_a_wrong_mask_or_start_is_a_fault_of_its_row(project, cells, fault):
    project.write_rows({"content": "cat.png", "style": "night.png", **cells})
    (found,) = faults(project)
    assert found.startswith(f"2, {fault.format(project.content)}")


@pytest.mark.parametrize("setting", ["content_mask", "style_mask"])
def test_a_mask_without_white_is_a_fault_and_such_a_start_none(project, setting):
    Image.new("L", (8, 8)).save(project.content / "black.png")
    project.write_rows({"content": "cat.png", "style": "night.png", setting: "black.png"})
    (found,) = faults(project)
    assert found.startswith(f"2, {setting}: must be none or a picture: {project.content}/black.png: is a mask without")
    assert len(jobs(project, init="black.png")) == 1


def test_pictures_of_one_colour_are_noted(project):
    for path in (project.content / "blank.png", project.style / "blank.png"):
        Image.new("RGB", (40, 40), "red").save(path)
    row = {"content": "blank.png; cat.png", "style": "blank.png; night.png + blank.png", "style_weight": ""}
    project.write_rows(row, {**row, "style_weight": "7"})
    assert make_plan(project.settings()).notices == (
        f"{project.content}/blank.png is of one colour: as a photograph it has nothing to keep",
        f"{project.style}/blank.png is of one colour: as a painting it gives that colour and no brushwork",
    )


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (
            {"optimizer": "lbfgs; adam", "learning_rate": "0.1"},
            "learning_rate: has no effect where optimizer is lbfgs; leave it out, or set optimizer to adam or sgd",
        ),
        ({"beta_1": "0.9"}, "beta_1: has no effect where optimizer is lbfgs; leave it out, or set optimizer to adam"),
        (
            {"blend": "statistics"},
            "blend: has no effect where style is one painting; leave it out, or join several by ",
        ),
        (
            {"style": "night.png + wave.png", "style_mask": "none + dog.png", "blend": "losses"},
            "blend: has no effect where style_mask names a mask, as each painting is then compared in its own region; ",
        ),
        ({"content_weight": "0", "content_mask": "dog.png"}, "content_mask: has no effect where content_weight is 0; "),
        ({"snapshots": "3"}, "snapshots: has no effect where it is above steps, 2; leave it out, or set it to less, "),
        ({"preset": "jcjohnson", "tv_power": "1", "tv_loss": "sum_absolute"}, "tv_power: has no effect where tv_loss "),
    ],
)
def test_a_setting_that_a_row_names_in_vain_is_a_fault(project, cells, fault):
    project.write_rows({"content": "*", "style": "night.png", **cells})
    (found,) = faults(project)
    assert found.startswith(f"2, {fault}")


def test_what_the_config_names_may_be_without_effect_and_so_may_a_seed(project):
    config = {"size": 32, "steps": 2, "optimizer": "adam", "learning_rate": 0.1, "quality": 80, "blend": "losses"}
    project.write_rows({"content": "cat.png", "style": "night.png", "optimizer": "lbfgs; adam", "seed": "1"})
    plan = make_plan(project.settings(stylize=config))
    assert names(plan) == ["cat/night/lbfgs-seed1", "cat/night/adam-seed1"]


@pytest.mark.parametrize(("folder", "column"), [("content", "content"), ("style", "style"), ("content", "init")])
def test_a_picture_of_which_nothing_shows_is_a_fault(project, folder, column):
    Image.new("RGBA", (40, 40), (200, 0, 0, 0)).save(project.folder / folder / "ghost.png")
    project.write_rows({"content": "cat.png", "style": "night.png", column: "ghost.png"})
    (found,) = faults(project)
    assert found.startswith(f"2, {column}: ") and "ghost.png: every pixel is fully transparent; needs one" in found


def test_a_picture_with_a_pixel_that_shows_is_planned(project):
    picture = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    picture.putpixel((3, 4), (200, 0, 0, 1))
    picture.save(project.content / "ghost.png")
    assert jobs(project, content="ghost.png")[0].content.name == "ghost"


def test_any_size_and_the_photographs_own_are_planned(project):
    assert [job.variant for job in jobs(project, size="16; 10000; own")] == ["px16", "px10000", "pxown"]


def test_a_picture_that_its_format_cannot_hold_is_a_fault(project):
    Image.new("RGB", (16384, 400)).save(project.content / "long.png")
    project.write_rows({"content": "long.png", "style": "night.png", "size": "own", "format": "webp; png"})
    (found,) = faults(project)
    assert found.startswith("2, format: 16384x400 pixels don't fit into webp, at most 16383 a side; paint smaller")


def test_variants_of_new_settings_are_readable(project):
    cells = {"original_colours": "lab", "style_scale": "0.50", "aspect": "6:4", "format": "jpeg; tiff"}
    assert [job.variant for job in jobs(project, **cells)] == [
        f"aspect=3x2-format={kind}-original_colours=lab-style_scale=0.5" for kind in ("jpeg", "tiff")
    ]


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_can_be_a_row(project, preset):
    (job,) = jobs(project, preset=preset, size="64", steps="2", enlarge="always")
    assert (job.variant.split("-enlarge")[0], job.settings.preset) == (f"px64-{preset}", preset)


@pytest.mark.parametrize("spelling", ["100", "100.0", "1e2", "+100"])
def test_one_number_is_one_combination_however_it_is_spelled(project, spelling):
    row = {"content": "cat.png", "style": "night.png", "style_weight": "100"}
    project.write_rows(row, {**row, "style_weight": spelling})
    plan = make_plan(project.settings())
    assert names(plan) == ["cat/night/sw100"]
    assert plan.notices == (f"{project.manifest} row 3 repeats cat/night/sw100 of row 2; it is made once",)


def test_a_number_twice_in_a_cell_is_made_once(project):
    project.write_rows({"content": "cat.png", "style": "night.png", "style_weight": "100; 1e2"})
    plan = make_plan(project.settings())
    assert names(plan) == ["cat/night/sw100"]
    assert "row 2 repeats cat/night/sw100 of row 2" in plan.notices[0]


@pytest.mark.parametrize("words", [{"title": "other"}, {"notes": "other"}])
def test_a_repeated_combination_with_other_words_is_a_fault(project, words):
    row = {"content": "cat.png", "style": "night.png", "title": "one", "notes": ""}
    project.write_rows(row, {**row, **words})
    expected = "3, repeats cat/night/default of row 2 under another title or notes; remove one of the two rows"
    assert faults(project) == [expected]


def test_combinations_that_differ_may_not_share_a_name(project):
    save_picture(project.content / "noise.png")
    project.write_rows({"content": "cat.png", "style": "night.png", "init": "noise; noise.png"})
    expected = "2, would be named cat/night/init=noise like row 2; change a value or rename a picture"
    assert faults(project) == [expected]


def test_variants_that_differ_only_in_case_are_refused(project):
    save_picture(project.content / "DOG.png")
    project.write_rows({"content": "cat.png", "style": "night.png", "init": "dog.png; DOG.png"})
    expected = "2, would be named cat/night/init=DOG like row 2; change a value or rename a picture"
    assert faults(project) == [expected]


def test_names_that_differ_only_in_case_are_refused(project):
    for folder in ("content", "style"):
        save_picture(project.folder / folder / "CAT.png")
    project.write_rows({"content": "cat.png", "style": "CAT.png"}, {"content": "CAT.png", "style": "CAT.png"})
    cats = f"{project.content / 'CAT.png'} and {project.content / 'cat.png'}"
    assert faults(project) == [f"3, content: {cats} would both be named 'CAT' in results; rename one"]


def test_all_faults_are_in_one_report_each_with_its_row_and_column(project):
    project.write_rows(
        {"content": "cow.png", "style": "x*", "size": "0", "optimizer": "rprop"},
        {"content": "", "style": "night.png:0", "size": "64", "optimizer": ""},
        {"content": "cat.png", "style": "night.png", "size": "64", "optimizer": ""},
        {"content": "cat.png", "style": "night.png", "size": "big; -1", "optimizer": ""},
    )
    assert faults(project) == [
        f"2, content: {project.content / 'cow.png'}: no such file",
        f"2, style: no picture in {project.style} matches 'x*'",
        f"2, size: {SIZE}, found '0'",
        "2, optimizer: must be 'lbfgs', 'adam' or 'sgd', found 'rprop'",
        "3, content: is empty; name a picture or a glob",
        "3, style: the weight of 'night.png' must be from 1e-30 to 1e30, found 0",
        f"5, size: {SIZE}, found 'big'",
        f"5, size: {SIZE}, found '-1'",
    ]


def test_a_fault_of_many_combinations_is_reported_once(project):
    project.write_rows({"content": "*", "style": "*", "size": "big"})
    assert faults(project) == [f"2, size: {SIZE}, found 'big'"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"preset": "jcjonson", "steps": "-1"},
            ["preset: there is no 'jcjonson'. Did you mean 'jcjohnson'?", "steps: must be 0 or more, found '-1'"],
        ),
        (
            {"content": "cta.png", "steps": "-1"},
            ["content: {}/cta.png: no such file. Did you mean 'cat.png'?", "steps: must be 0"],
        ),
        (
            {"content": "cow.png", "init": "kow.png", "content_mask": "cat.pgn"},
            [
                "content: {}/cow.png: no such file",
                "init: must be content, style, noise, grey, or a picture: {}/kow.png: no such file",
                "content_mask: must be none or a picture: {}/cat.pgn: no such file. Did you mean 'cat.png'?",
            ],
        ),
        (
            {"init": "kow.png", "style_mask": "a.png + b.png", "learning_rate": "1"},
            [
                "init: must be content, style, noise, grey, or a picture: {}/kow.png: no such file",
                "style_mask: must name a mask, or none, for every painting, 1 joined",
                "learning_rate: has no effect where optimizer is lbfgs",
            ],
        ),
    ],
)
def test_every_fault_of_a_row_is_told(project, cells, expected):
    project.write_rows({"content": "cat.png", "style": "night.png", **cells})
    found = faults(project)
    assert len(found) == len(expected)
    for fault, text in zip(found, expected, strict=True):
        assert fault.startswith(f"2, {text.format(project.content)}"), fault


def test_a_painting_that_is_nearly_there_is_suggested_in_a_blend_too(project):
    project.write_rows({"content": "cat.png", "style": "nihgt.jpg:2 + WAVE.png"})
    assert faults(project) == [f"2, style: {project.style / 'nihgt.jpg'}: no such file. Did you mean 'night.png'?"]


def test_only_so_many_missing_pictures_are_compared(project, monkeypatch):
    monkeypatch.setattr(picture_folders, "MOST_SUGGESTED", 1)
    project.write_rows({"content": "cta.png; dgo.png", "style": "night.png"})
    assert ["Did you mean" in fault for fault in faults(project)] == [True, False]


def test_a_config_tells_all_its_faults(project):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    config = {"content_dir": "/nowhere", "weights": "gone.h5", "stylize": {"preset": "monet", "steps": -1}}
    with pytest.raises(ConfigError) as caught:
        make_plan(project.settings(**config))
    places = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert places == [f"config.{key}" for key in ("stylize.preset", "stylize.steps", "content_dir", "weights")]
    assert str(caught.value).endswith("or a file of VGG19, found 'gone.h5', which is no file")


@pytest.mark.parametrize(("weights", "meant"), [("imagnet", "imagenet"), ("vgg91.h5", "vgg19.h5")])
def test_weights_that_are_like_a_word_or_a_file_are_asked_after(project, monkeypatch, weights, meant):
    monkeypatch.chdir(project.content)
    Path("vgg19.h5").write_bytes(b"")
    project.write_rows({"content": "cat.png", "style": "night.png"})
    with pytest.raises(ConfigError, match=rf"found '{weights}', which is no file; did you mean '{meant}'\?"):
        make_plan(project.settings(weights=weights))


def test_a_start_picture_that_is_missing_is_a_fault(project):
    project.write_rows({"content": "cat.png", "style": "night.png", "init": "cow.png"})
    found = f"{project.content / 'cow.png'}: no such file"
    assert faults(project) == [f"2, init: must be content, style, noise, grey, or a picture: {found}"]


def test_a_picture_too_narrow_for_its_layers_is_a_fault(project):
    save_picture(project.content / "strip.png", 200, 10)
    row = {"content": "strip.png", "style": "night.png", "style_layers": "relu5_1", "enlarge": "always"}
    project.write_rows({**row, "size": "319"})
    strip = project.content / "strip.png"
    expected = "2, size: the picture's longest side would be 319 px; these layers need 320 or more"  # 16 * 200 / 10
    assert faults(project) == [f"{expected}; {strip} with night"]
    project.write_rows({**row, "size": "320"})
    assert len(make_plan(project.settings()).combinations) == 1


@pytest.mark.parametrize("key", ["manifest", "content_dir", "style_dir", "start_dir", "results"])
def test_a_link_of_the_config_to_a_disk_that_is_not_mounted_is_named(project, key):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    link = project.folder / "link.csv"
    link.symlink_to(project.folder / "disk")
    with pytest.raises((ConfigError, ManifestError)) as told:
        make_plan(project.settings(**{key: str(link)}))
    assert f"{link} points to {project.folder / 'disk'}, which isn't there; mount its disk" in str(told.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stylize": {"size": "big"}}, f"config.stylize.size: {SIZE}, found 'big'"),
        (
            {"stylize": {"preset": "monet"}},
            f"config.stylize.preset: there is no 'monet'. Allowed are {', '.join(preset_names())}",
        ),
        (
            {"stylize": {"size": 64, "schedule": "16 + 32"}},
            "config.stylize.schedule: must end at the setting size, 64, found 32 at its end",
        ),
        ({"content_dir": "/nowhere"}, "config.content_dir: must be a folder, found '/nowhere'"),
        ({"start_dir": "/nowhere"}, "config.start_dir: must be a folder, found '/nowhere'"),
        ({"style_dir": "/dev/null"}, "config.style_dir: must be a folder, found '/dev/null'"),
        (
            {"painting": {"calibration": "/nowhere.json"}},
            "config.painting.calibration: must be auto, or what scripts/calibrate.py --output wrote, found "
            "'/nowhere.json'",
        ),
    ],
)
def test_a_fault_of_the_config_is_named_as_the_configs(project, changes, message):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    with pytest.raises(ConfigError) as caught:
        make_plan(project.settings(**changes))
    assert str(caught.value) == message


def test_a_bad_manifest_leaves_nothing_in_the_results(project):
    project.write_rows({"content": "cat.png", "style": "gone.png"})
    faults(project)
    assert not (project.folder / "results").exists()


TABLE = [
    ["content", "style", "style_weight", "tv_weight", "seed", "title", "skip"],
    ["cat.png", "night.png", 100, 0.1, 3, "R&B", False],
    [None] * 7,
    ["*", "wave.png:2 + night.png", 10000.0, None, None, None, None],
    ["dog.png", "wave.png", 1, None, None, None, True],
]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".ods"])
def test_every_format_of_a_manifest_gives_the_same_plan(project, suffix):
    plan = make_plan(project.settings(manifest=str(save_table(project.folder / f"manifest{suffix}", TABLE))))
    assert [(c.row, c.job.name, c.title) for c in plan.combinations] == [
        (2, "cat/night/sw100-tv0.1-seed3", "R&B"),
        (4, "cat/wave-2-night-1/sw1e4", ""),
        (4, "dog/wave-2-night-1/sw1e4", ""),
    ]


# The forecast

UNMEASURED = "How long that takes is not known here; `make plan` measures it."


def test_sizes_are_those_that_the_index_knows(project, monkeypatch):
    project.write_rows({"content": "*", "style": "night.png", "init": "dog.png"})
    index = picture_index(project.settings())
    make_plan(project.settings(), index)
    index.save()
    monkeypatch.setattr(images, "upright_size", None)
    sizes = {(job.content.size, job.styles[0].size, job.start.size) for job in jobs(project, init="dog.png")}
    assert sizes == {((48, 36), (40, 44), (48, 36))}


@pytest.fixture
def forecast(project, capsys):
    """Return a function that says what plan.py forecasts on a machine that starts in 20 s and paints in 100."""
    calibration = Calibration(
        device="CPU",
        precision="bfloat16",
        measured="2026-01-02",
        start=20,
        per_picture=100,
        rates={"float32": Rate(per_step=0, per_operation=0, per_value=0, per_root=0)},
        memory_mb=500,
        memory_per_value=0,
    )
    file = project.folder / "measured.json"
    file.write_text(calibration.model_dump_json())

    def ask(**painting) -> str:
        config = project.config(painting={"calibration": str(file), **painting})
        assert program.main(["--configfile", json.dumps(config)]) == 0
        return capsys.readouterr().err.splitlines()[-1]

    return ask


def test_a_forecast_is_of_what_is_not_painted_yet(project, forecast):
    project.write_rows({"content": "*", "style": "*"})
    assert forecast() == "4 to paint: about 7 minutes, 0.5 GB."
    settings = project.settings()
    combinations = make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, {})
    pictures = [picture_path(settings.results, each.job) for each in combinations]
    save_picture(pictures[1])
    assert forecast() == "3 to paint: about 5½ minutes, 0.5 GB."
    for picture in pictures:
        save_picture(picture)
    assert forecast() == "Nothing to paint: all 4 are there."


def test_what_does_not_fit_is_told_before_the_forecast_of_the_rest(project, forecast, monkeypatch, capsys):
    save_picture(project.content / "large.png", 1200, 900)
    project.write_rows({"content": "*", "style": "night.png", "size": "1200", "enlarge": "never"})
    monkeypatch.setattr(memory, "free_mb", lambda: 1000.0)
    assert forecast() == "2 to paint: about 3½ minutes, 0.5 GB."
    code = program.main(["--configfile", json.dumps(project.config())])
    told = capsys.readouterr().err.splitlines()
    assert code == 0 and told[-2] == "1 that will not fit into memory."
    assert told[-3].startswith("warning: large/night/px1200-enlarge=never: size 1200 needs about ")
    assert "Use `size: " in told[-3] and told[-3].endswith("or `out_of_memory: smaller`.")


@pytest.mark.parametrize(
    ("optimizer", "end"),
    [
        ("lbfgs", "GB; 1 of them in tiles; L-BFGS keeps its corrections in bfloat16 there."),
        ("adam", "GB; 1 of them in tiles."),
    ],
)
def test_what_fits_in_tiles_only_is_counted(project, forecast, monkeypatch, optimizer, end):
    save_picture(project.content / "large.png", 1200, 900)
    row = {"content": "*", "style": "night.png", "size": "1200", "enlarge": "never", "optimizer": optimizer}
    project.write_rows(row)
    monkeypatch.setattr(memory, "free_mb", lambda: 2500.0)
    assert forecast().startswith("3 to paint: about ") and forecast().endswith(end)


def test_without_a_measurement_it_says_how_to_get_one(project, forecast):
    project.write_rows({"content": "*", "style": "*"})
    assert forecast(calibration="auto") == f"4 to paint. {UNMEASURED}"


def test_a_damaged_measurement_is_a_fault(project, capsys):
    file = project.folder / "measured.json"
    file.write_text("{}")
    project.write_rows({"content": "*", "style": "*"})
    assert program.main(["--configfile", json.dumps(project.config(painting={"calibration": str(file)}))]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"error: {file}: is not a calibration (")


THOUSAND = """
import runpy, sys
sys.argv = ["plan.py", "--configfile", {config!r}]
try:
    runpy.run_path("scripts/plan.py", run_name="__main__")
except SystemExit as stop:
    assert not stop.code
loaded = {{name.split(".")[0] for name in sys.modules}} & {{"tensorflow", "keras", "scipy", "matplotlib"}}
assert not loaded, loaded
"""


def test_a_thousand_combinations_are_planned_without_tensorflow(project):
    project.write_rows(*({"content": "*", "style": "*", "seed": seed} for seed in range(250)))
    code = "import sys; sys.path.insert(0, 'scripts')" + THOUSAND.format(config=json.dumps(project.config()))
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "1000 pictures: 2 photographs in 2 styles; no faults",
        f"1000 to paint. {UNMEASURED}",
    ]
    assert len({line.split("\t")[1] for line in done.stdout.splitlines()}) == 1000

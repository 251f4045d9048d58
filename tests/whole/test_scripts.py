"""Each program as its user meets it: what it writes, prints and returns."""

import csv
import json
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import REPOSITORY, make_job, save_picture
from PIL import Image

import collect_losses
import contact_sheet
import fetch_weights
import gallery
import paint_chunk
import plan
import recover
import report
import stylize
from stylegrid import files
from stylegrid.pictures import images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.settings import presets
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store.record import read_record
from stylegrid.vgg.weights.choice import choose_backbone

PROGRAMS = (
    *("benchmark", "collect_losses", "contact_sheet", "digest_records", "doctor", "fetch_weights"),
    *(
        "gallery",
        "make_sample_data",
        "paint_chunk",
        "plan",
        "plot",
        "print_sheets",
        "prune",
        "publish",
        "recover",
        "report",
        "report_overview",
        "show",
    ),
    *("status", "stylize", "verify"),
)


@pytest.fixture
def pictures(tmp_path):
    content = save_picture(tmp_path / "my photo.png")
    style = save_picture(tmp_path / "-wave & co.png", 40, 44, seed=5)
    return ["--content", str(content), f"--style={style}"]


def test_painting_by_hand_writes_picture_and_record(pictures, tmp_path, weights_file):
    output, record = tmp_path / "out" / "a.png", tmp_path / "a.json"
    flags = [
        "--size",
        "40",
        "--steps",
        "3",
        "--style-weight",
        "1e2",
        "--preset",
        "tf-tutorial",
        "--weights",
        str(weights_file),
    ]
    assert stylize.main([*pictures, *flags, "--output", str(output), "--record", str(record)]) == 0
    with Image.open(output) as image:
        assert image.size == (40, 30)
    written = json.loads(record.read_text())
    assert written["settings"]["style_weight"] == 100
    assert written["settings"]["preset"] == "tf-tutorial"
    assert (written["outcome"], written["steps"], len(written["history"])) == ("finished", 3, 4)
    assert written["backbone"]["name"] == "file"
    losses, weights = written["losses"], written["settings"]
    weighted = sum(weights[f"{term}_weight"] * losses[term] for term in ("content", "style", "tv"))
    assert losses["total"] == pytest.approx(weighted, rel=1e-4)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--size", "abc"], "size: must be a whole number of pixels from 16 to 16384, or own, found 'abc'"),
        (["--size", "-5"], "size: must be a whole number of pixels from 16 to 16384, or own, found '-5'"),
        (["--optimizer", "rprop"], "optimizer: must be 'lbfgs', 'adam' or 'sgd', found 'rprop'"),
        (["--preset", "monet"], "preset: there is no 'monet'. Allowed are anishathalye, crowson, "),
        (["--schedule", "64 + 32"], "schedule: must be auto, or ascending sizes with shares of the steps"),
        (["--style-shape", "stretched", "--style-scale", "2"], "style_scale: has no effect where style_shape is"),
        (["--style-layers", "relu9_1"], "must name layers of VGG19 such as relu4_2"),
        (["--content", "gone.jpg"], "gone.jpg: no such file"),
        (["--weights", "gone.h5"], "gone.h5: no such file"),
        (["--output", "a.xyz"], "--output: must end in .png"),
        (["--format", "jpeg"], "--output: must end in .jpg or .jpeg where format is jpeg, found 'a.png'"),
        (["--format", "png", "--output", "a.tiff"], "--output: must end in .png where format is png, found 'a.tiff'"),
        (
            ["--style-mask", "a.png + b.png"],
            "style_mask: must name a mask, or none, for every painting, 1 joined by plus signs; found 2",
        ),
        (["--content-mask", "gone.png"], "error: content_mask: gone.png: no such file"),
        (["--style-mask", "gone.png"], "error: style_mask: gone.png: no such file"),
        (["--size", "16", "--style-layers", "relu5_4"], "size: the picture's longest side would be 16 px"),
        (["--cache", "my photo.png"], "cannot be written"),
        (["--init", "gone.png"], "error: init: gone.png: no such file"),
        (
            ["--beta-1", "0.9"],
            "error: beta_1: has no effect where optimizer is lbfgs; leave it out, or set optimizer to adam",
        ),
        (["--blend", "losses"], "error: blend: has no effect where style is one painting"),
        (["--quality", "80"], "error: quality: has no effect where format is png"),
    ],
)
def test_a_users_fault_is_one_line_and_nothing_is_written(pictures, tmp_path, monkeypatch, capsys, flags, message):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert stylize.main([*pictures, "--output", "a.png", "--weights", "untrained", *flags]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
    assert message in error
    assert sorted(path for path in tmp_path.rglob("*") if "vgg19" not in str(path)) == before


FAST = ["--size", "32", "--steps", "2", "--content-layers", "relu1_1", "--style-layers", "relu1_1 + relu2_1"]

# Flags that need each other go together; every setting is in one of them.
FLAGS = [
    "preset=crowson size=40 steps=4 coarsest=16 scale_factor=1.5 enlarge=always learning_rate=0.01 moments=fresh",
    "size=40 coarsest=16 detail=photograph",
    "optimizer=adam schedule='16 + 32:2' moments=carried adam=torch epsilon=1e-7 beta_1=0.8 beta_2=0.9 average=0.9",
    "optimizer=sgd decay=0.5 decay_every=1 decay_form=smooth tolerance=0.5 patience=1 clamp=end pixels=network",
    "aspect=3:2 alpha=white init='content + noise:0.2' noise=normal noise_deviation=9 seed=4 corrections=3",
    "content_layers='relu1_1 + conv2_1' content_layer_ratio=2 style_layers='conv1_1 + relu2_1' style_layer_ratio=.5",
    "over_layers=sum content_loss=root_squared style_loss=sum_squared gram=plain gram_over=pixels size=own",
    "content_weight=2 style_weight=3 tv_weight=4 content_factor=.5 style_factor=.25 tv_factor=2",
    "tv_loss=nine_point preprocessing=imagenet padding=zero pooling=l2_scaled pool_rounding=up style_shape=stretched",
    "match_colours=style colour_map=histogram original_colours=ycbcr style_scale=0.5 style_crop=0.1",
    "precision=float32 tile=40 coarsest=16 sharing=equal format=png snapshots=1 content_mask=MASK style_mask=MASK",
    "blend=losses format=jpeg quality=80 tv_loss=sum_power tv_power=1 greys=kept",
    "size=32 smallest_octave=16 octave_content=start",
]


@pytest.fixture
def by_hand(pictures, tmp_path, weights_file):
    """Return a function that paints by hand, with flags, and returns the record."""

    def paint(*flags, output="a.png"):
        record = tmp_path / "record.json"
        known = ["--weights", str(weights_file), "--output", str(tmp_path / output), "--record", str(record)]
        assert stylize.main([*pictures, *FAST, *known, *flags]) == 0
        return json.loads(record.read_text())

    return paint


def pairs(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in shlex.split(text))


def test_every_setting_is_tried_by_hand():
    assert set().union(*map(pairs, FLAGS), {"method", "strength"}) == set(PaintSettings.model_fields)


def test_the_fast_method_is_tried_by_hand(pictures, tmp_path, weights_file, monkeypatch):
    monkeypatch.chdir(REPOSITORY)  # where the set-up has put its weights
    record = tmp_path / "record.json"
    known = ["--weights", str(weights_file), "--output", str(tmp_path / "a.png"), "--record", str(record)]
    assert stylize.main([*pictures, "--method=fast", "--strength=0.5", "--size=32", *known]) == 0
    told = json.loads(record.read_text())
    assert (told["settings"]["method"], told["settings"]["strength"], told["steps"]) == ("fast", 0.5, 0)
    with Image.open(tmp_path / "a.png") as image:
        assert max(image.size) == 32


@pytest.mark.parametrize("text", FLAGS)
def test_a_flag_reaches_the_painting(by_hand, tmp_path, text):
    mask = str(save_picture(tmp_path / "mask.png", 20, 20))
    given = {name: mask if value == "MASK" else value for name, value in pairs(text).items()}
    output = f"a{SUFFIXES[given.get('format', 'png')]}"
    style = [f"--style={tmp_path / '-wave & co.png'} + {mask}"] if "blend" in given else []
    record = by_hand(*(f"--{name.replace('_', '-')}={value}" for name, value in given.items()), *style, output=output)
    assert record["outcome"] in ("finished", "converged")
    resolved = presets.resolve({"steps": 2, "size": 32, **given}).model_dump()
    assert {name: record["settings"][name] for name in given} == {name: resolved[name] for name in given}
    with Image.open(tmp_path / output) as image:
        assert image.size == (record["width"], record["height"])


ENDINGS = [("png", "PNG"), ("jpeg", "jpg"), ("jpeg", "JPEG"), ("webp", "webp"), ("tiff", "tif"), ("tiff", "tiff")]


@pytest.mark.parametrize(("kind", "ending"), ENDINGS)
@pytest.mark.parametrize("given", [True, False])
def test_every_format_is_written_by_hand_as_given_or_as_the_output_ends(by_hand, tmp_path, kind, ending, given):
    name = f"a.{ending}"
    record = by_hand(*(["--format", kind] if given else []), "--steps", "1", output=name)
    assert record["settings"]["format"] == kind
    with Image.open(tmp_path / name) as image:
        assert (image.format, image.size) == (kind.upper(), (32, 24))
    assert record["picture_sha256"] == files.sha256(tmp_path / name)


def test_masks_and_a_start_are_in_the_record(by_hand, tmp_path):
    paths = [save_picture(tmp_path / f"{name}.png", 20, 20) for name in ("face", "sky", "start")]
    face, sky, start = map(str, paths)
    blend = f"{tmp_path / '-wave & co.png'}:3 + {face}"
    masks = ["--content-mask", face, "--style-mask", f"none + {sky}", "--init", f"{start} + grey", "--style", blend]
    record = by_hand(*masks)
    assert (record["start"]["path"], record["content_mask"]["path"]) == (start, face)
    assert [mask and mask["path"] for mask in record["style_masks"]] == [None, sky]
    assert [style["weight"] for style in record["styles"]] == [3, 1]


def test_snapshots_and_a_film_stand_beside_the_picture(by_hand, tmp_path):
    by_hand("--snapshots", "1", "--optimizer", "adam")
    assert sorted(path.name for path in (tmp_path / "a.steps").iterdir()) == ["000001.png", "000002.png"]
    with Image.open(tmp_path / "a.film.png") as film:
        assert film.width > 3 * 200
    by_hand("--optimizer", "adam")
    assert not (tmp_path / "a.steps").exists() and not (tmp_path / "a.film.png").exists()


def test_a_painting_in_the_cache_is_not_painted_again(by_hand, tmp_path, capsys):
    cache = ["--cache", str(tmp_path / "cache")]
    first = by_hand(*cache)
    assert "step 2/2" in capsys.readouterr().err
    again = by_hand(*cache, "--format", "jpeg", "--original-colours", "lab", output="b.jpg")
    assert "step 2/2" not in capsys.readouterr().err
    assert (again["losses"], again["seconds"]) == (first["losses"], first["seconds"])


def test_no_step_leaves_the_start_picture(by_hand, tmp_path):
    record = by_hand("--steps", "0", "--match-colours", "none")
    assert (record["outcome"], record["steps"], len(record["history"])) == ("finished", 0, 1)
    photograph = images.read(tmp_path / "my photo.png", (32, 24))
    with Image.open(tmp_path / "a.png") as image:
        assert (np.asarray(image) == np.asarray(images.to_image(photograph))).all()


def test_transparency_goes_out_as_it_came_in(by_hand, tmp_path):
    photograph = Image.new("RGBA", (32, 24), (200, 90, 20, 255))
    photograph.paste((0, 0, 255, 0), (0, 0, 16, 24))
    photograph.save(tmp_path / "my photo.png")
    by_hand()
    with Image.open(tmp_path / "a.png") as image:
        assert (np.asarray(image.getchannel("A")) == np.asarray(photograph.getchannel("A"))).all()
    by_hand("--alpha", "white")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"


@pytest.fixture
def by_chunk(tmp_path, weights_file):
    """Return a function that paints jobs of one photograph, given by their settings, and returns their folder."""
    backbone = choose_backbone(str(weights_file), tmp_path)
    (tmp_path / "backbone.json").write_text(backbone.model_dump_json())
    paths = [save_picture(tmp_path / "cat.png"), save_picture(tmp_path / "night.png", seed=5)]

    def paint(*flags, **variants):
        files_of_jobs = []
        for variant, settings in variants.items():
            job = make_job(variant=variant, **{"size": 32, "steps": 1, "style_layers": "relu1_1", **settings})
            content, style = (
                source.model_copy(update={"path": str(path), "sha256": files.sha256(path)})
                for source, path in zip((job.content, *job.styles), paths, strict=True)
            )
            job = job.model_copy(update={"content": content, "styles": (style,), "title": "My cat"})
            files_of_jobs.append(tmp_path / f"{variant}.job.json")
            files_of_jobs[-1].write_text(job.to_json())
        names = {"--backbone": "backbone.json", "--cache": "cache", "--output": "chunk", "--results": "results"}
        known = [part for flag, name in names.items() for part in (flag, str(tmp_path / name))]
        assert paint_chunk.main([*map(str, files_of_jobs), *known, *flags]) == 0
        return tmp_path / "chunk" / "cat" / "night"

    return paint


def test_a_chunks_pictures_are_handed_over_with_their_records(by_chunk, capsys):
    folder = by_chunk(a={"style_weight": 1}, b={"style_weight": 2}, c={"size": 24})
    for name in "abc":
        record = read_record(folder / f"{name}.png.json")
        assert (record.outcome, record.title, record.variant) == ("finished", "My cat", name)
        assert record.picture_sha256 == files.sha256(folder / f"{name}.png")
    shown = capsys.readouterr().err
    assert [shown.count(f"cat/night/{name}: step 1/1") for name in "abc"] == [1, 1, 1]


def test_a_job_that_fails_says_why_and_costs_no_other(by_chunk, capsys):
    folder = by_chunk(a={}, b={"style_layers": "relu5_1", "size": 16, "preset": "tf-tutorial"})
    shown = capsys.readouterr().err
    assert shown.count("error: ") == 1 and "error: cat/night/b: " in shown
    assert "Traceback" not in shown
    record = read_record(folder / "b.failed.json")
    assert (record.outcome, record.picture_sha256) == ("failed", None)
    assert "size: the picture's longest side would be 16 px" in record.message
    assert {path.name for path in folder.iterdir()} == {"a.png", "a.png.json", "b.failed.json"}


def test_a_surprise_is_told_with_its_traceback(by_chunk, monkeypatch, capsys):
    monkeypatch.setattr("stylegrid.painting.stylize.stylize", lambda *given: 1 / 0)
    folder = by_chunk(a={})
    shown = capsys.readouterr().err
    assert "Traceback" in shown and "error: cat/night/a: division by zero" in shown
    assert read_record(folder / "a.failed.json").message == "unexpected ZeroDivisionError; see its log"


def test_what_is_in_the_cache_is_handed_over_again_without_painting(by_chunk, monkeypatch, tmp_path):
    by_chunk(a={})
    monkeypatch.setattr("stylegrid.painting.stylize.stylize", None)
    (tmp_path / "cat.png").unlink()
    shutil.rmtree(tmp_path / "chunk")
    save_picture(tmp_path / "cat.png")
    folder = by_chunk(a={}, b={"format": "jpeg"})
    assert {path.name for path in folder.iterdir()} == {"a.png", "a.png.json", "b.jpg", "b.jpg.json"}


def test_weights_that_have_changed_are_each_pictures_fault(by_chunk, tmp_path, capsys):
    backbone = json.loads((tmp_path / "backbone.json").read_text())
    (tmp_path / "backbone.json").write_text(json.dumps({**backbone, "sha256": "0" * 64}))
    folder = by_chunk(a={}, b={"style_weight": 2})
    assert capsys.readouterr().err.count("has changed since it was chosen") == 2
    assert {path.name for path in folder.iterdir()} == {"a.failed.json", "b.failed.json"}


def test_what_is_no_job_is_refused(tmp_path, by_chunk, capsys):
    (tmp_path / "x.json").write_text("{}")
    flags = [
        "--backbone",
        str(tmp_path / "backbone.json"),
        "--cache",
        str(tmp_path),
        "--output",
        str(tmp_path / "chunk"),
        "--results",
        str(tmp_path / "results"),
    ]
    assert paint_chunk.main([str(tmp_path / "x.json"), *flags]) == 1
    assert "x.json: is not a job: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--content", "a.png"],
        ["--content", "a", "--style", "b", "--job", "job.json"],
        ["--content", "a", "--style", "b", "--threads", "0"],
        *(["--content", "a", "--style", "b", "--checkpoint-seconds", text] for text in ("-1", "nan", "inf")),
    ],
)
def test_wrong_usage_returns_2(flags):
    with pytest.raises(SystemExit) as stop:
        stylize.main(["--output", "a.png", *flags])
    assert stop.value.code == 2


def test_no_input_and_no_picture_is_overwritten(pictures, tmp_path, capsys):
    photograph = tmp_path / "my photo.png"
    before = photograph.read_bytes()
    fast = ["--size", "32", "--steps", "0", "--weights", "untrained", "--weights-folder", str(tmp_path)]
    assert stylize.main([*pictures, *fast, "--output", str(photograph)]) == 1
    assert (
        stylize.main([*pictures, *fast, "--output", str(tmp_path / "b.png"), "--record", str(tmp_path / "b.png")]) == 1
    )
    assert capsys.readouterr().err.count("would overwrite an input or the picture") == 2
    assert photograph.read_bytes() == before
    assert not (tmp_path / "b.png").exists()


@pytest.mark.parametrize("name", ["b.film.png", "b.steps/000100.png"])
def test_no_input_is_lost_to_pictures_of_the_way(pictures, tmp_path, capsys, name):
    start = save_picture(tmp_path / name)
    fast = ["--size", "32", "--steps", "0", "--weights", "untrained", "--weights-folder", str(tmp_path)]
    assert stylize.main([*pictures, *fast, "--init", str(start), "--output", str(tmp_path / "b.png")]) == 1
    assert "would " in capsys.readouterr().err
    assert start.exists()


def test_every_setting_is_a_flag(capsys):
    with pytest.raises(SystemExit):
        stylize.main(["--help"])
    shown = capsys.readouterr().out
    for name in PaintSettings.model_fields:
        assert f"--{name.replace('_', '-')} " in shown


def run_for_imports(program: str, *flags: str) -> tuple[str, set[str]]:
    """Return what a program prints in a process of its own, and the packages that it imports."""
    command = [sys.executable, "-X", "importtime", f"scripts/{program}.py", *flags]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    imported = [line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return done.stdout, {name.split(".")[0] for name in imported}


TENSORFLOW = {"tensorflow", "keras"}
SLOW = TENSORFLOW | {"h5py", "matplotlib", "scipy", "tifffile"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_waits_for_no_package_that_it_has_no_use_for(program):
    useless = {program: SLOW | {"PIL", "numpy", "rich"} for program in ("doctor", "show", "stylize")} | {"plan": SLOW}
    printed, imported = run_for_imports(program, "--help")
    assert "usage:" in printed
    assert not imported & ({"pandas"} | useless.get(program, TENSORFLOW))


def test_a_plan_waits_for_no_package_that_it_has_no_use_for(project):
    project.write_rows({"content": "*.png", "style": "*.png"})
    printed, imported = run_for_imports("plan", "--configfile", json.dumps(project.config()))
    assert printed.count("row 2") == 4
    assert not imported & SLOW


def test_plan_lists_combinations_and_counts_them(project, capsys):
    project.write_rows({"content": "*.png", "style": "night.png", "style_weight": "1;1e4"})
    assert plan.main(["--configfile", json.dumps(project.config())]) == 0
    shown = capsys.readouterr()
    assert [line.split("\t")[1].split("/pictures/")[1] for line in shown.out.splitlines()] == [
        f"{content}/night/{variant}.png" for content in ("cat", "dog") for variant in ("sw1", "sw1e4")
    ]
    assert "4 pictures: 2 photographs in 1 style; no faults" in shown.err


def test_plan_prints_every_fault_and_returns_1(project, capsys):
    project.write_rows(
        {"content": "cat.png", "style": "gone.png", "size": "32"}, {"content": "x*", "style": "", "size": "0"}
    )
    assert plan.main(["--configfile", json.dumps(project.config())]) == 1
    faults = capsys.readouterr().err.splitlines()
    assert len(faults) == 4
    assert all(fault.startswith(f"error: {project.manifest} row ") for fault in faults)


@pytest.fixture
def planned(project):
    """A results folder with a plan of two combinations, nothing painted."""
    project.write_rows({"content": "cat.png", "style": "*", "style_weight": "1"})
    settings = project.settings()
    combinations = make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, plan_pages(combinations, settings.sheets.cells))
    return settings.results


def test_an_unpainted_gallery_can_be_collected(planned, capsys):
    """A partial gallery shows what is missing."""
    assert collect_losses.main(["--results", str(planned)]) == 0
    assert contact_sheet.main(["--results", str(planned)]) == 0
    with (planned / "losses.csv").open() as file:
        assert [row["outcome"] for row in csv.DictReader(file)] == ["missing", "missing"]
    assert sorted(path.name for path in (planned / "sheets").rglob("*.png")) == [
        "cat.png",
        "night.png",
        "overview.png",
        "wave.png",
    ]
    assert "missing: cat/night/sw1: not painted" in capsys.readouterr().err


def test_a_partial_collection_lies_apart(planned, capsys):
    for program in (collect_losses, contact_sheet):
        assert program.main(["--results", str(planned), "--partial"]) == 0
    assert capsys.readouterr() == (f"0 of 2 pictures: {planned / 'partial'}\n", "")
    made = (path for path in planned.rglob("*.*") if path.suffix in (".csv", ".xlsx", ".png"))
    found = {str(path.relative_to(planned)) for path in made}
    names = (
        "losses.csv",
        "losses.xlsx",
        "summary.csv",
        *(f"sheets/{name}.png" for name in ("overview", "content/cat", "style/night", "style/wave")),
    )
    assert found == {f"partial/{name}" for name in names}


def test_all_reports_are_made_by_one_program_and_one_that_fails_costs_no_other(planned, capsys):
    (planned / "partial").mkdir()
    (planned / "partial" / "sheets").write_text("in the way")
    assert report.main(["--results", str(planned), "--partial", "--threads", "1"]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    (planned / "partial" / "sheets").unlink()
    assert report.main(["--results", str(planned), "--partial", "--threads", "1"]) == 0
    made = {path.name for path in (planned / "partial").iterdir()}
    # Nothing is painted, so nothing is plotted.
    assert made == {"losses.csv", "losses.xlsx", "summary.csv", "sheets", "gallery"}


def test_a_partial_page_lies_apart(planned, capsys):
    assert gallery.main(["--results", str(planned), "--partial"]) == 0
    page = planned / "partial" / "gallery" / "index.html"
    assert capsys.readouterr() == (f"0 of 2 pictures: {page}\n", "")
    assert page.is_file() and not (planned / "gallery").exists()


def test_an_unpainted_gallery_has_a_page_and_says_what_is_missing(planned, capsys):
    for flags in ([], ["--threads", "1"]):
        assert gallery.main(["--results", str(planned), *flags]) == 0
        shown = capsys.readouterr()
        assert shown.out == ""
        assert [line.split(": ")[:2] for line in shown.err.splitlines()] == [
            ["missing", "cat/night/sw1"],
            ["missing", "cat/wave/sw1"],
        ]
        assert "<title>stylegrid</title>" in (planned / "gallery" / "index.html").read_text()


@pytest.mark.parametrize("threads", ["0", "-1", "many"])
def test_a_gallery_needs_a_thread(planned, capsys, threads):
    with pytest.raises(SystemExit) as stop:
        gallery.main(["--results", str(planned), "--threads", threads])
    assert stop.value.code == 2
    assert not (planned / "gallery").exists()


def test_a_gallery_that_cannot_be_written_is_one_line(planned, capsys):
    (planned / "gallery").write_text("a file")
    assert gallery.main(["--results", str(planned)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
    assert "cannot be written" in error


def test_an_unknown_sheet_is_refused(planned, capsys):
    assert contact_sheet.main(["--results", str(planned), "--sheet", "content/cow"]) == 1
    assert "--sheet: must be one of content/cat, overview, style/night, style/wave" in capsys.readouterr().err


def test_collecting_without_a_plan_says_how_to_get_one(tmp_path, capsys):
    for program in (collect_losses, gallery):
        assert program.main(["--results", str(tmp_path)]) == 1
        assert "no such file; run snakemake" in capsys.readouterr().err


def test_the_choice_of_weights_is_written_down(tmp_path, weights_file, capsys):
    output = tmp_path / "backbone.json"
    flags = ["--folder", str(tmp_path), "--output", str(output)]
    assert fetch_weights.main(["--weights", "untrained", *flags]) == 0
    assert json.loads(output.read_text())["name"] == "untrained"
    assert "NOTICE: untrained network" in capsys.readouterr().err


def test_without_an_output_the_weights_are_only_made_ready(tmp_path, capsys):
    assert fetch_weights.main(["--weights", "untrained", "--folder", str(tmp_path / "vgg19")]) == 0
    assert [path.name for path in tmp_path.rglob("[!.]*.*")] == ["vgg19_untrained_notop.h5"]


def test_a_machine_without_network_gets_one_clear_sentence(tmp_path, monkeypatch, capsys):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the discard port: nobody answers
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    flags = ["--folder", str(tmp_path / "weights"), "--output", str(tmp_path / "backbone.json")]
    assert fetch_weights.main(["--weights", "imagenet", *flags]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    for part in (
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        str(tmp_path / "weights"),
        "proxy",
        "imagenet-8bit",
    ):
        assert part in error
    assert not (tmp_path / "backbone.json").exists()


@pytest.mark.parametrize(("name", "fault"), [("gone.yaml", "no such file"), ("mine.yaml", "is not YAML")])
def test_a_config_that_cannot_be_read_is_a_sentence_before_snakemake_begins(tmp_path, monkeypatch, capsys, name, fault):
    monkeypatch.setattr(recover.os, "execv", lambda *what: pytest.fail("Snakemake was begun"))
    (tmp_path / "mine.yaml").write_text("a: [")
    assert recover.main(["--cores", "1", "--configfile", str(tmp_path / name), "--keep-going"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / name}: {fault}")


def test_nothing_is_recovered_without_flags_for_snakemake(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert recover.main([]) == 1
    assert capsys.readouterr().err.startswith("error: recover.py: no flags for Snakemake; add those of the run")


@pytest.mark.parametrize(("flags", "asked"), [((), "here"), (("--gone",), "gone")])
def test_snakemake_takes_the_place_of_recover_and_is_asked_to_take_over(monkeypatch, flags, asked):
    ran = []
    monkeypatch.setattr(recover.os, "execv", lambda program, command: ran.append(command))
    monkeypatch.setattr(recover.os, "environ", {})
    assert recover.main([*flags, "--cores", "1", "--profile", "p"]) == 0
    assert ran == [[sys.executable, *["-m", "snakemake", "--cores", "1", "--profile", "p", "--rerun-incomplete"]]]
    assert recover.os.environ == {"STYLEGRID_TAKE_OVER": asked}

"""Pictures that tell how they were made, and are made again by the command that they give."""

import json
import shlex
import shutil
import subprocess
import sys

import pytest
from conftest import REPOSITORY, make_job, make_record, save_picture
from PIL import Image

import show
from stylegrid import files
from stylegrid.pictures import encode, images
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.store import film_strip, provenance
from stylegrid.store.record import BackboneRecord
from stylegrid.vgg.weights.choice import Backbone

FAST = "--size 32 --steps 3 --content-layers relu1_1 --style-layers 'relu1_1 + relu2_1'"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with pictures of strange names."""
    for seed, name in enumerate(("my photo.png", "-wave & 'co'.png", "start.png", "mask.png")):
        save_picture(tmp_path / name, 40 + seed, 36, seed=seed)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(folder):
    """A picture that carries a record, though it was never painted."""

    def save(name="a.png", **changes):
        record = make_record(make_job(style_weight=200), **changes)
        picture = images.read(folder / "my photo.png")
        (folder / name).write_bytes(encode.encode(picture, "png", 95, None, provenance.describe(record)))
        return record

    return save


def in_shell(command, folder):
    """Run a command in a shell in which `python` is this Python."""
    done = subprocess.run(
        f'python() {{ {shlex.quote(sys.executable)} "$@"; }}\n{command}',
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def command_for(picture, capsys):
    """Return what --rerun prints for a picture whose inputs are all there."""
    assert show.main([str(picture), "--rerun"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "" and shown.out.count("\n") == 1
    return shown.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("output", "flags"),
    [
        ("a.png", "--style='-wave & '\"'co'.png\" --preset tf-tutorial --title \"née 🦊 'שלום'\" --style-weight 0.1"),
        (
            "b.jpg",
            "--style=\"-wave & 'co'.png:0.3 + start.png\" --init './start.png + noise:0.25' --seed 5 --quality 80 "
            "--content-mask mask.png --style-mask 'none + mask.png' --original-colours lab --tv-weight 0.123456789",
        ),
        ("c.webp", "--style start.png:2 --optimizer adam --learning-rate 0.05 --snapshots 2 --alpha white"),
        ("d.tiff", "--style start.png --init noise --steps 1 --aspect 3:2 --schedule '16 + 32:2'"),
    ],
    ids="abcd",
)
def test_a_picture_is_made_again_by_the_command_it_gives(folder, weights_file, capsys, output, flags):
    painted = f"python {REPOSITORY}/scripts/stylize.py --content 'my photo.png' --weights {weights_file} {FAST}"
    in_shell(f"{painted} --output {output} {flags}", folder)
    command = command_for(output, capsys)
    in_shell(command, folder)
    again = folder / {"a": "a.again.png", "b": "b.again.jpg", "c": "c.again.webp", "d": "d.again.tif"}[output[0]]
    assert again.read_bytes() == (folder / output).read_bytes()
    assert images.read_image(again).size[0] == 32


@pytest.mark.slow
def test_a_galleries_picture_is_made_again_by_hand(project, weights_file, monkeypatch, capsys):
    """Its start and mask are named below a folder, and its config holds settings without effect."""
    monkeypatch.chdir(project.folder)
    save_picture(project.content / "sub" / "s.png", seed=7)
    row = {"content": "cat.png", "style": "night.png:3 + wave.png", "init": "sub/s.png + grey", "style_mask": ""}
    project.write_rows({**row, "style_mask": "none + dog.png", "title": "My cat", "beta_1": "0.8", "optimizer": "adam"})
    stylize = {"size": 32, "steps": 2, "corrections": 5, "quality": 50, "style_layers": "relu1_1"}
    folders = {"content_dir": "content", "style_dir": "style", "manifest": "manifest.csv", "results": "results"}
    (combination,) = make_plan(project.settings(stylize=stylize, **folders)).combinations
    (project.folder / "job.json").write_text(combination.job.to_json())
    backbone = Backbone(name="file", path=str(weights_file), sha256=files.sha256(weights_file))
    (project.folder / "backbone.json").write_text(backbone.model_dump_json())
    flags = "job.json --backbone backbone.json --cache cache --results results --output out"
    in_shell(f"python {REPOSITORY}/scripts/paint_chunk.py {flags}", project.folder)
    picture = project.folder / "out" / f"{combination.job.name}.png"
    command = command_for(picture, capsys)
    assert "--keep-idle" in command and "--title 'My cat'" in command
    in_shell(command, project.folder)
    assert picture.with_name(f"{picture.stem}.again.png").read_bytes() == picture.read_bytes()


def test_a_picture_is_told_in_words(told, capsys):
    told(title="My cat")
    assert show.main(["a.png"]) == 0
    shown, warned = capsys.readouterr()
    assert warned.startswith("NOTICE: a.png: untrained network") and "stylegrid-untrained" in warned
    assert shown.startswith("a.png\n  title    My cat\n")
    assert "\n    style_weight  200\n" in shown and "content_weight" not in shown
    assert show.main(["a.png", "--all"]) == 0
    assert "\n    content_weight " in capsys.readouterr().out


def test_trained_weights_need_no_notice(told, capsys):
    told(backbone=BackboneRecord(name="imagenet-8bit", sha256="sha"))
    assert show.main(["a.png"]) == 0
    assert capsys.readouterr().err == ""


def test_several_pictures_are_told_one_after_another_as_json(told, capsys):
    records = [told("a.png"), told("b.png", title="née 🦊")]
    assert show.main(["a.png", "b.png", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["title"] for one in found] == ["", "née 🦊"]
    assert found[0]["settings"] == records[0].settings.model_dump()


def test_changed_inputs_are_notes_beside_the_command(told, capsys):
    told()
    assert show.main(["a.png", "--rerun"]) == 0
    shown = capsys.readouterr()
    assert shown.err.splitlines()[0].startswith("note: content/cat.png: cannot be read (No such file")
    assert shlex.split(shown.out)[1:4] == [str(REPOSITORY / "scripts" / "stylize.py"), "--content", "content/cat.png"]


def test_in_the_checkout_the_command_is_short(told, folder, monkeypatch, capsys):
    told()
    monkeypatch.chdir(REPOSITORY)
    assert show.main([str(folder / "a.png"), "--rerun"]) == 0
    assert capsys.readouterr().out.startswith("python scripts/stylize.py --content content/cat.png --style ")


@pytest.mark.parametrize("form", [[], ["--json"], ["--rerun"]])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.png", "gone.png: no such file"),
        ("words.png", "words.png: is not a picture; found something Pillow cannot read"),
        ("my photo.png", "my photo.png: carries no record; only pictures that stylegrid 0.4 or later"),
        ("cut.png", "cut.png: is damaged or cut short"),
        ("sub", "sub: is not a picture; found a folder"),
    ],
)
def test_what_tells_nothing_is_one_error_and_costs_no_other(told, folder, capsys, form, name, message):
    told()
    (folder / "sub").mkdir()
    (folder / "words.png").write_text("words")
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:-400])
    assert show.main([name, "a.png", *form]) == 1
    shown = capsys.readouterr()
    errors = [line for line in shown.err.splitlines() if not line.startswith(("note: ", "NOTICE: "))]
    assert len(errors) == 1 and errors[0].startswith(f"error: {message}")
    assert shown.out


@pytest.mark.parametrize("form", [[], ["--json"], ["--rerun"]])
def test_a_film_strip_among_pictures_is_a_note(told, folder, capsys, form):
    told()
    film_strip.publish(folder / "a.png", [("000020.png", (folder / "a.png").read_bytes())])
    assert show.main(["a.png", *form]) == 0
    alone = capsys.readouterr()
    assert show.main(["a.film.png", "a.png", *form]) == 0
    shown = capsys.readouterr()
    assert shown.out == alone.out
    assert shown.err.removesuffix(alone.err).startswith("note: a.film.png: is a film strip; ")
    assert show.main(["b.film.png", *form]) == 1  # which there isn't
    assert "b.film.png: no such file" in capsys.readouterr().err


def test_a_picture_saved_anew_without_its_words_tells_nothing(told, folder, capsys):
    told()
    with Image.open("a.png") as image:
        Image.frombytes("RGB", image.size, image.tobytes()).save("b.png")
    assert show.main(["b.png"]) == 1
    assert "carries no record" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("mogrify") is None, reason="ImageMagick is not installed")
def test_a_picture_that_another_program_shrank_still_tells(told, capsys):
    told()
    subprocess.run(["mogrify", "-resize", "50%", "a.png"], check=True)
    assert show.main(["a.png"]) == 0
    assert "style    night" in capsys.readouterr().out

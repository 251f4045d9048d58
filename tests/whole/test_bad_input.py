"""What users get wrong, and the one sentence they get for it; and unusual input that must simply work."""

import io
import json
import shutil
import struct
import zlib

import h5py
import numpy as np
import pytest
from conftest import draw, save_picture
from PIL import Image

import fetch_weights
import plan
from stylegrid.settings.presets import preset_names


@pytest.fixture
def run(project, capsys):
    """Return a function that plans the gallery and returns the exit code, the lines printed and the errors."""

    def run(**changes):
        code = plan.main(["--configfile", json.dumps(project.config(**changes))])
        shown = capsys.readouterr()
        errors = [line.removeprefix("error: ") for line in shown.err.splitlines()]
        return code, shown.out.splitlines(), [line.replace(f"{project.folder}/", "") for line in errors]

    return run


def refused(run, project, **changes) -> list[str]:
    """Return the errors of a gallery that can't be planned, short of its folder; nothing may be left behind."""
    code, shown, errors = run(**changes)
    assert (code, shown) == (1, [])
    assert not (project.folder / "results").exists()
    return errors


MANIFESTS = {
    "nothing": (b"", "manifest.csv: is empty; needs a header with the columns content and style, then rows"),
    "a header alone": (b"content,style\n", "manifest.csv: has no row to paint; add rows below the header"),
    "only skipped rows": (b"content,style,skip\ncat.png,night.png,x\n", "manifest.csv: has no row to paint"),
    "a missing column": (b"content,seed\ncat.png,1\n", "manifest.csv row 1: column 'style' is missing"),
    "an unknown column": (
        b"content,style,styleweight\ncat.png,night.png,1\n",
        "manifest.csv row 1: unknown column 'styleweight'. Did you mean 'style_weight'?",
    ),
    "a column twice": (b"content,style,style\na,b,c\n", "manifest.csv row 1: column 'style' is there twice"),
    "semicolons": (b"content;style\ncat.png;night.png\n", "manifest.csv row 1: columns are separated by semicolons"),
    "a long row": (
        b"content,style\ncat.png,night.png,5\n",
        "manifest.csv row 2: must have 2 cells like the header, found 3",
    ),
    "not UTF-8": (
        b"content,style\ncaf\xe9.png,night.png\n",
        "manifest.csv row 2: is not UTF-8 text (byte 0xe9 after 'caf'); save it as CSV UTF-8 or as .xlsx",
    ),
}


@pytest.mark.parametrize(("content", "message"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_is_no_table(run, project, content, message):
    project.manifest.write_bytes(content)
    (error,) = refused(run, project)
    assert error.startswith(message)


def test_an_xlsx_that_is_none(run, project):
    (project.folder / "manifest.xlsx").write_bytes(b"content,style\ncat.png,night.png\n")
    (error,) = refused(run, project, manifest=str(project.folder / "manifest.xlsx"))
    assert error.startswith("manifest.xlsx: is named .xlsx, but is CSV text; name it .csv")


SIZE = "must be a whole number of pixels from 16 to 16384, or own"
ROWS = {
    "no number": ({"style_weight": "much"}, "style_weight: must be a number, found 'much'"),
    "a decimal comma": ({"style_weight": "1,5"}, "style_weight: must be a number, found '1,5'"),
    "no finite number": ({"style_weight": "inf"}, "style_weight: must be a finite number, found 'inf'"),
    "a negative size": ({"size": "-64"}, f"size: {SIZE}, found '-64'"),
    "no size": ({"size": "0"}, f"size: {SIZE}, found '0'"),
    "half a pixel": ({"size": "64.5"}, f"size: {SIZE}, found '64.5'"),
    "a schedule that goes down": ({"schedule": "64 + 32"}, "schedule: must be auto, or ascending sizes with shares"),
    "settings that clash": (
        {"content_weight": "0", "style_weight": "0", "tv_weight": "0"},
        "style_weight: must be above 0 where content_weight and tv_weight are 0 too, found 0; or set steps to 0",
    ),
    "a setting without effect": (
        {"colour_map": "linear", "match_colours": "none"},
        "colour_map: has no effect where match_colours is none; leave it out, or set match_colours to content or style",
    ),
    "a number out of range": ({"quality": "0", "format": "jpeg"}, "quality: must be from 1 to 100, found '0'"),
    "next to nothing": ({"learning_rate": "1e-300", "optimizer": "adam"}, "learning_rate: must be from 1e-30 to 1e38"),
    "too steep a ratio": ({"style_layer_ratio": "1e4"}, "style_layer_ratio: must be from 1e-3 to 1e3, found '1e4'"),
    "a mask too many": (
        {"style_mask": "a.png + b.png"},
        "style_mask: must name a mask, or none, for every painting, 1 joined ",
    ),
    "a mask that is missing": ({"content_mask": "gone.png"}, "content_mask: must be none or a picture: content/gone"),
    "an unknown preset": ({"preset": "monet"}, f"preset: there is no 'monet'. Allowed are {', '.join(preset_names())}"),
    "an empty cell": ({"content": ""}, "content: is empty; name a picture or a glob"),
    "a missing picture": ({"content": "cow.png"}, "content: content/cow.png: no such file"),
    "a glob without match": ({"content": "cow*"}, "content: no picture in content matches 'cow*'"),
    "lines in a cell": ({"content": "cat.png\ndog.png"}, r"content: 'cat.png\ndog.png' holds \n, which is no name's; "),
    "a name that leaves": (
        {"content": "../style/night.png"},
        "content: '../style/night.png' leads out of content; move or copy the picture into that folder",
    ),
    "an absolute name": (
        {"style": "/etc/passwd"},
        "style: '/etc/passwd' leads out of style; move or copy the picture into that folder",
    ),
    "a glob that leaves": ({"style": "../content/*"}, "style: '../content/*' leads out of style; move or copy"),
    "a blend of nothing": ({"style": "night.png + "}, "style: an entry between the plus signs is empty"),
    "a blend of less than nothing": (
        {"style": "night.png:-1 + wave.png"},
        "style: the weight of 'night.png' must be from 1e-30 to 1e30, found -1",
    ),
    "a folder": ({"content": "."}, "content: content: is a folder; for its pictures write '*'"),
}


@pytest.mark.parametrize(("cells", "message"), ROWS.values(), ids=ROWS)
def test_a_bad_cell(run, project, cells, message):
    good = {"content": "dog.png", "style": "wave.png"}
    bad = {"content": "cat.png", "style": "night.png", **cells}
    project.write_rows({**dict.fromkeys(bad, ""), **good}, bad)
    (error,) = refused(run, project)
    assert (
        error.replace(str(project.folder / "content"), "content")
        .replace(str(project.folder / "style"), "style")
        .startswith(f"manifest.csv row 3, {message}")
    )


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(draw(200, 150)).save(buffer, kind)
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


def png_header(width: int, height: int) -> bytes:
    """Return a greyscale PNG of which only the header is whole: who decodes it finds it damaged."""
    parts = ((b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(10))))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


JPEG, PNG = encoded("JPEG"), encoded("PNG")
NO_PICTURE = "is not a picture; found something Pillow cannot read; use JPEG, PNG, TIFF or WebP"
TRANSPARENT = io.BytesIO()
Image.new("RGBA", (40, 30)).save(TRANSPARENT, "PNG")
DAMAGED = "is damaged or cut short"
PICTURES = {
    "nothing": (b"", "is not a picture; found an empty file; use JPEG, PNG, TIFF or WebP"),
    "text": (b"not found", NO_PICTURE),
    "a web page": (b"<html>not found</html>", "is a web page, not the picture that it shows; download the picture"),
    "a program for Ghostscript": (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n%%EndComments\nquit\n",
        "is a PostScript file; export it as PNG",
    ),
    "half a JPEG": (JPEG[: len(JPEG) // 2], DAMAGED),
    "most of a JPEG": (JPEG[:-100], DAMAGED),
    "half a PNG": (PNG[: len(PNG) // 2], DAMAGED),
    "most of a PNG": (PNG[:-100], DAMAGED),
    "a PNG with a flipped byte": (flipped(PNG), DAMAGED),
    "a PNG's header": (png_header(50, 50), DAMAGED),
    "nothing that shows": (TRANSPARENT.getvalue(), "every pixel is fully transparent; needs one that shows"),
    "one pixel": (png_header(1, 1), "only 1x1 pixels; needs at least 2 on each side"),
    "one pixel high": (png_header(50, 1), "only 50x1 pixels; needs at least 2 on each side"),
    "400 million pixels": (
        png_header(20_000, 20_000),
        "20000x20000 pixels; at most 200 million are read; make a smaller copy",
    ),
    "201 million pixels": (png_header(201_000, 1000), "201000x1000 pixels; at most 200 million are read"),
}


@pytest.mark.parametrize(("content", "message"), PICTURES.values(), ids=PICTURES)
def test_a_file_that_is_no_picture(run, project, content, message):
    (project.content / "bad.png").write_bytes(content)
    project.write_rows({"content": "bad.png", "style": "night.png"})
    (error,) = refused(run, project)
    assert error.startswith(f"manifest.csv row 2, content: content/bad.png: {message}")


def test_every_bad_picture_is_reported_for_each_row_that_names_it(run, project):
    for name in ("bad.jpg", "worse.jpg"):
        (project.style / name).write_bytes(b"no picture")
    project.write_rows({"content": "cat.png", "style": "*"}, {"content": "*", "style": "bad.jpg"})
    assert refused(run, project) == [
        f"manifest.csv row {row}, style: style/{name}.jpg: {NO_PICTURE}"
        for row, name in ((2, "bad"), (2, "worse"), (3, "bad"))
    ]


def test_a_link_that_leaves_the_folder(run, project):
    (project.content / "link.png").symlink_to(project.style / "night.png")
    project.write_rows({"content": "link.png", "style": "night.png"})
    (error,) = refused(run, project)
    assert error.startswith("manifest.csv row 2, content: 'link.png' leads out of ")


def test_two_pictures_of_one_stem(run, project):
    save_picture(project.content / "cat.jpg")
    project.write_rows({"content": "cat.*", "style": "night.png"})
    (error,) = refused(run, project)
    expected = "content/cat.png and content/cat.jpg would both be named 'cat' in results; rename one"
    assert error == f"manifest.csv row 2, content: {expected}"


def test_a_combination_twice_is_noticed_and_made_once(run, project):
    row = {"content": "cat.png", "style": "night.png", "title": "A"}
    project.write_rows(row, row)
    code, shown, notes = run()
    assert (code, len(shown)) == (0, 1)
    assert notes[0] == "note: manifest.csv row 3 repeats cat/night/default of row 2; it is made once"


def test_a_combination_twice_under_different_titles(run, project):
    row = {"content": "cat.png", "style": "night.png", "title": "A"}
    project.write_rows(row, {**row, "title": "B"})
    (error,) = refused(run, project)
    assert error.startswith("manifest.csv row 3, repeats cat/night/default of row 2 under another title or notes")


CONFIGS = {
    "an unknown key": ({"resluts": "x"}, "config.resluts: unknown key. Did you mean 'results'?"),
    "an unknown setting": ({"stylize": {"szie": 64}}, "config.stylize.szie: unknown key. Did you mean 'size'?"),
    "no section": ({"sheets": 5}, "config.sheets: must hold keys with values, found 5"),
    "no number": ({"sheets": {"cells": "ten"}}, "config.sheets.cells: must be a whole number, found 'ten'"),
    "a bad setting": ({"stylize": {"size": "big"}}, f"config.stylize.size: {SIZE}, found 'big'"),
    "a ratio that YAML makes a number": (
        {"stylize": {"aspect": 182}},  # 3:2 to the base of 60
        "config.stylize.aspect: must be text; put it in quotes, found 182",
    ),
    "a yes": ({"stylize": {"seed": True}}, "config.stylize.seed: must not be yes or no"),
    "no folder": ({"content_dir": "/nowhere"}, "config.content_dir: must be a folder, found '/nowhere'"),
    "no manifest": ({"manifest": "/nowhere/m.csv"}, "/nowhere/m.csv: no such file; name the spreadsheet in the config"),
}


@pytest.mark.parametrize(("changes", "message"), CONFIGS.values(), ids=CONFIGS)
def test_a_bad_config(run, project, changes, message):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    (error,) = refused(run, project, **changes)
    assert error.startswith(message)


def link_elsewhere(path):
    with h5py.File(path, "w") as file:
        file["block1_conv1"] = h5py.ExternalLink("/etc/other.h5", "/")


def other_network(path):
    with h5py.File(path, "w") as file:
        file["dense/kernel"] = np.zeros((3, 4))


def spoil(path, original):
    shutil.copy(original, path)
    with h5py.File(path, "a") as file:
        file["block5_conv4/block5_conv4_b_1:0"][0] = np.nan


WEIGHTS = {
    "missing": (
        lambda path, original: None,
        "no such file; weights may be auto, imagenet-8bit, imagenet",
    ),
    "not HDF5": (lambda path, original: path.write_bytes(JPEG), "is no file of weights, or damaged; allowed are"),
    "another network": (lambda path, original: other_network(path), "is not VGG19: has neither layer"),
    "a link": (lambda path, original: link_elsewhere(path), "block1_conv1 is a link to another file"),
    "not a number": (spoil, "layer block5_conv4 holds numbers that are not finite"),
}


@pytest.mark.parametrize(("make", "message"), WEIGHTS.values(), ids=WEIGHTS)
def test_bad_weights(tmp_path, weights_file, capsys, make, message):
    path = tmp_path / "mine.h5"
    make(path, weights_file)
    flags = ["--folder", str(tmp_path), "--output", str(tmp_path / "backbone.json")]
    assert fetch_weights.main(["--weights", str(path), *flags]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}: {message}") and error.count("\n") == 1
    assert not (tmp_path / "backbone.json").exists()


NAMES = [
    "my cat.png",
    'the "cat".png',
    "cat's.png",
    "cats & dogs.png",
    "kočka 猫.png",
    "-cat.png",
    "C++.png",
    "a + b.png",
]
NAMES += [
    "100%.png",
    "cat#1.png",
    "[cat].png",
    "cat:2.png",
    "$HOME.png",
    "{cat}.png",
    "a,b.png",
    ".cat.png",
    "c.a.t.png",
]


@pytest.mark.parametrize("folder", ["content", "style"])
@pytest.mark.parametrize("name", NAMES)
def test_unusual_names_work(run, project, folder, name):
    save_picture(project.folder / folder / name)
    project.write_rows({"content": "cat.png", "style": "night.png", folder: name})
    code, shown, _ = run()
    assert code == 0
    path = shown[0].split("results/pictures/")[1]
    assert path.isascii() and not set(path) & set(" \"'&+%#[]:${},")


def test_the_config_of_a_user_is_refused_by_its_own_path(capsys, tmp_path):
    (tmp_path / "mine.yaml").write_text("manifest: [")
    assert plan.main(["--configfile", str(tmp_path / "mine.yaml")]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path / 'mine.yaml'}: is not YAML") and error.count("\n") == 1

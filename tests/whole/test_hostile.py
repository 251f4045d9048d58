"""Files that were made to do harm: bombs, traps and tricks, which end in a sentence and cost little."""

import io
import os
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import h5py
import numpy as np
import openpyxl
import pytest
import yaml
from conftest import REPOSITORY, Project, draw, save_table
from PIL import Image
from watched import Worker
from weight_files import SHAPES, save_zeros

import plan
from stylegrid import files
from stylegrid.errors import ConfigError, ImageError, ManifestError, WeightsError
from stylegrid.pictures import images, jpeg
from stylegrid.plan import manifest, picture_folders, spreadsheet
from stylegrid.settings.config import load_settings, parse_settings
from stylegrid.store import rerun
from stylegrid.vgg.formats.keras_hdf5 import MOST_ITEMS
from stylegrid.vgg.weights.read import read_weights

LITTLE = 400  # MB, of a process that refuses a bomb; having imported everything takes 100
SOON = 5  # seconds


# Pictures


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Return a function that has a file looked at by a process of its own, and returns what that took."""
    folder = tmp_path_factory.mktemp("watched")
    Project(folder)
    with Worker("pictures", folder) as pictures, Worker("spreadsheets", folder) as spreadsheets:
        yield lambda path: (pictures if path.suffix in images.SUFFIXES else spreadsheets).look(path)


def png(*chunks: tuple[bytes, bytes], width: int = 16, height: int = 12) -> bytes:
    """Return a black PNG with more chunks."""
    header = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes((width + 1) * height))), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def tiff(width: int, height: int, strip: bytes, compression: int = 8) -> bytes:
    """Return a greyscale TIFF of one strip."""
    tags = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 273: 8, 277: 1, 278: height, 279: len(strip)}
    place = 8 + len(strip) + len(strip) % 2
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return (
        struct.pack("<2sHI", b"II", 42, place)
        + strip.ljust(place - 8, b"\0")
        + struct.pack("<H", len(tags))
        + entries
        + bytes(4)
    )


def gif(width: int, height: int) -> bytes:
    """Return a GIF whose screen is much larger than its picture."""
    buffer = io.BytesIO()
    Image.new("P", (4, 4)).save(buffer, "GIF")
    return buffer.getvalue()[:6] + struct.pack("<HH", width, height) + buffer.getvalue()[10:]


def webp(width: int, height: int) -> bytes:
    """Return a lossless WebP that claims a size it has no pixels for."""
    buffer = io.BytesIO()
    Image.fromarray(draw(16, 12)).save(buffer, "WEBP", lossless=True)
    data, bits = buffer.getvalue(), (width - 1) | (height - 1) << 14
    place = data.index(b"VP8L") + 9
    return data[:place] + struct.pack("<I", bits) + data[place + 4 :]


def scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan is repeated."""
    buffer = io.BytesIO()
    Image.fromarray(draw(64, 48)).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last * (count - data.count(b"\xff\xda")) + b"\xff\xd9"


@pytest.fixture(scope="module")
def zeros():
    """Return half a gigabyte of zeros, deflated to half a megabyte."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(500)) + packer.flush()


HUGE = {
    "a.tif": (tiff(1_000_000, 1_000_000, b"nothing"), "1000000x1000000 pixels; at most 200 million are read"),
    "a.gif": (gif(65535, 65535), "65535x65535 pixels; at most 200 million are read"),
    "a.webp": (webp(16383, 16383), "16383x16383 pixels; at most 200 million are read"),
    "a.jpg": (scans(101), "has 101 scans; at most 100 are read; export it again"),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_picture_that_claims_more_than_it_may_is_refused_by_its_header(tmp_path, watched, name):
    data, fault = HUGE[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageError) as caught:
        images.inspect(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: {fault}")
    look = watched(tmp_path / name)
    assert (look.outcome, look.fault) == ("refused", "") and look.memory < LITTLE


def test_a_jpeg_of_as_many_scans_as_are_allowed_is_read(tmp_path, watched):
    (tmp_path / "a.jpg").write_bytes(scans(jpeg.MOST_SCANS))
    assert watched(tmp_path / "a.jpg").outcome == "read"


@pytest.mark.parametrize(
    ("chunk", "before"), [(b"iCCP", b"a\0\0"), (b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0")], ids=lambda v: str(v[:4])
)
def test_half_a_gigabyte_of_profile_or_words_is_not_unpacked(tmp_path, watched, zeros, chunk, before):
    (tmp_path / "a.png").write_bytes(png((chunk, before + zeros)))
    look = watched(tmp_path / "a.png")
    assert (look.outcome, look.fault) == ("refused", "") and look.memory < LITTLE


def test_a_strip_that_holds_more_than_its_picture_is_not_unpacked(tmp_path, watched, zeros):
    (tmp_path / "a.tif").write_bytes(tiff(16, 12, zeros))
    look = watched(tmp_path / "a.tif")
    assert look.fault == "" and look.memory < LITTLE


# What is no file


def pipe(path):
    os.mkfifo(path)


def listener(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # whole paths may be too long for a socket


def zero(path):
    path.symlink_to("/dev/zero")


TRAPS = {"a pipe": pipe, "a socket": listener, "a device": zero}


@pytest.fixture(params=TRAPS)
def trap(request, tmp_path):
    """Return a function that puts at a path what could be read for ever, and the name of that."""

    def put(path):
        TRAPS[request.param](path)
        return path

    return put, request.param


def test_a_trap_is_no_picture(tmp_path, trap):
    path = trap[0](tmp_path / "a.png")
    with pytest.raises(ImageError) as caught:
        images.inspect(path)
    assert str(caught.value) == f"{path}: is not a picture; found {trap[1]}; use JPEG, PNG, TIFF or WebP"


@pytest.mark.parametrize("entry", ["a.png", "*"])
def test_a_trap_among_the_photographs_is_a_fault(tmp_path, trap, entry):
    project = Project(tmp_path)
    trap[0](project.content / "a.png")
    project.write_rows({"content": entry, "style": "night.png"})
    with pytest.raises(ManifestError) as caught:
        plan.make_plan(project.settings())
    expected = "leads out of" if trap[1] == "a device" else f"is not a picture; found {trap[1]}"
    assert expected in str(caught.value)


@pytest.mark.parametrize("suffix", spreadsheet.FORMATS)
def test_a_trap_is_no_manifest(tmp_path, trap, suffix):
    path = trap[0](tmp_path / f"m{suffix}")
    with pytest.raises(ManifestError) as caught:
        manifest.read_manifest(path)
    assert str(caught.value) == f"{path}: is {trap[1]}; name a spreadsheet"


def test_a_trap_holds_no_weights(tmp_path, trap):
    path = trap[0](tmp_path / "w.h5")
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert str(caught.value) == f"{path}: is {trap[1]}; name a file of VGG19"


def test_a_trap_has_no_hash(tmp_path, trap):
    with pytest.raises(OSError, match=trap[1]):
        files.sha256(trap[0](tmp_path / "a.png"))


def test_a_picture_s_record_that_names_a_trap_is_no_trap(trap, tmp_path):
    path = trap[0](tmp_path / "a.png")
    assert rerun._change(str(path), "0").startswith(f"{path}: cannot be read (is {trap[1]})")


@pytest.mark.parametrize("name", ["a\nb.png", "a\x1b[2Jb.png", "a\x9bb.png", "a\u2028b.png", "a\x7fb.png"])
def test_a_name_that_a_terminal_would_obey_is_refused(tmp_path, name):
    project = Project(tmp_path)
    Image.new("RGB", (8, 8)).save(project.content / name)
    for pattern, faults in ((name, "holds"), ("a*", "its name holds")):
        with pytest.raises(ImageError, match=faults) as caught:
            picture_folders.find(project.content, pattern)
        assert str(caught.value).isprintable()


# Spreadsheets


def reader_of(path) -> str:
    """Return the one sentence about a manifest, without its path, and check that it was soon there."""
    start = time.perf_counter()
    with pytest.raises(ManifestError) as caught:
        manifest.read_manifest(path)
    assert time.perf_counter() - start < 4 * SOON
    (fault,) = caught.value.faults
    return fault.removeprefix(f"{path}")


ROWS = [["content", "style"], ["cat.png", "night.png"]]
BROKEN = ": cannot be read as a {} table (its reader broke down, as on damaged files, and on cells far from the others)"


def changed(path, change, member):
    """Save a small table, and change a file inside it."""
    save_table(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert change(contents[member]) != contents[member]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, change(data) if name == member else data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_cell_in_the_last_corner_takes_no_memory(tmp_path, watched):
    path = changed(tmp_path / "m.xlsx", lambda xml: xml.replace(b'r="A2"', b'r="XFD1048576"'), SHEET)
    look = watched(path)
    assert (look.outcome, look.fault) == ("refused", "") and look.memory < LITTLE
    assert reader_of(path).startswith(BROKEN.format(".xlsx"))


def test_a_sheet_that_claims_to_be_as_large_as_can_be_is_read_as_it_is(tmp_path):
    path = changed(tmp_path / "m.xlsx", lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'), SHEET)
    assert spreadsheet.read_table(path).cells == ROWS


@pytest.mark.parametrize("count", [b"100000000", b"4000000000", b"9" * 30])
@pytest.mark.parametrize("what", [b"columns", b"rows"])
def test_a_cell_repeated_for_ever_takes_no_memory(tmp_path, what, count):
    element = b"<table:table-cell" if what == b"columns" else b"<table:table-row"
    attribute = b" table:number-%s-repeated=" % what + b'"' + count + b'"'
    path = changed(tmp_path / "m.ods", lambda xml: xml.replace(element, element + attribute), "content.xml")
    start = time.perf_counter()
    with pytest.raises(ManifestError) as caught:
        manifest.read_manifest(path)
    assert time.perf_counter() - start < 4 * SOON
    words = (
        "its reader broke down",
        "has more than 2000000 cells",
        "number too large",
        "column 'content' is there twice",
    )
    assert any(word in str(caught.value) for word in words)


def inflating(path, member: str, unit: bytes, times: int, claimed: int | None = None):
    """Save a table in which a file's contents are followed by a unit as often as is said, and never made."""
    save_table(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    head, _, tail = contents[member].partition(b"cat.png")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + block * times + packer.compress(tail) + packer.flush()
    real = len(head) + len(unit) * times + len(tail)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, packed if name == member else data)
    data, name, sizes = bytearray(path.read_bytes()), member.encode(), struct.pack("<II", len(packed), claimed or real)
    for mark, length, method in ((b"PK\3\4", 30, 8), (b"PK\1\2", 46, 10)):
        places = (place for place in range(len(data)) if data.startswith(mark, place))
        (place,) = (place for place in places if data[place + length :].startswith(name))
        data[place + method] = zipfile.ZIP_DEFLATED
        data[place + method + 10 : place + method + 18] = sizes
    path.write_bytes(data)
    return path


BOMBS = {"m.xlsx": SHEET, "m.ods": "content.xml"}


@pytest.mark.parametrize("claimed", [None, 100], ids=["honest", "lying"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_sheet_that_inflates_to_gigabytes_takes_no_memory(tmp_path, name, claimed):
    path = inflating(tmp_path / name, BOMBS[name], b"x" * (1 << 20), 4000, claimed)
    assert path.stat().st_size < 10_000_000
    assert reader_of(path).startswith(": cannot be read as a")


def test_one_long_text_in_many_cells_is_too_large(tmp_path):
    book, long = openpyxl.Workbook(), "x" * 30_000
    for _ in range(4000):
        book.active.append([long])
    book.save(tmp_path / "m.xlsx")
    assert (tmp_path / "m.xlsx").stat().st_size < 10_000_000
    assert reader_of(tmp_path / "m.xlsx").startswith(
        f": has more than 2000000 cells, or {spreadsheet.LONGEST_TEXT} characters"
    )


LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
SECRET = b"<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file://%s'>"


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("kind", ["laughs", "secret"])
def test_entities_stand_for_nothing(tmp_path, watched, name, kind):
    (tmp_path / "secret.txt").write_text("a secret")
    entities = LAUGHS if kind == "laughs" else SECRET % str(tmp_path / "secret.txt").encode()

    def change(xml):
        prolog, end, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"", b"", xml)
        return prolog + end + entities + b"]>" + rest.replace(b"cat.png", b"&a11;")

    path = changed(tmp_path / name, change, BOMBS[name])
    look = watched(path)
    assert (look.outcome, look.fault) == ("refused", "") and look.memory < LITTLE
    try:
        assert "secret" not in str(spreadsheet.read_table(path).cells)
    except ManifestError as error:
        assert "a secret" not in str(error)


def test_a_file_too_large_is_not_opened(tmp_path):
    for suffix in spreadsheet.FORMATS:
        path = tmp_path / f"m{suffix}"
        path.touch()
        os.truncate(path, spreadsheet.LARGEST_FILE + 1)  # takes no room on disk
        expected = f": has {spreadsheet.LARGEST_FILE + 1} bytes; at most {spreadsheet.LARGEST_FILE} are read"
        assert reader_of(path).startswith(expected)


@pytest.mark.parametrize("table", ["content,style\n" + "\n" * 500, "," * 1000, "," * 30 + "\n" * 40])
def test_too_many_cells_are_not_read(tmp_path, monkeypatch, table):
    monkeypatch.setattr(spreadsheet, "MOST_CELLS", 1000)
    (tmp_path / "m.csv").write_text(table)
    assert reader_of(tmp_path / "m.csv").startswith(": has more than 1000 cells, or ")


def test_a_million_columns_are_soon_refused(tmp_path):
    (tmp_path / "m.csv").write_text("," * 1_000_000 + "\n" * 100)
    assert reader_of(tmp_path / "m.csv").startswith(": has more than 2000000 cells")


def planned(project: Project, **row: str) -> str:
    """Return the faults of a manifest of one row, and check that they were soon there."""
    project.write_rows({"content": "cat.png", "style": "night.png", **row})
    start = time.perf_counter()
    with pytest.raises(ManifestError) as caught:
        plan.make_plan(project.settings())
    assert time.perf_counter() - start < SOON
    return str(caught.value).removeprefix(f"{project.manifest} ")


def test_a_few_cells_cannot_ask_for_more_than_can_be_planned(project):
    many = ";".join(map(str, range(1, 200)))
    asked = "row 2, the rows up to here stand for more than 1000000 combinations; split the manifest"
    assert planned(project, style_weight=many, content_weight=many, tv_weight=many, seed=many) == asked
    assert planned(project, content="cat.png;" * 1001, style="night.png;" * 1000) == asked


def test_rows_together_cannot_either(project, monkeypatch):
    monkeypatch.setattr("stylegrid.plan.rows_to_jobs.MOST_COMBINATIONS", 10)
    project.write_rows(*({"content": "cat.png;dog.png", "style": "night.png;wave.png"} for _ in range(3)))
    with pytest.raises(ManifestError, match="row 4, the rows up to here stand for more than 10 combinations"):
        plan.make_plan(project.settings())


@pytest.mark.parametrize(
    "cell", ["a" + " " * 32_000 + "b", "a" + " +" * 10_000, "a:" * 10_000, ":1" * 15_000, "[" * 32_000, "*a" * 15_000]
)
@pytest.mark.parametrize("column", ["content", "style", "init", "content_layers"])
def test_no_cell_takes_long_to_read(project, column, cell):
    planned(project, **{column: cell})


@pytest.mark.parametrize("pattern", ["**/" * 20 + "*.png", "*/" * 400 + "*", "**/*/**/*/**/*.x", "**" * 400])
def test_no_glob_goes_through_folders_without_end(project, pattern):
    folder = project.content
    for depth in range(12):
        folder = folder / f"d{depth}"
        folder.mkdir()
    assert "goes through too many folders; at most 32, and ** at most 2 times" in planned(project, content=pattern)


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x07", "\x9b", "\x0b"])
@pytest.mark.parametrize("column", ["title", "notes", "content", "init"])
def test_a_cell_that_a_terminal_would_obey_is_refused(project, column, sign):
    fault = planned(project, **{column: f"a{sign}b"})
    assert fault == f"row 2, {column}: holds {repr(sign)[1:-1]}, which is no text; remove it"


def test_names_hold_no_separators_of_lines(project):
    assert "holds \\u2028, which is no name's" in planned(project, content="a\u2028b")


def test_words_may_have_lines_and_any_letters(project):
    project.write_rows(
        {"content": "cat.png", "style": "night.png", "title": "née\n👩\u200d🚀 שלום", "notes": "a\tb\u2028c"}
    )
    (combination,) = plan.make_plan(project.settings()).combinations
    assert (combination.title, combination.notes) == ("née\n👩\u200d🚀 שלום", "a\tb\u2028c")


@pytest.mark.parametrize(("column", "most"), [("title", 10_000), ("notes", 32767)])
def test_words_are_not_endless(project, column, most):
    fault = planned(project, **{column: "x" * (most + 1)})
    assert fault.startswith(f"row 2, {column}: must have at most {most} characters, found {most + 1}")


# Configs

ENDLESS = "a: &a [x, x]\n" + "".join(f"{chr(n + 1)}: &{chr(n + 1)} [{f'*{chr(n)}, ' * 10}]\n" for n in range(97, 110))
CONFIGS = {
    "objects": ("manifest: !!python/object/apply:os.system ['touch pwned']", "is not YAML: line 1, column 11: could"),
    "modules": ("manifest: !!python/module:os", "is not YAML: line 1, column 11: could"),
    "laughs": (ENDLESS, "must have at most 20 aliases"),
    "merges": ("a: &a {b: 1}\nc: {<<: [" + "*a, " * 30 + "]}", "must have at most 20 aliases"),
    "nests": ("a: " + "[" * 20_000, "must have at most 20 lists within lists"),
    "no day": ("a: 2024-99-99", "is not YAML: "),
    "a long number": ("a: " + "9" * 5000, "is not YAML: "),
    "a null": ("a: \0", "is not YAML: "),
}


@pytest.mark.parametrize(("text", "fault"), CONFIGS.values(), ids=CONFIGS)
def test_a_config_runs_nothing_and_does_not_grow(tmp_path, monkeypatch, text, fault):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings("c.yaml")
    assert str(caught.value).startswith(f"c.yaml: {fault}") and "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["c.yaml"]


def test_nested_json_is_refused():
    with pytest.raises(ConfigError, match="--configfile: is not JSON: "):
        load_settings('{"a": ' + "[" * 100_000)


def test_what_is_found_is_spelled_shortly_however_large_it_is(project):
    laughs, loop = ["x"], []
    for _ in range(40):
        laughs = [laughs] * 10
    loop.append(loop)
    for value in (laughs, loop, 1 << 100_000, "x" * 1_000_000, {"a": laughs}, b"\x1b" * 500):
        with pytest.raises(ConfigError) as caught:
            parse_settings(project.config(sheets={"cells": value}))
        assert len(str(caught.value)) < 200 and str(caught.value).isprintable()


PATHS = ("manifest", "content_dir", "style_dir", "results", "weights")


@pytest.mark.parametrize("key", PATHS)
@pytest.mark.parametrize("sign", ["\n", "\0", "\x1b", "\u2028"])
def test_a_path_that_a_terminal_would_obey_is_refused(project, key, sign):
    with pytest.raises(ConfigError) as caught:
        parse_settings(project.config(**{key: f"a{sign}b"}))
    expected = "must be text on one line, without control characters"
    assert str(caught.value).startswith(f"config.{key}: {expected}, found ") and str(caught.value).isprintable()


@pytest.mark.parametrize("key", PATHS[:4])
def test_the_home_of_nobody_is_refused(project, key):
    with pytest.raises(
        ConfigError, match=rf"config\.{key}: must be a path; ~ and a name begin one only where there is"
    ):
        parse_settings(project.config(**{key: "~no-such-user/x"}))


def test_a_calibration_is_a_path_likewise(project):
    with pytest.raises(ConfigError, match=r"config\.painting\.calibration: must be a path"):
        parse_settings(project.config(painting={"calibration": "~no-such-user/x"}))


def test_results_that_programs_would_take_for_a_flag_are_refused(project):
    with pytest.raises(
        ConfigError, match=r"config\.results: must be a folder of its own, .* or a dash at its beginning"
    ):
        parse_settings(project.config(results="-rf"))


def test_a_title_that_is_no_text_is_refused(project):
    with pytest.raises(ConfigError, match=r"config\.gallery\.title: must be text without control characters"):
        parse_settings(project.config(gallery={"title": "a\x1b[2J"}))
    assert parse_settings(project.config(gallery={"title": "a\nb"})).gallery.title == "a\nb"


def test_a_template_in_a_config_is_an_unknown_key(tmp_path, project, capsys, monkeypatch):
    """Snakemake runs the Python in it; our own programs don't."""
    monkeypatch.chdir(tmp_path)
    program = "?__import__('os').mkdir('pwned')"
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({**project.config(), "__use_yte__": True, "weights": program}))
    assert plan.main(["--configfile", "c.yaml"]) == 1
    assert capsys.readouterr().err.startswith("error: config.__use_yte__: unknown key.")
    assert not (tmp_path / "pwned").exists()


# Weights


def refusal(path) -> str:
    """Return the one sentence about a file of weights, without its path, and check that it was soon there."""
    start = time.perf_counter()
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert time.perf_counter() - start < SOON
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


KERNEL, BIAS = "block1_conv1/block1_conv1_W_1:0", "block1_conv1/block1_conv1_b_1:0"


def without(tmp_path, name: str):
    """Return a whole file of weights, open, without one of its datasets or groups."""
    file = h5py.File(save_zeros(tmp_path / "w.h5"), "a")
    del file[name]
    return file


def test_numbers_put_together_from_another_file_are_refused(tmp_path):
    source = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", (64,))
    layout = h5py.VirtualLayout((64,), "f4")
    layout[:] = source
    with without(tmp_path, BIAS) as file:
        file.create_virtual_dataset(BIAS, layout)
    assert refusal(tmp_path / "w.h5").endswith("is kept in another file; save the weights as one file")


@pytest.mark.parametrize("target", ["/block1_conv1", "/nowhere"])
def test_links_in_a_circle_or_to_nothing_are_refused(tmp_path, target):
    with without(tmp_path, "block1_conv1") as file:
        file["block1_conv1"] = h5py.SoftLink(target)
    assert refusal(tmp_path / "w.h5").startswith("is not a Keras weights file in HDF5 (")


def test_groups_that_branch_without_end_are_refused(tmp_path):
    with without(tmp_path, "block1_conv1") as file:
        inner = file.create_group("inner")
        for depth in range(40):
            outer = file.create_group(f"level{depth}")
            outer["a"] = outer["b"] = inner
            inner = outer
        file["block1_conv1"] = inner
    assert refusal(tmp_path / "w.h5").startswith("is not VGG19: groups within groups at /block1_conv1/")


def test_groups_of_countless_items_are_refused(tmp_path):
    with without(tmp_path, "block1_conv1") as file:
        for number in range(MOST_ITEMS + 1):
            file.create_group(f"block1_conv1/{number}")
    assert refusal(tmp_path / "w.h5") == "a group holds 201 items, VGG19's at most 200"


@pytest.mark.parametrize("shape", [(1 << 50,), (1 << 20, 1 << 20, 1 << 10)])
def test_petabytes_are_refused_by_their_shape(tmp_path, shape):
    with without(tmp_path, BIAS) as file:
        file.create_dataset(BIAS, shape, "f4", chunks=tuple(min(side, 64) for side in shape))
    assert "layer block1_conv1 must have shapes" in refusal(tmp_path / "w.h5")


def test_chunks_that_inflate_to_more_than_they_hold_are_refused(tmp_path):
    with without(tmp_path, BIAS) as file:
        bomb = file.create_dataset(BIAS, (64,), "f4", maxshape=(None,), chunks=(1 << 26,), compression="gzip")
        packer = zlib.compressobj(9)
        parts = [packer.compress(bytes(1 << 20)) for _ in range(256)]
        bomb.id.write_direct_chunk((0,), b"".join(parts) + packer.flush())
    assert (tmp_path / "w.h5").stat().st_size < 1_000_000
    assert refusal(tmp_path / "w.h5") == f"/{BIAS} is kept in chunks larger than itself; save the weights again"


def test_compressed_weights_are_read(tmp_path):
    with without(tmp_path, KERNEL) as file:
        file.create_dataset(KERNEL, SHAPES["block1_conv1"], "f4", chunks=(3, 3, 3, 64), compression="gzip")
    assert not read_weights(tmp_path / "w.h5")["block1_conv1"][0].any()


@pytest.mark.parametrize("kind", [h5py.ref_dtype, h5py.string_dtype(), h5py.vlen_dtype(np.float32)])
def test_what_is_no_number_is_refused(tmp_path, kind):
    with without(tmp_path, BIAS) as file:
        file.create_dataset(BIAS, (64,), kind)
    assert "must hold floating-point numbers, found float32 and object" in refusal(tmp_path / "w.h5")


# Snakemake


def test_snakemake_builds_no_object_of_a_config_s_tags(tmp_path, project):
    project.write_rows({"content": "cat.png", "style": "night.png"})
    config = yaml.safe_dump(project.config()) + "gallery: {title: !!python/object/apply:os.mkdir ['pwned']}\n"
    (tmp_path / "config.yaml").write_text(config)
    snakefile = REPOSITORY / "Snakefile"
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", "--snakefile", str(snakefile)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode and "is not valid JSON or YAML" in done.stdout + done.stderr
    assert not (tmp_path / "pwned").exists()


def test_a_key_of_several_lines_is_one_sentence(project):
    with pytest.raises(ConfigError) as caught:
        parse_settings(project.config(stylize={"a\nb": 1}))
    assert str(caught.value).startswith(r"config.stylize.a\nb: unknown key")

"""The program that makes what can be sent of a gallery: which pictures, where to, and what it refuses."""

import base64
import json
import re
import zipfile

import pytest
from browsing import STYLES, Exhibition, png

import share

TITLES = ["Attic", "Attic", "", "नमस्ते"]


@pytest.fixture(scope="module")
def exhibition(tmp_path_factory):
    """Four pictures, two with the same title, and one that isn't painted."""
    made = Exhibition(tmp_path_factory.mktemp("shared"), title="My gallery: 2026")
    source = made.source("photographs", "cat", (240, 180), (0, 0, 255))
    for place, title in enumerate(TITLES):
        job = made.add(source, STYLES["night:2 + wave"], title=title, style_weight=place + 1)
        made.paint(job, png((240, 180), (40 * place, 200, 0)), title=title)
    made.add(source, STYLES["night"])
    made.build()
    return made


def run(exhibition, folder, *flags):
    return share.main(
        ["--results", str(exhibition.results), "--threads", "2", "--folder", str(folder), *map(str, flags)]
    )


def shared(folder):
    """Return the page's text and the archive's names."""
    (page,), (archive,) = folder.glob("*.html"), folder.glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        return page.read_text(encoding="utf-8"), opened.namelist()


def stars_file(path, exhibition, *counts):
    names = [each.job.name for each in exhibition.combinations]
    path.write_text(json.dumps({"gallery": "", "stars": dict(zip(names, counts, strict=False))}))
    return path


def test_all_that_is_painted_is_shared_and_the_sizes_are_said(exhibition, tmp_path, capsys):
    assert run(exhibition, tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"My-gallery-2026.html", "My-gallery-2026.zip"}
    html, names = shared(tmp_path)
    assert html.count("<img ") == 4
    assert '<h1 dir="auto">My gallery: 2026</h1>' in html
    assert names[:3] == ["1-Attic.png", "2-Attic.png", "3-cat-night-2-wave-1-sw3-stylegrid.png"]
    said = capsys.readouterr()
    assert said.err == "note: 1 of 5 pictures are not painted, and left out\n"
    assert re.search(r"html: 0\.\d+ MB, 4 pictures of at most 1200 px, WebP of quality 85\n", said.out)
    assert re.search(r"zip: 0\.\d+ MB, 4 pictures as painted\n", said.out)


def test_it_lies_in_the_results_folder_unless_told_otherwise(exhibition):
    assert share.main(["--results", str(exhibition.results)]) == 0
    assert (exhibition.results / "share" / "My-gallery-2026.html").is_file()


def test_those_with_stars(exhibition, tmp_path):
    stars = stars_file(tmp_path / "x-stars.json", exhibition, 5, 3, 1)
    assert run(exhibition, tmp_path / "named", stars) == 0
    assert len(shared(tmp_path / "named")[1]) == 3
    assert run(exhibition, tmp_path / "newest", "--least", 3, "--downloads", tmp_path) == 0
    assert shared(tmp_path / "newest")[1] == ["1-Attic.png", "2-Attic.png"]


@pytest.mark.parametrize("keep", ["keep", "drop"])
def test_neither_names_a_folder_of_this_machine(exhibition, tmp_path, keep):
    assert run(exhibition, tmp_path, "--provenance", keep) == 0
    html, _ = shared(tmp_path)
    embedded = [base64.b64decode(each) for each in re.findall(r"base64,([^\"]+)", html)]
    with zipfile.ZipFile(next(tmp_path.glob("*.zip"))) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    where = str(exhibition.project.folder).encode()
    assert all(b"cat.png" in each for each in (*embedded, *files)) == (keep == "keep")
    assert not any(where in each or b"photographs/" in each for each in (html.encode(), *embedded, *files))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--size", "8"], "--size: must be from 16 to 16384 pixels, found 8"),
        (["--megabytes", "0"], "--megabytes: must be above 0"),
        (["--megabytes", "0.05"], "4 pictures of 1200 px take about 0.0"),
        (["no.json"], "no.json: no such file; save the stars"),
    ],
)
def test_what_it_refuses_in_one_line_and_writes_nothing(exhibition, tmp_path, capsys, flags, message):
    assert run(exhibition, tmp_path / "out", *flags) == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note:")]
    assert said.startswith(f"error: {message}")
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_stars_of_another_gallery_are_refused(exhibition, tmp_path, capsys):
    path = tmp_path / "a.json"
    path.write_text('{"gallery": "another", "stars": {"dog/x/y": 4}}')
    assert run(exhibition, tmp_path / "out", path) == 1
    assert "dog/x/y: not in this gallery" in capsys.readouterr().err


def test_stars_of_a_picture_that_is_not_painted_share_nothing(exhibition, tmp_path, capsys):
    path = stars_file(tmp_path / "a.json", exhibition)
    path.write_text(json.dumps({"gallery": "", "stars": {exhibition.combinations[-1].job.name: 5}}))
    assert run(exhibition, tmp_path / "out", path) == 1
    assert "none of 1 pictures is painted yet; run make gallery" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(exhibition, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert run(exhibition, tmp_path / "file") == 1
    said = capsys.readouterr().err
    assert "file/My-gallery-2026.html: cannot be written" in said and "Traceback" not in said


def test_a_results_folder_without_a_plan_is_refused(tmp_path, capsys):
    assert share.main(["--results", str(tmp_path)]) == 1
    assert "table.json: no such file" in capsys.readouterr().err

"""The gallery page at the end of real runs of Snakemake: what edits make again, and what a failure leaves."""

import json

import pytest
from conftest import spoil_unnoticed
from PIL import Image
from test_workflow import ROWS, Gallery


class Pages(Gallery):
    """A gallery whose page is looked at."""

    def data(self):
        text = (self.results / "gallery" / "data.js").read_text(encoding="ascii")
        return json.loads(text.removeprefix("window.stylegridData=").removesuffix(";\n"))

    def times(self, folder):
        found = (path for path in (self.results / folder).rglob("*") if path.is_file())
        return {str(path.relative_to(self.results / folder)): path.stat().st_mtime_ns for path in found}

    def title(self):
        return (self.results / "gallery" / "index.html").read_text().split("<title>")[1].split("</title>")[0]


@pytest.fixture(scope="module")
def pages(tmp_path_factory, weights_file):
    """A finished gallery of four pictures; tests put back what they edit."""
    gallery = Pages(tmp_path_factory.mktemp("pages"), weights_file)
    gallery.run()
    return gallery


def thumbnails_of(row):
    return {f"thumbnails/{row['thumbnail'][:2]}/{row['thumbnail']}-{side}.webp" for side in (160, 320, 640)}


def test_a_run_ends_with_the_page_of_what_it_painted(pages):
    rows = pages.data()["pictures"]
    assert {row["name"]: row["outcome"] for row in rows} == {
        f"{row['content']}/{row['style']}/{row['variant']}": row["outcome"] for row in pages.rows()
    }
    for row in rows:
        record = pages.record(row["name"])
        assert row["losses"] == pytest.approx(
            [record["losses"][name] for name in ("content", "style", "tv", "total")], rel=1e-4
        )
        for name in thumbnails_of(row):
            with Image.open(pages.results / "gallery" / name) as image:
                assert image.size == (record["width"], record["height"])
    assert (pages.folder / "logs" / "gallery.log").read_text() == ""


def test_a_second_run_has_nothing_to_do(pages):
    before = pages.times("gallery")
    assert pages.would_run() == {}
    assert "Nothing to be done" in pages.run().stderr
    assert pages.times("gallery") == before


def test_a_deleted_page_is_built_again_and_no_more(pages):
    before = pages.times("gallery")
    (pages.results / "gallery" / "index.html").unlink()
    assert set(pages.would_run()) == {"gallery", "all"}
    pages.run()
    after = pages.times("gallery")
    assert {name for name, time in after.items() if before.pop(name) != time} == {"index.html"}
    assert not before


def test_another_title_builds_page_and_sheets_again_and_paints_nothing(pages):
    before, pictures, paintings = pages.times("gallery"), pages.times("pictures"), pages.paintings()
    pages.write_config(gallery={"title": "Cats & dogs"})
    assert set(pages.would_run()) == {"gallery", "contact_sheet", "report_overview", "all"}
    pages.run()
    assert pages.title() == "Cats &amp; dogs"
    assert {name for name, time in pages.times("gallery").items() if before[name] != time} == {"index.html"}
    assert (pages.times("pictures"), pages.paintings()) == (pictures, paintings)
    pages.write_config()
    pages.run()
    assert pages.title() == "stylegrid"


@pytest.mark.slow
def test_another_row_adds_the_files_of_its_picture_and_leaves_the_others(pages):
    before = pages.times("gallery")
    pages.write_rows(*ROWS, {**ROWS[2], "style": "night.png", "title": "A dog"})
    assert pages.would_run()["gallery"] == {""}
    pages.run()
    new = pages.data()["pictures"][-1]
    assert (new["name"], new["title"], new["outcome"]) == ("dog/night/sw10-cw1", "A dog", "finished")
    after = pages.times("gallery")
    changed = {name for name, time in after.items() if before.get(name) != time}
    detail = f"details/{new['detail'][:2]}/{new['detail']}.js"
    assert changed == thumbnails_of(new) | {detail, "data.js", "index.html"}
    pages.write_rows(*ROWS)
    pages.run()
    assert set(pages.times("gallery")) == set(before)


@pytest.mark.slow
def test_a_failed_combination_is_shown_beside_those_that_were_painted(tmp_path, weights_file):
    gallery = Pages(tmp_path, weights_file)
    gallery.run("results/backbone.json")  # which looks at the pictures, and paints none
    put_back = spoil_unnoticed(gallery.content / "dog.png")
    done = gallery.snakemake("--keep-going")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    *painted, last = gallery.data()["pictures"]
    assert [row["outcome"] for row in painted] == ["finished"] * 3
    assert (last["name"], last["outcome"], "picture" in last) == ("dog/wave/sw10-cw1", "failed", False)
    assert "has changed since the manifest was read" in last["message"]
    assert "1 not painted" in (gallery.results / "gallery" / "index.html").read_text()
    put_back()
    gallery.run()
    assert [row["outcome"] for row in gallery.data()["pictures"]] == ["finished"] * 4
    assert gallery.would_run() == {}

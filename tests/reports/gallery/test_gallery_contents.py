"""The gallery of a results folder: what it lists, the files it is made of, and what faults cost."""

import hashlib
import json
import os
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from conftest import draw, make_record, save_picture
from PIL import Image

from stylegrid import files
from stylegrid.pictures import film
from stylegrid.pictures.encode import encode
from stylegrid.pictures.images import to_array
from stylegrid.plan.plan_contents import GalleryFile
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.reports.gallery import deep_zoom, gallery_contents, gallery_page
from stylegrid.reports.gallery.gallery_page import Stage
from stylegrid.store import film_strip, films, findings
from stylegrid.store.findings import NOT_PAINTED, OUTDATED
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import BackboneRecord, HistoryEntry, failed, read_record

ROW = {"content": "cat.png", "style": "night.png", "style_weight": "", "format": "", "title": "", "notes": ""}


class Painted:
    """A results folder of pictures that were never painted, but lie there as if they were."""

    def __init__(self, project):
        self.project, self.results = project, project.folder / "results"

    def plan(self, *rows):
        """Write rows to the manifest, and return their combinations by name."""
        self.project.write_rows(*({**ROW, **row} for row in rows))
        self.combinations = make_plan(self.project.settings()).combinations
        return {combination.job.name: combination.job for combination in self.combinations}

    def paint(self, job, size=(32, 24), seed=0, **changes):
        """Put a picture and its record in their places."""
        settings, path = job.settings, picture_path(self.results, job)
        pixels = to_array(Image.fromarray(draw(*size, seed)))
        data = encode(pixels, settings.format, settings.quality)
        files.write_bytes(path, data)
        record = make_record(job, data, width=size[0], height=size[1], **changes)
        files.write_text(record_path(path), record.to_json())
        return path

    def build(self, threads=2, title="My gallery", results=None, stage=Stage.FINISHED):
        """Build the gallery; return what data.js lists, and the faults."""
        base = self.project.settings().model_dump(include={"content_dir", "style_dir", "stylize"})
        listed = GalleryFile(title=title, **base)
        self.faults = gallery_contents.build(results or self.results, self.combinations, listed, threads, stage=stage)
        return self.data()

    def data(self):
        text = (self.results / "gallery" / "data.js").read_text(encoding="ascii")
        assert text.startswith("window.stylegridData=") and text.endswith(";\n")
        return json.loads(text.removeprefix("window.stylegridData=").removesuffix(";\n"))

    def files(self):
        folder = self.results / "gallery"
        return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}

    def bytes(self):
        return {name: path.read_bytes() for name, path in self.files().items()}

    def thumbnails(self, key):
        return {int(Path(name).stem[21:]): path for name, path in self.files().items() if f"/{key}-" in name}


@pytest.fixture
def painted(project):
    return Painted(project)


@pytest.fixture
def four(painted):
    """Two photographs by two paintings, all painted."""
    jobs = painted.plan({"content": "*.png", "style": "*.png"})
    for seed, job in enumerate(jobs.values()):
        painted.paint(job, (40, 30), seed)
    return painted


class Page(HTMLParser):
    """The tags of a page by name, each its attributes; and the texts within them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = {}, {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.setdefault(tag, []).append(dict(attrs))
        self.open = tag

    def handle_data(self, data):
        self.texts[self.open] = self.texts.get(self.open, "") + data

    def handle_endtag(self, tag):
        self.open = ""


def page_of(painted):
    return Page((painted.results / "gallery" / "index.html").read_text(encoding="utf-8"))


def test_large_pictures_have_a_page_to_zoom_into_them_as_long_as_they_are_shown(four, monkeypatch):
    monkeypatch.setattr(deep_zoom, "LARGEST_WHOLE", 39)
    links = [row["deep"] for row in four.build()["pictures"]]
    assert len(set(links)) == 4 and all((four.results / "gallery" / link).is_file() for link in links)
    monkeypatch.setattr(deep_zoom, "LARGEST_WHOLE", 40)
    assert not any("deep" in row for row in four.build()["pictures"])
    assert not list((four.results / "gallery" / "deep").rglob("index.html"))


def test_every_combination_is_listed_in_the_manifest_s_order_by_its_photograph_and_painting(four):
    data = four.build()
    assert four.faults == []
    assert [row["name"] for row in data["pictures"]] == [c.job.name for c in four.combinations]
    assert [content["name"] for content in data["contents"]] == ["cat", "dog"]
    assert [style["name"] for style in data["styles"]] == ["night", "wave"]
    for row in data["pictures"]:
        content, style = data["contents"][row["content"]], data["styles"][row["style"]]
        assert row["name"] == f"{content['name']}/{style['name']}/default"
        assert data["presets"][row["preset"]] == "stylegrid"
        assert (four.results / "gallery" / row["picture"]).resolve().is_file()
        assert read_record(four.results / "gallery" / row["record"]).content.name == content["name"]
        assert (row["width"], row["height"]) == (40, 30)


def test_pictures_photographs_and_paintings_have_their_thumbnails(four):
    data = four.build()
    parts = [part for style in data["styles"] for part in style["parts"]]
    for items, sides in ((data["pictures"], {160, 320, 640}), ([*data["contents"], *parts], {160, 320, 640, 1280})):
        for item in items:
            made = four.thumbnails(item["thumbnail"])
            assert set(made) == sides
            with Image.open(made[160]) as image:
                assert (image.format, image.size) == ("WEBP", (item["width"], item["height"]))
    assert data["sides"] == [160, 320, 640] and data["large"] == 1280
    assert len([name for name in four.files() if name.endswith(".webp")]) == 4 * 3 + 4 * 4


def test_a_detail_is_a_script_that_hands_itself_over_under_its_name(painted):
    (job,) = painted.plan({}).values()
    history = tuple(HistoryEntry(step=n, scale=32, content=n, style=1, tv=2, total=3) for n in range(3))
    painted.paint(job, history=history, device="A device")
    key = painted.build()["pictures"][0]["detail"]
    text = painted.files()[f"details/{key[:2]}/{key}.js"].read_text(encoding="ascii")
    start, end = f"stylegridDetail('{key}',", ");\n"
    assert text.startswith(start) and text.endswith(end)
    told = json.loads(text.removeprefix(start).removesuffix(end))
    assert told["device"] == "A device"
    assert [entry[:3] for entry in told["history"]] == [[0, 32, 0.0], [1, 32, 1.0], [2, 32, 2.0]]
    assert told["settings"] == job.settings.model_dump()


def test_what_lies_beside_a_picture_is_told_in_its_detail_as_far_as_it_does(painted, monkeypatch):
    monkeypatch.setattr(film, "find_ffmpeg", lambda: None)
    first, second = painted.plan({}, {"style": "wave.png"}).values()
    picture = painted.paint(first)
    painted.paint(second)
    names = ("films", "strip", "snapshots")
    assert not any(set(names) & set(detail) for detail in details(painted))
    film_strip.publish(picture, [("000020.png", picture.read_bytes()), ("000005.png", picture.read_bytes())])
    frames = [Image.fromarray(draw(20, 10, seed)) for seed in range(2)]
    films.write_film(painted.results, first.name, picture, films.DESCENT, frames)
    (told, other) = details(painted)
    beside = "../pictures/cat/night/default"
    assert {name: told[name] for name in names} == {
        "films": [{"of": "descent", "webp": "../films/cat/night/default/descent.webp"}],
        "strip": f"{beside}.film.png",
        "snapshots": [[5, f"{beside}.steps/000005.png"], [20, f"{beside}.steps/000020.png"]],
    }
    assert not set(names) & set(other)
    painted.paint(first, seed=1)  # anew, so that the film is of another
    assert "films" not in details(painted)[0]


def details(painted):
    """Return the details of the pictures that are listed."""
    keys = [row["detail"] for row in painted.build()["pictures"]]
    texts = [painted.files()[f"details/{key[:2]}/{key}.js"].read_text(encoding="ascii") for key in keys]
    return [json.loads(text.partition(",")[2].removesuffix(");\n")) for text in texts]


def test_masks_and_start_are_shown_and_their_thumbnails_stay(painted):
    save_picture(painted.project.content / "sky.png", seed=7)
    (job,) = painted.plan({"content_mask": "sky.png", "init": "content + dog.png", "style_mask": "sky.png"}).values()
    painted.paint(job)
    for _ in range(2):
        others = painted.build()["pictures"][0]["others"]
        words = ["Start: dog", "Mask of the photograph: sky", "Mask of the painting: sky"]
        assert [other["words"] for other in others] == words
        assert all(set(painted.thumbnails(other["thumbnail"])) == {160, 320, 640, 1280} for other in others)


def test_a_blend_shows_its_paintings_with_their_weights(painted):
    (job,) = painted.plan({"style": "night.png:3 + wave.png"}).values()
    painted.paint(job)
    (style,) = painted.build()["styles"]
    assert [(part["name"], part["weight"]) for part in style["parts"]] == [("night", 3.0), ("wave", 1.0)]
    assert all(len(painted.thumbnails(part["thumbnail"])) == 4 for part in style["parts"])


def test_the_page_names_its_files_and_counts_what_there_is(four):
    data = four.build(title='Cats & "dogs" </title><script>alert(1)</script>')
    page = page_of(four)
    assert page.texts["h1"] == page.texts["title"] == 'Cats & "dogs" </title><script>alert(1)</script>'
    named = [tag["src"] for tag in page.tags["script"] if "src" in tag]
    named += [tag["href"] for tag in page.tags["link"] if tag["rel"] == "stylesheet"]
    assert {name.partition("?")[0] for name in named} == {*gallery_page.SCRIPTS, "data.js", "gallery.css"}
    data_hash = hashlib.sha256(four.bytes()["data.js"]).hexdigest()
    assert f"data.js?{data_hash[:12]}" in named
    assert {name.partition("?")[0] for name in named} < set(four.files())
    assert gallery_page.summary(data) == "4 pictures, 2 photographs, 2 paintings"
    assert gallery_page.summary(data) in "".join(page.texts.values())


def test_every_script_of_the_page_is_loaded_by_it():
    assert sorted((*gallery_page.SCRIPTS, gallery_page.GROWING)) == sorted(
        path.name for path in gallery_page.PAGE.glob("*.js")
    )


def test_nothing_of_the_page_comes_from_elsewhere(four):
    four.build()
    for tags in page_of(four).tags.values():
        for address in (tag.get(name, "") for tag in tags for name in ("src", "href")):
            assert not address.startswith(("http:", "https:", "//", "/"))


@pytest.mark.parametrize(
    ("name", "path", "told", "warned"),
    [
        ("untrained", None, "untrained", True),
        ("imagenet-8bit", None, "ImageNet (8 bits)", False),
        ("imagenet", None, "ImageNet", False),
        ("file", "a folder/my <b>.h5", "my &lt;b&gt;.h5", False),
    ],
)
def test_the_network_is_named_and_an_untrained_one_warned_of(painted, name, path, told, warned):
    (job,) = painted.plan({}).values()
    painted.paint(job, backbone=BackboneRecord(name=name, sha256="sha of backbone", path=path))
    painted.build()
    page = (painted.results / "gallery" / "index.html").read_text()
    assert f"painted by VGG19, weights: {told}</span>" in page
    assert ("untrained network" in page) == warned


def test_words_of_the_manifest_reach_the_page_as_they_are(painted):
    title, notes = "</script><img src=x onerror=alert(1)>".ljust(10_000, "x"), "née 猫 \u2028 'a' \"b\" \\"
    painted.plan({"title": title, "notes": notes})
    (row,) = painted.build()["pictures"]
    assert (row["title"], row["notes"]) == (title, notes)


def test_rows_name_the_values_of_settings_that_vary_by_their_places(painted):
    painted.plan(
        {"style_weight": "20; 1e4; 5", "style_scale": "", "preset": ""},
        {"style_weight": "5", "style_scale": "1.2", "preset": "gatys2015"},
        {"style_weight": "5", "style_scale": "2", "preset": "gatys2015"},
    )
    data = painted.build()
    assert data["varying"] == [
        {"name": "preset", "values": ["stylegrid", "gatys2015"]},
        {"name": "style_weight", "values": ["5", "20", "1e4"]},
        {"name": "style_scale", "values": ["1.2", "1.5", "2"]},
    ]
    assert [row["varied"] for row in data["pictures"]] == [[0, 1, 1], [0, 2, 1], [0, 0, 1], [1, 0, 0], [1, 0, 2]]


def state_of(painted):
    text = (painted.results / "gallery" / "state.js").read_text(encoding="ascii")
    return json.loads(text.removeprefix("stylegridState(").removesuffix(");\n"))


def newest(painted):
    return hashlib.sha256((painted.results / "gallery" / "data.js").read_bytes()).hexdigest()[:12]


def test_a_page_that_grows_says_how_far_it_is_and_where_more_is_to_be_had(painted):
    first, second = painted.plan({"style_weight": "1;2"}).values()
    painted.paint(first)
    rows = painted.build(stage=Stage.GROWING)["pictures"]
    assert (rows[1]["outcome"], "message" in rows[1], rows[0]["message"]) == ("missing", False, "all 2 steps taken")
    page = page_of(painted)
    assert "Painting: 1 of 2 pictures so far" in page.texts["p"]
    assert any(tag.get("src", "").startswith("growing.js?") for tag in page.tags["script"])
    assert state_of(painted) == [newest(painted), "growing"]
    before = newest(painted)
    painted.paint(second, seed=2)
    painted.build()
    assert state_of(painted) == [newest(painted), "finished"] and newest(painted) != before
    assert not any("growing.js" in tag.get("src", "") for tag in page_of(painted).tags["script"])
    assert painted.data()["heading"]["summary"] == "2 pictures, 1 photograph, 1 painting"


def test_a_partial_page_blames_nothing_that_is_only_not_painted_yet(painted):
    painted.plan({})
    (row,) = painted.build(stage=Stage.PARTIAL)["pictures"]
    assert (row["outcome"], "message" in row) == ("missing", False)
    assert painted.faults == [f"missing: {row['name']}: {NOT_PAINTED}"]
    assert "state.js" not in painted.files()


def test_building_twice_changes_no_file_but_the_page(four):
    four.build()
    before = {name: path.stat().st_ino for name, path in four.files().items()}
    contents = four.bytes()
    four.build()
    assert {n for n, path in four.files().items() if path.stat().st_ino != before.pop(n)} <= {"index.html"}
    assert not before
    assert four.bytes() == contents


def test_one_thread_and_many_give_the_same_bytes(painted):
    jobs = painted.plan({"content": "*.png", "style": "*.png", "style_weight": "1;2;3"})
    for place, job in enumerate(jobs.values()):
        painted.paint(job, (900, 700), place % 2)  # many are equal
    shutil.copy(painted.project.content / "cat.png", painted.project.content / "dog.png")
    painted.build(threads=1)
    alone = painted.bytes()
    shutil.rmtree(painted.results / "gallery")
    painted.build(threads=8)
    assert painted.bytes() == alone


@pytest.mark.parametrize("name", ["my results", "Gemälde & 'co' #1 %20"])
def test_results_may_be_given_absolute_or_relative_with_any_name(four, monkeypatch, name):
    first = four.build()
    shutil.rmtree(four.results / "gallery")
    four.results = four.results.rename(four.results.with_name(name))
    assert four.build() == first
    monkeypatch.chdir(four.results)
    for folder in (Path(), Path("..") / name, Path(os.pardir) / name / "pictures" / ".."):
        shutil.rmtree(four.results / "gallery")
        assert four.build(results=folder) == first


@pytest.mark.parametrize(("kind", "shown"), [("png", True), ("jpeg", True), ("webp", True), ("tiff", False)])
def test_what_browsers_do_not_show_has_a_view(painted, kind, shown):
    (job,) = painted.plan({"format": kind}).values()
    painted.paint(job, (700, 500))
    (row,) = painted.build()["pictures"]
    assert ("view" not in row) == shown
    assert (row["width"], row["height"]) == (700, 500)
    if not shown:
        with (
            Image.open(painted.results / "gallery" / row["view"]) as view,
            Image.open(painted.results / "gallery" / row["picture"]) as picture,
        ):
            assert (view.format, view.size, picture.format) == ("WEBP", (700, 500), "TIFF")
            seen = np.asarray(view.convert("RGB"), float)
        assert np.abs(seen - draw(700, 500)).mean() < 15  # of another picture about 70


def test_transparent_pictures_have_thumbnails(painted):
    (job,) = painted.plan({}).values()
    painted.paint(job)
    Image.new("RGBA", (32, 24), (9, 9, 9, 100)).save(picture_path(painted.results, job))
    (row,) = painted.build()["pictures"]
    assert len(painted.thumbnails(row["thumbnail"])) == 3


def test_what_is_not_painted_is_shown_with_its_reason(painted):
    first, second, third = painted.plan({"style_weight": "1;2;3"}).values()
    painted.paint(first)
    path = failure_path(picture_path(painted.results, second))
    files.write_text(path, failed(second, "out of memory").to_json())
    rows = painted.build()["pictures"]
    assert [(row["outcome"], "picture" in row) for row in rows] == [
        ("finished", True),
        ("failed", False),
        ("missing", False),
    ]
    assert painted.faults == [f"failed: {second.name}: out of memory", f"missing: {third.name}: {NOT_PAINTED}"]
    assert "1 picture, 1 photograph, 1 painting; 2 not painted" in (
        painted.results / "gallery" / "index.html"
    ).read_text(encoding="utf-8")


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def test_a_picture_that_was_cut_short_is_a_fault_and_costs_no_other(four):
    four.build()
    thumbnails = four.build()["pictures"][1]["thumbnail"]
    cut(picture_path(four.results, four.combinations[1].job))
    rows = four.build()["pictures"]
    assert [row["outcome"] for row in rows] == ["finished", "failed", "finished", "finished"]
    assert not {"picture", "thumbnail", "detail"} & set(rows[1])
    assert len(four.faults) == 1 and "default.png: is damaged or cut short" in four.faults[0]
    assert four.thumbnails(thumbnails) == {}


def test_a_picture_that_vanished_is_missing(four):
    four.build()
    picture_path(four.results, four.combinations[2].job).unlink()
    assert [row["outcome"] for row in four.build()["pictures"]] == ["finished", "finished", "missing", "finished"]


def test_a_picture_that_vanishes_while_the_gallery_is_built_is_a_fault(four, monkeypatch):
    find = findings.find

    def find_and_remove(*given):
        finding = find(*given)
        finding.picture.unlink()
        return finding

    monkeypatch.setattr("stylegrid.store.findings.find", find_and_remove)
    assert [row["outcome"] for row in four.build()["pictures"]] == ["failed"] * 4
    assert all("default.png: cannot be read (No such file or directory)" in fault for fault in four.faults)


def test_a_record_that_is_none_is_a_fault(four):
    record_path(picture_path(four.results, four.combinations[0].job)).write_text("[")
    rows = four.build()["pictures"]
    assert [row["outcome"] for row in rows] == ["failed", "finished", "finished", "finished"]
    assert "default.png.json: is not a record" in rows[0]["message"]


def test_a_picture_changed_by_hand_is_shown_as_it_is(four):
    first = four.build()["pictures"][0]["thumbnail"]
    Image.fromarray(draw(20, 60, 9)).save(picture_path(four.results, four.combinations[0].job))
    row = four.build()["pictures"][0]
    assert (row["outcome"], row["width"], row["height"]) == ("finished", 20, 60)
    assert row["thumbnail"] != first and len(four.thumbnails(row["thumbnail"])) == 3
    assert four.thumbnails(first) == {}


def test_a_picture_of_another_network_counts_as_missing(four):
    files.write_text(four.results / "backbone.json", '{"name": "file", "path": "w.h5", "sha256": "another"}')
    assert {row["message"] for row in four.build()["pictures"]} == {OUTDATED}


def test_a_loss_that_was_no_number_leaves_a_picture_without_losses(painted):
    (job,) = painted.plan({}).values()
    painted.paint(job, outcome="non_finite", message="style was nan at step 1", losses=None)
    (row,) = painted.build()["pictures"]
    assert (row["outcome"], row["message"], "losses" in row) == ("non_finite", "style was nan at step 1", False)
    assert painted.faults == []


def test_photographs_that_are_gone_are_not_shown(four):
    (four.project.content / "dog.png").unlink()
    (four.project.style / "wave.png").write_bytes(b"another")
    data = four.build()
    assert four.faults == []
    assert data["contents"][1] == {"name": "dog"} and data["styles"][1]["parts"] == [{"name": "wave", "weight": 1.0}]
    assert {"thumbnail", "width", "height"} < set(data["contents"][0])


def test_photographs_that_go_later_are_shown_as_they_were(four):
    before = four.build()
    (four.project.content / "dog.png").unlink()
    save_picture(four.project.style / "wave.png", seed=99)
    assert four.build() == before
    assert len(four.thumbnails(before["contents"][1]["thumbnail"])) == 4


def test_what_is_not_shown_any_more_goes_and_other_people_s_files_stay(four):
    first = four.build()["pictures"]
    others = ["notes.txt", "thumbnails/ab/mine.webp", "details/ab/mine.js", "thumbnails/0123456789abcdef0123-9.webp"]
    for name in others:
        files.write_text(four.results / "gallery" / name, "mine")
    gone = first[3]
    four.combinations = four.combinations[:3]
    four.build()
    assert set(others) < set(four.files())
    assert four.thumbnails(gone["thumbnail"]) == {}
    assert not [name for name in four.files() if gone["detail"] in name]
    for row in first[:3]:
        assert len(four.thumbnails(row["thumbnail"])) == 3
        assert f"details/{row['detail'][:2]}/{row['detail']}.js" in four.files()


def test_a_new_picture_adds_its_own_files_only(four):
    every = four.combinations
    four.combinations = every[:3]
    four.build()
    before = {name: path.stat().st_mtime_ns for name, path in four.files().items()}
    four.combinations = every
    row = four.build()["pictures"][3]
    changed = {name for name, path in four.files().items() if before.get(name) != path.stat().st_mtime_ns}
    style = four.data()["styles"][1]["parts"][0]
    own = {f"thumbnails/{row['thumbnail'][:2]}/{row['thumbnail']}-{side}.webp" for side in (160, 320, 640)}
    assert style["thumbnail"]  # shown before by another combination
    assert changed == own | {"data.js", "index.html", f"details/{row['detail'][:2]}/{row['detail']}.js"}


def test_a_gallery_of_nothing_is_a_page(painted):
    painted.plan({})
    painted.combinations = []
    data = painted.build()
    assert (data["pictures"], data["contents"], data["styles"], data["presets"]) == ([], [], [], [])
    assert "0 pictures, 0 photographs, 0 paintings" in (painted.results / "gallery" / "index.html").read_text()

"""A gallery that varies much: every picture of it is on its sheets, in the plots, and in print."""

from collections import Counter

import numpy as np
import pytest
from conftest import save_picture
from PIL import Image, ImageOps
from test_workflow_report import Gallery

from stylegrid.plan import plan_files
from stylegrid.reports.plots import plot_style
from stylegrid.reports.plots.plot_curves import draw_curves
from stylegrid.reports.plots.plot_tradeoff import draw_tradeoff
from stylegrid.reports.print.print_draw import compose
from stylegrid.settings.setting_words import captions
from stylegrid.store.findings import find_all, network_of

pytestmark = pytest.mark.slow

PLAIN = {
    "preset": "",
    "style_scale": "",
    "style_weight": "",
    "style_mask": "",
    "content_mask": "",
    "original_colours": "",
}
CAT = {"content": "cat.png", "style": "wave.png", **PLAIN}
PRESETS = "stylegrid; gatys2015; jcjohnson"
ROWS = (
    {**CAT, "content": "cat.png; dog.png", "style": "night.png", "preset": PRESETS, "style_scale": "1; 1.5"},
    {**CAT, "style": "night.png:2 + wave.png", "style_mask": "none; none + mask.png"},
    {**CAT, "original_colours": "none; lab"},
    {**CAT, "content_mask": "mask.png", "style_weight": "5; 50"},
)
COUNT = 12 + 2 + 2 + 2


@pytest.fixture(scope="module")
def swept(tmp_path_factory, weights_file):
    """The gallery, painted and printed, with what was found of its pictures."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), weights_file)
    save_picture(gallery.content / "mask.png", seed=9)
    gallery.write_rows(*ROWS)
    gallery.write_config(paper="A4", thumbnail=32)
    gallery.run()
    gallery.findings = find_all(gallery.results, plan_files.read_table(gallery.results))
    assert [finding.outcome for finding in gallery.findings if not finding.finished] == []
    assert len({finding.picture for finding in gallery.findings}) == COUNT
    return gallery


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def is_on(sheet, picture):
    """Return whether a picture is somewhere on a sheet, pixel by pixel."""
    height, width = picture.shape[:2]
    places = np.argwhere((sheet[: -height + 1, : -width + 1] == picture[0, 0]).all(axis=2))
    return any((sheet[y : y + height, x : x + width] == picture).all() for y, x in places)


def sheets_of(finding):
    job = finding.combination.job
    return ("overview", f"content/{job.content.name}", f"style/{job.style}")


def test_every_picture_is_on_the_overview_and_the_sheets_of_its_photograph_and_its_style(swept):
    folder = swept.results / "sheets"
    drawn = {str(path.relative_to(folder).with_suffix("")): pixels(path) for path in folder.rglob("*.png")}
    planned = Counter(
        (name, c.job.name) for name in drawn for c in plan_files.read_page(swept.results, name)[1].cells.values()
    )
    assert planned == {(name, found.combination.job.name): 1 for found in swept.findings for name in sheets_of(found)}
    for found in swept.findings:
        assert all(is_on(drawn[name], pixels(found.picture)) for name in sheets_of(found))


def test_no_photograph_and_no_settings_stand_twice_on_a_sheet(swept):
    for name in plan_files.sheet_names(swept.results):
        _, page = plan_files.read_page(swept.results, name)
        assert len(set(page.rows)) == len(page.rows) and len(set(page.columns)) == len(page.columns)
    _, overview = plan_files.read_page(swept.results, "overview")
    assert [head.text for head in overview.rows] == ["cat", "dog"]


def test_captions_tell_pictures_apart_and_name_only_what_varies(swept):
    _, page = plan_files.read_page(swept.results, "overview")
    varied = {"preset", "style_scale", "style_weight", "style_mask", "content_mask", "original_colours"}
    assert set(page.varying) == varied
    jobs = [finding.combination.job for finding in swept.findings]
    assert len({(job.content.name, job.style, captions(job.settings, page.varying)) for job in jobs}) == COUNT


def test_every_picture_is_a_point_of_the_tradeoff_and_a_curve_of_its_style(swept):
    with plot_style.look():
        tradeoff = draw_tradeoff("", swept.findings)
        points = [place for panel in tradeoff.axes for drawn in panel.collections for place in drawn.get_offsets()]
        curves = []
        for style in plan_files.style_names(swept.results):
            _, combinations = plan_files.read_plots(swept.results, style)
            panels = draw_curves("", find_all(swept.results, combinations)).axes[3::4]
            curves += [line for panel in panels for line in panel.lines if line.get_marker() == "o"]
    assert len(points) == len(curves) == COUNT
    losses = {(found.record.losses.content, found.record.losses.style) for found in swept.findings}
    assert {tuple(place) for place in np.asarray(points).tolist()} == losses
    assert sorted(path.name for path in (swept.results / "plots").rglob("*.svg")) == [
        *("night-2-wave-1.svg", "night.svg", "tradeoff.svg", "wave.svg")
    ]


def test_every_picture_is_printed(swept):
    file, combinations = plan_files.read_print(swept.results)
    findings = find_all(swept.results, combinations)
    booklet = compose(file, findings, network_of(findings))
    printed = Counter()
    for number, page in enumerate(booklet.pages, start=1):
        sheet = pixels(swept.results / "print" / f"page-{number:03}.png")
        for cell in page.cells:
            group = booklet.groups[cell.group]
            finding = group.findings[cell.number]
            with Image.open(finding.picture) as image:
                shown = np.asarray(ImageOps.contain(image.convert("RGB"), group.box, Image.Resampling.LANCZOS))
            top = cell.y + group.box[1] - shown.shape[0]
            assert (sheet[top : top + shown.shape[0], cell.x : cell.x + shown.shape[1]] == shown).all()
            printed[finding.combination.job.name] += 1
    assert printed == {finding.combination.job.name: 1 for finding in swept.findings}

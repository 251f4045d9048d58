"""The program that draws the sheets for print."""

import numpy as np
import pikepdf
import pytest
from conftest import make_record, save_picture
from PIL import Image, ImageColor

import print_sheets
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.reports.contact_sheet import NOTICE
from stylegrid.store.layout import picture_path, record_path


@pytest.fixture
def plan(project):
    """Return a function that plans 36 combinations for a layout, and returns them with the results folder."""

    def plan(**sheets):
        project.write_rows({"content": "*", "style": "*", "style_weight": "1;2;3;4;5;6;7;8;9"})
        settings = project.settings(sheets={"paper": "letter", **sheets})
        combinations = make_plan(settings).combinations
        plan_files.write_plan(settings, combinations, {})
        return combinations, settings.results

    return plan


def run(results, *flags):
    return print_sheets.main(["--results", str(results), *flags])


def pages(results):
    return sorted(path.name for path in (results / "print").glob("page-*.png"))


def test_a_gallery_is_printed_on_as_many_pages_as_it_needs_and_stale_ones_go(plan):
    _, results = plan(columns=2)
    assert run(results, "--threads", "2") == 0
    many = pages(results)
    with pikepdf.open(results / "print" / "gallery.pdf") as pdf:
        assert many == [f"page-{number:03}.png" for number in range(1, len(pdf.pages) + 1)]
    plan(columns=8)
    assert run(results) == 0
    assert 0 < len(pages(results)) < len(many)
    assert len(list((results / "print").iterdir())) == len(pages(results)) + 1  # no scratch is left


def test_threads_change_no_byte(plan):
    _, results = plan()
    for threads in ("1", "3"):
        assert run(results, "--threads", threads) == 0
        path = results / "print" / f"after-{threads}.pdf"
        (results / "print" / "gallery.pdf").rename(path)
    assert (results / "print" / "after-1.pdf").read_bytes() == (results / "print" / "after-3.pdf").read_bytes()


def test_a_picture_painted_by_an_untrained_network_gets_a_notice(plan):
    combinations, results = plan()
    shown = []
    for name in ("untrained", "imagenet"):
        job = combinations[0].job
        picture = save_picture(picture_path(results, job))
        record = make_record(job)
        backbone = record.backbone.model_copy(update={"name": name})
        record_path(picture).write_text(record.model_copy(update={"backbone": backbone}).to_json())
        assert run(results) == 0
        with Image.open(results / "print" / "page-001.png") as page:
            shown.append((np.asarray(page)[:700] == ImageColor.getrgb(NOTICE)).all(axis=2).sum())
    assert shown[0] > 500 and shown[1] == 0


def test_without_a_paper_it_says_how_to_choose_one(plan, capsys):
    _, results = plan(paper="none")
    assert run(results) == 1
    assert (
        "print.json: no such file; choose a paper in the config's sheets, then run snakemake" in capsys.readouterr().err
    )
    assert not (results / "print").exists()

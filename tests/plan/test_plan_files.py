"""The plan as files, each rewritten only when its contents change."""

import pytest
from conftest import save_picture

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.plan.sheet_pages import plan_pages


@pytest.fixture
def write(project):
    """Return a function that plans rows, writes the plan down, and returns it with the results folder."""

    def write(*rows, **changes):
        project.write_rows(*rows)
        settings = project.settings(**changes)
        plan = make_plan(settings)
        plan_files.write_plan(settings, plan.combinations, plan_pages(plan.combinations, settings.sheets.cells))
        return plan, settings.results

    return write


ROW = {"content": "cat.png", "style": "night.png + wave.png", "title": "My cat", "notes": "", "size": ""}


def files_of(results) -> dict:
    return {path: path.stat().st_ino for path in (results / "plan").rglob("*.json")}


def test_combinations_are_read_back_as_they_were_planned(write, project):
    save_picture(project.content / "masks" / "sky.png")
    masks = {"init": "dog.png + noise", "content_mask": "masks/sky.png", "style_mask": "none + masks/sky.png"}
    plan, results = write({**ROW, **masks, "original_colours": "lab", "format": "jpeg; tiff"})
    assert [c.job for c in plan_files.read_table(results)] == [c.job for c in plan.combinations]
    _, page = plan_files.read_page(results, "overview")
    assert [c.job for c in page.cells.values()] == [c.job for c in plan.combinations]


def test_a_plan_that_stays_the_same_is_left_alone(write):
    _, results = write(ROW)
    before = files_of(results)
    write(ROW)
    assert files_of(results) == before


def test_an_edit_reaches_what_it_is_about(write):
    other = {**ROW, "content": "dog.png"}
    _, results = write(ROW, other)
    before = files_of(results)
    write(ROW, {**other, "title": "My dog"})
    changed = {path.stem for path, inode in files_of(results).items() if before.get(path) != inode}
    assert changed == {"default", "table", "overview", "dog", "night-1-wave-1"}
    assert files_of(results)[plan_files.job_path(results, "cat/night-1-wave-1/default")] in before.values()


def test_another_title_of_the_gallery_reaches_the_page_and_the_sheets(write):
    _, results = write(ROW)
    assert plan_files.read_gallery(results).title == "stylegrid"
    before = files_of(results)
    write(ROW, gallery={"title": "Née 猫 </title>"})
    changed = {path.relative_to(results / "plan") for path, inode in files_of(results).items() if before[path] != inode}
    assert {str(path.parts[0]) for path in changed} == {"gallery.json", "sheets"}
    assert plan_files.read_gallery(results).title == "Née 猫 </title>"


def test_another_sheet_leaves_the_gallery_alone(write):
    _, results = write(ROW)
    before = plan_files.gallery_path(results).stat().st_ino
    write(ROW, sheets={"thumbnail": 64})
    assert plan_files.gallery_path(results).stat().st_ino == before


def test_without_a_plan_the_gallery_has_no_title(tmp_path):
    with pytest.raises(RecordError, match=r"gallery\.json: no such file; run snakemake"):
        plan_files.read_gallery(tmp_path)


def test_what_is_printed_is_read_back_and_only_its_layout_writes_it_again(write):
    paper = {"paper": "A4", "columns": 4}
    plan, results = write(ROW, sheets=paper, gallery={"title": "Ours"})
    file, combinations = plan_files.read_print(results)
    assert (file.gallery, file.paper, file.orientation, file.columns, file.margin) == ("Ours", "A4", "portrait", 4, 15)
    assert [c.job for c in combinations] == [c.job for c in plan.combinations]
    assert combinations[0].title == "My cat"
    before = files_of(results)
    write(ROW, sheets={**paper, "orientation": "landscape"}, gallery={"title": "Ours"})
    changed = {path.stem for path, inode in files_of(results).items() if before[path] != inode}
    assert changed == {"print"}


def test_without_a_paper_nothing_is_to_be_printed(write):
    _, results = write(ROW, sheets={"paper": "letter"})
    write(ROW)
    with pytest.raises(RecordError, match=r"print\.json: no such file; choose a paper in the config's sheets"):
        plan_files.read_print(results)


def test_sheets_that_are_no_more_go(write):
    _, results = write(ROW, {**ROW, "content": "dog.png"})
    assert "content/dog" in plan_files.sheet_names(results)
    write(ROW)
    assert plan_files.sheet_names(results) == ["content/cat", "overview", "style/night-1-wave-1"]


def test_plots_are_of_a_style_or_of_everything(write):
    _, results = write(ROW, {**ROW, "content": "dog.png", "style": "wave.png"}, plots={"format": "pdf"})
    assert plan_files.style_names(results) == ["night-1-wave-1", "wave"]
    file, combinations = plan_files.read_plots(results, "wave")
    assert (file.format, file.each, [c.job.name for c in combinations]) == ("pdf", "style", ["dog/wave/default"])
    _, combinations = plan_files.read_plots(results)
    assert [c.job.name for c in combinations] == ["cat/night-1-wave-1/default", "dog/wave/default"]


def test_an_edit_reaches_only_the_plots_of_its_style(write):
    other = {**ROW, "content": "dog.png", "style": "wave.png"}
    _, results = write(ROW, other)
    before = files_of(results)
    write(ROW, {**other, "size": "20"})
    changed = {path for path, inode in files_of(results).items() if before.get(path) != inode and "plots" in str(path)}
    assert changed == {plan_files.plots_path(results), plan_files.plots_path(results, "wave")}
    write(ROW)
    assert plan_files.style_names(results) == ["night-1-wave-1"]


def test_chunks_that_failed_are_discarded_whole_and_others_kept(tmp_path):
    names = ("0/cat/night/a.png", "0/cat/night/b.failed.json", "1/cat/night/c.png", "1/cat/night/c.json")
    for name in names:
        files.write_text(tmp_path / "chunks" / name, "")
    plan_files.discard_failed_chunks(tmp_path)
    assert [path.name for path in (tmp_path / "chunks").iterdir()] == ["1"]
    assert len(list((tmp_path / "chunks" / "1").rglob("*.*"))) == 2


def test_without_chunks_there_is_nothing_to_discard(tmp_path):
    plan_files.discard_failed_chunks(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_differs_is_written_elsewhere_and_nothing_else(write, project, tmp_path):
    other = {**ROW, "content": "dog.png", "size": "24"}
    _, results = write(ROW, other)
    before = files_of(results)
    project.write_rows(ROW, {**other, "size": "20"})
    settings = project.settings(sheets={"paper": "A4"})
    combinations = make_plan(settings).combinations
    pages = plan_pages(combinations, settings.sheets.cells)
    changed = plan_files.write_changes(settings, combinations, pages, tmp_path / "look")
    assert changed == {str(path.relative_to(tmp_path / "look")) for path in (tmp_path / "look").rglob("*.json")}
    assert {"jobs/dog/night-1-wave-1/px20.json", "table.json", "print.json"} < changed
    assert not {"jobs/cat/night-1-wave-1/default.json", "gallery.json", "sheets/content/cat.json"} & changed
    assert files_of(results) == before


def test_a_damaged_plan_is_refused(write):
    _, results = write(ROW)
    plan_files.table_path(results).write_text("{")
    with pytest.raises(RecordError, match=r"table\.json: is no plan \(not JSON, .*\); delete it and run again"):
        plan_files.read_table(results)

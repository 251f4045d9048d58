"""Plots as files, and the program that draws them."""

import shutil
import xml.etree.ElementTree as ET

import pytest
from conftest import make_record
from fake_findings import entry

import plot
from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.reports.plots import plot_files
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import failed

HISTORY = (entry(1, 0.5, 40), entry(2, 0.7, 8))


class Painted:
    """A results folder of four combinations, of two photographs in two styles, with all pictures that are wanted."""

    def __init__(self, project):
        self.project = project
        project.write_rows({"content": "*.png", "style": "*.png", "style_weight": "1"})
        self.plan()

    def plan(self, **plots):
        settings = self.project.settings(plots=plots)
        combinations = make_plan(settings).combinations
        plan_files.write_plan(settings, combinations, plan_pages(combinations, 100))
        self.results, self.jobs = settings.results, {c.job.name: c.job for c in combinations}

    def paint(self, *names):
        for name in names or self.jobs:
            picture = picture_path(self.results, self.jobs[name])
            files.write_bytes(picture, b"png")
            files.write_text(record_path(picture), make_record(self.jobs[name], history=HISTORY).to_json())

    def fail(self, name):
        job = self.jobs[name]
        shutil.rmtree(self.results / "pictures" / name.rsplit("/", 1)[0], ignore_errors=True)
        files.write_text(failure_path(picture_path(self.results, job)), failed(job, "no").to_json())

    def drawn(self):
        folder = self.results / "plots"
        return {str(path.relative_to(folder)) for path in folder.rglob("*.*")}

    def read(self, name):
        return (self.results / "plots" / name).read_text()


@pytest.fixture
def painted(project):
    return Painted(project)


ALL = {"losses/night.svg", "losses/wave.svg", "tradeoff.svg"}
EACH = {f"curves/{content}/{style}/sw1.svg" for content in ("cat", "dog") for style in ("night", "wave")}


def main(painted, *flags):
    return plot.main(["--results", str(painted.results), *flags])


def test_a_gallery_whose_config_wants_none_has_none(painted):
    painted.plan(each="none")
    painted.paint()
    assert main(painted) == 0
    assert painted.drawn() == set()


def test_a_gallery_has_curves_of_each_style_and_a_tradeoff(painted):
    painted.paint()
    assert main(painted) == 0
    assert painted.drawn() == ALL
    for name in ALL:
        assert ET.fromstring(painted.read(name)).tag.endswith("svg")
    assert "Losses of night, 2 pictures" in painted.read("losses/night.svg")


def test_each_picture_has_curves_where_the_config_wants_them(painted):
    painted.plan(each="picture", format="pdf")
    painted.paint()
    assert main(painted, "--threads", "2") == 0
    assert painted.drawn() == {name.replace(".svg", ".pdf") for name in ALL | EACH}


@pytest.mark.parametrize(
    ("flags", "names"),
    [(["--style", "wave"], {"losses/wave.svg"}), (["--tradeoff"], {"tradeoff.svg"}), (["--pictures"], EACH)],
)
def test_plots_of_one_kind(painted, flags, names):
    painted.paint()
    assert main(painted, *flags) == 0
    assert painted.drawn() == names


def test_several_processes_draw_the_same(painted):
    painted.paint()
    main(painted)
    before = {name: painted.read(name) for name in ALL}
    shutil.rmtree(painted.results / "plots")
    assert main(painted, "--threads", "3") == 0
    assert {name: painted.read(name) for name in painted.drawn()} == before


def test_failed_and_missing_pictures_are_left_out(painted):
    painted.paint("cat/night/sw1")
    painted.fail("dog/night/sw1")
    assert main(painted) == 0
    assert painted.drawn() == {"losses/night.svg", "tradeoff.svg"}
    assert "Losses of night, 1 picture " in painted.read("losses/night.svg")


def test_a_style_without_pictures_loses_its_file(painted):
    painted.paint()
    main(painted)
    shutil.rmtree(painted.results / "pictures")
    assert main(painted) == 0
    assert painted.drawn() == set()


def copies(painted):
    folder = painted.results / "report" / "plots"
    return {str(path.relative_to(folder)) for path in folder.rglob("*.*")}


def test_the_report_has_a_small_copy_of_each_plot_and_none_of_what_is_gone(painted):
    painted.plan(each="picture", format="pdf")
    painted.paint()
    assert main(painted, "--partial") == 0
    assert copies(painted) == set()
    assert main(painted) == 0
    assert copies(painted) == {"losses/night.png", "losses/wave.png", "tradeoff.png"}
    shutil.rmtree(painted.results / "pictures")
    assert main(painted) == 0
    assert copies(painted) == set()


def test_names_are_drawn_as_they_are(painted):
    (painted.project.style / "night.png").rename(painted.project.style / "a_b_c.png")
    painted.plan()
    painted.paint()
    plot_files.write_losses(painted.results, "a_b_c", painted.results, copies=False)
    assert "Losses of a_b_c, 2 pictures" in painted.read("losses/a_b_c.svg")


def test_an_unknown_style_is_refused(painted, capsys):
    assert main(painted, "--style", "day") == 1
    assert capsys.readouterr().err == "error: --style: must be one of night, wave, found 'day'\n"


@pytest.mark.parametrize("threads", ["0", "-1"])
def test_a_number_of_threads_that_is_none_is_refused(painted, threads, capsys):
    with pytest.raises(SystemExit) as stop:
        main(painted, "--threads", threads)
    assert stop.value.code == 2
    assert f"must be a whole number from 1, found '{threads}'" in capsys.readouterr().err


def test_plotting_without_a_plan_says_how_to_get_one(tmp_path, capsys):
    assert plot.main(["--results", str(tmp_path)]) == 1
    assert "no such file; run snakemake" in capsys.readouterr().err


def test_a_fault_in_another_process_is_one_line(painted, capsys):
    painted.paint()
    (painted.results / "plots").write_text("in the way")
    assert main(painted, "--threads", "2") == 1
    error = capsys.readouterr().err
    assert "cannot be written" in error and error.count("\n") == 1


def test_a_damaged_plan_is_refused(painted):
    plan_files.plots_path(painted.results, "night").write_text('{"format": "gif"}')
    with pytest.raises(RecordError, match=r"night\.json: is no plan"):
        plot_files.write_losses(painted.results, "night", painted.results, copies=False)

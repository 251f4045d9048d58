"""The real Snakemake on tiny pictures: its report, and sheets for print."""

import html
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pikepdf
import pytest
import yaml
from conftest import REPOSITORY, Project, spoil_unnoticed
from PIL import Image, ImageOps

from stylegrid.store.record import HistoryEntry, read_record

pytestmark = pytest.mark.slow

TITLE = "My *gallery* | `one_ <two> \\"
PLOTS = {"tradeoff", "losses/night", "losses/wave"}


class Gallery(Project):
    """A project beside a copy of the workflow, run by the real Snakemake from another directory."""

    def __init__(self, folder, weights):
        super().__init__(folder)
        self.checkout, self.results = folder / "checkout", folder / "results"
        for name in ("workflow", "scripts"):
            ignored = shutil.ignore_patterns("envs")
            shutil.copytree(REPOSITORY / name, self.checkout / name, ignore=ignored)
        shutil.copy(REPOSITORY / "Snakefile", self.checkout)
        self.weights = str(weights)
        self.write_rows(
            {"content": "cat.png", "style": "night.png; wave.png"},
            {"content": "dog.png", "style": "night.png; wave.png"},
        )

    def write_config(self, **sheets):
        shown = {"gallery": {"title": TITLE}, "sheets": sheets, "plots": {"each": "style"}}
        config = self.config(weights=self.weights, results="results", **shown)
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config))

    def snakemake(self, *flags):
        command = [sys.executable, "-m", "snakemake", "--cores", "2", "--directory", str(self.folder), *flags]
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "home")}
        return subprocess.run(command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False)

    def run(self, *flags):
        done = self.snakemake(*flags)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def would_run(self):
        """Return the rules that a dry run announces."""
        return set(re.findall(r"^(?:local)?rule (\w+):$", self.run("--dry-run"), re.MULTILINE)) - {"all"}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, weights_file):
    """A gallery of four pictures, painted and printed on A4 once."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), weights_file)
    gallery.write_config(paper="A4")
    gallery.run()
    return gallery


def test_sheets_for_print_are_made_beside_their_pages(gallery):
    assert {path.name for path in (gallery.results / "print").iterdir()} == {"gallery.pdf", "page-001.png"}
    with pikepdf.open(gallery.results / "print" / "gallery.pdf") as pdf:
        assert len(pdf.pages) == 1
    with Image.open(gallery.results / "print" / "page-001.png") as page:
        assert page.size == (2480, 3508)
    assert gallery.would_run() == set()


@pytest.mark.parametrize("change", [{"orientation": "landscape"}, {"columns": 2}, {"margin": 20}, {"paper": "A3"}])
def test_another_layout_draws_the_sheets_for_print_only(gallery, change):
    gallery.write_config(**{"paper": "A4", **change})
    assert gallery.would_run() == {"print_sheets"}
    gallery.write_config(paper="A4")
    assert gallery.would_run() == set()


def test_without_a_paper_nothing_is_printed(gallery):
    (gallery.results / "print" / "gallery.pdf").unlink()
    gallery.write_config()
    assert gallery.would_run() == set()
    gallery.write_config(paper="A4")
    assert gallery.would_run() == {"print_sheets"}
    gallery.run()


@pytest.fixture(scope="module")
def report(gallery, tmp_path_factory):
    """What a report holds: its page as text, and the names and sizes of its files."""
    path = tmp_path_factory.mktemp("report") / "report.zip"
    gallery.run("--report", str(path))
    with zipfile.ZipFile(path) as archive:
        files = {entry.filename: entry.file_size for entry in archive.infolist()}
        (page,) = (name for name in files if name.endswith("report.html"))
        return archive.read(page).decode(), files


def test_the_report_holds_the_overview_every_plot_and_the_table_and_no_picture(gallery, report):
    held = sorted(size for name, size in report[1].items() if "/data/raw/" in name)
    plots = [gallery.results / "report" / "plots" / f"{plot}.png" for plot in PLOTS]
    expected = [gallery.results / "report" / "overview.jpg", *plots, gallery.results / "losses.csv"]
    assert held == sorted(path.stat().st_size for path in expected)


def test_categories_labels_and_captions_are_filled_in(report):
    page = html.unescape(report[0])
    for words in ("Contact sheets", "Losses", "overview", "trade-off", "everything", "final losses"):
        assert words in page
    assert "All combinations: a row for each photograph, columns for each style" in page
    assert "Losses are unweighted" in page


def test_the_front_page_names_the_gallery_as_it_is(report):
    assert "My *gallery* | `one_ <two> \\" in html.unescape(report[0])
    assert "system-message" not in report[0]


def test_a_report_is_one_page_of_html_too(gallery, tmp_path):
    gallery.run("--report", str(tmp_path / "report.html"))
    assert "Losses are unweighted" in html.unescape((tmp_path / "report.html").read_text())


@pytest.fixture
def shipped(tmp_path, weights_file):
    """The shipped manifest's gallery and two pictures more, painted tiny; then all become as large as real ones."""
    gallery = Gallery(tmp_path, weights_file)
    config = gallery.config(weights=gallery.weights, results="results", stylize={"size": 32, "steps": 1})
    rows = (REPOSITORY / "data" / "manifest.csv").read_text()
    gallery.manifest.write_text(f"{rows.rstrip()}\ncoffee.jpg,mosaic.jpg,3; 30,,\n")
    config |= {f"{kind}_dir": str(REPOSITORY / "data" / kind) for kind in ("content", "style")}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    gallery.run("pictures")
    for picture in (gallery.results / "pictures").rglob("*.png"):
        make_real(picture)
    return gallery


def make_real(picture):
    """Replace a picture by its photograph under its painting, 256 px long, and give it a history of 120 steps."""
    path = picture.with_name(f"{picture.name}.json")
    record = read_record(path)
    with Image.open(record.content.path) as content, Image.open(record.styles[0].path) as style:
        content.thumbnail((256, 256))
        Image.blend(content.convert("RGB"), ImageOps.fit(style.convert("RGB"), content.size), 0.6).save(picture)
    losses = record.losses.model_dump()
    history = [
        HistoryEntry(
            step=step, scale=64, **{name: value * (1 + 9 / step + step % 3 / 20) for name, value in losses.items()}
        )
        for step in range(1, 121)
    ]
    path.write_text(record.model_copy(update={"history": tuple(history)}).to_json())


def test_a_report_of_21_pictures_is_small_enough_to_send(shipped):
    shipped.run()
    assert len(list((shipped.results / "pictures").rglob("*.png"))) == 21
    shipped.run("--report", str(shipped.folder / "report.html"))
    assert (shipped.results / "sheets" / "overview.png").stat().st_size > 2_000_000  # as of real pictures
    assert (shipped.folder / "report.html").stat().st_size < 4_000_000


def test_what_was_painted_is_printed_when_something_fails(tmp_path, weights_file):
    """A photograph spoilt after it was looked at: same size and time, other bytes."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_config(paper="letter", columns=1)
    gallery.run("results/backbone.json")  # which looks at the pictures, and paints none
    spoil_unnoticed(gallery.content / "dog.png")
    assert gallery.snakemake("--keep-going").returncode == 1
    with pikepdf.open(gallery.results / "print" / "gallery.pdf") as pdf:
        assert len(pdf.pages) == len(list((gallery.results / "print").glob("page-*.png"))) > 1

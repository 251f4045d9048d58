"""The real Snakemake on tiny pictures: which plots are drawn again after which edit, and what a failure leaves."""

import json
import re
import shutil
import xml.etree.ElementTree as ET

import pytest
from conftest import spoil_unnoticed
from test_workflow import ROWS, Gallery, edited

pytestmark = pytest.mark.slow

LOSSES = {"losses/night.svg", "losses/wave.svg"}


def drawn(gallery):
    """Return the files of plots with their contents."""
    folder = gallery.results / "plots"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def would_draw(gallery):
    """Return the plots that a dry run announces: of losses by their styles, others by their rules."""
    would = gallery.would_run()
    others = {rule for rule in would if rule in ("plot_tradeoff", "plot_curves")}
    return would.get("plot_losses", set()) | others


def configure(gallery, **changes):
    """Write the config: a chunk for each picture, since a larger one hands over all its pictures again."""
    gallery.write_config(painting={"chunk": 1}, **{"plots": {"each": "style"}, **changes})


@pytest.fixture(scope="module")
def finished(tmp_path_factory, weights_file):
    """A gallery of four pictures with its plots."""
    gallery = Gallery(tmp_path_factory.mktemp("plotted"), weights_file)
    configure(gallery)
    gallery.run()
    return gallery


@pytest.fixture
def gallery(finished):
    """The finished gallery, its manifest and config put back afterwards."""
    yield finished
    finished.write_rows(*ROWS)
    configure(finished)


def test_a_run_draws_every_style_and_the_tradeoff(finished):
    plots = drawn(finished)
    assert set(plots) == LOSSES | {"tradeoff.svg"}
    for svg in plots.values():
        assert ET.fromstring(svg).tag.endswith("svg")
    assert b"Losses of night, 2 pictures" in plots["losses/night.svg"]
    assert not [path for path in (finished.folder / "logs" / "plot").rglob("*.log") if "rror" in path.read_text()]
    assert finished.would_run() == {}


def test_an_edit_draws_the_plots_of_its_style(gallery):
    gallery.write_rows(*edited((0, "style_weight", "10;200")))
    assert would_draw(gallery) == {"night", "plot_tradeoff"}
    gallery.write_rows(*ROWS[:1])
    assert would_draw(gallery) == {"plot_tradeoff"}


def test_plots_that_were_deleted_are_drawn_again_the_same_without_painting(gallery):
    before = drawn(gallery)
    shutil.rmtree(gallery.results / "plots")
    assert set(gallery.would_run()) == {"plot_losses", "plot_tradeoff", "all"}
    gallery.run()
    assert drawn(gallery) == before


def test_a_config_that_wants_none_draws_none(gallery):
    shutil.rmtree(gallery.results / "plots")
    configure(gallery, plots={"each": "none"})
    assert gallery.would_run() == {}


def test_another_format_or_each_picture_paints_nothing(gallery):
    configure(gallery, plots={"format": "png", "each": "picture"})
    would = gallery.would_run()
    assert set(would) == {"plot_losses", "plot_tradeoff", "plot_curves", "all"}
    gallery.run()
    pictures = {f"curves/{row['content']}/{row['style']}/{row['variant']}.png" for row in gallery.rows()}
    assert len(pictures) == 4
    assert {name for name in drawn(gallery) if name.endswith("png")} == (
        pictures | {"losses/night.png", "losses/wave.png", "tradeoff.png"}
    )
    assert gallery.would_run() == {}
    configure(gallery)
    gallery.run()


def test_the_report_shows_the_plots_with_their_captions(gallery):
    gallery.run("--report", "report.html")
    html = (gallery.folder / "report.html").read_text()
    for words in ("Final content loss against final style loss", "Losses of all pictures in the style of"):
        assert words in html
    categories = json.loads(re.search(r"var categories = (\{.*\});", html)[1])
    shown = {path.removeprefix("results/report/plots/") for paths in categories["Plots"].values() for path in paths}
    assert shown == {path.replace(".svg", ".png") for path in LOSSES | {"tradeoff.svg"}}


def test_a_failure_leaves_the_plots_of_what_was_painted(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    configure(gallery)
    gallery.write_rows(ROWS[0], ROWS[2])
    gallery.run("results/backbone.json")  # which looks at the pictures, and paints none
    spoil_unnoticed(gallery.content / "dog.png")
    assert gallery.snakemake("--keep-going").returncode == 1
    assert set(drawn(gallery)) == {"losses/night.svg", "tradeoff.svg"}

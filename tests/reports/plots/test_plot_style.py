"""What all plots share."""

import xml.etree.ElementTree as ET

import pytest
from PIL import Image, ImageColor

from stylegrid.pictures.captions import PAPER
from stylegrid.reports.plots import plot_style

KINDS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


def panel():
    return plot_style.new_figure(6, 4, "title", "words").subplots()


def scale_of(values) -> str:
    with plot_style.look():
        axes = panel()
        axes.plot(range(len(values)), values)
        plot_style.fit_axis(axes.yaxis, values)
        plot_style.to_bytes(axes.figure, "svg")  # draws
    low, high = axes.get_ylim()
    assert low <= min(values) and max(values) <= high
    return axes.get_yscale()


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 10], "linear"),
        ([1, 11], "log"),
        ([1e-30, 1e30], "log"),
        ([0, 0], "linear"),
        ([5, 5], "linear"),
        ([0, 5], "linear"),
        ([0, 1, 11], "symlog"),
    ],
)
def test_values_far_apart_make_an_axis_logarithmic(values, scale):
    assert scale_of(values) == scale


def test_a_horizontal_axis_is_scaled_likewise():
    with plot_style.look():
        axes = panel()
        axes.plot([1, 1000], [1, 2])
        plot_style.fit_axis(axes.xaxis, [1, 1000])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


@pytest.mark.parametrize(("value", "text"), [(0.1 + 0.2, "0.3"), (1000.0, "1e3"), (0.0, "0"), (1.25, "1.25")])
def test_numbers_on_axes_are_short(value, text):
    assert plot_style.spell(value) == text


def test_the_middle_of_a_long_label_is_left_out():
    assert plot_style.shorten("a" * 26) == "a" * 26
    assert plot_style.shorten("a" * 20 + "b" * 20) == "a" * 12 + "…" + "b" * 13


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([0.2, 0.5], [0.2, 0.5]),
        ([0.5, 0.5, 0.5], [0.5, 0.6, 0.7]),
        ([0.9, 0.2, 0.95], [0.9, 0.2, 1.0]),
        ([1.0, 1.0], [0.9, 1.0]),
        ([-1.0], [0.0]),
        ([], []),
    ],
)
def test_labels_keep_apart_and_within_a_panel(wanted, places):
    assert plot_style.spread(wanted, 0.1, 0.0, 1.0) == pytest.approx(places)


def test_heavier_weights_are_darker_in_even_steps():
    ramp = plot_style.ramp([100, 0, 5, 100])
    assert list(ramp) == [0, 5, 100]
    brightness = [sum(colour[:3]) for colour in ramp.values()]
    assert brightness == sorted(brightness, reverse=True)
    assert set(plot_style.ramp([7, 7])) == {7}


@pytest.mark.parametrize("count", [2, 8, 9, 100])
def test_a_key_names_the_heaviest_and_the_lightest_of_its_weights(count):
    with plot_style.look():
        figure = panel().figure
        plot_style.add_ramp(figure, "style_weight", plot_style.ramp(range(count)))
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert (names[0], names[-1], len(names)) == (plot_style.spell(count - 1), "0", min(8, count))


def test_nothing_overlaps_a_panel():
    """Title, words and key are outside of the panels, and all of it is on paper."""
    with plot_style.look():
        figure = plot_style.new_figure(8, 4, "title", "two\nlines, one of them long" + ", style_weight" * 12)
        axes = list(figure.subplots(2, 2, squeeze=False).flat)
        plot_style.add_key(figure, "colours", plot_style.marks(["a" * 40, "b"]))
        figure.draw_without_rendering()
    others = [item.get_window_extent() for item in (*figure.texts, *figure.legends)]
    for panel_box in (each.get_tightbbox() for each in axes):
        assert not any(panel_box.overlaps(other) for other in others)
        assert panel_box.width > 72 and panel_box.height > 72
    assert all(figure.bbox.containsx(box.x0) and figure.bbox.containsx(box.x1) for box in others)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_plots_are_equal_files_without_a_date(kind):
    with plot_style.look():
        first, second = (plot_style.to_bytes(panel().figure, kind) for _ in range(2))
    assert first == second
    assert first.startswith(KINDS[kind])
    assert b"<dc:date>" not in first and b"CreationDate" not in first


def test_a_plot_is_on_paper(tmp_path):
    with plot_style.look():
        (tmp_path / "a.png").write_bytes(plot_style.to_bytes(panel().figure, "png"))
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (6 * 144, 4 * 144)
        assert image.convert("RGB").getpixel((0, 0)) == ImageColor.getrgb(PAPER)


def test_titles_are_no_formulas():
    with plot_style.look():
        figure = plot_style.new_figure(6, 4, r"$\frac{a_b} & <x>", "$x_1$ _y_ $")
        svg = plot_style.to_bytes(figure, "svg")
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [text.get_parse_math() for text in figure.texts] == [False, False]


def test_the_look_is_for_plots_only():
    import matplotlib

    before = matplotlib.rcParams["svg.hashsalt"]
    with plot_style.look():
        assert matplotlib.rcParams["svg.hashsalt"] == "stylegrid"
    assert matplotlib.rcParams["svg.hashsalt"] == before

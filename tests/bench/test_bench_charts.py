"""Curves and the words for them."""

import io

import fake_report
import pytest
from PIL import Image

from stylegrid.bench.charts import draw_curves, fit, in_words
from stylegrid.bench.report import Curve, Point


def test_a_straight_line_goes_through_the_medians():
    points = tuple(Point(x=x, times=(0, 2 + 3 * x, 1000)) for x in (1, 2, 5))
    curve = Curve(title="t", x_label="x", y_label="y", each="step", points=points)
    assert fit(curve) == pytest.approx((2, 3))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((0.42, 6.1), "0.420 s + 6.10 s per step"),
        ((0.0421, 0.0061), "42.1 ms + 6.10 ms per step"),
        ((-0.5, 61), "61.0 s per step - 0.500 s"),
    ],
)
def test_lines_in_words(line, words):
    assert in_words(*line, "step") == words


def test_the_drawing_is_small_and_the_same_each_time():
    svg = draw_curves(fake_report.curves())
    assert svg.lstrip().startswith(b"<?xml")
    assert len(svg) < 150_000
    assert svg == draw_curves(fake_report.curves())


def test_every_curve_has_a_panel():
    curves = fake_report.curves()
    widths = []
    for count in (1, 3):
        with Image.open(io.BytesIO(draw_curves(dict(list(curves.items())[:count]), "png", dpi=50))) as image:
            assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
            widths.append(image.width)
    assert widths[1] == 3 * widths[0]

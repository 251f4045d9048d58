"""Curves drawn: one panel each, with every point's median and quartiles, and a straight line through the medians."""

import io
from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from stylegrid.bench.report import Curve, spell
from stylegrid.bench.timing import Timing
from stylegrid.pictures.captions import INK, PALE

POINT, LINE, GRID = "#a3231d", "#c9a227", "#e9e7e1"
_LEGEND = "median and quartiles"
PANEL_WIDTH, PANEL_HEIGHT = 4.1, 3.7  # inches, of 72 points
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "svg.fonttype": "path",
    "svg.hashsalt": "stylegrid",  # the same curves give the same bytes
}


def draw_curves(curves: Mapping[str, Curve], kind: str = "svg", dpi: int = 150) -> bytes:
    """Return a picture of all curves side by side, as `svg` or `png`, on white."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
        figure = Figure((PANEL_WIDTH * len(curves), PANEL_HEIGHT), facecolor="white", layout=layout)
        panels = figure.subplots(1, len(curves), squeeze=False)[0]
        for panel, curve in zip(panels, curves.values(), strict=True):
            _draw(panel, curve)
        panels[0].legend(loc="lower right", frameon=False, fontsize=9, labelcolor=PALE, handletextpad=0.4)
        figure.savefig(buffer, format=kind, dpi=dpi, metadata={"Date": None} if kind == "svg" else None)
    return buffer.getvalue()


def fit(curve: Curve) -> tuple[float, float]:
    """Return the straight line nearest to the medians: seconds at 0, and seconds for each 1 of x."""
    medians = [Timing(point.times).median for point in curve.points]
    slope, constant = np.polyfit([point.x for point in curve.points], medians, 1)
    return float(constant), float(slope)


def in_words(constant: float, slope: float, each: str) -> str:
    """Return a line as a sum: 0.42 s + 6.1 s per megapixel."""
    if constant < 0:
        return f"{_seconds(slope)} per {each} - {_seconds(-constant)}"
    return f"{_seconds(constant)} + {_seconds(slope)} per {each}"


def _seconds(seconds: float) -> str:
    """Return seconds, or milliseconds where they are fewer than 100."""
    return f"{spell(seconds)} s" if abs(seconds) >= 0.1 else f"{spell(1000 * seconds)} ms"


def _draw(panel: Axes, curve: Curve) -> None:
    """Draw one curve from the origin on; bars reach from quartile to quartile."""
    timings = [Timing(point.times) for point in curve.points]
    xs, medians = np.array([point.x for point in curve.points]), np.array([timing.median for timing in timings])
    bars = np.abs(np.array([timing.quartiles for timing in timings]).T - medians)
    constant, slope = fit(curve)
    ends = np.array([0, xs.max() * 1.06])
    panel.plot(ends, constant + slope * ends, color=LINE, linewidth=2, zorder=2)
    panel.errorbar(
        xs, medians, bars, fmt="o", color=POINT, markersize=4.5, capsize=4, zorder=3, clip_on=False, label=_LEGEND
    )
    _label(panel, curve, in_words(constant, slope, curve.each))
    panel.set_xlim(0, ends[1])
    panel.set_ylim(0, 1.08 * max(constant + slope * ends[1], *(timing.quartiles[1] for timing in timings)))


def _label(panel: Axes, curve: Curve, words: str) -> None:
    """Write what a panel shows above it, and what its axes are."""
    panel.set_title(curve.title, loc="left", fontsize=12, fontweight="bold", y=1, pad=22)
    panel.text(0, 1.03, words, transform=panel.transAxes, color=INK)
    panel.set_xlabel(curve.x_label)
    panel.set_ylabel(curve.y_label)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(color=GRID, linewidth=0.8)
    panel.set_axisbelow(True)
    panel.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))

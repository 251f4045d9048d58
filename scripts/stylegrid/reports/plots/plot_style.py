"""What all plots share: light paper, colours that the colour-blind tell apart, numbers on axes, and steady bytes."""

import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from textwrap import fill
from typing import Any, Literal, NamedTuple

import matplotlib
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, SymmetricalLogLocator

from stylegrid.names import spell_number
from stylegrid.pictures.captions import INK, PALE, PAPER
from stylegrid.settings import setting_words
from stylegrid.settings.setting_words import Value

# Okabe and Ito's colours but for yellow, which can't be seen on paper.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", INK)
MARKERS = ("o", "s", "^", "D", "v")  # as many as have no divisor in common with the colours: 35 pairs
GRID = "#e9e7e1"
SMALL = 8  # points
WIDE = 10  # times the smallest value: from there on an axis is logarithmic
LONGEST_LABEL = 26  # characters
LETTERS = 14  # of the words below a plot, in an inch
MOST_MARKS = len(COLOURS) * len(MARKERS)

Kind = Literal["svg", "png", "pdf"]
Colour = str | tuple[float, float, float, float]
Ramp = dict[Value, Colour]  # a colour for each value of a setting


class Mark(NamedTuple):
    """How a picture's point is drawn."""

    colour: Colour
    marker: str = "o"


_LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,  # names may hold $ and _
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.facecolor": PAPER,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "lines.solid_capstyle": "round",
    "path.simplify_threshold": 0.3,  # pixels, of 72 to the inch
    "svg.fonttype": "path",  # looks the same where DejaVu is not installed
    "svg.hashsalt": "stylegrid",  # the same plot gives the same bytes
}
_METADATA: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


@contextmanager
def look() -> Iterator[None]:
    """Draw and save within this, for the looks of plots."""
    with matplotlib.rc_context(_LOOK):
        yield


def new_figure(width: float, height: float, title: str, words: str) -> Figure:
    """Return an empty figure of so many inches, its title above at the left and words on how to read it below."""
    figure = Figure((width, height), facecolor=PAPER, layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    words = "\n".join(fill(line, round(width * LETTERS)) for line in words.splitlines())
    figure.supxlabel(words, x=0.01, ha="left", fontsize=9, color=PALE, linespacing=1.35)
    return figure


def to_bytes(figure: Figure, kind: Kind, dpi: int = 144) -> bytes:
    """Return a figure as a file's contents; equal figures give equal bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi, metadata=_METADATA[kind])
    return buffer.getvalue()


def fit_axis(axis: Axis, values: Collection[float]) -> None:
    """Scale an axis for values: by powers of ten if they are far apart, and evenly about 0 where some are not above."""
    above = [value for value in values if value > 0]
    scale = axis.axes.set_xscale if isinstance(axis, XAxis) else axis.axes.set_yscale
    if not above or max(above) <= WIDE * min(above):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    elif len(above) == len(values):
        scale("log")
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if max(above) <= 300 * min(above) else (1,), numticks=8))
    else:
        scale("symlog", linthresh=min(above))
        axis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=min(above)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, place: spell(value)))


def spell(value: float) -> str:
    """Return a number of an axis, to six digits."""
    return spell_number(float(f"{value:.6g}"))


def shorten(label: str) -> str:
    """Return a label as it is, or its beginning and its end."""
    half = LONGEST_LABEL // 2
    return label if len(label) <= LONGEST_LABEL else f"{label[: half - 1]}…{label[-half:]}"


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """Return a mark for each name; no colour with its marker comes twice, up to `MOST_MARKS` names."""
    pairs = zip(cycle(COLOURS), cycle(MARKERS), strict=False)
    return {name: Mark(*pair) for name, pair in zip(names, pairs, strict=False)}


def shade_by(names: Sequence[str]) -> str:
    """Return which of the settings that vary is told by colour, where pictures are many."""
    return "style_weight" if "style_weight" in names or not names else names[0]


def ramp(found: Iterable[Value]) -> Ramp:
    """Return a colour for each value, from light for the lowest to dark in even steps."""
    each = setting_words.in_order(found)
    if len(each) < 2:
        return dict.fromkeys(each, COLOURS[0])
    colours = matplotlib.colormaps["viridis_r"]
    return {value: colours(0.2 + 0.8 * place / (len(each) - 1)) for place, value in enumerate(each)}


def add_ramp(figure: Figure, title: str, colours: Ramp) -> None:
    """Name the values of a ramp at the figure's right, at most eight of them; one by itself needs no name."""
    values, most = list(colours), min(8, len(colours))
    named = [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)] if most > 1 else []
    add_key(figure, title, {setting_words.spell(value): Mark(colours[value]) for value in reversed(named)})


def add_key(figure: Figure, title: str, named: Mapping[str, Mark]) -> None:
    """Name marks at the figure's upper right."""
    lines = [Line2D([], [], color=mark.colour, marker=mark.marker, markersize=5) for mark in named.values()]
    if lines:
        names = [shorten(name) for name in named]
        figure.legend(lines, names, title=title, loc="outside right upper", frameon=False, alignment="left")


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places in the order of `wanted`, near these and `gap` apart, from `low` to `high` if there is room."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = [0.0] * len(wanted)
    for before, index in zip([None, *order], order, strict=False):
        places[index] = max(low if before is None else places[before] + gap, wanted[index])
    above = high + gap
    for index in reversed(order):
        places[index] = above = min(places[index], above - gap)
    return places

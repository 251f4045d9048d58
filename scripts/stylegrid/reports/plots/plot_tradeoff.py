"""The trade-off: what keeping the photograph costs in style, weight by weight, in panels by style or by photograph."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from stylegrid.pictures.captions import PALE, PAPER
from stylegrid.plan.job import PUBLISHING
from stylegrid.reports.plots import plot_style
from stylegrid.store.findings import Finding
from stylegrid.store.record import LossRecord

K = TypeVar("K")

FEW = 12  # points of a panel that have their weight beside them
WIDTH, HEIGHT = 2.6, 2.2  # of a panel; all in inches
LEFT, BETWEEN, BELOW, TOP, HEAD, BOTTOM = 0.8, 0.35, 0.5, 1.1, 0.55, 0.65
LEGEND_LEFT, LEGEND = 0.25, 2.6
BAR_WIDTH, BAR_HEIGHT = 0.12, 1.9
WORDS = (
    "Left: closer to the photograph. Down: closer to the painting's style. "
    "Lines join pictures that differ only in style weight.\n"
    "Losses are unweighted, and can be compared only within one preset."
)

BROKEN = " Hollow: a loss was no longer a number, and this is the last good picture."


class Point(NamedTuple):
    """One picture: what its panel and its line are about, its style weight, and its final losses."""

    preset: str
    style: str
    content: str
    others: str
    weight: float
    losses: LossRecord
    broken: bool


class Look(NamedTuple):
    """How points are told apart: by panel, by colour, and by the bar of a ramp or by their weights in words."""

    panel: Callable[[Point], str]
    other: Callable[[Point], str]
    colours: dict[str, str]
    ramp: plot_style.Ramp


def draw_tradeoff(title: str, findings: Sequence[Finding]) -> Figure:
    """Return the figure of the final losses of pictures that were painted; draw and save it within `plots.look()`."""
    points = [point for finding in findings if (point := _point(finding)) is not None]
    look = _look(points)
    words = WORDS + (BROKEN if any(point.broken for point in points) else "")
    blocks = {preset: _grouped(group, look.panel) for preset, group in _grouped(points, lambda p: p.preset).items()}
    most = max((len(panels) for panels in blocks.values()), default=1)
    columns = min(most, max(4, math.ceil(math.sqrt(most))))
    rows = sum(math.ceil(len(panels) / columns) for panels in blocks.values())
    width = LEFT + columns * (WIDTH + BETWEEN) + LEGEND_LEFT + LEGEND
    height = TOP + rows * (HEIGHT + BELOW) + len(blocks) * HEAD + BOTTOM - BELOW
    figure = plot_style.sheet(max(width, 7.9), max(height, 3.5), title, words)
    top = TOP
    for preset, panels in blocks.items():
        top = _draw_block(figure, top, columns, preset, panels, look)
    _draw_key(figure, LEFT + columns * (WIDTH + BETWEEN) + LEGEND_LEFT, look)
    return figure


def _point(finding: Finding) -> Point | None:
    """Return what a finding shows; nothing where its final losses are not finite."""
    job, record = finding.combination.job, finding.record
    if record is None or record.losses is None:
        return None
    others = job.settings.model_dump_json(exclude={"style_weight", *PUBLISHING})
    broken = finding.outcome == "non_finite"
    weight = job.settings.style_weight
    return Point(job.settings.preset, job.style, job.content.name, others, weight, record.losses, broken)


def _look(points: Sequence[Point]) -> Look:
    """Return how points are told apart: panels by whatever there are fewer of, and colours by what few there are."""
    styles, contents = {point.style: 0 for point in points}, {point.content: 0 for point in points}
    by_style = len(styles) <= len(contents)
    panel, other = (_style, _content) if by_style else (_content, _style)
    fullest = max((len(group) for group in _grouped(points, lambda p: (p.preset, panel(p))).values()), default=0)
    names = list(contents if by_style else styles)
    if len(names) > len(plot_style.COLOURS) or fullest > FEW:
        return Look(panel, other, {}, plot_style.ramp([point.weight for point in points]))
    return Look(panel, other, dict(zip(names, plot_style.COLOURS, strict=False)), {})


def _style(point: Point) -> str:
    return point.style


def _content(point: Point) -> str:
    return point.content


def _grouped(points: Sequence[Point], key: Callable[[Point], K]) -> dict[K, list[Point]]:
    groups: dict[K, list[Point]] = {}
    for point in points:
        groups.setdefault(key(point), []).append(point)
    return groups


def _draw_block(
    figure: Figure, top: float, columns: int, preset: str, panels: dict[str, list[Point]], look: Look
) -> float:
    """Draw the panels of one preset, all of the same axes, and return where the next preset's begin."""
    width, height = figure.get_size_inches()
    figure.text(0.25 / width, 1 - (top + 0.02) / height, f"preset {preset}", fontsize=11, va="top")
    top += HEAD
    drawn: list[Axes] = []
    for number, (name, points) in enumerate(panels.items()):
        row, column = divmod(number, columns)
        place = LEFT + column * (WIDTH + BETWEEN), top + row * (HEIGHT + BELOW)
        drawn.append(plot_style.add_panel(figure, *place, WIDTH, HEIGHT, drawn[0] if drawn else None))
        drawn[-1].set_title(plot_style.shorten(name), loc="left", fontweight="bold", fontsize=9)
        _draw_points(drawn[-1], points, look)
    _name_axes(drawn, [point for points in panels.values() for point in points], columns)
    return top + math.ceil(len(panels) / columns) * (HEIGHT + BELOW)


def _draw_points(panel: Axes, points: Sequence[Point], look: Look) -> None:
    """Draw the pictures of a panel, joined from the lightest to the heaviest style weight; hollow ones are broken."""
    width, alpha, size = (1.2, 0.6, 22) if look.colours else (0.5, 0.35, 9)
    for line in _grouped(points, lambda p: (look.other(p), p.others)).values():
        ends = [(point.losses.content, point.losses.style) for point in sorted(line, key=lambda p: p.weight)]
        panel.plot(*zip(*ends, strict=True), color=_line_colour(line[0], look), linewidth=width, alpha=alpha, zorder=2)
    colours: list[plot_style.Colour] = [look.ramp.get(point.weight, _line_colour(point, look)) for point in points]
    inside = [PAPER if point.broken else colour for point, colour in zip(points, colours, strict=True)]
    across, down = [point.losses.content for point in points], [point.losses.style for point in points]
    panel.scatter(across, down, s=size, c=inside, edgecolors=colours, linewidths=1, zorder=3)
    for place in zip(points, across, down, strict=True) if look.colours else ():
        _name_weight(panel, *place, look)


def _line_colour(point: Point, look: Look) -> str:
    return look.colours.get(look.other(point), PALE)


def _name_weight(panel: Axes, point: Point, across: float, down: float, look: Look) -> None:
    """Write a picture's style weight beside it, below other points."""
    words = plot_style.spell(point.weight)
    text = panel.annotate(words, (across, down), (4, 3), textcoords="offset points", fontsize=7)
    text.set(color=_line_colour(point, look), zorder=2.5, path_effects=[withStroke(linewidth=2, foreground=PAPER)])


def _name_axes(panels: Sequence[Axes], points: Sequence[Point], columns: int) -> None:
    """Scale the axes that panels share, named and numbered at the left and at the bottom."""
    for number, panel in enumerate(panels):
        left, bottom = number % columns == 0, number + columns >= len(panels)
        panel.tick_params(labelleft=left, labelbottom=bottom)
        panel.set_ylabel("style loss" if left else "")
        panel.set_xlabel("content loss" if bottom else "")
    plot_style.fit_axis(panels[0].xaxis, [point.losses.content for point in points])
    plot_style.fit_axis(panels[0].yaxis, [point.losses.style for point in points])


def _draw_key(figure: Figure, left: float, look: Look) -> None:
    """Draw what colours mean, at the right."""
    width, height = figure.get_size_inches()
    if len(look.ramp) == 1:
        return
    if look.ramp:
        plot_style.add_ramp(figure, plot_style.add_panel(figure, left, TOP + HEAD, BAR_WIDTH, BAR_HEIGHT), look.ramp)
        return
    handles = [
        Line2D([], [], color=colour, marker="o", markersize=5, label=plot_style.shorten(name))
        for name, colour in look.colours.items()
    ]
    title = "photograph" if look.other is _content else "painting"
    place = left / width, 1 - (TOP + HEAD) / height
    figure.legend(
        handles=handles,
        title=f"{title}; numbers are\nstyle weights",
        loc="upper left",
        bbox_to_anchor=place,
        frameon=False,
        borderaxespad=0,
        alignment="left",
    )

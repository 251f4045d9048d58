"""The trade-off: what keeping the photograph costs in style, in panels by style or by photograph."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patheffects import withStroke

from stylegrid.pictures.captions import PALE, PAPER
from stylegrid.reports.plots import plot_style, point_labels
from stylegrid.settings import setting_words
from stylegrid.settings.varying import varying
from stylegrid.store.findings import Finding

FEW = 12  # points of a panel that have their settings beside them
WIDTH, HEIGHT = 2.9, 2.7  # of a panel with its labels; all in inches
KEY, TITLE, PRESET = 2.2, 0.9, 0.4
WORDS = (
    "Left: closer to the photograph. Down: closer to the painting's style. "
    "Lines join pictures that differ only in style weight.\n"
    "Losses are unweighted, and can be compared only within one preset."
)
BROKEN = " Hollow: a loss was no longer a number, and this is the last good picture."


class Point(NamedTuple):
    """One picture: its names, its settings, and its final losses.

    `label` has the settings that vary, `shade` the one that colour may tell, `others` all but the style weight.
    """

    preset: str
    style: str
    content: str
    label: str
    shade: setting_words.Value
    weight: float
    others: str
    content_loss: float
    style_loss: float
    broken: bool


class Look(NamedTuple):
    """How points are told apart: the columns that make panels and lines, marks by line, or a ramp by a setting."""

    panel: str
    line: str
    marks: dict[str, plot_style.Mark]
    shade: str
    ramp: plot_style.Ramp


def draw_tradeoff(title: str, findings: Sequence[Finding]) -> Figure:
    """Return the figure of the final losses of painted pictures; draw and save it within `plot_style.look()`."""
    settings = [finding.combination.job.settings for finding in findings]
    names = [name for name in varying(settings) if name != "preset"]
    points = pd.DataFrame([point for each in findings if (point := _point(each, names))], columns=Point._fields)
    look = _look(points, plot_style.shade_by(names))
    blocks = {preset: _groups(block, look.panel) for preset, block in _groups(points, "preset").items()}
    most = max(map(len, blocks.values()), default=1)
    columns = min(most, max(4, math.ceil(math.sqrt(most))))
    heights = [PRESET + HEIGHT * math.ceil(len(panels) / columns) for panels in blocks.values()]
    words = _words(points, names if look.marks else [])
    figure = plot_style.new_figure(max(columns * WIDTH + KEY, 8.7), max(TITLE + sum(heights), 3.5), title, words)
    if not blocks:
        return figure
    parts = figure.subfigures(len(blocks), 1, squeeze=False, height_ratios=heights)[:, 0]
    for part, (preset, panels) in zip(parts, blocks.items(), strict=True):
        part.suptitle(f"preset {preset}", x=0.01, ha="left", fontsize=11)
        _draw_block(part, columns, panels, look)
    _draw_key(figure, look)
    point_labels.arrange(figure)
    return figure


def _words(points: pd.DataFrame, names: Sequence[str]) -> str:
    """Return the caption of these points, `names` of whose settings stand beside them."""
    beside = f"\nBeside points, where there is room: {', '.join(names)}." if names else ""
    return WORDS + (BROKEN if points["broken"].any() else "") + beside


def _point(finding: Finding, names: Sequence[str]) -> Point | None:
    """Return the point of a finding, or None where its final losses are not finite."""
    job, record = finding.combination.job, finding.record
    if record is None or record.losses is None:
        return None
    return Point(
        job.settings.preset,
        job.style_shown,
        job.content.shown,
        setting_words.values(job.settings, names),
        getattr(job.settings, plot_style.shade_by(names)),
        job.settings.style_weight,
        job.settings.model_dump_json(exclude={"style_weight"}),
        record.losses.content,
        record.losses.style,
        finding.outcome == "non_finite",
    )


def _groups(points: pd.DataFrame, by: str) -> dict[str, pd.DataFrame]:
    return {str(name): group for name, group in points.groupby(by, sort=False)}


def _look(points: pd.DataFrame, shade: str) -> Look:
    """Return how points are told apart: panels by whatever there are fewer of, and marks by what few there are."""
    by_style = points["style"].nunique() <= points["content"].nunique()
    panel, line = ("style", "content") if by_style else ("content", "style")
    names = points[line].unique()
    if len(names) > plot_style.MOST_MARKS or points.groupby(["preset", panel]).size().max() > FEW:
        return Look(panel, line, {}, shade, plot_style.ramp(points["shade"]))
    return Look(panel, line, plot_style.marks(list(names)), shade, {})


def _draw_block(part: SubFigure, columns: int, panels: dict[str, pd.DataFrame], look: Look) -> None:
    """Draw the panels of one preset, all of the same axes, named and numbered at the left and at the bottom."""
    grid = part.subplots(math.ceil(len(panels) / columns), columns, sharex=True, sharey=True, squeeze=False).flat
    for number, (panel, (name, points)) in enumerate(zip(grid, panels.items(), strict=False)):
        panel.set_title(plot_style.shorten(name), loc="left", fontweight="bold", fontsize=9)
        _draw_points(panel, points, look)
        bottom = number + columns >= len(panels)
        panel.tick_params(labelbottom=bottom)
        panel.set(xlabel="content loss" if bottom else "", ylabel="" if number % columns else "style loss")
    for unused in grid[len(panels) :]:
        unused.remove()
    every = pd.concat(panels.values())
    plot_style.fit_axis(grid[0].xaxis, every["content_loss"])
    plot_style.fit_axis(grid[0].yaxis, every["style_loss"])


def _draw_points(panel: Axes, points: pd.DataFrame, look: Look) -> None:
    """Draw the pictures of a panel, joined from the lightest to the heaviest style weight; hollow ones are broken."""
    width, alpha = (1.2, 0.6) if look.marks else (0.5, 0.35)
    for (name, _), line in points.sort_values("weight", kind="stable").groupby([look.line, "others"], sort=False):
        colour = look.marks[str(name)].colour if look.marks else PALE
        panel.plot(line["content_loss"], line["style_loss"], color=colour, linewidth=width, alpha=alpha, zorder=2)
    for name, group in points.groupby(look.line, sort=False):
        mark = look.marks.get(str(name))
        colours = [mark.colour if mark else look.ramp[value] for value in group["shade"]]
        _scatter(panel, group, colours, mark.marker if mark else "o", 22 if mark else 9)
        if mark and group["label"].any():
            _label(panel, group, colours)


def _scatter(panel: Axes, points: pd.DataFrame, colours: Sequence[plot_style.Colour], marker: str, size: int) -> None:
    inside = [PAPER if broken else colour for broken, colour in zip(points["broken"], colours, strict=True)]
    across, down = points["content_loss"], points["style_loss"]
    panel.scatter(across, down, s=size, c=inside, edgecolors=colours, linewidths=1, zorder=3, marker=marker)


def _label(panel: Axes, points: pd.DataFrame, colours: Sequence[plot_style.Colour]) -> None:
    """Write their settings beside points; `arrange` chooses the places."""
    columns = (points["label"], points["content_loss"], points["style_loss"], colours)
    for words, x, y, colour in zip(*columns, strict=True):
        text = panel.annotate(plot_style.shorten(words), (x, y), (4, 3), textcoords="offset points", fontsize=7)
        text.set(color=colour, zorder=2.5, path_effects=[withStroke(linewidth=2, foreground=PAPER)], in_layout=False)


def _draw_key(figure: Figure, look: Look) -> None:
    """Draw what marks or colours mean, at the right."""
    if look.ramp:
        plot_style.add_ramp(figure, look.shade, look.ramp)
    else:
        plot_style.add_key(figure, "photograph" if look.line == "content" else "painting", look.marks)

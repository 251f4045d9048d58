"""Loss curves: how the losses of pictures fell from step to step, the pictures of each preset in a row of panels."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stylegrid.pictures.captions import INK, PALE
from stylegrid.reports.plots import plot_style
from stylegrid.settings import setting_words
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.varying import varying
from stylegrid.store.findings import Finding
from stylegrid.store.record import HistoryEntry

TERMS = {
    "content": "content loss",
    "style": "style loss",
    "tv": "total variation",
    "total": "total, weighted",
}
FEW = 12  # pictures that are told apart by colour and label
WIDTH, HEIGHT = 3.2, 3.2  # of a panel with its labels; all in inches
LABELS, KEY, TITLE = 1.4, 1.0, 0.9
SAME = 0.05  # share of all steps that a scale may begin earlier or later, and still has one line for all pictures
LEADER = {"arrowstyle": "-", "linewidth": 0.9, "relpos": (0, 0.5), "patchA": None, "shrinkA": 3, "shrinkB": 0}
LABEL_GAP = 0.075  # share of a panel's height between two labels


class Curve(NamedTuple):
    """A picture's line: its label, how it is drawn, and the losses it shows."""

    label: str
    colour: plot_style.Colour
    dashes: str
    history: tuple[HistoryEntry, ...]
    broken: bool


def draw_curves(title: str, findings: Sequence[Finding]) -> Figure:
    """Return the figure of the curves of painted pictures; draw and save it within `plot_style.look()`.

    Each preset has a row of panels. Few pictures are coloured one by one, many by a setting that varies.
    """
    presets = [_settings(finding).preset for finding in findings]
    by_preset = pd.Series([*findings], dtype="object").groupby(presets, sort=False)
    groups = {str(preset): list(group) for preset, group in by_preset}
    many = max(map(len, groups.values())) > FEW
    names = [name for name in varying(map(_settings, findings)) if name != "preset"]
    shade = plot_style.shade_by(names)
    ramp = plot_style.ramp(getattr(_settings(finding), shade) for finding in findings) if many else {}
    width, height = 4 * WIDTH + LABELS + (KEY if len(ramp) > 1 else 0), TITLE + len(groups) * HEIGHT
    figure = plot_style.new_figure(width, height, title, _words(findings, len(groups), names))
    for panels, (preset, group) in zip(figure.subplots(len(groups), 4, squeeze=False), groups.items(), strict=True):
        _draw_row(panels, _curves(group, names, ramp))
        panels[0].set_ylabel(f"preset {preset}" if len(groups) > 1 else "", fontsize=11)
    plot_style.add_ramp(figure, shade, ramp)
    return figure


def _settings(finding: Finding) -> PaintSettings:
    return finding.combination.job.settings


def _curves(findings: Sequence[Finding], names: Sequence[str], ramp: plot_style.Ramp) -> list[Curve]:
    """Return the curves of pictures, coloured by a ramp of a setting, or one by one."""
    curves, shade = [], plot_style.shade_by(names)
    for number, (finding, label) in enumerate(zip(findings, _labels(findings, names), strict=True)):
        turn, place = divmod(number, len(plot_style.COLOURS))
        colour = ramp[getattr(_settings(finding), shade)] if ramp else plot_style.COLOURS[place]
        history = finding.record.history if finding.record else ()
        broken = finding.outcome == "non_finite"
        curves.append(Curve(label, colour, "--" if turn and not ramp else "-", history, broken))
    return curves


def _words(findings: Sequence[Finding], presets: int, names: Sequence[str]) -> str:
    """Return the caption of these curves."""
    words = "Losses after each step: unweighted, but for the total. Lines are interrupted where a larger scale begins."
    more = [f"Beside lines: {', '.join(names)}."] if names else []
    if presets > 1:
        more.append("Losses of different presets cannot be compared.")
    if any(finding.outcome == "non_finite" for finding in findings):
        more.append("A cross ends a picture whose loss was no longer a number.")
    return "\n".join(filter(None, [words, " ".join(more)]))


def _draw_row(panels: Sequence[Axes], curves: Sequence[Curve]) -> None:
    """Draw the four panels of a preset."""
    changes = _changes(curves)
    for panel, (term, name) in zip(panels, TERMS.items(), strict=True):
        panel.set_title(name, loc="left", fontweight="bold", fontsize=10, pad=18)
        _draw_panel(panel, term, curves, changes)
    _label(panels[-1], _named(curves))


def _labels(findings: Sequence[Finding], names: Sequence[str]) -> list[str]:
    """Return the labels of pictures: the photograph, if there are several or nothing else differs, and settings."""
    jobs = [finding.combination.job for finding in findings]
    named = not names or len({job.content.name for job in jobs}) > 1
    return [f"{job.content.shown if named else ''} {setting_words.values(job.settings, names)}".strip() for job in jobs]


def _changes(curves: Sequence[Curve]) -> dict[int, int] | None:
    """Return at which steps larger scales begin, by their longest sides in pixels; None if curves differ in them.

    L-BFGS takes a step or two until it finds the first that is good enough: so much is no difference.
    """
    found = [{curve.history[index].scale: curve.history[index].step for index in _turns(curve)} for curve in curves]
    longest = max((entry.step for curve in curves for entry in curve.history), default=0)
    if any(list(each) != list(found[0]) for each in found):
        return None
    steps = {scale: [each[scale] for each in found] for scale in found[0]}
    if any(max(each) - min(each) > SAME * longest for each in steps.values()):
        return None
    return {scale: min(each) for scale, each in steps.items()}


def _turns(curve: Curve) -> list[int]:
    """Return which entries of a curve's history are the first of another scale."""
    scales = [entry.scale for entry in curve.history]
    return [index for index in range(1, len(scales)) if scales[index] != scales[index - 1]]


def _draw_panel(panel: Axes, term: str, curves: Sequence[Curve], changes: dict[int, int] | None) -> None:
    """Draw a term of all curves, over the changes of scale that they share."""
    values = [getattr(entry, term) for curve in curves for entry in curve.history]
    if not values:
        panel.text(0.5, 0.5, "no steps were taken", transform=panel.transAxes, ha="center", color=PALE)
        panel.set(xticks=[], yticks=[])
        return
    panel.set_xlabel("step")
    panel.margins(x=0.02)
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    plot_style.fit_axis(panel.yaxis, values)
    for curve in curves:
        _draw_curve(panel, term, curve, len(curves) > FEW, dots=changes is None)
    if changes:
        _mark(panel, changes)


def _draw_curve(panel: Axes, term: str, curve: Curve, faded: bool, dots: bool) -> None:
    """Draw one line, interrupted between scales; a loss by itself is a dot, and a cross ends a broken one."""
    points: list[tuple[float, float]] = []
    marked = []
    starts = [0, *_turns(curve), len(curve.history)]
    for start, end in pairwise(starts):
        if (dots and start) or end == start + 1:
            marked.append(len(points))
        points += [(entry.step, getattr(entry, term)) for entry in curve.history[start:end]]
        points.append((math.nan, math.nan))
    (line,) = panel.plot(*zip(*points, strict=True), curve.dashes, color=curve.colour)
    line.set(linewidth=0.8 if faded else 1.6, alpha=0.5 if faded else 1)
    line.set(marker="o", markersize=2 if faded else 3.5, markevery=marked)
    if curve.broken and curve.history:
        last = curve.history[-1]
        panel.plot(last.step, getattr(last, term), "X", color=curve.colour, markeredgecolor=INK, zorder=4)


def _mark(panel: Axes, changes: dict[int, int]) -> None:
    """Mark changes of scale by lines, with the longest sides above them."""
    for scale, step in changes.items():
        panel.axvline(step, color=PALE, linewidth=0.7, dashes=(2, 3), zorder=1)
        panel.text(
            step, 1.02, f"{scale} px", transform=panel.get_xaxis_transform(), fontsize=7, color=PALE, ha="center"
        )


def _named(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves to be labelled: all of a few, of many those that end highest and lowest."""
    drawn = [curve for curve in curves if curve.history]
    if len(curves) <= FEW:
        return drawn
    drawn.sort(key=lambda curve: curve.history[-1].total)
    return [*drawn[:2], *drawn[-2:]] if len(drawn) > 3 else drawn


def _label(panel: Axes, curves: Sequence[Curve]) -> None:
    """Name curves at the right of the panel of totals, each beside its end, or near it where it is crowded."""
    ends = [(curve.history[-1].step, curve.history[-1].total) for curve in curves]
    panel.autoscale_view()  # settles what the places below go by
    to_panel = panel.transData + panel.transAxes.inverted()
    wanted = [float(to_panel.transform(end)[1]) for end in ends]
    for curve, end, place in zip(curves, ends, plot_style.spread(wanted, LABEL_GAP, 0.02, 0.98), strict=True):
        panel.annotate(
            plot_style.shorten(curve.label),
            end,
            (1.1, place),
            textcoords="axes fraction",
            fontsize=plot_style.SMALL,
            va="center",
            arrowprops={**LEADER, "color": curve.colour},
        )

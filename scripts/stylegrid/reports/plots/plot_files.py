"""Plots as files below `folder`; pictures that failed are left out, and a style without any has no file.

With `copies` the results folder has a small copy too, for a report by Snakemake.
"""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.reports.plots import plot_style
from stylegrid.reports.plots.plot_curves import draw_curves
from stylegrid.reports.plots.plot_tradeoff import draw_tradeoff
from stylegrid.reports.report_copies import PLOT_DPI, copy_of_plot
from stylegrid.store.findings import Finding, find_all
from stylegrid.store.layout import Layout, curves_plot_path, losses_plot_path, tradeoff_plot_path


def write_losses(results: Path, style: str, folder: Path, copies: bool) -> None:
    """Draw the loss curves of a style's pictures."""
    file, combinations = plan_files.read_plots(results, style)
    findings = _painted(find_all(results, combinations))
    path, copy = losses_plot_path(folder, style, file.format), losses_plot_path(Layout(results).report, style, "png")
    if not findings:
        _remove(path, copy)
        return
    count = "1 picture" if len(findings) == 1 else f"{len(findings)} pictures"
    with plot_style.look():
        figure = draw_curves(f"Losses of {style}, {count}", findings)
        _write(figure, path, file.format, copy if copies else None)


def write_tradeoff(results: Path, folder: Path, copies: bool) -> None:
    """Draw content losses against style losses of all pictures."""
    file, combinations = plan_files.read_plots(results)
    findings = _painted(find_all(results, combinations))
    path, copy = tradeoff_plot_path(folder, file.format), tradeoff_plot_path(Layout(results).report, "png")
    if not findings:
        _remove(path, copy)
        return
    with plot_style.look():
        figure = draw_tradeoff("Trade-off between photograph and style", findings)
        _write(figure, path, file.format, copy if copies else None)


def write_curves(results: Path, style: str, folder: Path) -> None:
    """Draw the loss curves of each picture of a style by itself."""
    file, combinations = plan_files.read_plots(results, style)
    with plot_style.look():
        for finding in _painted(find_all(results, combinations)):
            name = finding.combination.job.name
            figure = draw_curves(f"Losses of {name}", [finding])
            _write(figure, curves_plot_path(folder, name, file.format), file.format)


def _write(figure: Figure, path: Path, kind: plot_style.Kind, copy: Path | None = None) -> None:
    files.write_bytes(path, plot_style.to_bytes(figure, kind))
    if copy:
        files.write_bytes(copy, copy_of_plot(plot_style.to_bytes(figure, "png", PLOT_DPI)))


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _painted(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.picture is not None]

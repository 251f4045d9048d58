"""Plots as files below `folder`; pictures that failed are left out, and a style without any has no file."""

from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.reports.plots import plot_style
from stylegrid.reports.plots.plot_curves import draw_curves
from stylegrid.reports.plots.plot_tradeoff import draw_tradeoff
from stylegrid.store.findings import Finding, find_all
from stylegrid.store.layout import curves_plot_path, losses_plot_path, tradeoff_plot_path


def write_losses(results: Path, style: str, folder: Path) -> None:
    """Draw the loss curves of a style's pictures."""
    file, combinations = plan_files.read_plots(results, style)
    findings = _painted(find_all(results, combinations))
    path = losses_plot_path(folder, style, file.format)
    if not findings:
        path.unlink(missing_ok=True)
        return
    count = "1 picture" if len(findings) == 1 else f"{len(findings)} pictures"
    with plot_style.look():
        files.write_bytes(path, plot_style.to_bytes(draw_curves(f"Losses of {style}, {count}", findings), file.format))


def write_tradeoff(results: Path, folder: Path) -> None:
    """Draw content losses against style losses of all pictures."""
    file, combinations = plan_files.read_plots(results)
    findings = _painted(find_all(results, combinations))
    path = tradeoff_plot_path(folder, file.format)
    if not findings:
        path.unlink(missing_ok=True)
        return
    with plot_style.look():
        figure = draw_tradeoff("Trade-off between photograph and style", findings)
        files.write_bytes(path, plot_style.to_bytes(figure, file.format))


def write_curves(results: Path, style: str, folder: Path) -> None:
    """Draw the loss curves of each picture of a style by itself."""
    file, combinations = plan_files.read_plots(results, style)
    with plot_style.look():
        for finding in _painted(find_all(results, combinations)):
            name = finding.combination.job.name
            path = curves_plot_path(folder, name, file.format)
            files.write_bytes(path, plot_style.to_bytes(draw_curves(f"Losses of {name}", [finding]), file.format))


def _painted(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.picture is not None]

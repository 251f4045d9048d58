"""The columns of losses.csv: those that every table has, then one for each setting that varies in this one."""

from typing import NamedTuple

import pandas as pd

from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.varying import varying

TEXT, NUMBER, WHOLE = "str", "float64", "Int64"  # pandas' types; whole numbers may be missing
SETTINGS = ("preset", "optimizer", "style_weight", "content_weight", "tv_weight", "seed")  # that every table has


class Column(NamedTuple):
    """A column's type in pandas, and what it holds."""

    dtype: str
    holds: str


COLUMNS = {
    "content": Column(TEXT, "the photograph's name, as in paths"),
    "style": Column(TEXT, "the painting's or blend's name, as in paths"),
    "variant": Column(TEXT, "what the row sets, as in paths"),
    "outcome": Column(TEXT, "`finished`, `converged`, `non_finite`, `failed` or `missing`"),
    "preset": Column(TEXT, "setting: the recipe"),
    "optimizer": Column(TEXT, "setting: the optimizer"),
    "backbone": Column(TEXT, "the weights of VGG19 that painted it"),
    "style_weight": Column(NUMBER, "setting: weight of the style loss"),
    "content_weight": Column(NUMBER, "setting: weight of the content loss"),
    "tv_weight": Column(NUMBER, "setting: weight of the total variation loss"),
    "width": Column(WHOLE, "of the picture, in pixels"),
    "height": Column(WHOLE, "of the picture, in pixels"),
    "steps": Column(WHOLE, "steps taken; fewer than the setting where the picture converged or broke off"),
    "seed": Column(WHOLE, "setting: seed of the noise"),
    "content_loss": Column(NUMBER, "final content loss, unweighted"),
    "style_loss": Column(NUMBER, "final style loss, unweighted"),
    "tv_loss": Column(NUMBER, "final total variation loss, unweighted"),
    "total_loss": Column(NUMBER, "sum of the three, each times its weight"),
    "seconds": Column(NUMBER, "time that painting took"),
    "steps_per_second": Column(NUMBER, "speed of painting"),
    "peak_memory_mb": Column(NUMBER, "most memory of the process that painted it, in MB"),
    "device": Column(TEXT, "CPU or GPU that painted it"),
    "picture": Column(TEXT, "the picture's file, from the table's folder"),
    "message": Column(TEXT, "how it ended, or why there is no picture"),
    "title": Column(TEXT, "the row's title"),
    "notes": Column(TEXT, "the row's notes"),
    "style_cosine": Column(NUMBER, "likeness of picture and painting to Magenta's network: 1 is the same style"),
    "edges_kept": Column(NUMBER, "likeness of picture and photograph in structure, SSIM's third term: 1 is the same"),
    "colour_distance": Column(NUMBER, "between the colours of picture and painting, in units of CIELAB"),
    "grain": Column(NUMBER, "standard deviation of noise as rough as the picture, in levels of 255"),
    "specks": Column(NUMBER, "share of pixels that are black or white in a channel where their surroundings aren't"),
}


def setting_column(name: str) -> str:
    """Return the name of a setting's column: its own, or with `_setting` where a measurement has that already."""
    return f"{name}_setting" if name in COLUMNS and name not in SETTINGS else name


def varying_columns(losses: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the settings that vary in a table by `make_losses`: each's values, by the name of its column."""
    settings: list[PaintSettings] = losses["settings"].to_list()
    values = {name: [getattr(each, name) for each in settings] for name in varying(settings)}
    return {setting_column(name): pd.Series(each, losses.index) for name, each in values.items()}

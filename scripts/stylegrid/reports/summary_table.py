"""The summary: final losses by preset, style, style weight and every other setting that varies."""

import pandas as pd

from stylegrid.reports.losses_columns import varying_columns
from stylegrid.store.findings import FINISHED

KEYS = ("preset", "style", "style_weight")
LOSSES = ("content_loss", "style_loss", "tv_loss", "total_loss")


def make_summary(losses: pd.DataFrame) -> pd.DataFrame:
    """Return the summary of a table by `make_losses`: a row for each group, sorted by preset, style and settings.

    `count` combinations, of which `not_finished` are failed, missing or non_finite; of each loss the median and the
    interquartile range (75th minus 25th percentile, linearly interpolated), missing where no picture has one; of the
    seconds the median and the sum.
    """
    varied = {name: values for name, values in varying_columns(losses).items() if name not in KEYS}
    rows = losses.assign(**varied, not_finished=~losses["outcome"].isin(FINISHED))
    groups = rows.groupby([*KEYS, *varied])
    median, low, high = (groups[[*LOSSES]].quantile(share) for share in (0.5, 0.25, 0.75))
    measures = {"count": groups.size(), "not_finished": groups["not_finished"].sum()}
    for name in LOSSES:
        measures |= {f"{name}_median": median[name], f"{name}_iqr": high[name] - low[name]}
    measures |= {"seconds_median": groups["seconds"].median(), "seconds_sum": groups["seconds"].sum()}
    return pd.DataFrame(measures).reset_index()

"""The frontier of the house recipe: final loss against seconds, for what decides how its steps are spent.

Each way paints the sample pairs. Its figures are medians over the pairs, each beside the recipe's own picture of that
pair: seconds, and the total loss in float32. A picture is painted untimed first, so that no way pays for compilation or
for the first look at photograph and painting.
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stylegrid.bench.quality import sample_job
from stylegrid.bench.report import Findings, Row, spell
from stylegrid.bench.setup import Setup

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.painting.compiled import ObjectiveCache

SIZE = 256
RECIPE = "the recipe"
BEFORE = {"steps": 120, "sharing": "falling", "detail": "none"}  # comes to the same loss in twice the time
WAYS: dict[str, Mapping[str, Any]] = {
    RECIPE: {},
    "120 falling steps without detail": BEFORE,
    **{f"{steps} steps": {"steps": steps} for steps in (24, 36, 72, 120)},
    **{f"{steps} steps without detail": {"steps": steps, "detail": "none"} for steps in (48, 120)},
    "falling shares of the steps": {"sharing": "falling"},
    "twice the share for the first scale": {"sharing": "double_first"},
    "coarsest scale 32 px": {"coarsest": 32},
    "coarsest scale 128 px": {"coarsest": 128},
    "one scale": {"coarsest": 0},
    "scales 1.41 apart": {"scale_factor": 1.41},
    "5 corrections": {"corrections": 5},
    "20 corrections": {"corrections": 20},
    "Adam, moments carried over": {"optimizer": "adam", "moments": "carried"},
    "Adam, moments carried over, 120 steps": {"optimizer": "adam", "moments": "carried", "steps": 120},
    "ends where 5 steps gain less than 2 %": {"tolerance": 0.02, "patience": 5, "steps": 120},
    "float32": {"precision": "float32"},
}

Spent = tuple[float, float]  # seconds, and the total loss


def measure_frontier(setup: Setup) -> Findings:
    """Paint every pair in every way."""
    from stylegrid.painting.compiled import ObjectiveCache

    objectives = ObjectiveCache(setup.network())
    pairs = []
    for place in range(setup.pairs):
        for way in (RECIPE, "float32"):
            _paint(place, way, objectives)  # untimed
        pairs.append({way: _paint(place, way, objectives) for way in WAYS})
    timings = {way: tuple(spent[way][0] for spent in pairs) for way in WAYS}
    return Findings(rows=tuple(frontier_rows(pairs)), timings=timings)


def frontier_rows(pairs: Sequence[Mapping[str, Spent]]) -> list[Row]:
    """Return a way's losses and seconds over the recipe's, as medians over the pairs."""
    rows = []
    for way in pairs[0]:
        losses = [spent[way][1] / spent[RECIPE][1] for spent in pairs]
        seconds = statistics.median(spent[way][0] / spent[RECIPE][0] for spent in pairs)
        note = f"{spell(min(losses))} to {spell(max(losses))} in {spell(seconds)} of its time"
        rows.append(Row(what=f"final loss / the recipe's: {way}", figure=statistics.median(losses), note=note))
    return rows


def _paint(place: int, way: str, objectives: "ObjectiveCache") -> Spent:
    from stylegrid.painting.stylize import stylize

    result = stylize(sample_job(place, size=SIZE, **WAYS[way]), objectives)
    assert result.losses is not None, result.message
    return result.seconds, result.losses.total

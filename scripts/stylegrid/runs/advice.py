"""Advice: style weight and style scale tried small for a pair of pictures, ranked by measures, and three rows of it."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from stylegrid import files
from stylegrid.errors import ConfigError, ManifestError
from stylegrid.names import variant_name
from stylegrid.plan.job import Combination
from stylegrid.plan.picks import to_csv
from stylegrid.plan.row_of_job import RowBase, row_of_job
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs.draft import at_most, draft_settings
from stylegrid.settings.config import Settings
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.setting_words import spell
from stylegrid.store.findings import Finding
from stylegrid.store.record import MeasuresRecord


class Level(NamedTuple):
    """How much painting: a factor of the row's style weight, and the strength that stands for it in a draft."""

    weight: float
    strength: float


By = Literal["descents", "drafts"]
LEVELS = {"mild": Level(0.3, 0.4), "middle": Level(1, 0.7), "bold": Level(3, 1)}
SCALES = (2 / 3, 1, 4 / 3)  # factors of the row's style scale
LEAST_SCALE, MOST_SCALE = 0.05, 20.0
HIGH = ("style_cosine", "edges_kept")  # measures of which more is better; of the others less is


class Trial(NamedTuple):
    """One try: its level, the combination as a row would have it, and as it is painted to be looked at."""

    level: str
    proposed: Combination
    painted: Combination


def pairs_of(combinations: Iterable[Combination]) -> list[Combination]:
    """Return the first combination of each photograph with each painting or blend."""
    found: dict[tuple, Combination] = {}
    for combination in combinations:
        found.setdefault((combination.job.content, combination.job.styles), combination)
    return list(found.values())


def plan_cells(settings: Settings, content: str, style: str) -> tuple[Combination, ...]:
    """Return the combinations of one row with these two cells; raises ConfigError with its faults."""
    with files.temporary_folder() as folder:
        manifest = folder / "row.csv"
        files.write_text(manifest, to_csv([{"content": content, "style": style}]))
        try:
            return make_plan(settings.model_copy(update={"manifest": manifest})).combinations
        except ManifestError as error:
            raise ConfigError(str(error).replace(f"{manifest} row 2, ", "--")) from error


def trials_of(pair: Combination, size: int, by: By) -> list[Trial]:
    """Return what is tried for a pair: each level at each style scale, with the longest side at most `size`.

    A row of the fast method is tried by that, and its levels are strengths.
    """
    own = pair.job.settings
    scales = SCALES if own.method == "fast" or own.style_shape == "own" else (1,)
    return [_trial(pair, level, factor, size, by) for level in LEVELS for factor in scales]


def _trial(pair: Combination, level: str, factor: float, size: int, by: By) -> Trial:
    own, (weight, strength) = pair.job.settings, LEVELS[level]
    scale = min(max(_short(own.style_scale * factor), LEAST_SCALE), MOST_SCALE)
    first: dict[str, float]
    first = {"strength": strength} if own.method == "fast" else {"style_weight": _short(own.style_weight * weight)}
    changes = {**first, "style_scale": scale}
    proposed = own.model_copy(update=changes)
    small = _small(proposed, strength, size, by)
    return Trial(level, _changed(pair, proposed, changes), _changed(pair, small, changes))


def _small(settings: PaintSettings, strength: float, size: int, by: By) -> PaintSettings:
    """Return settings as they are tried; a schedule, which would have to end at `size`, is left out."""
    if by == "drafts" or settings.method == "fast":
        return draft_settings(settings, size).model_copy(update={"strength": strength})
    return at_most(settings, size).model_copy(update={"schedule": "auto"})


def _changed(pair: Combination, settings: PaintSettings, changes: dict[str, float]) -> Combination:
    job = pair.job.model_copy(update={"settings": settings, "variant": variant_name({**changes})})
    return pair._replace(job=job)


def _short(value: float) -> float:
    return float(f"{value:.2g}")


def rank(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return the measures of a pair's pictures by the names of their jobs, and their `rank`: 1 is the best.

    Pictures are ranked by each measure, and then by the mean of their ranks: no measure has a weight or a unit. Those
    without a picture are left out; a measure that none has counts for nothing.
    """
    measures = {
        finding.combination.job.name: finding.record.measures.model_dump()
        for finding in findings
        if finding.picture is not None and finding.record is not None and finding.record.measures is not None
    }
    table = pd.DataFrame.from_dict(measures, "index", "float64", list(MeasuresRecord.model_fields))
    by_each = pd.DataFrame({name: table[name].rank(ascending=name not in HIGH) for name in table})
    return table.assign(rank=by_each.mean(axis="columns").rank(method="min"))


def propose(trials: Iterable[Trial], ranked: pd.DataFrame) -> dict[str, Trial]:
    """Return for each level the trial of the best rank, if it has one that was painted."""
    ranks = {str(name): float(place) for name, place in ranked["rank"].items()}
    painted = [trial for trial in trials if trial.painted.job.name in ranks]
    levels = {level: [trial for trial in painted if trial.level == level] for level in LEVELS}
    return {level: min(of, key=lambda trial: ranks[trial.painted.job.name]) for level, of in levels.items() if of}


def titled(trials: Sequence[Trial], ranked: pd.DataFrame, proposals: dict[str, Trial]) -> list[Combination]:
    """Return what was painted, with its rank as its title, and its level where it is proposed."""
    titles = {name: f"rank {place:.0f} of {len(ranked)}" for name, place in ranked["rank"].items()}
    for level, trial in proposals.items():
        titles[trial.painted.job.name] = f"{level}: {titles[trial.painted.job.name]}"
    return [each.painted._replace(title=titles.get(each.painted.job.name, "")) for each in trials]


def row_of_trial(trial: Trial, base: RowBase) -> dict[str, str]:
    """Return a trial as a row of the spreadsheet; its notes are its level."""
    settings = trial.proposed.job.settings
    named = ("strength" if settings.method == "fast" else "style_weight", "style_scale")
    cells = {name: spell(getattr(settings, name)) for name in named}
    return {**row_of_job(trial.proposed, base), **cells, "notes": trial.level}

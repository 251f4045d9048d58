"""Whether a results folder still is what was made: pictures, table, inputs, weights and cache, against their hashes."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.fast.weights import FAST_FILE, fast_folder, read_fast
from stylegrid.plan import plan_files
from stylegrid.plan.job import Combination, Source
from stylegrid.reports.losses_table import to_csv, with_varying
from stylegrid.reports.write_tables import read_losses
from stylegrid.store import findings
from stylegrid.store.cache import Cache
from stylegrid.store.cache_size import list_entries
from stylegrid.store.findings import Finding
from stylegrid.store.layout import Layout
from stylegrid.store.record import read_outline
from stylegrid.vgg.weights.choice import read_backbone

LONGEST = 80  # characters of a cell in a message


class Verified(NamedTuple):
    """How many things of a kind were looked at, and a line on each that isn't as it was recorded."""

    kind: str
    number: int
    drifts: tuple[str, ...]


def verify(results_folder: Path) -> Iterator[Verified]:
    """Yield the result of each kind of check; raises RecordError when there is no plan."""
    yield _tally("pictures", _pictures(results_folder))
    yield _tally("lines of losses.csv", _rows(results_folder))
    yield _tally("inputs", _inputs(plan_files.each_of_table(results_folder)))
    yield _tally("files of weights", _weights(results_folder))
    yield _tally("paintings in the cache", _cache(Layout(results_folder).cache))


def _tally(kind: str, drifts: Iterable[str | None]) -> Verified:
    """Return a kind's count and drifts, from what was found of each."""
    count, told = 0, []
    for drift in drifts:
        count += 1
        if drift:
            told.append(drift)
    return Verified(kind, count, tuple(told))


def _pictures(folder: Path) -> Iterator[str | None]:
    for finding in findings.find_each(folder, plan_files.each_of_table(folder), read_outline):
        yield _picture(finding)


def _picture(finding: Finding) -> str | None:
    """Return the fault of a picture, or None; a recorded failure is none."""
    name = finding.combination.job.name
    if finding.picture is None or finding.record is None:
        recorded = finding.outcome == "failed" and finding.record is not None
        return None if recorded else f"{name}: {finding.message}"
    if files.sha256(finding.picture) != finding.record.picture_sha256:
        return f"{finding.picture}: is not the picture that its record describes; delete it and run again"
    return None


def _rows(folder: Path) -> Iterator[str | None]:
    """Yield for each line of losses.csv what is wrong with it, compared with the records as they are."""
    path = Layout(folder).losses
    if not path.is_file():
        yield f"{path}: is not there; run again"
        return
    wanted = _cells(io.StringIO(to_csv(with_varying(read_losses(folder, folder))), newline=""))
    try:
        with path.open(newline="", encoding="utf-8", errors="replace") as file:
            held = _cells(file)
    except csv.Error as error:
        yield f"{path}: is not a table ({error}); delete it and run again"
        return
    faults = _differences(held, wanted)
    for row in range(max(len(held), len(wanted))):
        yield f"{path} row {row + 1}: {faults[row]}" if row in faults else None


def _cells(lines: Iterable[str]) -> pd.DataFrame:
    """Return the cells of CSV as text, the header as row 0; a short row ends in missing values."""
    columns = itertools.zip_longest(*csv.reader(lines))
    return pd.DataFrame(dict(enumerate(columns)), dtype="str")


def _differences(held: pd.DataFrame, wanted: pd.DataFrame) -> dict[int, str]:
    """Return by row what is wrong with it: its first cell that differs, or that it is missing or too many."""
    common = min(len(held), len(wanted))
    different = pd.DataFrame.compare(*held[:common].align(wanted[:common]))
    cells = different.stack(level=0, future_stack=True).dropna(how="all").groupby(level=0).head(1)
    faults = {}
    for (row, column), found, said in cells.itertuples():
        name = wanted.loc[0].get(column, "a cell after the last column")
        source = f"the record of {'/'.join(wanted.loc[row, :2])}" if row else "every losses.csv"
        faults[row] = f"{name} is {_spell(found)}, not {_spell(said)} as in {source}; delete the table and run again"
    faults |= dict.fromkeys(range(common, len(held)), "is of no combination of the plan; run again")
    return faults | dict.fromkeys(range(common, len(wanted)), "is missing; run again")


def _spell(cell: object) -> str:
    return repr(cell[:LONGEST]) if isinstance(cell, str) else "missing"


def _inputs(combinations: Iterable[Combination]) -> Iterator[str | None]:
    """Yield for each photograph, painting and mask, once, whether it has changed since the plan."""
    seen: set[Source] = set()
    for combination in combinations:
        for source in combination.job.inputs:
            plain = Source(name="", path=source.path, sha256=source.sha256)
            if plain not in seen:
                seen.add(plain)
                yield _changed(Path(source.path), source.sha256, "the plan")


def _weights(folder: Path) -> Iterator[str | None]:
    chosen = Layout(folder).backbone
    if chosen.is_file():
        backbone = read_backbone(chosen)
        yield _changed(Path(backbone.path), backbone.sha256, str(chosen))
    if any(combination.job.settings.method == "fast" for combination in plan_files.each_of_table(folder)):
        yield _unlike_published(fast_folder() / FAST_FILE)


def _unlike_published(path: Path) -> str | None:
    try:
        read_fast(path)
    except WeightsError as error:
        return str(error)
    return None


def _changed(path: Path, sha256: str, since: str) -> str | None:
    if not path.is_file():
        return f"{path}: is gone, though {since} names it"
    return None if files.sha256(path) == sha256 else f"{path}: has changed since {since} was written; run again"


def _cache(folder: Path) -> Iterator[str | None]:
    cache = Cache(folder)
    for key in (entry.key for entry in list_entries(folder)):
        if cache.finished(key) is not None:
            sound = cache.read(key) is not None
            yield None if sound else f"{cache.stem(key)}: is damaged; it is painted again when it is needed"

"""Large manifests: dry runs beside those of a bare workflow with the same jobs, and records collected into a table."""

import csv
import json
import statistics
import tempfile
from collections.abc import Sequence
from itertools import islice, product
from pathlib import Path

import numpy as np
from PIL import Image

from stylegrid import files
from stylegrid.bench.gallery import snakemake_command
from stylegrid.bench.memory import Usage, run_measured
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.setup import ROOT, Setup, program
from stylegrid.plan import plan_files
from stylegrid.plan.chunking import make_chunks
from stylegrid.plan.forecast import LARGEST_CHUNK, MANY, UNMEASURED_CHUNK
from stylegrid.plan.job import Combination
from stylegrid.store.layout import picture_path, record_path
from stylegrid.store.record import HistoryEntry, LossRecord, Record, described_by

RATIO_AIM, DRY_RUN_AIM, COLLECT_AIM, COLLECT_MEMORY_AIM = "<= 1.25", "<= 2500", "<= 60", "<= 1000"
COUNT, QUICK_COUNT, LARGE = 10_000, 20, 100_000
ROUNDS, QUICK_ROUNDS = 3, 1
HISTORY = 180  # entries of a record, as many as the house recipe's steps
TOY = Path(__file__).with_name("toy.smk")
MEGABYTES = 2**20 / 10**6  # of a MiB


def measure_scale(setup: Setup) -> Findings:
    """Measure dry runs of a large manifest and of a bare workflow in turn, and the table of all its records."""
    count, rounds = (QUICK_COUNT, QUICK_ROUNDS) if setup.quick else (COUNT, ROUNDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder, count)
        measured_dry_run(folder)  # which writes the plan down
        write_lists(folder, LARGEST_CHUNK if count >= MANY else UNMEASURED_CHUNK)
        pairs = [(measured_dry_run(folder), measured_dry_run(folder, TOY)) for _ in range(rounds)]
        found = dry_run_findings(count, pairs)
        write_records(folder / "results")
        usage = run_measured(program("collect_losses", "--results", folder / "results"))
        return found.and_also(collect_findings(count, usage))


def measure_large(setup: Setup) -> Findings:
    """Measure one dry run of a hundred thousand combinations, a quarter of an hour or less, and their table."""
    count = QUICK_COUNT if setup.quick else LARGE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder, count)
        dry = measured_dry_run(folder)
        write_records(folder / "results")
        table = run_measured(program("collect_losses", "--results", folder / "results"))
    return large_findings(count, dry).and_also(collect_findings(count, table))


def dry_run_findings(count: int, pairs: Sequence[tuple[Usage, Usage]]) -> Findings:
    """Return what pairs of dry runs come to, ours and the bare one's, by the processor's seconds."""
    what = f"dry run, {count:,} combinations"
    ratio = statistics.median(ours.cpu_seconds / bare.cpu_seconds for ours, bare in pairs)
    times = {
        what: tuple(ours.cpu_seconds for ours, _ in pairs),
        f"{what}, the same jobs in a bare workflow": tuple(bare.cpu_seconds for _, bare in pairs),
    }
    rows = [Row(what=name, figure=statistics.median(each), unit="s CPU") for name, each in times.items()]
    ratio_row = Row(what=f"{what}, ours / bare", figure=ratio, aim=RATIO_AIM)
    return Findings(rows=(*rows, ratio_row), timings=times)


def large_findings(count: int, usage: Usage) -> Findings:
    """Return what the dry run of a very large manifest comes to."""
    what, megabytes = f"first dry run, {count:,} combinations", usage.peak_mb * MEGABYTES
    rows = (
        Row(what=what, figure=usage.seconds, unit="s"),
        Row(what=f"{what}, peak memory", figure=megabytes, unit="MB", aim=DRY_RUN_AIM),
    )
    return Findings(rows=rows, timings={what: (usage.seconds,)})


def collect_findings(count: int, usage: Usage) -> Findings:
    """Return what collecting so many records comes to; the aims are for a hundred thousand."""
    what, megabytes = f"losses.csv of {count:,} records", usage.peak_mb * MEGABYTES
    aims = (COLLECT_AIM, COLLECT_MEMORY_AIM) if count >= LARGE else ("", "")
    rows = (
        Row(what=what, figure=usage.seconds, unit="s", aim=aims[0]),
        Row(what=f"{what}, peak memory", figure=megabytes, unit="MB", aim=aims[1]),
    )
    return Findings(rows=rows, timings={what: (usage.seconds,)})


def measured_dry_run(folder: Path, snakefile: Path = ROOT / "Snakefile") -> Usage:
    """Return what a dry run uses that knows no calibration, so that its chunks are those of the bare workflow."""
    return run_measured(dry_run(folder, snakefile), {"XDG_CACHE_HOME": str(folder)})


def dry_run(folder: Path, snakefile: Path = ROOT / "Snakefile") -> list[str]:
    """Return the command of a dry run in a folder, of the workflow or another."""
    return snakemake_command(folder, "--dry-run", "--quiet", "all", snakefile=snakefile)


def write_manifest(folder: Path, count: int) -> None:
    """Write tiny pictures, a config, and a manifest with a row for each of so many combinations."""
    side = min(100, round(count**0.5) or 1)
    for kind in ("content", "style"):
        (folder / kind).mkdir()
        for number in range(side):
            pixels = np.random.default_rng(number).integers(0, 256, (24, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / kind / f"{number:03}.png")
    every = product(range(side), range(side), range(1, count // side**2 + 2))
    rows = ((f"{content:03}.png", f"{style:03}.png", weight) for content, style, weight in every)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("content", "style", "style_weight"), *islice(rows, count)])
    names = {"manifest": "manifest.csv", "content_dir": "content", "style_dir": "style", "results": "results"}
    config = {**names, "weights": "untrained", "stylize": {"size": 32, "steps": HISTORY}}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")  # which is YAML too


def write_lists(folder: Path, chunk: int) -> None:
    """Write what the bare workflow looks up, of the plan in a folder's results."""
    kept, results = folder / "results", Path("results")
    jobs = {combination.job.name: combination.job for combination in plan_files.each_of_table(kept)}
    pictures = {name: picture_path(results, job) for name, job in jobs.items()}
    chunks = make_chunks(jobs, chunk)
    pages = {name: plan_files.read_page(kept, name)[0] for name in plan_files.sheet_names(kept)}
    lists = {
        "results": results,
        "pictures": pictures,
        "records": {name: record_path(picture) for name, picture in pictures.items()},
        "chunks": {chunk: [plan_files.job_path(results, name) for name in names] for chunk, names in chunks.items()},
        "chunk_of": {name: results / "chunks" / chunk for chunk, names in chunks.items() for name in names},
        "sheets": {name: [entry.name for *_, entry in page.cells] for name, page in pages.items()},
        "styles": {style: plan_files.read_plots(kept, style)[0].names for style in plan_files.style_names(kept)},
    }
    (folder / "toy.json").write_text(json.dumps(lists, default=str), encoding="utf-8")


def write_records(results: Path) -> None:
    """Write a record, with a history, and an empty picture for every combination of a plan."""
    terms = {"content": 0.123456789, "style": 0.0123456789, "tv": 0.03344556677, "total": 1.2233445566}
    history = tuple(HistoryEntry(**terms, step=step, scale=32) for step in range(HISTORY))
    for combination in plan_files.each_of_table(results):
        picture = picture_path(results, combination.job)
        files.write_bytes(picture, b"", sync=False)
        record = _record(combination, history, LossRecord(**terms))
        files.write_bytes(record_path(picture), record.to_json().encode(), sync=False)


def _record(combination: Combination, history: tuple[HistoryEntry, ...], losses: LossRecord) -> Record:
    return Record(
        **described_by(combination.job),
        outcome="finished",
        message=f"all {HISTORY} steps taken",
        losses=losses,
        history=history,
        width=32,
        height=24,
        steps=HISTORY,
        seconds=1.5,
    )

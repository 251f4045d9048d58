"""Large manifests: dry runs beside a bare workflow with the same jobs, and the table of all records."""

import contextlib
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
from stylegrid.plan.rows_to_jobs import make_plan, picture_index
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.settings.config import load_settings
from stylegrid.store.layout import picture_path, record_path
from stylegrid.store.record import HistoryEntry, LossRecord, Record, described_by

RATIO_AIM, DRY_RUN_AIM, COLLECT_AIM, COLLECT_MEMORY_AIM = "<= 1.25", "<= 2500", "<= 60", "<= 1000"
COUNT, LARGE = 10_000, 100_000
ROUNDS = 3
HISTORY = 180  # entries of a record: the house recipe's steps
TOY = Path(__file__).with_name("toy.smk")
MEGABYTES = 2**20 / 10**6  # of a MiB


def measure_scale(setup: Setup) -> Findings:
    """Measure dry runs of 10,000 combinations and of a bare workflow in turn, and the table of all records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder, COUNT)
        write_plan(folder)
        write_lists(folder, LARGEST_CHUNK if COUNT >= MANY else UNMEASURED_CHUNK)
        pairs = [(measured_dry_run(folder), measured_dry_run(folder, TOY)) for _ in range(ROUNDS)]
        found = dry_run_findings(COUNT, pairs)
        write_records(folder / "results")
        usage = run_measured(program("collect_losses", "--results", folder / "results"))
        return found.and_also(collect_findings(COUNT, usage))


def measure_large(setup: Setup) -> Findings:
    """Measure one dry run of 100,000 combinations, a quarter of an hour or less, and their table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder, LARGE)
        dry = measured_dry_run(folder)
        write_plan(folder)
        write_records(folder / "results")
        table = run_measured(program("collect_losses", "--results", folder / "results"))
    return large_findings(LARGE, dry).and_also(collect_findings(LARGE, table))


def dry_run_findings(count: int, pairs: Sequence[tuple[Usage, Usage]]) -> Findings:
    """Return the CPU seconds of pairs of dry runs, ours and the bare workflow's, and their median ratio."""
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
    """Return the seconds and peak memory of the dry run of a very large manifest."""
    what, megabytes = f"first dry run, {count:,} combinations", usage.peak_mb * MEGABYTES
    rows = (
        Row(what=what, figure=usage.seconds, unit="s"),
        Row(what=f"{what}, peak memory", figure=megabytes, unit="MB", aim=DRY_RUN_AIM),
    )
    return Findings(rows=rows, timings={what: (usage.seconds,)})


def collect_findings(count: int, usage: Usage) -> Findings:
    """Return the seconds and peak memory of collecting `count` records; the aims are for 100,000."""
    what, megabytes = f"losses.csv of {count:,} records", usage.peak_mb * MEGABYTES
    aims = (COLLECT_AIM, COLLECT_MEMORY_AIM) if count >= LARGE else ("", "")
    rows = (
        Row(what=what, figure=usage.seconds, unit="s", aim=aims[0]),
        Row(what=f"{what}, peak memory", figure=megabytes, unit="MB", aim=aims[1]),
    )
    return Findings(rows=rows, timings={what: (usage.seconds,)})


def measured_dry_run(folder: Path, snakefile: Path = ROOT / "Snakefile") -> Usage:
    """Return the usage of a dry run without calibration, whose chunks are those of the bare workflow."""
    return run_measured(dry_run(folder, snakefile), {"XDG_CACHE_HOME": str(folder)})


def dry_run(folder: Path, snakefile: Path = ROOT / "Snakefile") -> list[str]:
    """Return the command of a dry run in a folder."""
    return snakemake_command(folder, "--dry-run", "--quiet", "all", snakefile=snakefile)


def write_manifest(folder: Path, count: int) -> None:
    """Write tiny pictures, a config, and a manifest with `count` rows, one combination each."""
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
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML too


def write_plan(folder: Path) -> None:
    """Write down the plan of a folder's manifest, as a run does at its start."""
    with contextlib.chdir(folder):
        settings = load_settings("config.yaml")
        index = picture_index(settings)
        plan = make_plan(settings, index)
        index.save()
        pages = plan_pages(plan.combinations, settings.sheets.cells, settings.sheets.overview)
        plan_files.write_plan(settings, plan.combinations, pages)


def write_lists(folder: Path, chunk: int) -> None:
    """Write toy.json, the jobs and files of the plan, for the bare workflow."""
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
    """Write a record with a history, and an empty picture, for every combination of a plan."""
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

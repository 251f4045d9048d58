"""What comes before painting: a program's help, a plan, and Snakemake's dry run beside that of a bare workflow."""

import statistics
import tempfile
from pathlib import Path

from stylegrid.bench.gallery import Combination, seconds_of, snakemake, write_gallery
from stylegrid.bench.memory import run_measured
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.setup import CONTENTS, STYLES, Setup, program

HELP_AIM, PLAN_AIM = "<= 0.3", "<= 2"
ROWS, COUNTS = 1000, (100, 1000)
QUICK_ROWS, QUICK_COUNTS = 50, (10, 20)
CHUNK = 16

# The same jobs and dependencies as the real workflow's, but nothing to plan, look up or check.
TOY = """
COUNT, CHUNK, CONTENTS, STYLES = {count}, {chunk}, {contents}, {styles}
PAGES = ["overview", *(f"content{{n}}" for n in range(CONTENTS)), *(f"style{{n}}" for n in range(STYLES))]

def on_page(wildcards):
    pages = (("overview", f"content{{n % CONTENTS}}", f"style{{n // CONTENTS % STYLES}}") for n in range(COUNT))
    return [f"picture/{{n}}" for n, names in enumerate(pages) if wildcards.page in names]

rule all:
    input: "backbone", expand("picture/{{n}}", n=range(COUNT)), "losses", expand("sheet/{{page}}", page=PAGES)

rule fetch:
    output: "backbone"
    shell: "touch {{output}}"

rule paint:
    input: "backbone"
    output: temp(directory("chunk/{{chunk}}"))
    shell: "mkdir -p {{output}}"

rule publish:
    input: "backbone", lambda wildcards: f"chunk/{{int(wildcards.n) // CHUNK}}"
    output: "picture/{{n}}", "record/{{n}}"
    shell: "touch {{output}}"

rule collect:
    input: expand("record/{{n}}", n=range(COUNT))
    output: "losses"
    shell: "touch {{output}}"

rule sheet:
    input: on_page
    output: "sheet/{{page}}"
    shell: "touch {{output}}"
"""


def measure_start(setup: Setup) -> Findings:
    """Measure programs that start and end without painting, and dry runs of two sizes."""
    repeats = 2 if setup.quick else 5
    help_times = tuple(run_measured(program("stylize", "--help")).seconds for _ in range(repeats))
    rows, counts = (QUICK_ROWS, QUICK_COUNTS) if setup.quick else (ROWS, COUNTS)
    plan_times = _plan_times(rows, repeats, setup.weights_file())
    dry = {count: _dry_runs(count, setup.weights_file()) for count in counts}
    return start_findings(help_times, rows, plan_times, dry)


def start_findings(
    help_times: tuple[float, ...], rows: int, plan_times: tuple[float, ...], dry: dict[int, tuple[float, float]]
) -> Findings:
    """Return what was measured; dry runs are ours and the bare workflow's, by combinations."""
    found = [
        Row(what="stylize.py --help", figure=statistics.median(help_times), unit="s", aim=HELP_AIM),
        Row(what=f"plan.py, {rows:,} rows", figure=statistics.median(plan_times), unit="s", aim=PLAN_AIM),
    ]
    for count, (ours, bare) in dry.items():
        what = f"snakemake --dry-run, {count:,} combinations"
        found += [
            Row(what=what, figure=ours, unit="s"),
            Row(what=f"{what}, of a bare workflow of this shape", figure=bare, unit="s"),
            Row(what=f"{what}, ours / bare", figure=ours / bare),
        ]
    timings = {"help": help_times, "plan": plan_times}
    timings |= {f"dry run, {count}": (ours,) for count, (ours, _) in dry.items()}
    timings |= {f"bare dry run, {count}": (bare,) for count, (_, bare) in dry.items()}
    return Findings(rows=tuple(found), timings=timings)


def combinations(count: int) -> list[Combination]:
    """Return so many combinations, each a row of its own."""
    return [
        Combination(CONTENTS[place % len(CONTENTS)], STYLES[place // len(CONTENTS) % len(STYLES)], 10 + place)
        for place in range(count)
    ]


def _plan_times(rows: int, repeats: int, weights_file: Path) -> tuple[float, ...]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_gallery(folder, combinations(rows), {}, weights_file)
        config = (folder / "config.yaml").read_text(encoding="utf-8")  # whole, not laid over the one that is here
        command = program("plan", "--configfile", config)
        return tuple(run_measured(command).seconds for _ in range(repeats))


def _dry_runs(count: int, weights_file: Path) -> tuple[float, float]:
    """Return the seconds of a dry run of ours, and of a bare workflow of the same shape."""
    with tempfile.TemporaryDirectory() as name:
        folder, bare = Path(name), Path(name) / "bare"
        bare.mkdir()
        write_gallery(folder, combinations(count), {}, weights_file)
        toy = bare / "Snakefile"
        shape = {"count": count, "chunk": CHUNK, "contents": len(CONTENTS), "styles": len(STYLES)}
        toy.write_text(TOY.format(**shape), encoding="utf-8")
        ours = seconds_of(lambda: snakemake(folder, "--dry-run", "--quiet"))
        return ours, seconds_of(lambda: snakemake(bare, "--dry-run", "--quiet", snakefile=toy))

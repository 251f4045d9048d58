"""Where Snakemake meets the library: the plan of the manifest, and functions that rules ask for their inputs."""

import functools
import gc
import shlex
import sys
from pathlib import Path

from stylegrid.plan import plan_files
from stylegrid.plan.chunking import make_chunks, members
from stylegrid.errors import StylegridError
from stylegrid.plan.forecast import chunk_size, read_calibration
from stylegrid.store.layout import curves_plot_path, losses_plot_path, picture_path, record_path, tradeoff_plot_path
from stylegrid.plan.plan_files import digest_path, job_path
from stylegrid.plan.job import read_job
from stylegrid.text import plain
from stylegrid.plan.planner import make_plan
from stylegrid.plan.cluster_request import request
from stylegrid.settings.config import parse_settings
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.vgg.weights.choice import identify_weights

try:
    SETTINGS = parse_settings(config)
    WEIGHTS_IDENTITY = identify_weights(SETTINGS.weights)
    PLAN = make_plan(SETTINGS)
    PAGES = plan_pages(PLAN.combinations, SETTINGS.sheets.cells, SETTINGS.sheets.overview)
    CALIBRATION = read_calibration(SETTINGS.painting.calibration_file)
    if workflow.is_main_process:  # a job on another machine works by the plan it was sent with
        alone = hold(SETTINGS.results)
        plan_files.write_plan(SETTINGS, PLAN.combinations, PAGES)
        if alone:
            plan_files.discard_failed_chunks(SETTINGS.results)
        if workflow.dryrun:
            lock.release(SETTINGS.results)
except StylegridError as fault:
    sys.exit("\n".join(f"error: {plain(line)}" for line in str(fault).split("\n")))

NOTICES = list(PLAN.notices)
if len(PLAN.combinations) > SETTINGS.sheets.overview:
    NOTICES.append(f"no overview of {len(PLAN.combinations)} combinations; the config's sheets.overview allows more")
for notice in NOTICES:
    print(f"note: {plain(notice)}", file=sys.stderr)

RESULTS = str(SETTINGS.results)
PRINTED = [f"{RESULTS}/print/gallery.pdf"] if SETTINGS.sheets.paper != "none" else []
THREADS_ON_A_CLUSTER = 4
JOBS = {combination.job.name: combination.job for combination in PLAN.combinations}


def gpus():
    """Return how many paintings may go on at once: as many as `--resources gpu=` says, else one."""
    return gpu_limit() or 1


def on_a_cluster():
    """Return whether jobs are sent elsewhere, or this is one that was; a dry run for a cluster knows no cores."""
    return not workflow.is_main_process or not workflow.local_exec or workflow.resource_settings.cores is None


def combinations_of_a_chunk():
    """Return how many combinations one process paints at most."""
    if SETTINGS.painting.chunk != "auto":
        return SETTINGS.painting.chunk
    return chunk_size(list(JOBS.values()), CALIBRATION, gpus())


def threads_per_painting(wildcards):
    """Return the CPU threads of one painting: its share of the cores when several GPUs paint at once.

    A job on a cluster gets as many on any machine, whatever that has; `--set-threads paint_chunk=8` changes it.
    """
    if on_a_cluster():
        return THREADS_ON_A_CLUSTER
    return max(1, workflow.cores // gpus())


# No parameters of a rule, which Snakemake would take for a reason to paint again.
HOW_TO_PAINT = f"--out-of-memory {SETTINGS.painting.out_of_memory}"
if SETTINGS.painting.calibration_file:
    HOW_TO_PAINT += f" --calibration={shlex.quote(str(SETTINGS.painting.calibration_file))}"

CHUNKS = make_chunks(JOBS, combinations_of_a_chunk())
CHUNK_OF = {name: chunk for chunk, names in CHUNKS.items() for name in names}

# What rules ask for again and again, once for every combination: text that is looked up by names.
PICTURES = {name: str(picture_path(SETTINGS.results, job)) for name, job in JOBS.items()}
RECORDS = {name: str(record_path(Path(picture))) for name, picture in PICTURES.items()}
SHEETS = {sheet: [cell.job.name for cell in page.cells.values()] for sheet, page in PAGES.items()}
STYLES = {}
for job in JOBS.values():
    STYLES.setdefault(job.style, []).append(job.name)
DIGESTS = {style: str(digest_path(SETTINGS.results, style)) for style in STYLES}
gc.set_threshold(50_000, 20, 20)  # looking for garbage more often took a sixth of a dry run, and found none
del PLAN, PAGES, JOBS  # which of many combinations take memory that Snakemake needs


wildcard_constraints:
    combination=r"[^/]+/[^/]+/[^/]+(?<!\.jpg)(?<!\.webp)(?<!\.tif)",  # of `x.jpg.json` it is x
    sheet="[^/]+(/[^/]+)?",
    chunk="all|[01-]+",


def job_files(chunk):
    """Return the job files of a chunk.

    A job on another machine may know chunks of another size: it goes by the name.
    """
    names = CHUNKS.get(chunk) or members(PICTURES, chunk)
    return [str(job_path(SETTINGS.results, name)) for name in names]


def jobs_of_chunk(wildcards):
    """Return the job files that a chunk is painted from."""
    return job_files(wildcards.chunk)


@functools.cache
def request_of_chunk(chunk):
    """Return what a chunk asks of a cluster; its jobs are read again, for to keep all would take much memory."""
    jobs = [read_job(Path(path)) for path in job_files(chunk)]
    return request(jobs, CALIBRATION)


def minutes_of_chunk(wildcards, attempt):
    """Return the minutes that a cluster is asked for; more at each attempt."""
    return request_of_chunk(wildcards.chunk).minutes * attempt


def memory_of_chunk(wildcards, attempt):
    """Return the memory that a cluster is asked for, in MB; more at each attempt."""
    return request_of_chunk(wildcards.chunk).memory_mb * attempt


def chunk_of_job(wildcards):
    """Return the folder that a combination is handed over in."""
    return f"{RESULTS}/chunks/{CHUNK_OF[wildcards.combination]}"


def pictures_of_every_job(wildcards):
    """Return the pictures of all combinations."""
    return list(PICTURES.values())


def vanished_pictures(wildcards):
    """Return the pictures to be put in their places again: those that are gone though the table, or a record, is there.

    Snakemake makes no intermediate file again as long as what was made of it is there, unless it is asked for.
    """
    collected = Path(f"{RESULTS}/losses.csv").exists()
    return [
        picture
        for name, picture in PICTURES.items()
        if not os.path.exists(picture) and (collected or os.path.exists(RECORDS[name]))
    ]


def records_of_every_job(wildcards):
    """Return the records of all combinations."""
    return list(RECORDS.values())


def records_of_style(wildcards):
    """Return the records of all combinations of a style."""
    return [RECORDS[name] for name in STYLES[wildcards.style]]


def pictures_on_page(wildcards):
    """Return the pictures that one page of a contact sheet shows."""
    return [PICTURES[name] for name in SHEETS[wildcards.sheet]]


def labels_of_page(wildcards):
    """Return what the report's list of contact sheets says of a page."""
    kind, _, name = wildcards.sheet.partition("/")
    return {"sheet": {"content": "one photograph", "style": "one style"}.get(kind, kind), "of": name or "everything"}

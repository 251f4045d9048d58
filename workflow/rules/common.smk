"""Where Snakemake meets the library: the plan of the manifest, and functions that rules ask for their inputs."""

import os
import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir) / "scripts"
sys.path.insert(0, str(SCRIPTS))  # nothing imported from there imports TensorFlow
# `python` in the rules is the Python that runs Snakemake, also when its environment is not activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])

from stylegrid import handover
from stylegrid.errors import StylegridError
from stylegrid.paths import picture_path, record_path
from stylegrid.plan import make_plan
from stylegrid.settings import parse_settings
from stylegrid.sheet import plan_pages
from stylegrid.weights import identify

try:
    SETTINGS = parse_settings(config)
    WEIGHTS_IDENTITY = identify(SETTINGS.weights)
    PLAN = make_plan(SETTINGS)
    PAGES = plan_pages(PLAN.combinations, SETTINGS.sheets.cells)
    if workflow.is_main_process:  # a job on another machine works by the plan it was sent with
        handover.write_plan(SETTINGS, PLAN.combinations, PAGES)
except StylegridError as fault:
    sys.exit("\n".join(f"error: {line}" for line in str(fault).splitlines()))

for notice in PLAN.notices:
    print(f"note: {notice}", file=sys.stderr)

RESULTS = str(SETTINGS.results)
JOBS = {combination.job.name: combination.job for combination in PLAN.combinations}


wildcard_constraints:
    combination=r"[^/]+/[^/]+/[^/]+(?<!\.jpg)(?<!\.webp)(?<!\.tif)",  # of `x.jpg.json` it is x
    sheet="[^/]+(/[^/]+)?",


def threads_per_painting(wildcards):
    """Return the CPU threads of one painting: its share of the cores when several GPUs paint at once."""
    limit = workflow.global_resources.get("gpu")
    return max(1, (workflow.cores or 4) // (limit.value if limit and limit.value else 1))


def pictures_of_every_job(wildcards):
    """Return the pictures of all combinations."""
    return [str(picture_path(SETTINGS.results, job)) for job in JOBS.values()]


def records_of_every_job(wildcards):
    """Return the records of all combinations."""
    return [str(record_path(Path(picture))) for picture in pictures_of_every_job(wildcards)]


def pictures_on_page(wildcards):
    """Return the pictures that one page of a contact sheet shows."""
    cells = PAGES[wildcards.sheet].cells.values()
    return [str(picture_path(SETTINGS.results, combination.job)) for combination in cells]

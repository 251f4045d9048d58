"""Paint combinations of a plan in one process; hand over their pictures in a folder, and put each in its place.

A combination that fails costs no other: it is handed over as the record of its failure, and the program goes on. What
was painted stays in the cache whatever happens to the rest.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point, step_printer
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import StylegridError
from stylegrid.painting.paint_chunk import paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.plan.forecast import read_calibration
from stylegrid.plan.job import Job, read_job
from stylegrid.runs import parent_watch
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import read_backbone


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    parent_watch.end_with_parent(
        lambda: print("Snakemake is gone: painting ends; the next run goes on", file=sys.stderr, flush=True)
    )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # TensorFlow's greetings go, its warnings stay
    backbone = read_backbone(args.backbone)
    calibration = read_calibration(args.calibration)
    xla = calibration is not None and calibration.compiler == "xla"
    painter = Painter(backbone, Cache(args.cache), args.threads, xla=xla, out_of_memory=args.out_of_memory)
    jobs = [read_job(path) for path in args.jobs]
    if warning := backbone.warning(job.settings.preset for job in jobs):
        print(f"NOTICE: {warning}", file=sys.stderr)
    args.output.mkdir(parents=True, exist_ok=True)
    paint_chunk(
        jobs,
        painter,
        args.output,
        args.results,
        lambda job: step_printer(job.settings.planned_steps, f"{job.name}: "),
        _print_fault,
    )


def _print_fault(job: Job, error: Exception) -> None:
    """Say what kept a job from being painted; what is no user's fault with its traceback."""
    if not isinstance(error, StylegridError):
        traceback.print_exception(error)
    print(f"error: {job.name}: {error}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", type=Path, nargs="+", metavar="JOB", help="job file below results/plan/jobs")
    parser.add_argument("--backbone", type=Path, required=True, metavar="FILE", help="what fetch_weights.py wrote")
    parser.add_argument("--cache", type=Path, required=True, metavar="FOLDER", help="paintings, finished or not")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where pictures are handed over")
    parser.add_argument("--results", type=Path, required=True, metavar="FOLDER", help="below it each has its place")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument(
        "--out-of-memory",
        choices=("fail", "bfloat16", "smaller"),
        default="fail",
        help="what becomes of a picture that doesn't fit into memory (fail)",
    )
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="what calibrate.py measured (default: this machine's)"
    )
    return parser


if __name__ == "__main__":
    skip_keras()
    sys.exit(main(sys.argv[1:]))

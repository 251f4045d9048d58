"""Paint one photograph in the style of one painting, or of several blended.

By hand: name the pictures and the output, and any setting as a flag; with a cache, a painting that was interrupted goes
on where it was. The workflow instead names a job file and the backbone, and a cache in which finished paintings are
found again.
"""

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from door import door
from stylegrid import files
from stylegrid.cache import Cache
from stylegrid.errors import ConfigError, StylegridError
from stylegrid.job import Job, read_job
from stylegrid.paint_settings import PaintSettings
from stylegrid.paths import failure_path, film_path, record_path, snapshots_folder
from stylegrid.record import failed

# What reads, paints or writes pictures is imported by the functions that need it: it takes longer than --help may.
if TYPE_CHECKING:
    from stylegrid.optimise import Step
    from stylegrid.paint import Published
    from stylegrid.weights import Backbone

REPORTS = 12  # lines of progress in a run


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = _parser()
    args = parser.parse_args(argv)
    fault = _misuse(args)
    if fault:
        parser.error(fault)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # TensorFlow's greetings go, its warnings stay
    with tempfile.TemporaryDirectory() as folder:
        args.cache = args.cache or Path(folder)
        _run(args)


def _misuse(args: argparse.Namespace) -> str:
    """Return what is wrong with the way that flags stand together, if anything is."""
    if not (args.content and args.style) and not (args.job and args.backbone and args.cache):
        return "name --content and --style, or --job, --backbone and --cache"
    by_hand = [name for name in ("content", "style", *PaintSettings.model_fields) if getattr(args, name) is not None]
    if args.job and by_hand:
        return f"{_flag(by_hand[0])}: is part of the job; leave it out, or leave out --job"
    if args.threads is not None and args.threads < 1:
        return "--threads: must be 1 or more"
    if not 0 <= args.checkpoint_seconds < math.inf:
        return "--checkpoint-seconds: must be 0 or more, and finite"
    return ""


def _flag(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def _run(args: argparse.Namespace) -> None:
    from stylegrid import film

    published = _paint_job(args) if args.job else _paint_by_hand(args)
    files.write_bytes(args.output, published.picture)
    if args.job or args.record:
        files.write_text(args.record or record_path(args.output), published.record.to_json())
    film.publish(args.output, published.snapshots)
    print(f"{published.record.outcome}: {published.record.message}: {args.output}", file=sys.stderr)


def _paint_by_hand(args: argparse.Namespace) -> "Published":
    """Return the picture that the flags describe; what can be checked is checked before painting."""
    from stylegrid import weights
    from stylegrid.by_hand import make_job

    given = {name: getattr(args, name) for name in PaintSettings.model_fields if getattr(args, name) is not None}
    job = make_job(args.content, args.style, args.output, given)
    _check_outputs(args, [Path(source.path) for source in job.inputs])
    backbone = weights.choose(args.weights, args.weights_folder)
    return _paint(job, backbone, args)


def _check_outputs(args: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Raise an error, before painting, for a file that can't be written or that would overwrite another one."""
    outputs = [path for path in (args.output, film_path(args.output), args.record) if path]
    for number, path in enumerate(outputs):
        if path.resolve() in [other.resolve() for other in (*inputs, *outputs[:number])]:
            raise ConfigError(f"{path}: would overwrite an input or the picture; name another file")
        files.require_writable(path)
    steps = snapshots_folder(args.output)
    if any(steps.resolve() in path.resolve().parents for path in (*inputs, *outputs)):
        raise ConfigError(f"{steps}: would be overwritten with pictures of the way; name another output")
    files.require_writable(args.cache / "painting")


def _paint_job(args: argparse.Namespace) -> "Published":
    """Return the picture of a job file; where that fails, a record says why beside the picture's place."""
    from stylegrid import weights

    job = read_job(args.job)
    failure = failure_path(args.output)
    try:
        published = _paint(job, weights.read_backbone(args.backbone), args)
    except Exception as error:
        message = str(error) if isinstance(error, StylegridError) else f"unexpected {type(error).__name__}; see its log"
        files.write_text(failure, failed(job, message).to_json())
        raise
    failure.unlink(missing_ok=True)
    return published


def _paint(job: Job, backbone: "Backbone", args: argparse.Namespace) -> "Published":
    from stylegrid.paint import paint

    if backbone.notice:
        print(f"NOTICE: {backbone.notice}", file=sys.stderr)
    report = _reporter(job.settings.steps)
    return paint(job, backbone, Cache(args.cache), args.threads, report, args.checkpoint_seconds)


def _reporter(steps: int) -> "Callable[[Step], None]":
    """Return what prints a line of progress now and then."""
    due = 0

    def report(step: "Step") -> None:
        nonlocal due
        if step.step >= due or step.step == steps:
            due = step.step + max(1, steps // REPORTS)
            terms = "  ".join(f"{term} {value:.4g}" for term, value in step.losses._asdict().items())
            print(f"step {step.step}/{steps}, {step.scale} px: {terms}", file=sys.stderr, flush=True)

    return report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    by_hand = parser.add_argument_group("by hand")
    by_hand.add_argument("--content", type=Path, metavar="FILE", help="photograph")
    by_hand.add_argument("--style", metavar="FILE", help="painting, or a blend: 'night.jpg:3 + wave.jpg:1'")
    by_hand.add_argument("--weights", default="auto", help="auto, imagenet, untrained, or a file (default: auto)")
    by_hand.add_argument("--weights-folder", type=Path, default=Path("data/vgg19"), help="where weights are kept")
    by_job = parser.add_argument_group("from the workflow")
    by_job.add_argument("--job", type=Path, metavar="FILE", help="job file")
    by_job.add_argument("--backbone", type=Path, metavar="FILE", help="what fetch_weights.py wrote")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the picture")
    parser.add_argument("--record", type=Path, metavar="FILE", help="its record, a JSON file")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="finished paintings, and unfinished ones to go on with"
    )
    parser.add_argument(
        "--checkpoint-seconds", type=float, default=20, metavar="S", help="how often an unfinished one is saved (20)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    settings = parser.add_argument_group("settings, by hand; each default is the preset's")
    for name, field in PaintSettings.model_fields.items():
        settings.add_argument(_flag(name), metavar="VALUE", help=field.description)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Paint one photograph in the style of one painting, or of several blended.

Every setting has a flag. With --cache, finished paintings are reused, and an interrupted one continues.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.painting_progress import show_progress
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import ConfigError
from stylegrid.plan.job import Job
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store.cache import Cache
from stylegrid.store.layout import film_path, snapshots_folder

# What reads, paints or writes pictures is imported by the functions that need it: it takes longer than --help may.
if TYPE_CHECKING:
    from stylegrid.store.publish import Published


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = _parser()
    args = parser.parse_args(argv)
    fault = _misuse(args)
    if fault:
        parser.error(fault)
    with tempfile.TemporaryDirectory() as folder:
        args.cache = args.cache or Path(folder)
        _run(args)


def _misuse(args: argparse.Namespace) -> str:
    """Return the fault in the values of flags, or ""."""
    if args.threads is not None and args.threads < 1:
        return "--threads: must be 1 or more"
    if not 0 <= args.checkpoint_seconds < math.inf:
        return "--checkpoint-seconds: must be 0 or more, and finite"
    return ""


def _flag(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def _run(args: argparse.Namespace) -> None:
    from stylegrid.store import film_strip

    published = _paint(_job(args), args)
    files.write_bytes(args.output, published.picture)
    if args.record:
        files.write_text(args.record, published.record.to_json())
    film_strip.publish(args.output, published.snapshots)
    print(f"{published.record.outcome}: {published.record.message}: {args.output}", file=sys.stderr)


def _job(args: argparse.Namespace) -> Job:
    """Return the job of the flags, checked before anything is painted."""
    from stylegrid.plan.single_job import make_job

    given = {name: getattr(args, name) for name in PaintSettings.model_fields if getattr(args, name) is not None}
    job = make_job(args.content, args.style, args.output, given, args.title, args.keep_idle)
    _check_outputs(args, [Path(source.path) for source in job.inputs])
    return job


def _paint(job: Job, args: argparse.Namespace) -> "Published":
    from stylegrid.painting.painter import Painter
    from stylegrid.settings.workload import workload_of
    from stylegrid.vgg.weights.choice import choose_backbone, weights_folder

    backbone = choose_backbone(args.weights, args.weights_folder or weights_folder())
    if warning := backbone.warning([job.settings.preset]):
        print(f"NOTICE: {warning}", file=sys.stderr)
    painter = Painter(backbone, Cache(args.cache), args.threads, args.checkpoint_seconds)
    if painter.needs(job):
        workload = workload_of(job.settings, job.content.size)
        with show_progress(workload, job.settings.planned_steps, args.quiet) as show:
            painter.paint(job, show)
    return painter.publish(job)


def _check_outputs(args: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Raise an error for an output that can't be written or would overwrite another file."""
    outputs = [path for path in (args.output, film_path(args.output), args.record) if path]
    for number, path in enumerate(outputs):
        if path.resolve() in [other.resolve() for other in (*inputs, *outputs[:number])]:
            raise ConfigError(f"{path}: would overwrite an input or the picture; name another file")
        files.require_writable(path)
    steps = snapshots_folder(args.output)
    if any(steps.resolve() in path.resolve().parents for path in (*inputs, *outputs)):
        raise ConfigError(f"{steps}: would be overwritten with pictures of the way; name another output")
    files.require_writable(args.cache / "painting")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", type=Path, required=True, metavar="FILE", help="photograph")
    parser.add_argument("--style", required=True, metavar="FILE", help="painting, or a blend: 'a.jpg:3 + b.jpg'")
    parser.add_argument(
        "--weights", default="auto", help="auto, imagenet-8bit, imagenet, untrained, or a file (default: auto)"
    )
    parser.add_argument(
        "--weights-folder", type=Path, help="where weights are kept (default: the checkout's data/vgg19)"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the picture")
    parser.add_argument("--record", type=Path, metavar="FILE", help="its record, a JSON file")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="finished paintings, and unfinished ones to go on with"
    )
    parser.add_argument(
        "--checkpoint-seconds", type=float, default=20, metavar="S", help="how often an unfinished one is saved (20)"
    )
    parser.add_argument(
        "--title",
        default="",
        metavar="TEXT",
        help="words that travel in the picture; {content}, {style}, {variant} are filled in",
    )
    parser.add_argument("--keep-idle", action="store_true", help="don't refuse settings that have no effect")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    settings = parser.add_argument_group("settings; each default is the preset's")
    for name, field in PaintSettings.model_fields.items():
        settings.add_argument(_flag(name), metavar="VALUE", help=field.description)
    return parser


if __name__ == "__main__":
    hide_tensorflow_lines()
    skip_keras()
    sys.exit(main(sys.argv[1:]))

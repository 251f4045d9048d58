"""Paint one photograph in the style of one painting, or of several blended.

By hand: name the pictures and the output, and any setting as a flag. The workflow instead names a job file and the
backbone, and a cache in which finished pictures are found again.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from door import door
from stylegrid import files, images, presets, weights
from stylegrid.cache import Cache, Painted
from stylegrid.errors import ConfigError, ImageError, StylegridError
from stylegrid.job import Job, Source, StyleSource, read_job
from stylegrid.names import safe_name
from stylegrid.paint import paint
from stylegrid.record import failed
from stylegrid.results import failure_path
from stylegrid.settings import PaintSettings
from stylegrid.weighted import Weighted, parse_weighted
from stylegrid.weights import Backbone

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.optimise import Step

REPORTS = 12  # lines of progress in a run


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = _parser()
    args = parser.parse_args(argv)
    if not (args.content and args.style) and not (args.job and args.backbone and args.cache):
        parser.error("name --content and --style, or --job, --backbone and --cache")
    if args.threads is not None and args.threads < 1:
        parser.error("--threads: must be 1 or more")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # TensorFlow's greetings go, its warnings stay
    painted = _paint_job(args) if args.job else _paint_by_hand(args)
    files.write_bytes(args.output, painted.png)
    if args.record:
        files.write_text(args.record, painted.record.to_json())
    print(f"{painted.record.outcome}: {painted.record.message}: {args.output}", file=sys.stderr)


def _paint_by_hand(args: argparse.Namespace) -> Painted:
    """Return the picture that the flags describe; what can be checked is checked before painting."""
    if args.output.suffix.lower() != ".png":
        raise ImageError(f"--output: must end in .png, found {str(args.output)!r}")
    job = _job(args)
    inputs = [Path(source.path) for source in (job.content, *job.styles, *filter(None, [job.start]))]
    _check_outputs([path for path in (args.output, args.record) if path], inputs)
    return _paint(job, weights.choose(args.weights, args.weights_folder), None, args.threads)


def _check_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Raise an error, before painting, for a file that can't be written or that would overwrite another one."""
    for number, path in enumerate(outputs):
        if path.resolve() in [other.resolve() for other in (*inputs, *outputs[:number])]:
            raise ConfigError(f"{path}: would overwrite an input or the picture; name another file")
        files.require_writable(path)


def _paint_job(args: argparse.Namespace) -> Painted:
    """Return the picture of a job file; where that fails, a record says why beside the picture's place."""
    job = read_job(args.job)
    failure = failure_path(args.output)
    try:
        painted = _paint(job, weights.read_backbone(args.backbone), Cache(args.cache), args.threads)
    except Exception as error:
        message = str(error) if isinstance(error, StylegridError) else f"unexpected {type(error).__name__}; see its log"
        files.write_text(failure, failed(job, message).to_json())
        raise
    failure.unlink(missing_ok=True)
    return painted


def _paint(job: Job, backbone: Backbone, cache: Cache | None, threads: int | None) -> Painted:
    if backbone.notice:
        print(f"NOTICE: {backbone.notice}", file=sys.stderr)
    return paint(job, backbone, cache, threads, _reporter(job.settings.steps))


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


def _job(args: argparse.Namespace) -> Job:
    """Return the job that the flags describe."""
    given = {name: getattr(args, name) for name in PaintSettings.model_fields if getattr(args, name) is not None}
    settings = presets.resolve(given)
    styles = tuple(
        StyleSource(**_source(Path(name)).model_dump(), weight=weight) for name, weight in _parse_style(args.style)
    )
    return Job(
        content=_source(args.content),
        styles=styles,
        start=None if settings.init in ("content", "noise") else _source(Path(settings.init)),
        style=safe_name("-".join(style.name for style in styles)),
        variant=safe_name(args.output.stem),
        settings=settings,
    )


def _parse_style(text: str) -> Weighted:
    try:
        return ((text, 1.0),) if Path(text).is_file() else parse_weighted(text)
    except ValueError as error:
        raise ConfigError(f"--style: {error}") from error


def _source(path: Path) -> Source:
    return Source(name=safe_name(path.stem), path=str(path), sha256=images.inspect(path).sha256)


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
    by_job.add_argument("--cache", type=Path, metavar="FOLDER", help="finished pictures")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the picture, a PNG file")
    parser.add_argument("--record", type=Path, metavar="FILE", help="its record, a JSON file")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    settings = parser.add_argument_group("settings, by hand; each default is the preset's")
    for name, field in PaintSettings.model_fields.items():
        settings.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=field.description)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

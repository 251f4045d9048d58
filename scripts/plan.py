"""Print all combinations of a manifest with the paths of their pictures, or all its faults.

Then say what doesn't fit into this machine's memory, how long painting the rest takes, and how much memory it needs.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from stylegrid.cli.entry_point import add_configfile, entry_point, spell_about
from stylegrid.painting.gpu_lock import devices
from stylegrid.plan.fitting import MIB, describe_too_large, find_too_large, free_room_mb
from stylegrid.plan.forecast import Calibration, read_calibration, total
from stylegrid.plan.job import Job
from stylegrid.plan.memory import tile_of
from stylegrid.plan.rows_to_jobs import Plan, make_plan
from stylegrid.runs.to_paint import find_unpainted
from stylegrid.settings.config import Settings, load_settings
from stylegrid.store.layout import picture_path
from stylegrid.text import plain


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_configfile(parser)
    settings = load_settings(*parser.parse_args(argv).configfile)
    _show(settings, make_plan(settings))


def _show(settings: Settings, plan: Plan) -> None:
    for combination in plan.combinations:
        print(f"row {combination.row}\t{picture_path(settings.results, combination.job)}")
    for notice in plan.notices:
        print(f"note: {plain(notice)}", file=sys.stderr)
    jobs = [combination.job for combination in plan.combinations]
    contents, styles = {job.content.name for job in jobs}, {job.style for job in jobs}
    counts = (_count(len(jobs), "picture"), _count(len(contents), "photograph"), _count(len(styles), "style"))
    print("{}: {} in {}; no faults".format(*counts), file=sys.stderr)
    for line in forecast(settings, jobs):
        print(plain(line), file=sys.stderr)


def forecast(settings: Settings, jobs: Sequence[Job]) -> Iterator[str]:
    """Yield what doesn't fit into memory, then how many pictures are to be painted, and what that takes."""
    calibration = read_calibration(settings.painting.calibration_file)
    unpainted = find_unpainted(settings.results, jobs)
    measured_here = calibration is None or calibration.device == "CPU"
    on_cpu = measured_here and not devices()
    too_large = find_too_large(unpainted, calibration) if on_cpu else []
    yield from (f"warning: {line}" for line in describe_too_large(too_large, settings.painting.out_of_memory))
    without = {job.name for each in too_large for job in each.jobs}
    fitting = [job for job in unpainted if job.name not in without]
    if without:
        smaller = settings.painting.out_of_memory == "smaller"
        yield f"{len(without)} {'to paint smaller' if smaller else 'that will not fit into memory'}."
    if not unpainted:
        yield f"Nothing to paint: {'it is' if len(jobs) == 1 else f'all {len(jobs)} are'} there."
    elif fitting and calibration is None:
        yield f"{len(fitting)} to paint. How long that takes is not known here; `make plan` measures it."
    elif fitting and calibration is not None:
        yield f"{len(fitting)} to paint: {_spell_cost(fitting, calibration, on_cpu)}."


def _spell_cost(jobs: Sequence[Job], calibration: Calibration, on_cpu: bool) -> str:
    """Return the time and memory, how many are painted in tiles, and in what L-BFGS keeps its corrections there.

    A GPU's memory shows only when it is tried.
    """
    room = free_room_mb(calibration) if on_cpu else None
    cost = total(jobs, calibration, room)
    tiled = [job for job in jobs if tile_of(job, calibration.precision, room) is not None]
    parts = [f"about {spell_about(cost.seconds)}, {cost.memory_mb * MIB / 1000:.1f} GB"]
    if tiled:
        parts.append(f"{len(tiled)} of them in tiles")
    if any(job.settings.optimizer == "lbfgs" for job in tiled):
        parts.append("L-BFGS keeps its corrections in bfloat16 there")
    return "; ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

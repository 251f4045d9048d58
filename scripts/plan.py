"""Print all combinations of a manifest with the paths of their pictures, or all its faults."""

import argparse
import sys
from collections.abc import Sequence

from stylegrid.cli.entry_point import add_configfile, entry_point, spell_duration
from stylegrid.plan.forecast import read_calibration, total
from stylegrid.plan.rows_to_jobs import Plan, make_plan
from stylegrid.settings.config import Settings, load_settings
from stylegrid.store.layout import picture_path
from stylegrid.text import plain


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
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
    print(f"{len(jobs)} combinations of {len(contents)} contents and {len(styles)} styles; no faults", file=sys.stderr)
    print(f"forecast: {_forecast(settings, plan)}", file=sys.stderr)


def _forecast(settings: Settings, plan: Plan) -> str:
    """Return the forecast of all pictures and of the missing ones."""
    calibration = read_calibration(settings.painting.calibration_file)
    if calibration is None:
        return "none, since nothing was measured on this machine; make plan, or python scripts/calibrate.py, does so"
    jobs = [combination.job for combination in plan.combinations]
    missing = [job for job in jobs if not picture_path(settings.results, job).is_file()]
    everything, rest = (total(each, calibration) for each in (jobs, missing))
    where = f"{calibration.device}, {calibration.precision}, measured {calibration.measured}"
    return (
        f"{spell_duration(everything.seconds)} of one process, {everything.memory_mb:.0f} MiB at most ({where}); "
        f"not there yet: {len(missing)} pictures, {spell_duration(rest.seconds)}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

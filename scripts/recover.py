"""Run Snakemake, whatever became of the run before: end what it left at work, put right what it left behind, and go on.

Jobs that a killed run sent to Slurm are cancelled, and so are processes of this machine that paint for it. What they
painted is kept. Where a run is alive this one ends with a sentence. All other flags are Snakemake's, such as
--profile workflow/profiles/slurm; the results folder is that of its config.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import ConfigError
from stylegrid.runs.recovery import GONE, HERE, TAKE_OVER
from stylegrid.runs.snakemake_cache import require_cache
from stylegrid.settings.config_files import load_yaml


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program; Snakemake takes its place, and does what is asked for as soon as it knows the results folder."""
    args, flags = make_parser(__doc__, "recover.py [-h] [--gone] SNAKEMAKE'S FLAGS").parse_known_args(argv)
    if not flags:
        raise ConfigError("recover.py: no flags for Snakemake; add those of the run that was killed, such as --cores 4")
    for path in _configfiles(flags):
        load_yaml(path)  # Snakemake would tell its faults by a traceback
    require_cache()
    if not {"-n", "--dry-run", "--dryrun"} & set(flags):  # a look puts nothing right
        os.environ[TAKE_OVER] = GONE if args.gone else HERE
    os.execv(sys.executable, [sys.executable, "-m", "snakemake", *flags, "--rerun-incomplete"])


def _configfiles(flags: Sequence[str]) -> list[Path]:
    """Return the config files that Snakemake's flags name."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", type=Path, default=[])
    return parser.parse_known_args(flags)[0].configfile


def make_parser(description: str | None, usage: str) -> argparse.ArgumentParser:
    """Return the parser of a program that hands all other flags on to Snakemake."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage=usage,
    )
    parser.add_argument("--gone", action="store_true", help="the run's machine is another, and it has ended there")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

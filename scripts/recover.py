"""Go on after Snakemake, or the machine it ran on, was killed: end what it left at work, unlock, and run it again.

Jobs that it sent to Slurm are cancelled, and so are processes of this machine that paint for it. What they painted is
kept. All other flags are Snakemake's, such as --profile workflow/profiles/slurm.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import run
from stylegrid.errors import ClusterError, ConfigError


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program; Snakemake takes its place."""
    args, flags = _parser().parse_known_args(argv)
    if not flags:
        raise ConfigError("recover.py: no flags for Snakemake; add those of the run that was killed, such as --cores 4")
    for ended in run.clear(args.results, args.gone):
        print(f"{ended}: ended", file=sys.stderr)
    snakemake = [sys.executable, "-m", "snakemake", *flags]
    if subprocess.run([*snakemake, "--unlock"], check=False).returncode:
        raise ClusterError("snakemake --unlock: failed, as it says above")
    os.execv(snakemake[0], [*snakemake, "--rerun-incomplete"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="recover.py [-h] [--results FOLDER] [--gone] SNAKEMAKE'S FLAGS",
    )
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--gone", action="store_true", help="the run's machine is another, and it has ended there")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

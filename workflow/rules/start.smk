"""The start of a run: where the programs are, and a line on what it runs with, which a mistyped name can't pass."""

import os
import sys
import time
from pathlib import Path

CHECKOUT = Path(workflow.current_basedir).parent.parent  # also where another workflow includes this one as a module
SCRIPTS = CHECKOUT / "scripts"
sys.path.insert(0, str(SCRIPTS))  # nothing imported from there imports TensorFlow
# `python` in the rules is the Python that runs Snakemake, also when its environment is not activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])

from stylegrid.runs import lines_for_console, parent_watch, recovery
from stylegrid.errors import suggest
from stylegrid.painting.gpu_lock import describe, describe_waiting, devices

os.environ[parent_watch.SNAKEMAKE] = str(os.getpid())  # which jobs that paint don't outlive
TAKE_OVER = os.environ.pop(recovery.TAKE_OVER, "")
CONSOLE = os.environ.pop(lines_for_console.FOLDER, "")
BEGAN = time.time()


def tell(line):
    """Say something to the user, also where Snakemake's own words go into a file."""
    print(line, file=sys.stderr)
    if CONSOLE:
        lines_for_console.write(Path(CONSOLE), line)


def require_profile(args, profiles):
    """End the run where `--workflow-profile` names none, which Snakemake itself takes for no profile."""
    others = [name for name in args.profile or () if name != "none"]
    if args.workflow_profile in (None, "", "none") or len(profiles) > len(others):
        return
    folder = CHECKOUT / "workflow" / "profiles"
    ours = [str(path if args.directory else os.path.relpath(path)) for path in sorted(folder.iterdir())]
    sys.exit(
        f"error: --workflow-profile {args.workflow_profile}: no such profile. {suggest(args.workflow_profile, ours)}"
    )


def say_what_it_runs_with():
    """Print the executor, the GPUs and the profiles of this run."""
    called, found = command_line(), len(devices())
    if called is None:
        executor, used = "local", []
    else:
        args, profiles = called
        require_profile(args, profiles)
        executor = args.executor
        used = [f"Profile {' and '.join(map(str, profiles))}."] if profiles else []
    tell(" ".join([describe(executor, gpu_limit(), found), *used]))
    if executor == "local" and gpu_limit() > found > 0:
        tell(f"note: {describe_waiting(gpu_limit(), found)}")


def take_over(results):
    """Put right what a killed run left, where recover.py has started this one."""
    if TAKE_OVER:
        for line in recovery.take_over(results, Path(), TAKE_OVER == recovery.GONE):
            tell(line)


if workflow.is_main_process:
    say_what_it_runs_with()

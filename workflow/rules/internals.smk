"""Parts of Snakemake that it promises to nobody, each with its reason; tests/whole/test_workflow_internals.py names them.

Everything else in these rules keeps to what Snakemake documents.
"""

import _thread
import signal
import traceback

from snakemake.cli import args_to_api
from snakemake.io import IOFile


def gpu_limit():
    """Return how many GPUs may be at work at once, by `--resources gpu=`; 0 where nothing is said.

    Rules are told what they get of a resource, and not what there is of it.
    """
    limit = workflow.global_resources.get("gpu")
    return limit.value if limit and limit.value else 0


def command_line():
    """Return Snakemake's arguments and the files of the profiles it has read; None where a program has called it.

    It hands them to no workflow: they are those of its function that has led here.
    """
    for frame, _ in traceback.walk_stack(None):
        if frame.f_code is args_to_api.__code__:
            return frame.f_locals["args"], frame.f_locals["parser"]._default_config_files
    return None


def is_run():
    """Return whether Snakemake is to do the jobs, known once it asks for inputs; a dry run or a graph only looks."""
    return workflow.executor_plugin is not None and not workflow.dryrun


def slurm_name():
    """Return the name under which Snakemake's plugin asks Slurm for the jobs of this run, which it keeps to itself."""
    return workflow.scheduler._executor.run_uuid


def hear_sigterm():
    """Have SIGTERM, by which Snakemake ends once its jobs are done, handled by a thread of its own.

    Snakemake handles it in its main thread, where its handler waits for the scheduler's lock; if that thread itself holds
    it just then, as it does while it selects jobs, it waits without end.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if getattr(handler, "__self__", None) is workflow.scheduler:
        signal.signal(signal.SIGTERM, lambda *what: _thread.start_new_thread(handler, what))


def forget(path):
    """Have Snakemake forget what a file was made of, so that it compares ages alone."""
    workflow.persistence.cleanup_metadata(IOFile(path))


def place(path):
    """Return where a path of the rules lies: below the prefix of the module that this workflow may be."""
    return str(workflow.modifier.path_modifier.replace_prefix(path))


def show_in_commands(**values):
    """Let commands be printed that name these: of a module's names, Snakemake looks only into the main Snakefile's."""
    workflow.modifier_stack[0].globals.update(values)

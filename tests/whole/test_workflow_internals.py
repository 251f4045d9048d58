"""What workflow/rules/internals.smk takes of Snakemake beyond what that promises: a change there is named here."""

import inspect
from importlib.util import find_spec
from pathlib import Path

import pytest
from snakemake.cli import args_to_api, parse_args
from snakemake.common import get_appdirs
from snakemake.path_modifier import PathModifier
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake.workflow import Workflow

from stylegrid.runs.snakemake_cache import cache_folder


def source_of(defined):
    return Path(inspect.getfile(defined)).read_text()


def test_its_function_that_runs_a_workflow_knows_the_arguments_and_the_parser():
    assert {"args", "parser"} <= set(args_to_api.__code__.co_varnames)
    parser, _ = parse_args(["--cores", "1"])
    assert parser._default_config_files == []


def test_a_workflow_says_whether_it_runs_and_where_paths_lie():
    for name in ("executor_plugin", "dryrun", "is_main_process", "modifier", "local_exec"):
        assert isinstance(inspect.getattr_static(Workflow, name), property), name
    source = source_of(Workflow)
    assert "self.global_resources = " in source and "self.modifier_stack = " in source
    # That it is to run is known before inputs are asked for.
    assert source.index("self._executor_plugin = executor_plugin") < source.rindex("self._build_dag()")


def test_what_a_file_was_made_of_can_be_forgotten():
    assert isinstance(inspect.getattr_static(Workflow, "persistence"), property)
    source = inspect.getsource(Workflow.cleanup_metadata)
    assert "self.persistence.cleanup_metadata(IOFile(path))" in source  # as Snakemake's own flag does it
    # What is known of files is there before inputs are asked for.
    run = inspect.getsource(Workflow.execute)
    assert run.index("self._prepare_dag(") < run.rindex("self._build_dag()")


def test_a_modules_prefix_goes_before_relative_paths_alone():
    modifier = PathModifier(None, "walls", None)
    assert modifier.replace_prefix("results") == "walls/results"
    assert modifier.replace_prefix("/results") == "/results"


def test_the_scheduler_keeps_its_executor_and_ends_by_sigterm_itself():
    source = source_of(JobScheduler)
    assert "self._executor" in source
    assert "signal.signal(signal.SIGTERM, self.exit_gracefully)" in source


def test_slurms_jobs_of_a_run_have_a_name():
    if find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("snakemake-executor-plugin-slurm is not installed")
    import snakemake_executor_plugin_slurm as plugin

    assert "self.run_uuid" in source_of(plugin.Executor)


def test_the_cache_of_source_files_is_where_it_is_looked_for():
    assert "snakemake/source-cache" in Workflow.source_cache_path.fget.__code__.co_consts
    assert cache_folder() == Path(get_appdirs().user_cache_dir) / "snakemake" / "source-cache"

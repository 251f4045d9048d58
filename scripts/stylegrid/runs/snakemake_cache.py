"""Snakemake's cache of source files, in the user's cache folder, without which it ends in a traceback."""

from pathlib import Path

import platformdirs

from stylegrid import files
from stylegrid.errors import ConfigError, RecordError


def cache_folder() -> Path:
    """Return where Snakemake keeps source files, as its `Workflow.source_cache_path` does."""
    return platformdirs.user_cache_path("snakemake", "snakemake") / "snakemake" / "source-cache"


def require_cache() -> None:
    """Raise ConfigError if Snakemake's cache can't be written; creates its folder, as Snakemake does."""
    try:
        files.require_writable(cache_folder() / "test")
    except RecordError as error:
        remedy = "or set XDG_CACHE_HOME to a folder that can be written"
        raise ConfigError(f"Snakemake's cache: {error}, {remedy}") from error

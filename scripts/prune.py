"""List pictures that are no longer in the manifest, with the files that belong to them; with --apply, remove them.

Other files stay: those without a fitting record are listed. Paintings stay in the cache, so that a row that comes back
is published without painting; --cache-limit bounds the cache.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from stylegrid.cli.entry_point import add_configfile, entry_point
from stylegrid.errors import ConfigError
from stylegrid.plan.job import Job
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs import prune, recovery
from stylegrid.settings.config import load_settings
from stylegrid.store import cache_size
from stylegrid.store.cache_size import CacheEntry
from stylegrid.store.findings import chosen_backbone

LISTED = 20  # of a kind, at most


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    limit = None if args.cache_limit is None else cache_size.parse_size(args.cache_limit)
    settings = load_settings(*args.configfile)
    prune.require_no_run(settings.results, time.time())
    plan = make_plan(settings)
    jobs = [combination.job for combination in plan.combinations]
    earlier = [job for _, job in plan.earlier_jobs()]  # which the next run renames
    leftovers = prune.find_leftovers(settings.results, [*jobs, *earlier])
    parts = recovery.parts(settings.results, partial=True)
    _list("no longer in the manifest", leftovers.ours)
    _list("temporary files of killed processes", parts)
    _list("not made here, or changed since; they stay", leftovers.others)
    entries = cache_size.list_entries(settings.results / "cache")
    print(f"cache: {len(entries)} paintings, {_spell(entry.size for entry in entries)}")
    surplus = [] if limit is None else _surplus(settings.results, jobs, entries, limit)
    if not args.apply:
        print("nothing was removed; --apply removes" if leftovers.ours or surplus else "nothing to remove")
        return
    prune.remove(settings.results, leftovers.ours)
    for path in parts:
        recovery.remove(path)
    for entry in surplus:
        cache_size.discard(entry)
    print(f"removed {len(leftovers.ours) + len(parts)} files, and {len(surplus)} paintings from the cache")


def _surplus(results: Path, jobs: Sequence[Job], entries: Sequence[CacheEntry], limit: int) -> list[CacheEntry]:
    """Return the entries to remove from the cache, and print their number and size."""
    backbone = chosen_backbone(results)
    if backbone is None:
        raise ConfigError(
            f"--cache-limit: {results / 'backbone.json'} is missing, so needed paintings are unknown; paint first"
        )
    surplus = cache_size.over_limit(entries, limit, {job.key(backbone) for job in jobs})
    rest = sum(entry.size for entry in entries) - sum(entry.size for entry in surplus)
    print(f"  to go, least recently used: {len(surplus)} paintings, {_spell(entry.size for entry in surplus)}")
    if rest > limit:
        print(f"  still above the limit: the manifest needs {_spell([rest])}")
    return surplus


def _list(title: str, paths: Sequence[Path]) -> None:
    if not paths:
        return
    print(f"{title}: {len(paths)} files, {_spell(path.lstat().st_size for path in paths)}")
    for path in paths[:LISTED]:
        print(f"  {path}")
    if len(paths) > LISTED:
        print(f"  and {len(paths) - LISTED} more")


def _spell(sizes: Iterable[int]) -> str:
    return f"{sum(sizes) / 10**6:,.1f} MB"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_configfile(parser)
    parser.add_argument("--apply", action="store_true", help="remove what is listed")
    parser.add_argument(
        "--cache-limit", metavar="SIZE", help="also list or remove unneeded paintings above this size, e.g. 5GB"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

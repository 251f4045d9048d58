"""What a run that was killed leaves behind, put right, so that the next one goes on as if it had ended by itself.

A killed process tears no file: all are written whole under another name, and renamed. A machine that goes down may. So
after that, pictures are compared with their records, and what is cheap to make and carries no hash is made again.
"""

import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from stylegrid import files
from stylegrid.errors import ImageError, RecordError, WeightsError
from stylegrid.pictures import images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.runs import lock, run
from stylegrid.store.layout import Layout, find_record, old_record_path, record_path
from stylegrid.store.record import read_outline
from stylegrid.vgg.weights.choice import read_backbone

TAKE_OVER = "STYLEGRID_TAKE_OVER"  # variable by which recover.py has the workflow do it
HERE, GONE = "here", "gone"  # its values: a run of another machine stands in the way, or is said to have ended

# Of temporary files and folders, as files.py, publish.py and print_sheets.py name them.
PARTS = (".*.part", ".stylegrid.*", ".pages.*")
# What the cache and the records make again, below the results folder.
CHEAP = (
    "chunks/*",
    "gallery/*",
    "losses.csv",
    "losses.xlsx",
    "plan/records/*.sha256",
    "plots/**/*.*",
    "print/gallery.pdf",
    "print/page-*.png",
    "report/**/*.*",
    "sheets/**/*.png",
    "summary.csv",
)


def take_over(results: Path, work: Path, gone: bool = False) -> list[str]:
    """Hold a results folder, put right what a killed run left there and in its working folder, and say what that was.

    Raises ClusterError when a run is alive, or was started on another machine and isn't said to be `gone`.
    """
    lock.hold(results)
    said = [f"{left}: ended" for left in run.clear(results, gone)]
    if run.has_crashed(results):
        said.append(f"{results}: the machine went down during the last run; what that may have torn is made again")
        said += [f"{path}: damaged, removed" for path in mend(results)]
    for path in parts(results):
        remove(path)
    if count := forget_the_future(results):
        said.append(f"{results}: {count} files were of the future, as when a clock was set back; they are of now")
    for path in (work / ".snakemake" / "locks").glob("*.lock"):  # of the run that is gone, as this one holds the folder
        path.unlink(missing_ok=True)
    run.end(results)
    return said


def mend(results: Path) -> list[Path]:
    """Remove damaged pictures, records and choice of weights, which are returned, and all that is cheap to make."""
    damaged = [*_damaged_pictures(Layout(results).pictures), *_damaged_backbone(Layout(results).backbone)]
    for path in [*damaged, *(path for pattern in CHEAP for path in results.glob(pattern))]:
        remove(path)
    return damaged


def rename_records(results: Path, pictures: Iterable[str]) -> None:
    """Give the records of an older version their names of today, those of pictures below `results` and in chunks."""
    folders = [Layout(results).pictures, *Layout(results).chunks.glob("*")]
    for path in (folder / Path(picture).relative_to("pictures") for picture in pictures for folder in folders):
        if path.is_file() and find_record(path) != record_path(path):
            old_record_path(path).rename(record_path(path))


def parts(results: Path, partial: bool = False) -> list[Path]:
    """Return files that were being written by processes that were killed; those of `partial` collections on request."""
    found = _everything(results, () if partial else ("partial",))
    return [path for path in found if any(fnmatch(path.name, pattern) for pattern in PARTS)]


def forget_the_future(results: Path) -> int:
    """Set files that are newer than now to now, and return how many: what is made of them has to be as new.

    Until the clock has caught up with them, Snakemake takes every job for one that has failed.
    """
    now, count = time.time(), 0
    for path in _everything(results, ("cache",)):
        if path.lstat().st_mtime > now:
            os.utime(path, (now, now), follow_symlinks=False)
            count += 1
    return count


def remove(path: Path) -> None:
    """Remove a file or a folder that may be gone by now; raises RecordError when it can't be removed."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(f"{path}: cannot be removed ({error.strerror}); check permissions") from error


def _everything(results: Path, but: Collection[str]) -> Iterator[Path]:
    """Yield all files and folders below a results folder, but for some of its own."""
    for folder, folders, names in os.walk(results):
        if folder == str(results):
            folders[:] = [name for name in folders if name not in but]
        yield from (Path(folder, name) for name in (*folders, *names))


def _damaged_pictures(folder: Path) -> Iterator[Path]:
    """Yield pictures that are torn, and records that are; a picture that was retouched is neither."""
    for picture in folder.glob("*/*/*"):
        if picture.suffix not in SUFFIXES.values() or not (record := find_record(picture)).is_file():
            continue
        try:
            if read_outline(record).picture_sha256 != files.sha256(picture):
                images.read(picture)
        except RecordError:
            yield record
        except ImageError:
            yield picture


def _damaged_backbone(path: Path) -> Iterator[Path]:
    try:
        if path.is_file():
            read_backbone(path)
    except (RecordError, WeightsError):
        yield path

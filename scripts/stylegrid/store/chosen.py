"""Chosen pictures as they are painted: copies of them, with which larger ones begin."""

from pathlib import Path

from stylegrid import files
from stylegrid.errors import ConfigError
from stylegrid.plan.enlarging import enlarging_cells
from stylegrid.plan.job import Job
from stylegrid.settings.paint_settings import start_file
from stylegrid.store.layout import Layout, picture_path


def enlarge(results: Path, job: Job, size: int | str, start_dir: Path) -> dict[str, str]:
    """Copy into `start_dir` what the row of an enlarged picture begins with, and return the cells of that row.

    It begins with the picture itself; where it would not become larger, as it did before, and there are no cells.
    Raises ConfigError where the picture isn't there, and RecordError where it can't be copied.
    """
    cells, picture = enlarging_cells(job, size), picture_path(results, job)
    if not cells:
        if job.start is not None:
            files.write_bytes(start_dir / str(start_file(job.settings)), files.read_bytes(Path(job.start.path)))
        return {}
    if not picture.is_file():
        raise ConfigError(files.absent(picture, "paint it first, or use --anew"))
    name = picture.relative_to(Layout(results).pictures)
    files.write_bytes(start_dir / name, files.read_bytes(picture))
    return {"init": name.as_posix(), **cells}

"""Large manifests: dry runs beside those of a bare workflow with the same jobs, and records collected into a table."""

import json
from pathlib import Path

from stylegrid import handover
from stylegrid.chunks import make_chunks
from stylegrid.paths import picture_path, record_path


def write_lists(results: Path, chunk: int, to: Path) -> None:
    """Write what the bare workflow looks up, of the plan in a results folder."""
    jobs = {combination.job.name: combination.job for combination in handover.read_table(results)}
    pictures = {name: picture_path(results, job) for name, job in jobs.items()}
    chunks = make_chunks(jobs, chunk)
    sheets = {name: handover.read_page(results, name)[0] for name in handover.sheet_names(results)}
    lists = {
        "results": results,
        "pictures": pictures,
        "records": {name: record_path(picture) for name, picture in pictures.items()},
        "chunks": {chunk: [handover.job_path(results, name) for name in names] for chunk, names in chunks.items()},
        "chunk_of": {name: results / "chunks" / chunk for chunk, names in chunks.items() for name in names},
        "sheets": {name: [entry.name for _, _, entry in sheet.cells] for name, sheet in sheets.items()},
        "styles": {style: handover.read_plots(results, style)[0].names for style in handover.style_names(results)},
    }
    to.write_text(json.dumps(lists, default=str), encoding="utf-8")

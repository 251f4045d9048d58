"""The gallery's contents: what its page lists, and the thumbnails and details that it loads.

data.js                                         a row for each combination
details/ab/abcd....js                           what else there is to say of one, loaded when it is opened
thumbnails/ab/abcd...-320.webp                  small copies of pictures, photographs and paintings
deep/ab/abcd.../                                tiles of a picture too large for a browser, by deep_zoom.py

Details and thumbnails are named by what they are of: a new picture adds its own, and what is there stays.
"""

import hashlib
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.thumbnails import (
    LARGE,
    SIDES,
    WHOLE,
    make_thumbnails,
    picture_sha256,
    thumbnail_key,
    thumbnail_path,
    thumbnail_size,
)
from stylegrid.plan.job import Combination, Job, Source
from stylegrid.plan.plan_contents import GalleryFile
from stylegrid.plan.row_of_job import RowBase, row_of_job
from stylegrid.reports.gallery.deep_zoom import discard_other_zooms, make_deep_zoom
from stylegrid.reports.gallery.gallery_page import Stage, discard_others, write_page
from stylegrid.reports.gallery.gallery_rows import (
    MEASURES,
    SHOWN_BY_BROWSERS,
    beside,
    detail,
    painted_row,
    short_row,
    to_script,
)
from stylegrid.settings import setting_words
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.varying import varying
from stylegrid.store import findings

OTHER_ROLES = {"start": "Start", "content mask": "Mask of the photograph", "style mask": "Mask of the painting"}


class Shown(NamedTuple):
    """A combination as the page lists it, and the weights and preset that painted it, if they did."""

    row: dict[str, Any]
    painted_by: Set[findings.PaintedBy] = frozenset()


def build(
    folder: Path,
    combinations: Sequence[Combination],
    listed: GalleryFile,
    threads: int,
    gallery: Path | None = None,
    stage: Stage = Stage.FINISHED,
) -> list[str]:
    """Write the gallery of a results folder, elsewhere if told, and return the faults that it shows, one line each."""
    gallery, backbone = gallery or folder / "gallery", findings.chosen_backbone(folder)
    jobs = [combination.job for combination in combinations]
    inputs = {source.sha256: source for job in jobs for source in job.inputs}
    with ThreadPoolExecutor(threads) as pool:
        shown = list(pool.map(partial(_show, folder, gallery, backbone, listed), combinations))
        shown_inputs = list(pool.map(partial(_show_input, gallery / "thumbnails"), inputs.values()))
    data = _data(combinations, [one.row for one in shown], dict(zip(inputs, shown_inputs, strict=True)))
    faults = [_fault(row) for row in data["pictures"] if "picture" not in row]
    data["pictures"] = [_without_blame(row, stage) for row in data["pictures"]]
    network = findings.describe_network({painted for one in shown for painted in one.painted_by})
    write_page(gallery, data, listed.title, network, stage)
    discard_others(gallery, data)
    discard_other_zooms(gallery, {row["deep"] for row in data["pictures"] if "deep" in row})
    return faults


def _fault(row: Mapping[str, Any]) -> str:
    return f"{row['outcome']}: {row['name']}: {row['message']}"


def _without_blame(row: dict[str, Any], stage: Stage) -> dict[str, Any]:
    """Return a row without the reason why it is missing where the page says it: that it is not painted yet."""
    said = stage is not Stage.FINISHED or row.get("message") == findings.NOT_PAINTED
    return {name: value for name, value in row.items() if row["outcome"] != "missing" or name != "message" or not said}


def _show(folder: Path, gallery: Path, backbone: str | None, base: RowBase, combination: Combination) -> Shown:
    """Return a combination's row; a picture that can't be read counts as failed. Its record is let go of here."""
    finding = findings.find(folder, combination, backbone)
    row, record = short_row(finding), finding.record
    if finding.picture is None or record is None:
        return Shown(row)
    try:
        row |= _show_picture(gallery, finding.picture, combination.job.name)
    except ImageError as error:
        return Shown({**row, "outcome": "failed", "message": str(error)})
    more = beside(folder, combination.job.name, finding.picture, record, gallery)
    key = _write_detail(gallery / "details", {**detail(record), **more, "row": row_of_job(combination, base)})
    row |= {**painted_row(finding.picture, record, gallery), "detail": key}
    return Shown(row, findings.painted_by(record))


def _show_picture(gallery: Path, picture: Path, name: str) -> dict[str, Any]:
    """Return a picture's entry on the page, read from its file, whatever its record says."""
    sha256, for_browsers = picture_sha256(picture), picture.suffix in SHOWN_BY_BROWSERS
    thumbnails = gallery / "thumbnails"
    make_thumbnails(thumbnails, picture, sha256, SIDES if for_browsers else (*SIDES, WHOLE))
    width, height = images.upright_size(picture)
    deep = make_deep_zoom(gallery, picture, sha256, name, (width, height))
    shown = {"thumbnail": thumbnail_key(sha256), "width": width, "height": height, **deep}
    if for_browsers:
        return shown
    return shown | {"view": thumbnail_path(Path(thumbnails.name), sha256, WHOLE).as_posix()}


def _show_input(thumbnails: Path, source: Source) -> dict[str, Any]:
    """Return the entry of an input picture as it was when it was painted from.

    Nothing of one that is gone, has changed or can't be read, unless its thumbnails were made before.
    """
    try:
        make_thumbnails(thumbnails, Path(source.path), source.sha256, (*SIDES, LARGE))
    except ImageError:
        return {}
    width, height = thumbnail_size(thumbnails, source.sha256, LARGE)  # pages need its shape, and no more
    return {"thumbnail": thumbnail_key(source.sha256), "width": width, "height": height}


def _write_detail(folder: Path, contents: Mapping[str, Any]) -> str:
    """Write what else there is to say of a picture, unless it is there, and return the name of that."""
    script = to_script(contents)
    key = hashlib.sha256(script.encode()).hexdigest()[:20]
    path = folder / key[:2] / f"{key}.js"
    if not path.is_file():
        files.write_text(path, f"stylegridDetail('{key}',{script});\n")
    return key


def _data(
    combinations: Sequence[Combination], rows: Sequence[dict[str, Any]], inputs: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return all that the page lists; rows name photographs, paintings, presets and settings by places in lists."""
    contents, styles = {}, {}
    for job in (combination.job for combination in combinations):
        contents[job.content.name] = {"name": job.content.shown, **inputs[job.content.sha256]}
        parts = [{"name": part.shown, "weight": part.weight, **inputs[part.sha256]} for part in job.styles]
        styles[job.style] = {"name": job.style_shown, "parts": parts}
    presets = {row["preset"]: row["preset"] for row in rows}
    lists: dict[str, dict[str, Any]] = {"content": contents, "style": styles, "preset": presets}
    places = {kind: {name: place for place, name in enumerate(items)} for kind, items in lists.items()}
    varied, taken = _varied([combination.job.settings for combination in combinations])
    return {
        "sides": SIDES,
        "large": LARGE,
        "measures": MEASURES,
        **{f"{kind}s": list(items.values()) for kind, items in lists.items()},
        "varying": [{"name": name, "values": values} for name, values in varied.items()],
        "pictures": [
            {
                **row,
                **{kind: places[kind][row[kind]] for kind in lists},
                **_others(combination.job, inputs),
                "varied": taken[combination.job.settings],
            }
            for combination, row in zip(combinations, rows, strict=True)
        ],
    }


def _others(job: Job, inputs: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the inputs of a job other than its photograph and its paintings, in words and as the page shows them."""
    found = [(role, source) for role, source in job.roles if role in OTHER_ROLES]
    shown = [{"words": f"{OTHER_ROLES[role]}: {source.shown}", **inputs[source.sha256]} for role, source in found]
    return {"others": shown} if shown else {}


def _varied(settings: Sequence[PaintSettings]) -> tuple[dict[str, list[str]], dict[PaintSettings, tuple[int, ...]]]:
    """Return the values of each setting that varies, as text, and by their places in these what settings have."""
    names = varying(settings)
    values = {name: setting_words.in_order(getattr(each, name) for each in settings) for name in names}
    texts = {name: [setting_words.spell(value) for value in each] for name, each in values.items()}
    return texts, setting_words.places(settings, names)

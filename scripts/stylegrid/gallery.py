"""The gallery page: a folder that any browser opens from disk, and any web server serves.

index.html, gallery.css, *.js, plotly.min.js    the page
data.js                                         a row for each combination
details/ab/abcd....js                           what else a record says, loaded when its picture is opened
thumbnails/ab/abcd...-320.webp                  small copies of pictures, photographs and paintings

Details and thumbnails are named by what they are of: a new picture adds its own, and what is there stays.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from stylegrid import files, images, results
from stylegrid.errors import ImageError
from stylegrid.formats import SUFFIXES
from stylegrid.gallery_rows import detail, head, short_row, to_script
from stylegrid.job import Combination
from stylegrid.results import Finding
from stylegrid.thumbnails import LARGE, SIDES, WHOLE, make_thumbnails, thumbnail_key
from stylegrid.weights import UNTRAINED_NOTICE

PAGE = Path(__file__).parent / "page"
SCRIPTS = ("dom.js", "view.js", "filters.js", "grid.js", "matrix.js", "plots.js", "viewer.js", "main.js")
_TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGE), autoescape=True, undefined=jinja2.StrictUndefined)
_OURS = re.compile(r"[0-9a-f]{20}(-\d+\.webp|\.js)")


class Shown(NamedTuple):
    """A combination as the page lists it, its inputs' heads, and the network that painted it, if one did."""

    row: dict[str, Any]
    heads: tuple[dict[str, Any], dict[str, Any]]
    backbone: str


def build(folder: Path, combinations: Sequence[Combination], title: str, threads: int) -> list[str]:
    """Write the gallery of a results folder and return the faults that it shows, one line each."""
    gallery = folder / "gallery"
    with ThreadPoolExecutor(threads) as pool:
        show = partial(_show, folder, gallery, results.chosen_backbone(folder))
        shown = list(pool.map(show, combinations))
        inputs = {each["path"]: each["sha256"] for one in shown for each in (one.heads[0], *one.heads[1]["parts"])}
        sizes = dict(zip(inputs, pool.map(partial(_show_input, gallery), inputs.items()), strict=True))
    data = _data(shown, sizes)
    _write_page(gallery, data, title, any(one.backbone == "untrained" for one in shown))
    _discard_others(gallery, data)
    return [f"{row['outcome']}: {row['name']}: {row['message']}" for row in data["pictures"] if "picture" not in row]


def _show(folder: Path, gallery: Path, backbone: str | None, combination: Combination) -> Shown:
    finding = _with_thumbnails(results.find(folder, combination, backbone), gallery)
    row, record = short_row(finding, gallery), finding.record
    if record is not None and finding.picture is not None:
        script = detail(record)
        key = hashlib.sha256(to_script("", script).encode()).hexdigest()[:20]
        path = gallery / "details" / key[:2] / f"{key}.js"
        if not path.is_file():
            files.write_text(path, to_script(f"stylegridDetail('{key}',", script) + ");\n")
        row["detail"] = key
    name = record.backbone.name if record and record.backbone else ""
    return Shown(row, head(combination.job), name)


def _with_thumbnails(finding: Finding, gallery: Path) -> Finding:
    """Return a finding whose picture has thumbnails; one that can't be read counts as failed."""
    picture, record = finding.picture, finding.record
    if picture is None or record is None or record.picture_sha256 is None:
        return finding
    sides = (*SIDES, WHOLE) if picture.suffix == SUFFIXES["tiff"] else SIDES
    try:
        make_thumbnails(gallery / "thumbnails", picture, record.picture_sha256, sides)
    except ImageError as error:
        return finding._replace(outcome="failed", message=str(error), record=None, picture=None)
    return finding


def _show_input(gallery: Path, source: tuple[str, str]) -> dict[str, Any]:
    """Return what the page needs to show an input picture; nothing of one that is gone, changed, or can't be read."""
    path, sha256 = Path(source[0]), source[1]
    try:
        if not path.is_file() or files.sha256(path) != sha256:
            return {}
        make_thumbnails(gallery / "thumbnails", path, sha256, (*SIDES, LARGE))
        width, height = images.upright_size(path)
    except ImageError:
        return {}
    return {"thumbnail": thumbnail_key(sha256), "width": width, "height": height}


def _data(shown: Iterable[Shown], sizes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return all that the page lists; rows name photographs, paintings and presets by their places in lists."""
    lists: dict[str, dict[str, Any]] = {"content": {}, "style": {}, "preset": {}}
    pictures = []
    for one in shown:
        content, style = one.heads
        lists["content"].setdefault(content["name"], {"name": content["name"], **sizes[content["path"]]})
        if style["name"] not in lists["style"]:
            parts = [{"name": part["name"], "weight": part["weight"], **sizes[part["path"]]} for part in style["parts"]]
            lists["style"][style["name"]] = {"name": style["name"], "parts": parts}
        lists["preset"].setdefault(one.row["preset"], one.row["preset"])
        pictures.append(one.row)
    for kind, items in lists.items():
        places = {name: place for place, name in enumerate(items)}
        for row in pictures:
            row[kind] = places[row[kind]]
    return {
        "sides": SIDES,
        "large": LARGE,
        **{f"{kind}s": list(items.values()) for kind, items in lists.items()},
        "pictures": pictures,
    }


def _write_page(gallery: Path, data: Mapping[str, Any], title: str, untrained: bool) -> None:
    """Write the page, index.html last: it names other files by what is in them, so that no browser keeps old ones."""
    script = to_script("window.stylegridData=", data) + ";\n"
    assets = {path.name: path.read_bytes() for path in sorted(PAGE.iterdir()) if path.suffix in (".js", ".css")}
    plotly = resources.files("plotly") / "package_data" / "plotly.min.js"
    for name, contents in {**assets, "data.js": script.encode(), "plotly.min.js": plotly.read_bytes()}.items():
        _update(gallery / name, contents)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("index.html.j2").render(
        title=title,
        summary=_summary(data),
        notice=UNTRAINED_NOTICE if untrained else "",
        assets=_short_hash(b"".join(assets.values())),
        data=_short_hash(script.encode()),
        scripts=SCRIPTS,
    )
    files.write_text(gallery / "index.html", page)


def _summary(data: Mapping[str, Any]) -> str:
    """Return in a line what there is to see."""
    painted = sum("picture" in row for row in data["pictures"])
    missing = len(data["pictures"]) - painted
    counts = [(painted, "picture"), (len(data["contents"]), "photograph"), (len(data["styles"]), "painting")]
    words = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
    return f"{words}; {missing} not painted" if missing else words


def _discard_others(gallery: Path, data: Mapping[str, Any]) -> None:
    """Remove thumbnails and details that the page doesn't show any more; other people's files are left alone."""
    shown = {value for row in _with_keys(data) for value in (row.get("thumbnail"), row.get("detail"))}
    for path in (*(gallery / "thumbnails").glob("*/*"), *(gallery / "details").glob("*/*")):
        if _OURS.fullmatch(path.name) and path.name[:20] not in shown:
            path.unlink()


def _with_keys(data: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return all that may have thumbnails or details."""
    return [*data["pictures"], *data["contents"], *(part for style in data["styles"] for part in style["parts"])]


def _update(path: Path, contents: bytes) -> None:
    if not path.is_file() or path.read_bytes() != contents:
        files.write_bytes(path, contents)


def _short_hash(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()[:12]

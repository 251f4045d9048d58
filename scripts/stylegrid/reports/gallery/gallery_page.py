"""The gallery page as files that any browser opens from disk, and any web server serves.

index.html, gallery.css, *.js, plotly.min.js    the page
data.js                                         what gallery_contents.py collects for it
state.js                                        of a page that grows: which data.js is the newest, and if more will come
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from stylegrid import files
from stylegrid.reports.gallery.gallery_rows import to_script
from stylegrid.store.findings import Network

PAGE = Path(__file__).parent / "page"
SCRIPTS = (
    *("dom.js", "axes.js", "view.js", "filters.js", "grid.js", "matrix.js", "plots.js"),
    *("about.js", "artefacts.js", "panes.js", "viewer.js", "zoom.js", "stars.js", "compare.js", "main.js"),
)
GROWING, STATE = "growing.js", "state.js"
LONG_AGO = 86_400  # 2 January 1970: older than any picture, so that Snakemake never takes a page that grows for done
_TEMPLATES = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGE), autoescape=True, undefined=jinja2.StrictUndefined)
_OURS = re.compile(r"[0-9a-f]{20}(-\d+\.webp|\.js)")


class Stage(Enum):
    """What becomes of the page: nothing more; or it shows a run midway, once, or again and again as pictures come."""

    FINISHED = "finished"
    PARTIAL = "partial"
    GROWING = "growing"


def write_page(
    gallery: Path, data: Mapping[str, Any], title: str, network: Network, stage: Stage = Stage.FINISHED
) -> None:
    """Write the page, index.html after what it names: by contents, so that no browser keeps old ones."""
    line = summary(data, stage)
    if stage is Stage.GROWING or (gallery / STATE).is_file():  # the second for those who still look at it
        data = {**data, "heading": {"summary": line, "notice": network.warning, "network": network.line}}
    script = f"window.stylegridData={to_script(data)};\n".encode()
    assets = {path.name: path.read_bytes() for path in sorted(PAGE.iterdir()) if path.suffix in (".js", ".css")}
    plotly = resources.files("plotly") / "package_data" / "plotly.min.js"
    for name, contents in {**assets, "data.js": script, "plotly.min.js": plotly.read_bytes()}.items():
        _update(gallery / name, contents)
    page = _TEMPLATES.get_template("index.html.j2").render(
        title=title,
        summary=line,
        notice=network.warning,
        network=network.line,
        assets=_short_hash(b"".join(assets.values())),
        data=_short_hash(script),
        scripts=SCRIPTS if stage is not Stage.GROWING else (*SCRIPTS, GROWING),
    )
    files.write_text(gallery / "index.html", page)
    if stage is Stage.GROWING:
        os.utime(gallery / "index.html", (LONG_AGO, LONG_AGO))
    if "heading" in data:
        _update(gallery / STATE, f"stylegridState({to_script([_short_hash(script), stage.value])});\n".encode())


def summary(data: Mapping[str, Any], stage: Stage = Stage.FINISHED) -> str:
    """Return in a line what there is to see."""
    painted = sum("picture" in row for row in data["pictures"])
    missing = len(data["pictures"]) - painted
    if stage is Stage.GROWING:
        return f"Painting: {painted} of {len(data['pictures'])} pictures so far"
    counts = [(painted, "picture"), (len(data["contents"]), "photograph"), (len(data["styles"]), "painting")]
    words = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
    return f"{words}; {missing} not painted" if missing else words


def discard_others(gallery: Path, data: Mapping[str, Any]) -> None:
    """Remove thumbnails and details that the page doesn't show any more; other people's files are left alone."""
    shown = {value for item in _with_files(data) for value in (item.get("thumbnail"), item.get("detail"))}
    for path in (*(gallery / "thumbnails").glob("*/*"), *(gallery / "details").glob("*/*")):
        if _OURS.fullmatch(path.name) and path.name[:20] not in shown:
            path.unlink(missing_ok=True)


def _with_files(data: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return all that may have thumbnails or details."""
    parts = (part for style in data["styles"] for part in style["parts"])
    others = (other for row in data["pictures"] for other in row.get("others", ()))
    return [*data["pictures"], *data["contents"], *parts, *others]


def _update(path: Path, contents: bytes) -> None:
    if not path.is_file() or path.read_bytes() != contents:
        files.write_bytes(path, contents)


def _short_hash(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()[:12]

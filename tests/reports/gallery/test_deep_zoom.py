"""Deep Zoom: tiles that make up the picture at every level, made once and discarded with it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylegrid.reports.gallery import deep_zoom
from stylegrid.reports.gallery.deep_zoom import discard_other_zooms, highest_level, make_deep_zoom

SIZE = (150, 101)
SHA256 = "ab" + 62 * "c"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Pictures of more than 100 pixels are large, and tiles small."""
    monkeypatch.setattr(deep_zoom, "LARGEST_WHOLE", 100)
    monkeypatch.setattr(deep_zoom, "TILE", 32)


def save(folder, size=SIZE, name="picture.png"):
    path = folder / name
    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))  # smooth, as JPEG keeps it
    Image.fromarray(np.stack([across, down, 255 - across], axis=-1).astype(np.uint8)).save(path)
    return path


def make(folder, size=SIZE, sha256=SHA256):
    return make_deep_zoom(folder / "gallery", save(folder, size), sha256, "cat/night <b>/sw10", size)


def read(path):
    return Image.open(io.BytesIO(path.read_bytes()))


def level_of(folder, level, size):
    """Put the tiles of a level together again, each without its overlap; return it with the number of tiles."""
    found, whole = list((folder / "tiles" / str(level)).iterdir()), Image.new("RGB", size)
    for path in found:
        column, row = map(int, path.stem.split("_"))
        tile = read(path)
        left, top = (deep_zoom.OVERLAP if place else 0 for place in (column, row))
        own = tile.crop((left, top, min(tile.width, left + 32), min(tile.height, top + 32)))
        whole.paste(own, (32 * column, 32 * row))
    return whole, len(found)


def test_the_highest_level_is_the_picture_and_each_below_is_half_of_it(tmp_path):
    link = make(tmp_path)["deep"]
    folder = (tmp_path / "gallery" / link).parent
    picture = read(tmp_path / "picture.png")
    sizes = {8: (150, 101), 7: (75, 51), 6: (38, 26), 5: (19, 13), 1: (2, 1), 0: (1, 1)}
    for level, size in sizes.items():
        whole, count = level_of(folder, level, size)
        assert count == -(-size[0] // 32) * -(-size[1] // 32)
        if level < 5:
            continue  # JPEG's blocks are larger
        expected = np.asarray(picture.resize(size, Image.Resampling.BOX), float)
        assert np.abs(np.asarray(whole, float) - expected).mean() < 4
    assert {path.name for path in (folder / "tiles").iterdir()} == {str(level) for level in range(9)}


@pytest.mark.parametrize(
    ("size", "level"), [((1, 1), 0), ((2, 1), 1), ((256, 3), 8), ((257, 3), 9), ((8192, 6144), 13)]
)
def test_levels_are_counted_from_one_pixel(size, level):
    assert highest_level(size) == level


def test_neighbours_share_a_pixel(tmp_path):
    folder = (tmp_path / "gallery" / make(tmp_path)["deep"]).parent / "tiles" / "8"
    sizes = {path.stem: read(path).size for path in folder.iterdir()}
    assert (sizes["0_0"], sizes["1_1"], sizes["4_3"]) == ((33, 33), (34, 34), (23, 6))


def test_a_picture_that_browsers_show_whole_has_none(tmp_path):
    assert make(tmp_path, (100, 60)) == {}
    assert not (tmp_path / "gallery").exists()


def test_the_page_names_the_picture_and_its_size_and_brings_its_viewer(tmp_path):
    link = make(tmp_path)["deep"]
    page = (tmp_path / "gallery" / link).read_text()
    assert 'Width: "150", Height: "101"' in page and "night &lt;b&gt;" in page and "<b>" not in page
    viewer = (tmp_path / "gallery" / link).parent / "../../.." / deep_zoom.VIEWER
    assert viewer.resolve() == (tmp_path / "gallery" / deep_zoom.VIEWER).resolve() and viewer.is_file()


def test_what_is_there_is_not_made_again(tmp_path):
    link = make(tmp_path)["deep"]
    tile = next((tmp_path / "gallery" / link).parent.rglob("*.jpg"))
    tile.write_bytes(b"mine")
    assert make(tmp_path) == {"deep": link}
    assert tile.read_bytes() == b"mine"


def test_zooms_of_pictures_that_are_gone_are_discarded_and_nothing_else(tmp_path):
    shown, gone = make(tmp_path)["deep"], make(tmp_path, sha256="f" + SHA256)["deep"]
    (tmp_path / "gallery" / gone).unlink()  # as of a run that was killed
    other = tmp_path / "gallery" / "deep" / "mine.txt"
    other.write_text("notes")
    discard_other_zooms(tmp_path / "gallery", {shown})
    assert (tmp_path / "gallery" / shown).is_file() and other.is_file()
    assert not Path(tmp_path / "gallery" / gone).parent.exists()

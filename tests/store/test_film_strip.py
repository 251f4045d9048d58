"""Pictures of the way, and their film strip."""

import numpy as np
import pytest
from conftest import draw, save_picture
from PIL import Image, ImageColor

from stylegrid.pictures.captions import GAP, MARGIN, PAPER
from stylegrid.store import film_strip
from stylegrid.store.layout import snapshots_folder


@pytest.fixture
def picture(tmp_path):
    return save_picture(tmp_path / "out" / "sw1.png", 200, 150)


@pytest.fixture
def snapshots(tmp_path):
    """Return three pictures of the way."""
    return [save_picture(tmp_path / "cache" / f"{step:06d}.png", 200, 150, seed=step) for step in (50, 100, 150)]


def publish(picture, snapshots):
    film_strip.publish(picture, ((path.name, path.read_bytes()) for path in snapshots))


def published(picture) -> list[str]:
    return sorted(str(path.relative_to(picture.parent)) for path in picture.parent.rglob("*") if path.is_file())


def test_snapshots_and_a_film_stand_beside_the_picture(picture, snapshots):
    publish(picture, snapshots)
    steps = [f"sw1.steps/{path.name}" for path in snapshots]
    assert published(picture) == ["sw1.film.png", "sw1.png", *steps]
    assert snapshots_folder(picture).joinpath("000050.png").read_bytes() == snapshots[0].read_bytes()


def test_those_of_an_earlier_painting_go(picture, snapshots):
    publish(picture, snapshots)
    publish(picture, snapshots[:1])
    assert published(picture) == ["sw1.film.png", "sw1.png", "sw1.steps/000050.png"]
    publish(picture, [])
    assert published(picture) == ["sw1.png"]
    assert not snapshots_folder(picture).exists()


def test_nothing_else_goes(picture, snapshots):
    publish(picture, snapshots)
    mine = snapshots_folder(picture) / "notes.txt"
    mine.write_text("mine")
    publish(picture, [])
    assert published(picture) == ["sw1.png", "sw1.steps/notes.txt"]


def test_a_film_shows_every_picture_in_order(picture, snapshots):
    strip = np.asarray(film_strip.draw_film([*snapshots, picture]))
    for place, seed in enumerate((50, 100, 150, 0)):
        left = MARGIN + place * (film_strip.FRAME + GAP)
        assert (strip[MARGIN : MARGIN + 150, left : left + 200] == draw(200, 150, seed)).all()


def test_a_label_stands_below_every_frame(picture, snapshots):
    strip = np.asarray(film_strip.draw_film([snapshots[0], picture])).astype(int)
    labels = strip[MARGIN + 150 : -MARGIN]
    dark = (labels < 100).all(axis=2).any(axis=0)
    assert dark[MARGIN : MARGIN + 80].any() and dark[MARGIN + film_strip.FRAME + GAP :].any()
    other = np.asarray(film_strip.draw_film([snapshots[1], picture])).astype(int)[MARGIN + 150 : -MARGIN]
    assert (labels != other).any()


@pytest.mark.parametrize(("count", "across", "rows"), [(1, 1, 1), (8, 8, 1), (9, 8, 2), (17, 8, 3)])
def test_a_long_film_goes_over_several_rows(snapshots, count, across, rows):
    one, strip = film_strip.draw_film(snapshots[:1]), film_strip.draw_film((snapshots * 6)[:count])
    assert strip.width == across * (film_strip.FRAME + GAP) - GAP + 2 * MARGIN
    frame = one.height - 2 * MARGIN
    assert strip.height == rows * (frame + GAP) - GAP + 2 * MARGIN


def test_what_is_transparent_is_laid_on_paper(tmp_path):
    Image.new("RGBA", (200, 100), (200, 0, 0, 0)).save(tmp_path / "a.png")
    strip = np.asarray(film_strip.draw_film([tmp_path / "a.png"]))
    assert (strip[: MARGIN + 100] == ImageColor.getrgb(PAPER)).all()


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")])
def test_the_picture_may_have_any_format(tmp_path, snapshots, kind, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(draw(60, 40)).save(path, kind)
    publish(path, snapshots)
    with Image.open(tmp_path / "a.film.png") as strip:
        assert strip.width == 4 * (film_strip.FRAME + GAP) - GAP + 2 * MARGIN

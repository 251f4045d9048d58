"""Films of a picture: frames of one size, where they lie, and whether they are of the picture as it is."""

import hashlib
import json

import pytest
from conftest import draw, save_picture
from PIL import Image

from stylegrid.pictures import film
from stylegrid.store import films
from stylegrid.store.layout import films_folder, snapshots_folder

NAME = "cat/night/sw5"


@pytest.fixture
def picture(tmp_path):
    """A picture with two snapshots, the first of a smaller scale."""
    path = save_picture(tmp_path / "pictures" / f"{NAME}.png", 48, 36)
    for step, size in ((5, (24, 18)), (10, (48, 36))):
        save_picture(snapshots_folder(path) / f"{step:06}.png", *size, seed=step)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_frames_are_of_the_last_ones_size(picture):
    found = films.snapshots(picture)
    assert [path.name for path in found] == ["000005.png", "000010.png"]
    assert [frame.size for frame in films.read_frames([*found, picture], 640)] == [(48, 36)] * 3
    assert [frame.size for frame in films.read_frames([*found, picture], 24)] == [(24, 18)] * 3


@pytest.mark.parametrize("there", [True, False])
def test_a_film_is_written_as_mp4_too_where_ffmpeg_is(picture, tmp_path, monkeypatch, there):
    stale = films_folder(tmp_path, NAME) / "descent.mp4"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"an earlier one")
    monkeypatch.setattr(film, "find_ffmpeg", lambda: "/ffmpeg" if there else None)
    monkeypatch.setattr(film, "to_mp4", lambda frames, ffmpeg: b"a film")
    frames = films.read_frames([*films.snapshots(picture), picture], 24)
    written = films.write_film(tmp_path, NAME, picture, films.DESCENT, frames)
    assert [path.name for path in written] == ["descent.webp", "descent.mp4"][: 1 + there]
    assert sorted(path.name for path in films_folder(tmp_path, NAME).iterdir()) == sorted(path.name for path in written)
    with Image.open(written[0]) as image:
        assert (image.n_frames, image.size) == (3, (24, 18))


def test_a_film_is_of_the_picture_that_it_was_made_of(picture, tmp_path, monkeypatch):
    monkeypatch.setattr(film, "find_ffmpeg", lambda: None)
    frames = [Image.fromarray(draw(20, 10, seed)) for seed in range(2)]
    for what in (films.DESCENT, "style_weight"):
        films.write_film(tmp_path, NAME, picture, what, frames, [1, 2])
    (films_folder(tmp_path, NAME) / "another.webp").write_bytes(b"another program's")
    Image.fromarray(draw(20, 10)).save(films_folder(tmp_path, NAME) / "still.webp")
    found = films.films_of(tmp_path, NAME, sha256(picture))
    assert [path.name for path in found] == ["descent.webp", "style_weight.webp"]
    told = json.loads(film.read_words(found[1]))
    assert (told["film"], told["picture"], told["values"]) == ("style_weight", NAME, [1, 2])
    assert films.films_of(tmp_path, NAME, "of another painting") == []
    assert films.films_of(tmp_path, "dog/night/sw5", sha256(picture)) == []

"""Small copies of pictures."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import save_picture
from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures.thumbnails import LARGE, SIDES, make_thumbnails, thumbnail_path, thumbnail_size

SHA = "0123456789abcdef" * 4


def make(folder, picture, sides=SIDES):
    """Make a picture's thumbnails and return their paths by their sides."""
    sha256 = files.sha256(picture)
    make_thumbnails(folder, picture, sha256, sides)
    return {side: thumbnail_path(folder, sha256, side) for side in sides}


def size_of(path):
    with Image.open(path) as image:
        assert image.format == "WEBP"
        return image.size


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*.webp")}


def test_thumbnails_are_named_by_contents_and_side(tmp_path):
    assert thumbnail_path(tmp_path, SHA, 320) == tmp_path / "01" / "0123456789abcdef0123-320.webp"


@pytest.mark.parametrize(
    ("size", "small", "large"),
    [
        ((800, 400), (160, 80), (640, 320)),
        ((300, 900), (53, 160), (213, 640)),
        ((200, 100), (160, 80), (200, 100)),  # none is enlarged
        ((17, 5), (17, 5), (17, 5)),
        ((2000, 4), (160, 1), (640, 1)),
    ],
)
def test_a_thumbnail_has_the_picture_s_shape_and_its_longest_side(tmp_path, size, small, large):
    made = make(tmp_path, save_picture(tmp_path / "a.png", *size))
    assert (size_of(made[160]), size_of(made[640])) == (small, large)


def test_a_thumbnail_s_size_is_read_even_when_a_side_is_one_pixel(tmp_path):
    picture = save_picture(tmp_path / "a.png", 4000, 4)
    make(tmp_path, picture, (LARGE,))
    assert thumbnail_size(tmp_path, files.sha256(picture), LARGE) == (1280, 1)


def test_a_picture_longer_than_webp_holds_has_thumbnails(tmp_path):
    Image.new("RGB", (17000, 20), (200, 10, 10)).save(tmp_path / "a.png")
    made = make(tmp_path, tmp_path / "a.png", (4096,))
    assert size_of(made[4096]) == (4096, 5)


def test_a_thumbnail_shows_the_picture(tmp_path):
    halves = np.zeros((400, 800, 3), np.uint8)
    halves[:, :400], halves[:, 400:] = (220, 30, 30), (30, 30, 220)
    Image.fromarray(halves).save(tmp_path / "a.png")
    for path in make(tmp_path, tmp_path / "a.png").values():
        with Image.open(path) as image:
            width, height = image.size
            left, right = image.getpixel((width // 4, height // 2)), image.getpixel((3 * width // 4, height // 2))
        assert np.allclose(left, (220, 30, 30), atol=12) and np.allclose(right, (30, 30, 220), atol=12)


def test_what_is_transparent_is_white(tmp_path):
    Image.new("RGBA", (50, 50), (200, 0, 0, 0)).save(tmp_path / "a.png")
    with Image.open(make(tmp_path, tmp_path / "a.png")[160]) as image:
        assert image.mode == "RGB" and min(image.getpixel((25, 25))) >= 250


def test_what_is_there_is_not_made_again(tmp_path):
    picture = save_picture(tmp_path / "a.png")
    made = make(tmp_path, picture)
    before = {side: path.stat().st_ino for side, path in made.items()}
    made[320].unlink()
    make(tmp_path, picture)
    after = {side: path.stat().st_ino for side, path in made.items()}
    assert (before[160], before[640]) == (after[160], after[640])


def test_a_picture_that_is_gone_is_not_needed_any_more(tmp_path):
    picture = save_picture(tmp_path / "a.png")
    sha256 = files.sha256(picture)
    make_thumbnails(tmp_path, picture, sha256)
    picture.unlink()
    make_thumbnails(tmp_path, picture, sha256)
    with pytest.raises(ImageError, match=r"a\.png: cannot be read \(No such file or directory\)"):
        make_thumbnails(tmp_path, picture, sha256, (LARGE,))


def test_a_picture_that_has_changed_has_none_under_its_old_name(tmp_path):
    picture = save_picture(tmp_path / "a.png", seed=1)
    with pytest.raises(ImageError, match=r"a\.png: has changed since it was looked at; run again"):
        make_thumbnails(tmp_path, picture, SHA)
    assert not list(tmp_path.rglob("*.webp"))


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"text"])
def test_a_damaged_picture_is_a_fault_and_leaves_nothing(tmp_path, damage):
    picture = save_picture(tmp_path / "a.png")
    picture.write_bytes(damage(picture.read_bytes()))
    with pytest.raises(ImageError, match=r"a\.png: is (damaged|not a picture)"):
        make(tmp_path, picture)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_bytes_do_not_depend_on_which_thumbnails_were_there(tmp_path):
    picture = save_picture(tmp_path / "a.png", 1500, 1100)
    make(tmp_path / "at once", picture, (*SIDES, LARGE))
    for side in (LARGE, *SIDES):
        make(tmp_path / "one by one", picture, (side,))
    assert bytes_of(tmp_path / "at once") == bytes_of(tmp_path / "one by one")


def test_equal_pictures_in_many_threads_give_the_bytes_of_one(tmp_path):
    picture = save_picture(tmp_path / "a.png", 700, 500)
    make(tmp_path / "alone", picture)
    ready = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: (ready.wait(), make(tmp_path / "together", picture)), range(8)))
    assert bytes_of(tmp_path / "together") == bytes_of(tmp_path / "alone")
    assert not list(tmp_path.rglob("*.part"))

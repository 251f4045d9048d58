"""An entry of a manifest's cell, a name or a glob, to picture files."""

import os
import unicodedata

import pytest
from conftest import save_picture
from picture_files import fill_folder

from stylegrid.errors import ImageError
from stylegrid.plan.picture_search import find, list_pictures


@pytest.fixture
def folder(tmp_path):
    return fill_folder(tmp_path / "content")


@pytest.fixture
def paintings(tmp_path):
    save_picture(tmp_path / "style" / "night.png")


def names(folder, pattern, **how):
    return [str(path.relative_to(folder)) for path in find(folder, pattern, **how).paths]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("cat.png", ["cat.png"]),
        ("zoo/Ape.PNG", ["zoo/Ape.PNG"]),
        ("*", ["cat.png", "dog.jpg"]),
        ("*.png", ["cat.png"]),
        ("[cd]*", ["cat.png", "dog.jpg"]),
        ("???.jpg", ["dog.jpg"]),
        ("zoo/*", ["zoo/Ape.PNG"]),
        ("**/*", ["cat.png", "dog.jpg", "zoo/Ape.PNG", "zoo/deep/bee.webp"]),
        ("**/*.webp", ["zoo/deep/bee.webp"]),
    ],
)
def test_names_and_globs_find_pictures_in_order(folder, pattern, found):
    assert names(folder, pattern) == found


@pytest.mark.parametrize("name", ["[draft].png", "what?.png", "a * b.png"])
def test_a_file_with_a_globs_letters_is_found_by_its_name(folder, name):
    save_picture(folder / name)
    save_picture(folder / "d.png")
    assert find(folder, name).paths == [folder / name]


@pytest.mark.parametrize("pattern", ["*.gif", "cow*", "zoo/*.jpg", "nowhere/*"])
def test_a_glob_that_matches_nothing_is_refused(folder, pattern):
    with pytest.raises(ImageError) as caught:
        find(folder, pattern)
    assert str(caught.value) == f"no picture in {folder} matches {pattern!r}"


@pytest.mark.parametrize("pattern", ["../style/night.png", "../style/*", "zoo/../../style/night.png", "../gone.png"])
def test_a_name_that_leaves_the_folder_is_refused(paintings, folder, pattern):
    with pytest.raises(ImageError) as caught:
        find(folder, pattern)
    assert str(caught.value) == f"{pattern!r} leads out of {folder}; move or copy the picture into that folder"


def test_an_absolute_path_is_refused_but_for_the_folders_own(paintings, folder, tmp_path):
    assert find(folder, str(folder / "cat.png")).paths == [folder / "cat.png"]
    with pytest.raises(ImageError, match="leads out of"):
        find(folder, str(tmp_path / "style" / "night.png"))


@pytest.mark.parametrize(("link", "target"), [("link.png", "../style/night.png"), ("linked", "../style")])
def test_a_link_that_leaves_the_folder_is_refused(paintings, folder, link, target):
    (folder / link).symlink_to(target)
    with pytest.raises(ImageError, match="leads out of"):
        find(folder, "link*" if link.endswith("png") else "linked/*")


def test_a_folder_that_is_a_link_itself_is_fine(folder, tmp_path):
    (tmp_path / "photos").symlink_to("content")
    assert find(tmp_path / "photos", "cat.png").paths == [tmp_path / "photos" / "cat.png"]


def test_a_name_that_is_not_utf8_is_refused(folder):
    save_picture(folder / os.fsdecode(b"caf\xe9.png"))
    with pytest.raises(ImageError, match=r"caf\\udce9\.png': its name is not UTF-8; rename it"):
        find(folder, "caf*")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jpg", ["IMG_2.JPG", "IMG_3.Jpg", "dog.jpg"]),
        ("*.JPG", ["IMG_2.JPG", "IMG_3.Jpg", "dog.jpg"]),
        ("IMG*.j?g", ["IMG_2.JPG", "IMG_3.Jpg"]),
        ("*.[jw]*", ["IMG_2.JPG", "IMG_3.Jpg", "dog.jpg"]),
        ("*.[!p]*", ["IMG_2.JPG", "IMG_3.Jpg", "dog.jpg"]),
        ("zoo/*.png", ["zoo/Ape.PNG"]),
        ("**/*.png", ["cat.png", "zoo/Ape.PNG"]),
    ],
)
def test_a_suffix_matches_in_any_case(folder, pattern, found):
    for name in ("IMG_2.JPG", "IMG_3.Jpg"):
        save_picture(folder / "a.jpg").rename(folder / name)
    assert names(folder, pattern) == found


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_glob_matches_letters_in_either_form(folder, stored, written):
    name = unicodedata.normalize(stored, "Café 1.png")
    save_picture(folder / name)
    assert names(folder, unicodedata.normalize(written, "Café*")) == [name]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("*.jpg", ""),
        ("*", "'IMG_1.HEIC', 'IMG_1.MOV', 'clip.aae' and 1 more: no kind of picture that is read; save as JPEG"),
        ("c*", "'clip.aae': no kind of picture that is read; save as JPEG, PNG, TIFF or WebP"),
    ],
)
def test_what_a_glob_leaves_out_is_told(folder, pattern, told):
    for name in ("IMG_1.HEIC", "IMG_1.MOV", "clip.aae", "Thumbs.db", "desktop.ini", ".DS_Store", "._cat.png"):
        (folder / name).touch()
    found = find(folder, pattern)
    assert found.left_out == told or (told and found.left_out.startswith(told))
    assert all(path.suffix in (".png", ".jpg") for path in found.paths)


def test_a_glob_of_nothing_that_is_read_says_what_it_matches(folder):
    (folder / "IMG_1.HEIC").touch()
    with pytest.raises(ImageError, match=r"matches '\*\.heic'; 'IMG_1\.HEIC': no kind of picture that is read"):
        find(folder, "*.heic")


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("zoo\\*.png", r"Write / for \: 'zoo/*.png'"),
        ("ZOO/*.png", "'zoo/Ape.PNG' differs from it in case"),
        ("CAT*", "'cat.png' differs from it in case"),
    ],
)
def test_a_glob_that_nearly_matches_is_told_how(folder, pattern, advice):
    with pytest.raises(ImageError) as caught:
        find(folder, pattern)
    assert str(caught.value) == f"no picture in {folder} matches {pattern!r}. {advice}"


def deny(monkeypatch, *paths):
    """Let the user read all but some paths, whoever it is."""
    monkeypatch.setattr(os, "access", lambda path, mode: str(path).rstrip("/.") not in map(str, paths))


def test_a_folder_that_may_not_be_read_is_told(folder, monkeypatch):
    deny(monkeypatch, folder / "zoo")
    assert find(folder, "*").left_out.endswith("WebP")
    assert find(folder, "**/*.png").left_out == "the folder 'zoo': permission denied"
    with pytest.raises(ImageError, match="matches 'zoo/x\\*'; the folder 'zoo': permission denied"):
        find(folder, "zoo/x*")


def test_a_picture_that_may_not_be_read_is_told(folder, monkeypatch):
    deny(monkeypatch, folder / "cat.png")
    for pattern in ("cat.png", "*"):
        with pytest.raises(ImageError, match=r"cat\.png: permission denied; let your user read it"):
            find(folder, pattern)
    assert names(folder, "dog.jpg") == ["dog.jpg"]


def test_links_may_lead_anywhere_if_the_config_says_so(folder, paintings):
    (folder / "album").symlink_to("../style")
    (folder / "link.png").symlink_to("../style/night.png")
    assert names(folder, "album/*", links=True) == ["album/night.png"]
    assert names(folder, "link.png", links=True) == ["link.png"]
    with pytest.raises(ImageError, match="if the link is yours, write links: anywhere into the config"):
        find(folder, "album/*")
    for pattern in ("../style/night.png", "../style/*", str(folder.parent / "style" / "night.png")):
        with pytest.raises(ImageError, match=r"into that folder$"):
            find(folder, pattern, links=True)


def test_all_pictures_are_listed(folder):
    assert list_pictures(folder) == ["cat.png", "dog.jpg", "zoo/Ape.PNG", "zoo/deep/bee.webp"]

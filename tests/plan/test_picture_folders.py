"""What an entry of a manifest's cell stands for."""

import os

import pytest
from conftest import save_picture

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.plan.picture_folders import PictureFolders, find
from stylegrid.plan.picture_index import PictureIndex


@pytest.fixture
def folder(tmp_path):
    for name in ("cat.png", "dog.jpg", "zoo/Ape.PNG", "zoo/deep/bee.webp"):
        save_picture(tmp_path / "content" / name, 8, 6)
    (tmp_path / "content" / "notes.txt").write_text("no picture")
    return tmp_path / "content"


@pytest.fixture
def library(folder, tmp_path):
    for seed, name in enumerate(("night.png", "wave.png")):
        save_picture(tmp_path / "style" / name, 8, 6, seed=seed)
    return PictureFolders(folder, tmp_path / "style", PictureIndex(tmp_path / "memory.json"))


@pytest.mark.parametrize(
    ("pattern", "names"),
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
def test_names_and_globs_find_pictures_in_order(folder, pattern, names):
    assert [str(path.relative_to(folder)) for path in find(folder, pattern)] == names


@pytest.mark.parametrize("name", ["[draft].png", "what?.png", "a * b.png"])
def test_a_file_with_a_globs_letters_is_found_by_its_name(folder, name):
    save_picture(folder / name)
    save_picture(folder / "d.png")
    assert find(folder, name) == [folder / name]


@pytest.mark.parametrize("pattern", ["*.gif", "cow*", "zoo/*.jpg", "nowhere/*"])
def test_a_glob_that_matches_nothing_is_refused(folder, pattern):
    with pytest.raises(ImageError) as caught:
        find(folder, pattern)
    assert str(caught.value) == f"no picture in {folder} matches {pattern!r}"


@pytest.mark.parametrize("pattern", ["../style/night.png", "../style/*", "zoo/../../style/night.png", "../gone.png"])
def test_a_name_that_leaves_the_folder_is_refused(library, folder, pattern):
    with pytest.raises(ImageError) as caught:
        find(folder, pattern)
    assert str(caught.value) == f"{pattern!r} leads out of {folder}; move or copy the picture into that folder"


def test_an_absolute_path_is_refused_but_for_the_folders_own(library, folder, tmp_path):
    assert find(folder, str(folder / "cat.png")) == [folder / "cat.png"]
    with pytest.raises(ImageError, match="leads out of"):
        find(folder, str(tmp_path / "style" / "night.png"))


@pytest.mark.parametrize(("link", "target"), [("link.png", "../style/night.png"), ("linked", "../style")])
def test_a_link_that_leaves_the_folder_is_refused(library, folder, link, target):
    (folder / link).symlink_to(target)
    with pytest.raises(ImageError, match="leads out of"):
        find(folder, "link*" if link.endswith("png") else "linked/*")


def test_a_link_within_the_folder_is_followed(library, folder):
    (folder / "link.png").symlink_to("zoo/Ape.PNG")
    (source,) = library.contents("link.png")
    assert (source.name, source.sha256) == ("link", files.sha256(folder / "zoo" / "Ape.PNG"))


def test_a_folder_that_is_a_link_itself_is_fine(folder, tmp_path):
    (tmp_path / "photos").symlink_to("content")
    assert find(tmp_path / "photos", "cat.png") == [tmp_path / "photos" / "cat.png"]


def test_a_link_to_itself_is_refused(library, folder):
    (folder / "loop.png").symlink_to("loop.png")
    with pytest.raises(ImageError, match=r"loop\.png: is not a picture; found no readable file \(Too many levels"):
        list(library.contents("loop.png"))


def test_a_name_too_long_for_a_file_is_refused(library):
    with pytest.raises(ImageError, match=r"is not a picture; found no readable file \(File name too long\)"):
        list(library.styles("x" * 300))


def test_a_name_that_is_not_utf8_is_refused(folder):
    save_picture(folder / os.fsdecode(b"caf\xe9.png"))
    with pytest.raises(ImageError, match=r"caf\\udce9\.png': its name is not UTF-8; rename it"):
        find(folder, "caf*")


def test_a_photograph_is_named_by_its_stem_and_identified_by_its_contents(library, folder):
    (source,) = library.contents("zoo/Ape.PNG")
    assert (source.name, source.path) == ("Ape", str(folder / "zoo" / "Ape.PNG"))
    assert source.sha256 == files.sha256(folder / "zoo" / "Ape.PNG")


@pytest.mark.parametrize("name", ["my cat.png", 'a "b".png', "it's.png", "R&B.png", "é猫.png", "-rf.png", "C++.png"])
def test_unusual_names_are_found(library, folder, name):
    save_picture(folder / name, 8, 6)
    (source,) = library.contents(name)
    assert source.path == str(folder / name)
    assert source.size == (8, 6)


def test_a_glob_of_styles_is_one_style_for_each_painting(library):
    assert [(style.name, len(style.sources)) for style in library.styles("*")] == [("night", 1), ("wave", 1)]


def test_a_blend_is_one_style_of_several_paintings(library):
    (style,) = library.styles("night.png:3 + wave.png")
    assert [(source.name, source.weight) for source in style.sources] == [("night", 3), ("wave", 1)]
    assert style.name == "night-3-wave-1"


@pytest.mark.parametrize("entry", ["night.png:3 + wave.png:1.0", "night.png : 3   +   w*.png"])
def test_a_blend_has_one_name(library, entry):
    assert list(library.styles(entry)) == list(library.styles("night.png:3 + wave.png"))


def test_a_painting_with_a_plus_sign_between_spaces_is_no_blend(library, tmp_path):
    save_picture(tmp_path / "style" / "sun + moon.png")
    (style,) = library.styles("sun + moon.png")
    assert len(style.sources) == 1


def test_a_painting_with_plus_signs_may_be_blended(library, tmp_path):
    save_picture(tmp_path / "style" / "C++.png")
    (style,) = library.styles("C++.png:2 + wave.png")
    assert [source.path for source in style.sources] == [str(tmp_path / "style" / n) for n in ("C++.png", "wave.png")]


def test_a_blend_names_its_paintings_one_by_one(library):
    with pytest.raises(ImageError, match=r"'\*' matches 2 pictures; a blend names them one by one"):
        list(library.styles("night.png + *"))


def test_a_start_picture_or_mask_is_one_photograph(library):
    assert library.picture("cat.png").name == "cat"
    with pytest.raises(ImageError, match=r"'\*' matches 2 pictures; name one"):
        library.picture("*")


@pytest.mark.parametrize("other", ["cat.jpg", "zoo/cat.png", "Cat.png", "CAT.webp"])
def test_two_pictures_may_not_share_a_name_even_if_only_their_case_differs(library, folder, other):
    save_picture(folder / other)
    list(library.contents("cat.png"))
    with pytest.raises(ImageError) as caught:
        list(library.contents(other))
    for part in (str(folder / other), str(folder / "cat.png"), "would both be named", "rename one"):
        assert part in str(caught.value)


def test_a_blend_may_not_share_a_name_with_a_painting(library, tmp_path):
    save_picture(tmp_path / "style" / "night-3-wave-1.png")
    list(library.styles("night.png:3 + wave.png"))
    with pytest.raises(
        ImageError, match=r"night-3-wave-1\.png and \S+night\.png:3 \+ \S+wave\.png would both be named"
    ):
        list(library.styles("night-3-wave-1.png"))


def test_a_photograph_and_a_painting_may_share_a_name(library, tmp_path):
    save_picture(tmp_path / "style" / "cat.png")
    assert [source.name for source in (*library.contents("cat.png"), *library.styles("cat.png"))] == ["cat", "cat"]

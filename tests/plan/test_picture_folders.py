"""What an entry of a manifest's cell stands for."""

import pytest
from conftest import save_picture
from picture_files import fill_folder

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.plan.picture_folders import PictureFolders
from stylegrid.plan.picture_index import PictureIndex


@pytest.fixture
def folder(tmp_path):
    return fill_folder(tmp_path / "content")


@pytest.fixture
def library(folder, tmp_path):
    for seed, name in enumerate(("night.png", "wave.png")):
        save_picture(tmp_path / "style" / name, 8, 6, seed=seed)
    return PictureFolders(folder, tmp_path / "style", PictureIndex(tmp_path / "memory.json"))


def test_a_link_within_the_folder_is_followed(library, folder):
    (folder / "link.png").symlink_to("zoo/Ape.PNG")
    (source,) = library.contents("link.png")
    assert (source.name, source.sha256) == ("link", files.sha256(folder / "zoo" / "Ape.PNG"))


def test_start_pictures_may_lie_in_a_folder_of_their_own(folder, tmp_path):
    start = save_picture(tmp_path / "start" / "sub" / "first.png", 8, 6, seed=9)
    save_picture(folder / "mask.png", 8, 6)
    index = PictureIndex(tmp_path / "memory.json")
    library = PictureFolders(folder, tmp_path / "style", index, start_dir=tmp_path / "start")
    assert library.picture("sub/first.png").path == str(start)
    assert library.picture("mask.png", mask=True).path == str(folder / "mask.png")
    with pytest.raises(ImageError, match=r"mask\.png: no such file"):
        library.picture("mask.png")


def test_a_link_to_itself_is_refused(library, folder):
    (folder / "loop.png").symlink_to("loop.png")
    with pytest.raises(ImageError, match=r"loop\.png: is not a picture; found no readable file \(Too many levels"):
        list(library.contents("loop.png"))


def test_a_name_too_long_for_a_file_is_refused(library):
    with pytest.raises(ImageError, match=r"is not a picture; found no readable file \(File name too long\)"):
        list(library.styles("x" * 300))


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


@pytest.mark.parametrize("other", ["cat.jpg", "Cat.png", "CAT.webp"])
def test_two_pictures_may_not_share_a_name_even_if_only_their_case_differs(library, folder, other):
    save_picture(folder / other)
    list(library.contents("cat.png"))
    with pytest.raises(ImageError) as caught:
        list(library.contents(other))
    for part in (str(folder / other), str(folder / "cat.png"), "would both be named", "rename one"):
        assert part in str(caught.value)


def test_pictures_of_one_name_in_several_folders_are_named_with_these(library, folder):
    for name in ("100CANON/IMG_1.jpg", "101CANON/img_1.jpg", "101CANON/IMG_2.jpg", "zoo/cat.png"):
        save_picture(folder / name)
    entries = ("*CANON/*", "cat.png", "zoo/cat.png")
    library.expect([*entries, "gone*"], [])
    assert [source.name for entry in entries for source in library.contents(entry)] == [
        *("100CANON-IMG_1", "IMG_2", "101CANON-img_1", "cat", "zoo-cat")
    ]


def test_paintings_of_blends_are_named_with_their_folders_too(library, tmp_path):
    save_picture(tmp_path / "style" / "old" / "night.png")
    entries = ["night.png + old/night.png", "old/night.png"]
    library.expect([], [*entries, "night.png:x:0"])
    assert [style.name for entry in entries for style in library.styles(entry)] == ["night-1-old-night-1", "old-night"]


def test_names_of_two_pictures_in_one_folder_are_not_mended_so(library, folder):
    save_picture(folder / "cat.jpg")
    library.expect(["cat.*"], [])
    with pytest.raises(ImageError, match="would both be named 'cat' in results"):
        library.contents("cat.*")


def test_what_globs_leave_out_is_told_once(library, folder):
    for _ in range(2):
        library.contents("*")
    told = "'notes.txt': no kind of picture that is read; save as JPEG, PNG, TIFF or WebP"
    assert library.notices == [f"{folder}: '*' leaves out {told}"]


def test_a_folder_is_told_how_to_name_its_pictures(library, folder):
    with pytest.raises(ImageError) as caught:
        library.contents("zoo")
    assert str(caught.value) == f"{folder / 'zoo'}: is a folder; for its pictures write 'zoo/*'"


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

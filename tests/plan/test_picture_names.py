"""Names of pictures that look right and aren't there."""

import unicodedata

import pytest

from stylegrid.plan.picture_names import PictureNames, shown

NAMES = PictureNames(
    [
        "Caf\xe9 Z\xfcrich.jpg",
        "IMG_1.JPG",
        "cat.jpg",
        "my cat.jpg",
        "holiday/img.jpg",
        "R&B.png",
        "it's.png",
        "sea.jpeg",
    ]
)
DECOMPOSED = unicodedata.normalize("NFD", "Caf\xe9 Z\xfcrich.jpg")


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (DECOMPOSED, "Caf\xe9 Z\xfcrich.jpg"),
        ("my\xa0cat.jpg", "my cat.jpg"),  # no-break space
        ("my\u202fcat.jpg", "my cat.jpg"),  # narrow no-break space, as in names of the Macintosh
        ("\u202acat.jpg", "cat.jpg"),  # left-to-right, as Windows' dialog of properties puts before names
        ("cat\u200b.jpg", "cat.jpg"),  # zero-width space
        ("cat.jpg\ufeff", "cat.jpg"),
        ("ca\xadt.jpg", "cat.jpg"),  # soft hyphen
        ("holiday/\u200eimg.jpg", "holiday/img.jpg"),
        ("Cat.jpg", ""),
        ("dog.jpg", ""),
    ],
)
def test_a_name_that_looks_the_same_is_that_name(entry, name):
    assert NAMES.alike(entry) == name


def test_of_two_that_look_the_same_neither_is_taken():
    assert PictureNames(["a\xa0b.png", "a b.png"]).alike("a\u202fb.png") == ""


@pytest.mark.parametrize(
    ("entry", "remedy"),
    [
        ("IMG_1.jpg", "Did you mean 'IMG_1.JPG'?"),
        ("img_1.jpg", "Did you mean 'IMG_1.JPG'?"),
        ("cat", "Did you mean 'cat.jpg'?"),
        ("cat.png", "Did you mean 'cat.jpg'?"),
        ("cat.jpg.jpg", "Did you mean 'cat.jpg'?"),
        ("sea.jpg", "Did you mean 'sea.jpeg'?"),
        ("\u201ccat.jpg\u201d", "Did you mean 'cat.jpg'?"),
        ("\u201ecat.jpg\u201c", "Did you mean 'cat.jpg'?"),
        ("'cat.jpg'", "Did you mean 'cat.jpg'?"),
        ("my%20cat.jpg", "Did you mean 'my cat.jpg'?"),
        ("R&amp;B.png", "Did you mean 'R&B.png'?"),
        ("it\u2019s.png", 'Did you mean "it\'s.png"?'),
        ("content/cat.jpg", "Did you mean 'cat.jpg'?"),
        ("img.jpg", "Did you mean 'holiday/img.jpg'?"),
        ("C:\\Users\\Ann\\cat.jpg", "Did you mean 'cat.jpg'?"),
        ("holiday\\img.jpg", "Write / for \\: 'holiday/img.jpg'"),
        ("Holiday\\IMG.JPG", "Write / for \\: 'holiday/img.jpg'"),
        ("cat.jpg, IMG_1.JPG", "Separate names by semicolons: 'cat.jpg; IMG_1.JPG'"),
        ("cat.jpg,img_1.jpg", "Separate names by semicolons: 'cat.jpg; IMG_1.JPG'"),
        ("cat.jpg | my cat.jpg", "Separate names by semicolons: 'cat.jpg; my cat.jpg'"),
        ("cat.jpg and sea.jpeg", "Separate names by semicolons: 'cat.jpg; sea.jpeg'"),
        ("cat.jpg + sea.jpeg", "Separate names by semicolons: 'cat.jpg; sea.jpeg'"),
        ("cat.jpg+sea.jpeg:2", "Write spaces around plus signs: 'cat.jpg + sea.jpeg:2'"),
        ("cat.jpg+cow.jpg", ""),
        ("cat.jpg, cow.jpg", ""),
        ("elephant.jpg", ""),
    ],
)
def test_a_name_that_is_not_there_leads_to_the_one_that_is_meant(entry, remedy):
    assert NAMES.remedy(entry) == remedy


def test_names_with_other_letters_are_only_looked_for_if_asked():
    assert NAMES.remedy("cta.jpg") == "Did you mean 'cat.jpg'?"
    assert NAMES.remedy("cta.jpg", compare=False) == ""
    assert NAMES.remedy("CAT.jpg", compare=False) == "Did you mean 'cat.jpg'?"


@pytest.mark.parametrize("name", ["cat.jpg", "\u732b.png", "Caf\xe9.jpg", "a+b (1).png"])
def test_a_plain_name_looks_as_it_is(name):
    assert shown(name) == name

"""Tables as text."""

import pytest

from stylegrid.errors import ManifestError
from stylegrid.plan.tables.sheet import TooManyCellsError
from stylegrid.plan.tables.text_table import read_text


def read(text, separator=",", most=1000):
    return read_text(text if isinstance(text, bytes) else text.encode(), separator, "m.csv", most)


def refusal(text, separator=",") -> str:
    with pytest.raises(ManifestError) as caught:
        read(text, separator)
    return str(caught.value).removeprefix("m.csv ")


TABLE = [["content", "style"], ["cat.jpg", "night.jpg"]]


@pytest.mark.parametrize(
    "text",
    [
        "content,style\ncat.jpg,night.jpg\n",
        "content,style\ncat.jpg,night.jpg",
        "\ufeffcontent,style\r\ncat.jpg,night.jpg\r\n",
        "content,style\rcat.jpg,night.jpg\r",
        'content,style\ncat.jpg, "night.jpg"\n',
        'content,style\n"cat.jpg" ,   "night.jpg" \n',
        "sep=,\ncontent,style\ncat.jpg,night.jpg\n",
        "sep=;\r\ncontent;style\r\ncat.jpg;night.jpg\r\n",
        '"sep=;"\ncontent;style\ncat.jpg;night.jpg\n',
        "SEP=\t\ncontent\tstyle\ncat.jpg\tnight.jpg\n",
        "sep=|\ncontent|style\ncat.jpg|night.jpg\n",
        "sep=;;\ncontent;style\ncat.jpg;night.jpg\n",
        "content,style\ncat.jpg,night.jpg\n\x1a",
        "content,style\r\ncat.jpg,night.jpg\x1a\r\n\0\0",
    ],
)
def test_one_table_is_written_in_many_ways(text):
    assert read(text) == TABLE


def test_rows_are_as_long_as_they_are_and_blank_ones_stay():
    assert read("content,style\n\na,b,,\n,,,,\n") == [["content", "style"], [], ["a", "b", "", ""], [""] * 5]


def test_a_mark_within_text_stays():
    assert read('a,5" brush\n"say ""x"" , y",b\n') == [["a", '5" brush'], ['say "x" , y', "b"]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('a,b\nc,"d\ne,f\n', "row 2: a quotation mark opens a cell and none closes it; "),
        ('a,b\n"x\ny",z\nc,"d" e\ng,h\n', "row 3: text follows the quotation mark that closes a cell; "),
        ('a,b\nc,"d\n' + "e,f\n" * 40_000, "row 2: a cell is longer than any text, as where a quotation mark "),
        (b"a,b\n\xff,c\n", "row 2: is not UTF-8 text (byte 0xff after ''); save it as CSV UTF-8 or as .xlsx"),
        (b'a,b\n"x\ny",z\nZ\xfcrich.jpg,c\n', "row 3: is not UTF-8 text (byte 0xfc after 'Z'); "),
        (b"\xef\xbb\xbfa,b\nx,caf\xe9", "row 2: is not UTF-8 text (byte 0xe9 after 'x,caf'); "),
        (b'a,b\n"open Caf\x8e', "row 2: is not UTF-8 text (byte 0x8e after '\"open Caf'); "),
        ("content;style\n", "row 1: columns are separated by semicolons; save with commas, "),
        ("content|style\n", "row 1: columns are separated by bars; save with commas, "),
        ("Gallery; 2026\n\ncontent\tstyle\n", "row 3: columns are separated by tabs; save with commas, "),
    ],
)
def test_a_fault_names_its_row(text, sentence):
    assert refusal(text).startswith(sentence)


def test_every_cell_counts_and_so_does_a_blank_row():
    assert read("a,b\n\nc,d\n", most=5) == [["a", "b"], [], ["c", "d"]]
    with pytest.raises(TooManyCellsError):
        read("a,b\n\nc,d\n", most=4)

"""XML a piece at a time, and cells' names."""

import zipfile
from xml.parsers.expat import ExpatError

import openpyxl.utils
import pytest

from stylegrid.plan.tables import marks
from stylegrid.plan.tables.marks import Handler, Range, merged_fault, parse, spell_column
from stylegrid.plan.tables.sheet import TooManyCellsError


class Heard(Handler):
    """Keeps what it hears."""

    def __init__(self):
        super().__init__()
        self.all = []
        self.starts = {"a": self.all.append, "b": self.all.append}
        self.ends = {"b": lambda: self.all.append("end of b")}

    def text(self, text):
        self.all.append(text)


def heard(tmp_path, xml: str) -> list:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.xml", xml)
    handler = Heard()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        parse(archive, "a.xml", handler)
    return handler.all


def test_elements_come_without_prefixes(tmp_path):
    found = heard(tmp_path, '<x:a xmlns:x="urn:x"><b x:c="1"><d/>t&amp;u</b></x:a>')
    assert found == [{"xmlns:x": "urn:x"}, {"x:c": "1"}, "t&u", "end of b"]


def test_entities_are_refused(tmp_path):
    with pytest.raises(ValueError, match="its XML declares entities"):
        heard(tmp_path, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_damaged_xml_is_refused(tmp_path):
    with pytest.raises(ExpatError):
        heard(tmp_path, "<a><b></a>")


def test_there_is_an_end_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "MOST_XML", 100_000)
    with pytest.raises(TooManyCellsError):
        heard(tmp_path, "<a>" + "b" * 300_000 + "</a>")


@pytest.mark.parametrize("column", [1, 26, 27, 52, 702, 703, 16384])
def test_columns_have_the_letters_that_spreadsheets_show(column):
    assert spell_column(column) == openpyxl.utils.get_column_letter(column)


def test_merged_cells_are_named_by_their_corners():
    assert merged_fault(Range(3, 2, 4, 28)).startswith("the cells B3:AB4 are merged; unmerge them")

"""The spreadsheet, as rows of cells."""

import pytest
from conftest import save_table

from stylegrid.errors import ManifestError
from stylegrid.plan.manifest import read_manifest


def read(tmp_path, text, name="manifest.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return cells_of(read_manifest(tmp_path / name).rows)


def cells_of(rows) -> dict[int, dict[str, str]]:
    """Return the cells that aren't empty, by row and column."""
    return {row: {name: cell for name, cell in cells.items() if cell} for row, cells in rows.to_dict("index").items()}


def test_a_row_has_the_number_that_the_spreadsheet_shows(tmp_path):
    rows = read(tmp_path, "content,style\ncat.png,night.png\ndog.png,wave.png\n")
    assert rows == {
        2: {"content": "cat.png", "style": "night.png"},
        3: {"content": "dog.png", "style": "wave.png"},
    }


def test_blank_rows_are_left_out_but_counted(tmp_path):
    assert list(read(tmp_path, "content,style\n\ncat,night\n , \n,\ndog,wave\n\n")) == [3, 6]


def test_a_cell_of_several_lines_is_one_row(tmp_path):
    rows = read(tmp_path, 'content,style,notes\ncat,night,"one\ntwo"\ndog,wave,\n')
    assert [(row, cells.get("notes")) for row, cells in rows.items()] == [(2, "one\ntwo"), (3, None)]


def test_empty_cells_are_left_out_and_spaces_around_cells_too(tmp_path):
    (cells,) = read(tmp_path, " Content , STYLE ,size\n  my cat.png  ,night.png,\n").values()
    assert cells == {"content": "my cat.png", "style": "night.png"}


def test_empty_columns_without_a_name_are_left_out(tmp_path):
    (cells,) = read(tmp_path, "content,style,,\ncat,night,,\n").values()
    assert cells == {"content": "cat", "style": "night"}


def test_a_cell_in_a_column_without_a_name_is_a_fault(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,,\ncat,night,,\ndog,night,,remark\n")
    assert faults(tmp_path / "manifest.csv") == [" row 3: has a cell in column 4, which has no name in the header"]


def test_a_short_row_ends_in_empty_cells(tmp_path):
    (cells,) = read(tmp_path, "content,style,size,title\ncat,night\n").values()
    assert cells == {"content": "cat", "style": "night"}


def test_cells_are_text_whatever_they_look_like(tmp_path):
    (cells,) = read(tmp_path, "content,style,style_weight,title,notes\nNA,null,1e2,007,=1+1\n").values()
    assert list(cells.values()) == ["NA", "null", "1e2", "007", "=1+1"]


@pytest.mark.parametrize("name", ["manifest.csv", "MANIFEST.CSV"])
def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path, name):
    assert len(read(tmp_path, "\ufeffcontent,style\ncat,night\n", name)) == 1


def test_windows_line_ends_are_read(tmp_path):
    (tmp_path / "manifest.csv").write_bytes(b"content,style\r\ncat,night\r\n")
    assert cells_of(read_manifest(tmp_path / "manifest.csv").rows) == {2: {"content": "cat", "style": "night"}}


@pytest.mark.parametrize("word", ["yes", "Yes", "y", "TRUE", "1", "1.0", "x", "X"])
def test_a_row_is_skipped(tmp_path, word):
    rows = read(tmp_path, f"content,style,skip\ncat,night,{word}\ndog,wave,\n")
    assert list(rows) == [3]


@pytest.mark.parametrize("word", ["", "no", "No", "n", "FALSE", "0", "0.0"])
def test_a_row_is_not_skipped(tmp_path, word):
    assert len(read(tmp_path, f"content,style,skip\ncat,night,{word}\n")) == 1


def faults(path) -> list[str]:
    """Return the sentences about a bad manifest, without its path."""
    try:
        found = read_manifest(path).faults
    except ManifestError as error:
        found = error.faults
    assert found and all(fault.startswith(str(path)) and "\n" not in fault for fault in found)
    return [fault.removeprefix(str(path)) for fault in found]


EMPTY = ": is empty; needs a header with the columns content and style, then rows"
NO_ROW = ": has no row to paint; add rows below the header, or clear the skip column"
SEMICOLONS = " row 1: columns are separated by semicolons; save with commas, or as .xlsx or .ods"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [EMPTY]),
        ("\n", [EMPTY]),
        ("content,style\n", [NO_ROW]),
        ("content,style\n\n,\n", [NO_ROW]),
        ("content,style,skip\ncat,night,x\n", [NO_ROW]),
        ("content\ncat\n", [" row 1: column 'style' is missing"]),
        ("title\nA\n", [" row 1: column 'content' is missing", " row 1: column 'style' is missing"]),
        ("content,style,content\na,b,c\n", [" row 1: column 'content' is there twice"]),
        ("content,style,Style \na,b,c\n", [" row 1: column 'style' is there twice"]),
        (
            "content,style,style_wieght\na,b,1\n",
            [" row 1: unknown column 'style_wieght'. Did you mean 'style_weight'?"],
        ),
        (
            "content,stile\na,b\n",
            [" row 1: unknown column 'stile'. Did you mean 'style'?", " row 1: column 'style' is missing"],
        ),
        ("content;style\ncat;night\n", [SEMICOLONS]),
        ("content;style;style_weight\ncat;night;1,5\n", [SEMICOLONS]),
        ("content\tstyle\ncat\tnight\n", [SEMICOLONS.replace("semicolons", "tabs")]),
        (
            "content,style\ncat,night\ndog,wave,100\n",
            [" row 3: must have 2 cells like the header, found 3; put text with commas in quotes"],
        ),
        (
            'content,style\n"a\nb",night\n\na,b,c,d\n',
            [" row 4: must have 2 cells like the header, found 4; put text with commas in quotes"],
        ),
        (
            "content,style,skip\ncat,night,maybe\ncat,night,\ndog,wave,2\n",
            [
                " row 2, skip: must be yes or no, found 'maybe'; empty is no",
                " row 4, skip: must be yes or no, found '2'; empty is no",
            ],
        ),
    ],
)
def test_a_bad_table_is_refused_in_clear_sentences(tmp_path, text, expected):
    (tmp_path / "manifest.csv").write_text(text, newline="")
    assert faults(tmp_path / "manifest.csv") == expected


def test_faults_of_cells_are_told_together_by_row(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,skip,\ncat,night,maybe,\ndog,wa\x07ve,2,x\n")
    assert [fault.split(":")[0] for fault in faults(tmp_path / "manifest.csv")] == [
        " row 2, skip",
        " row 3",
        " row 3, style",
        " row 3, skip",
    ]


def test_rows_without_a_wrong_cell_are_read_beside_those_with_one(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,skip\ncat,night,ja\ndog,wave,no\n")
    found = read_manifest(tmp_path / "manifest.csv")
    assert cells_of(found.rows) == {3: {"content": "dog", "style": "wave", "skip": "no"}}
    assert len(found.faults) == 1 and "row 2, skip" in found.faults[0]


def test_an_unknown_column_like_no_other_is_refused_with_the_page_that_lists_them(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,zzz\na,b,c\n")
    assert faults(tmp_path / "manifest.csv") == [
        " row 1: unknown column 'zzz'. docs/spreadsheet.md lists what is allowed"
    ]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("photo,style", "content"),
        ("Photograph,style", "content"),
        ("image,style", "content"),
        ("content,Painting", "style"),
    ],
)
def test_a_column_by_another_word_is_told_its_name(tmp_path, header, meant):
    (tmp_path / "manifest.csv").write_text(f"{header}\na,b\n")
    unknown = next(name for name in header.split(",") if name not in ("content", "style"))
    assert faults(tmp_path / "manifest.csv") == [
        f" row 1: unknown column {unknown!r}. Did you mean {meant!r}?",
        f" row 1: column {meant!r} is missing",
    ]


def test_no_column_is_suggested_that_is_there(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,photo,stile\na,b,c,d\n")
    assert not any("'content'" in fault or "'style'?" in fault for fault in faults(tmp_path / "manifest.csv"))


@pytest.mark.parametrize("name", ["Style weight", "style-weight", "STYLE_WEIGHT", " style  Weight "])
def test_a_column_may_be_spelt_as_a_person_writes_it(tmp_path, name):
    (cells,) = read(tmp_path, f"Content,STYLE,{name}\ncat,night,5\n").values()
    assert cells == {"content": "cat", "style": "night", "style_weight": "5"}


def test_two_spellings_of_a_column_are_one_column_twice(tmp_path):
    (tmp_path / "manifest.csv").write_text("content,style,style weight,style_weight\na,b,1,2\n")
    assert faults(tmp_path / "manifest.csv") == [" row 1: column 'style_weight' is there twice"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_text_that_is_not_utf8_is_refused(tmp_path, encoding):
    (tmp_path / "manifest.csv").write_bytes("content,style\ncafé.png,night.png\n".encode(encoding))
    (fault,) = faults(tmp_path / "manifest.csv")
    assert fault.endswith("; save it as CSV UTF-8 or as .xlsx")


@pytest.mark.parametrize("name", ["m.xlsx", "m.ods"])
@pytest.mark.parametrize("content", [b"", b"content,style\ncat,night\n", b"PK\x03\x04 and no more"])
def test_what_is_no_spreadsheet_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (fault,) = faults(tmp_path / name)
    assert fault.startswith(f": is named {name[1:]}, but is ")


def test_an_open_quote_is_refused(tmp_path):
    (tmp_path / "m.csv").write_text('content,style\n"cat,night\n')
    (fault,) = faults(tmp_path / "m.csv")
    assert fault.startswith(" row 2: a quotation mark opens a cell and none closes it; ")


def test_other_formats_are_refused(tmp_path):
    assert faults(tmp_path / "m.xls") == [
        ": must be one of .csv, .tsv, .xlsx, .ods; export the spreadsheet as one of these"
    ]


def test_a_missing_manifest_is_refused(tmp_path):
    assert faults(tmp_path / "m.csv") == [": no such file; name the spreadsheet in the config's key manifest"]


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "m.csv").mkdir()
    (fault,) = faults(tmp_path / "m.csv")
    assert fault.startswith(": cannot be read as a .csv table (")


TABLE = [
    ["content", "style", "style_weight", "learning_rate", "size", "title", "skip"],
    ["cat.png", "night.png", 100, 0.015, 256, 'R&B, "é"', False],
    [None, None, None, None, None, None, None],
    ["dog.png", "wave.png; night.png", 10000.0, 1e-8, 64, 2024, None],
    ["cat.png", "wave.png", 0.5, None, None, None, True],
]
ROWS = [
    (2, ["cat.png", "night.png", 100, 0.015, 256, 'R&B, "é"']),
    (4, ["dog.png", "wave.png; night.png", 10000, 1e-8, 64, "2024"]),
]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".ods"])
def test_every_format_says_the_same(tmp_path, suffix):
    rows = cells_of(read_manifest(save_table(tmp_path / f"m{suffix}", TABLE)).rows)
    numbers = ("style_weight", "learning_rate", "size")
    found = [
        (row, [float(cell) if name in numbers else cell for name, cell in cells.items() if name != "skip"])
        for row, cells in rows.items()
    ]
    assert found == ROWS


def test_a_tsv_is_separated_by_tabs(tmp_path):
    (cells,) = read(tmp_path, "content\tstyle\ttitle\ncat\tnight\ta, b; c\n", "manifest.tsv").values()
    assert cells["title"] == "a, b; c"

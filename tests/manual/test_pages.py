"""Generated parts of pages: where they go, and how tables and ranges are spelled."""

import pytest

from stylegrid.errors import ConfigError
from stylegrid.manual import pages, programs_list
from stylegrid.manual.markdown import code, table
from stylegrid.manual.settings_tables import setting_groups, settings

TEXT = "before\n\n<!-- generated: one -->\nold\n<!-- end -->\n\nafter\n"


def test_a_part_is_replaced_and_the_rest_stays(monkeypatch):
    monkeypatch.setitem(pages.PARTS, "one", lambda: "new")
    current = pages.page(TEXT)
    assert current == "before\n\n<!-- generated: one -->\n\nnew\n\n<!-- end -->\n\nafter\n"
    assert pages.page(current) == current


def test_markers_within_a_line_are_text(monkeypatch):
    monkeypatch.setitem(pages.PARTS, "one", lambda: "new")
    text = "Between `<!-- generated: one -->` and `<!-- end -->` stands a part.\n"
    assert pages.page(text) == text


def test_an_unknown_part_is_named_with_those_there_are():
    with pytest.raises(ConfigError, match=r"'one'.*settings.*modules"):
        pages.page(TEXT)


def test_tables_escape_pipes_and_leave_missing_cells_empty():
    assert table(("a", "b"), [("x|y", None)]) == "| a | b |\n|---|---|\n| x\\|y |  |"


def test_numbers_have_their_one_spelling():
    assert [code(1e-8), code(0.5), code(20_000), code("")] == ["`1e-8`", "`0.5`", "`20000`", ""]


@pytest.mark.parametrize(
    "row",
    [
        "| `style_crop` | .* | 0 to 0.4 | `0.03` |",
        "| `beta_1` | .* | 0 to below 1 | `0.9` |",
        "| `steps` | .* | 0 or more | `48` |",
        "| `enlarge` | .* | `never`, `always` | `never` |",
    ],
)
def test_a_setting_is_listed_with_what_it_may_be_and_what_the_house_recipe_has(row):
    start, end = row.split(" .* ")
    assert any(line.startswith(start) and line.endswith(end) for line in settings().splitlines())


def test_settings_are_grouped_by_the_comments_above_them():
    groups = [set(fields) for fields in setting_groups().values()]
    assert {"size", "seed"} <= groups[1]
    assert groups[0] == {"preset", "method"}


def test_flags_are_those_of_the_program_and_settings_have_their_own_page():
    flags = programs_list.programs().split("### stylize.py")[1].split("###")[0]
    assert "- `--content FILE`: " in flags
    assert "settings.md#" in flags and "--style-layers" not in flags

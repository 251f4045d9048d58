"""Contact sheets as grids."""

from collections import Counter

import pytest
from conftest import make_job

from stylegrid.plan.job import Combination
from stylegrid.plan.sheet_pages import WIDEST, plan_pages


def combinations(contents=("cat", "dog"), styles=("night", "wave"), weights=(1, 100)):
    """Return every combination, weights changing slowest, as in a manifest of one row for each."""
    return [made(c, s, f"sw{w}", style_weight=w) for w in weights for c in contents for s in styles]


def made(content="cat", style="night", variant="default", **settings):
    return Combination(make_job(content, style, variant, **settings), 2, "", "")


def names(page) -> list[str]:
    return sorted(combination.job.name for combination in page.cells.values())


def texts(heads) -> list[str]:
    return [" ".join(filter(None, (head.text, ", ".join(head.settings)))) for head in heads]


def test_there_is_an_overview_and_a_sheet_for_each_content_and_style():
    pages = plan_pages(combinations(), cells=100)
    assert list(pages) == ["overview", "content/cat", "content/dog", "style/night", "style/wave"]


def test_the_overview_has_each_photograph_once_and_the_settings_of_a_painting_together():
    page = plan_pages(combinations(), cells=100)["overview"]
    assert texts(page.rows) == ["cat", "dog"]
    assert texts(page.columns) == [
        f"{style} style_weight {weight}" for style in ("night", "wave") for weight in (1, 100)
    ]
    assert page.cells[1, 3].job.name == "dog/wave/sw100"


def test_a_contents_sheet_has_styles_down_and_settings_across():
    page = plan_pages(combinations(), cells=100)["content/dog"]
    assert (page.title, page.corner.text) == ("dog in every style", "dog")
    assert (texts(page.rows), texts(page.columns)) == (["night", "wave"], ["style_weight 1", "style_weight 100"])
    assert page.cells[1, 0].job.name == "dog/wave/sw1"


def test_a_styles_sheet_has_contents_down_and_settings_across():
    page = plan_pages(combinations(), cells=100)["style/wave"]
    assert (page.title, page.corner.text) == ("everything in the style of wave", "wave")
    assert (texts(page.rows), texts(page.columns)) == (["cat", "dog"], ["style_weight 1", "style_weight 100"])
    assert page.cells[0, 1].job.name == "cat/wave/sw100"


def test_without_a_sweep_no_head_has_a_setting():
    for page in plan_pages(combinations(weights=(7,)), cells=100).values():
        assert page.varying == ()
        assert not any(head.settings for head in (*page.rows, *page.columns))


def test_heads_name_whatever_settings_vary_in_the_gallery_and_no_other():
    every = [made(content, variant=f"v{scale}", style_scale=scale, steps=3) for content, scale in SCALES]
    pages = plan_pages([*every, made("ape", variant="ycbcr", steps=3, original_colours="ycbcr")], cells=100)
    assert texts(pages["content/cat"].columns) == [
        "style_scale 0.5, original_colours none",
        "style_scale 1.5, original_colours none",
    ]
    assert texts(pages["content/ape"].columns) == ["style_scale 1.5, original_colours ycbcr"]
    assert {page.varying for page in pages.values()} == {("style_scale", "original_colours")}


SCALES = [("cat", 1.5), ("cat", 0.5), ("dog", 1.5)]


def test_presets_and_their_own_sweeps_have_columns_side_by_side():
    every = [
        made(variant=f"{preset}{weight}", preset=preset, style_weight=weight)
        for preset, weight in [("gatys2015", 20), ("stylegrid", 5), ("gatys2015", 3)]
    ]
    heads = texts(plan_pages(every, cells=100)["overview"].columns)
    assert heads == [
        "night preset gatys2015, style_weight 3",
        "night preset gatys2015, style_weight 20",
        "night preset stylegrid, style_weight 5",
    ]


def test_heads_show_the_input_pictures():
    page = plan_pages(combinations(), cells=100)["overview"]
    assert [str(path) for path in page.rows[0].pictures] == ["content/cat.png"]
    assert [str(path) for path in page.columns[2].pictures] == ["style/wave.png"]


def test_pictures_stand_in_manifest_order():
    page = plan_pages(combinations(("dog", "ape", "cat"), ("wave", "night")), cells=100)["overview"]
    assert texts(page.rows) == ["dog", "ape", "cat"]
    assert [head.text for head in page.columns] == ["wave"] * 2 + ["night"] * 2


def test_settings_stand_from_low_to_high():
    pages = plan_pages([made(variant=f"sw{weight}", style_weight=weight) for weight in (30, 5, 150)], cells=100)
    expected = ["style_weight 5", "style_weight 30", "style_weight 150"]
    assert texts(pages["content/cat"].columns) == expected
    assert texts(pages["overview"].columns) == [f"night {words}" for words in expected]


def test_a_combination_that_is_not_there_leaves_its_cell_empty():
    pages = plan_pages([c for c in combinations() if c.job.name != "cat/night/sw100"], cells=100)
    page = pages["content/cat"]
    assert names(page) == ["cat/night/sw1", "cat/wave/sw1", "cat/wave/sw100"]
    assert (page.rows[0].text, page.columns[1].settings) == ("night", ("style_weight 100",))
    assert sorted(page.cells) == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize("cells", [1, 2, 3, 5, 7, 12, 30, 1000])
def test_every_combination_is_once_in_the_overview_its_content_and_its_style(cells):
    every = combinations(contents=("a", "b", "c"), styles=("v", "w", "x", "y", "z"), weights=(1, 2))
    every = [combination for index, combination in enumerate(every) if index % 4]  # with holes
    pages = plan_pages(every, cells)
    for sheet, of_sheet in {
        "overview": lambda job: "overview",
        "content/": lambda job: f"content/{job.content.name}",
        "style/": lambda job: f"style/{job.style}",
    }.items():
        found = Counter(
            (name.split(".page")[0], job)
            for name, page in pages.items()
            if name.startswith(sheet)
            for job in names(page)
        )
        assert found == Counter((of_sheet(c.job), c.job.name) for c in every)


@pytest.mark.parametrize("cells", [1, 2, 3, 5, 7, 12, 30])
def test_no_page_is_larger_than_asked_or_empty(cells):
    every = combinations(contents=tuple("abcdefg"), styles=tuple("tuvwxyz"), weights=(1, 2, 3))
    for page in plan_pages(every, cells).values():
        assert len(page.rows) * len(page.columns) <= cells
        assert page.cells
        assert all(row < len(page.rows) and column < len(page.columns) for row, column in page.cells)


@pytest.mark.parametrize(("styles", "shape"), [("abc", (3, 3)), ("abcdefghi", (1, 9)), ("abcdefghij", (1, 9))])
def test_a_page_is_as_wide_as_its_sheet_and_its_cells_allow(styles, shape):
    page = plan_pages(combinations(tuple("mnopqr"), tuple(styles), (1,)), cells=9)["overview"]
    assert (len(page.rows), len(page.columns)) == shape


def test_no_page_is_wider_than_can_be_read():
    jobs = [make_job("cat", style, f"sw{weight}", style_weight=weight) for style in "abc" for weight in range(100)]
    pages = plan_pages([Combination(job, 2, "", "") for job in jobs], cells=200)
    assert max(len(page.columns) for page in pages.values()) == WIDEST


def test_cells_stay_under_their_heads_when_a_sheet_is_cut():
    every = combinations(contents=tuple("abcdefg"), styles=tuple("tuvwxyz"))
    for name, page in plan_pages(every, 6).items():
        for (row, column), combination in page.cells.items():
            if name.startswith("overview"):
                assert page.rows[row].text == combination.job.content.name
                weight = f"{combination.job.settings.style_weight:g}"
                assert texts(page.columns)[column] == f"{combination.job.style} style_weight {weight}"


def test_pages_are_numbered():
    pages = plan_pages(combinations(weights=(1,)), cells=2)
    titles = {name: page.title for name, page in pages.items() if name.startswith("overview")}
    assert titles == {"overview": "overview, page 1 of 2", "overview.page2": "overview, page 2 of 2"}

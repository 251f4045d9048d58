"""Contact sheets as grids."""

from collections import Counter

import pytest
from conftest import make_job

from stylegrid.plan.job import Combination
from stylegrid.plan.sheet_pages import WIDEST, plan_pages


def combinations(contents=("cat", "dog"), styles=("night", "wave"), variants=("sw1", "sw100")):
    """Return every combination, variants changing slowest, as in a manifest of one row for each."""
    jobs = [make_job(content, style, variant) for variant in variants for content in contents for style in styles]
    return [Combination(job, row, "", "") for row, job in enumerate(jobs, start=2)]


def names(page) -> list[str]:
    return sorted(combination.job.name for combination in page.cells.values())


def texts(heads) -> list[str]:
    return [head.text for head in heads]


def test_there_is_an_overview_and_a_sheet_for_each_content_and_style():
    pages = plan_pages(combinations(), cells=100)
    assert list(pages) == ["overview", "content/cat", "content/dog", "style/night", "style/wave"]


def test_the_overview_has_variants_of_a_content_together():
    page = plan_pages(combinations(), cells=100)["overview"]
    assert texts(page.rows) == ["cat sw1", "cat sw100", "dog sw1", "dog sw100"]
    assert texts(page.columns) == ["night", "wave"]
    assert page.cells[3, 1].job.name == "dog/wave/sw100"


def test_a_contents_sheet_has_styles_down_and_variants_across():
    page = plan_pages(combinations(), cells=100)["content/dog"]
    assert (page.title, page.corner.text) == ("dog in every style", "dog")
    assert (texts(page.rows), texts(page.columns)) == (["night", "wave"], ["sw1", "sw100"])
    assert page.cells[1, 0].job.name == "dog/wave/sw1"


def test_a_styles_sheet_has_contents_down_and_variants_across():
    page = plan_pages(combinations(), cells=100)["style/wave"]
    assert (page.title, page.corner.text) == ("everything in the style of wave", "wave")
    assert (texts(page.rows), texts(page.columns)) == (["cat", "dog"], ["sw1", "sw100"])
    assert page.cells[0, 1].job.name == "cat/wave/sw100"


def test_heads_show_the_input_pictures():
    page = plan_pages(combinations(), cells=100)["overview"]
    assert [str(path) for path in page.rows[0].pictures] == ["content/cat.png"]
    assert [str(path) for path in page.columns[1].pictures] == ["style/wave.png"]


def test_heads_stand_in_manifest_order():
    page = plan_pages(combinations(contents=("dog", "ape", "cat"), variants=("sw9", "sw1")), cells=100)["overview"]
    assert texts(page.rows) == ["dog sw9", "dog sw1", "ape sw9", "ape sw1", "cat sw9", "cat sw1"]


def test_variants_stand_from_light_to_heavy():
    jobs = [make_job(variant=f"sw{weight}", style_weight=weight) for weight in (30, 5, 150)]
    pages = plan_pages([Combination(job, 2, "", "") for job in jobs], cells=100)
    assert texts(pages["content/cat"].columns) == ["sw5", "sw30", "sw150"]
    assert texts(pages["overview"].rows) == ["cat sw5", "cat sw30", "cat sw150"]


def test_a_combination_that_is_not_there_leaves_its_cell_empty():
    pages = plan_pages([c for c in combinations() if c.job.name != "cat/night/sw100"], cells=100)
    page = pages["content/cat"]
    assert names(page) == ["cat/night/sw1", "cat/wave/sw1", "cat/wave/sw100"]
    assert (page.rows[0].text, page.columns[1].text) == ("night", "sw100")
    assert sorted(page.cells) == [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize("cells", [1, 2, 3, 5, 7, 12, 30, 1000])
def test_every_combination_is_once_in_the_overview_its_content_and_its_style(cells):
    every = combinations(contents=("a", "b", "c"), styles=("v", "w", "x", "y", "z"), variants=("sw1", "sw2"))
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
    every = combinations(contents=tuple("abcdefg"), styles=tuple("tuvwxyz"), variants=("sw1", "sw2", "sw3"))
    for page in plan_pages(every, cells).values():
        assert len(page.rows) * len(page.columns) <= cells
        assert page.cells
        assert all(row < len(page.rows) and column < len(page.columns) for row, column in page.cells)


@pytest.mark.parametrize(("styles", "shape"), [("abc", (3, 3)), ("abcdefghi", (1, 9)), ("abcdefghij", (1, 9))])
def test_a_page_is_as_wide_as_its_sheet_and_its_cells_allow(styles, shape):
    page = plan_pages(combinations(tuple("mnopqr"), tuple(styles), ("sw1",)), cells=9)["overview"]
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
                assert page.rows[row].text == f"{combination.job.content.name} {combination.job.variant}"
                assert page.columns[column].text == combination.job.style


def test_pages_are_numbered():
    pages = plan_pages(combinations(variants=("sw1",)), cells=2)
    titles = {name: page.title for name, page in pages.items() if name.startswith("overview")}
    assert titles == {"overview": "overview, page 1 of 2", "overview.page2": "overview, page 2 of 2"}

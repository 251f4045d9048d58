"""A painted gallery with sweeps of many settings, in a real browser: every picture can be reached in every view."""

import csv
from itertools import pairwise
from types import SimpleNamespace

import pytest
from browsing import DESKTOP, PHONE, names
from conftest import Project

import collect_losses
import gallery
from stylegrid.painting.paint_chunk import paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings import setting_words
from stylegrid.settings.varying import varying
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import choose_backbone

pytestmark = pytest.mark.browser

COLUMNS = (
    *("content", "style", "preset", "style_weight", "style_scale", "content_mask", "style_mask"),
    *("match_colours", "original_colours"),
)
ROWS = (
    {"content": "*.png", "style": "*.png", "preset": "stylegrid; gatys2015; tf-tutorial", "style_weight": "5; 20"},
    {"content": "cat.png", "style": "night.png", "style_scale": "0.5; 2"},
    {"content": "cat.png", "style": "night.png + wave.png", "style_mask": "cat.png + dog.png", "style_weight": "5; 20"},
    {"content": "dog.png", "style": "night.png:2 + wave.png", "match_colours": "content; style"},
    {"content": "dog.png", "style": "wave.png", "original_colours": "ycbcr; lab"},
    {"content": "cat.png", "style": "night.png", "content_mask": "dog.png"},
)
VARYING = (
    *("preset", "style_weight", "style_scale", "match_colours", "original_colours", "content_mask", "style_mask"),
)
DRAWN = "document.querySelectorAll('.plot.js-plotly-plot').length === 2"
POINTS = "document.querySelector('.plot').data.flatMap((each) => each.customdata).filter(Boolean)"
LINES = "document.querySelector('.plot').data.map((each) => each.customdata)"

# Choose a picture's own values in every select and on the slider, photograph and painting first; then look for its
# button.
REACH = """(pictures) => pictures.filter(([name, values]) => {
    const matrix = document.getElementById('matrix');
    for (const [axis, value] of Object.entries(values)) {
        const [select, slider] = [document.getElementById(`at.${axis}`), document.getElementById('at')];
        if (select) {
            select.value = value;
            if (select.value !== value) throw new Error(`${axis} can't be ${value}`);
            select.dispatchEvent(new Event('change'));
        } else if (slider && document.getElementById('slider').value === axis) {
            for (let place = 0; place <= Number(slider.max); place += 1) {
                slider.value = place;
                slider.dispatchEvent(new Event('input'));
                if (matrix.querySelector('output').textContent === value) break;
            }
        }
    }
    return [...matrix.querySelectorAll('[data-name]')].some(
        (each) => each.dataset.name === name && !each.querySelector('small'));
}).map(([name]) => name)"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory, weights_file):
    """The gallery: its page's address, its combinations, and the rows of losses.csv."""
    project = Project(tmp_path_factory.mktemp("swept"))
    project.write_rows(*({**dict.fromkeys(COLUMNS, ""), **row} for row in ROWS))
    settings = project.settings()
    results, combinations = settings.results, make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, {})
    painter = Painter(choose_backbone(str(weights_file), results), Cache(results / "cache"))
    faults = []
    paint_chunk(
        [combination.job for combination in combinations],
        painter,
        project.folder / "chunk",
        results,
        report=lambda job: lambda step: None,
        fault=lambda *fault: faults.append(fault),
    )
    assert faults == []
    for program in (gallery, collect_losses):
        assert program.main(["--results", str(results)]) in (None, 0)
    with (results / "losses.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    return SimpleNamespace(
        address=(results / "gallery" / "index.html").as_uri(), combinations=combinations, table=table, results=results
    )


@pytest.fixture
def look(visit, swept):
    """Return what opens the page."""
    return lambda state="", size=DESKTOP: visit(state, size, swept.address)


def names_of(swept):
    return [combination.job.name for combination in swept.combinations]


def values_of(swept):
    """Return the name of each picture, and its values as the page spells them."""
    return [
        (
            job.name,
            {
                "content": job.content.shown,
                "style": job.style_shown,
                **{name: setting_words.spell(getattr(job.settings, name)) for name in VARYING},
            },
        )
        for job in (combination.job for combination in swept.combinations)
    ]


def test_the_gallery_varies_as_it_should(swept):
    assert len(swept.combinations) == 33
    assert sorted(varying(each.job.settings for each in swept.combinations)) == sorted(VARYING)


def test_every_picture_is_among_the_pictures(look, swept):
    page = look()
    assert names(page) == names_of(swept)
    assert page.locator("#grid img").count() == 33
    captions = page.locator("#grid .caption").all_text_contents()
    assert len(set(captions)) == 33


def test_every_picture_is_found_by_filters_of_its_own_values(look, swept):
    page = look()
    for name, values in values_of(swept)[::4]:
        for axis, value in values.items():
            page.select_option(f"#{axis}", value)
        assert names(page) == [name]


ROLES = [
    {},
    {"rows": "style_weight", "columns": "style_scale"},
    {"rows": "preset", "columns": "style_mask", "slider": "content"},
    {"rows": "style", "columns": "original_colours", "slider": "match_colours"},
]


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "-".join(roles.values()) or "as-it-comes")
def test_every_picture_is_in_the_matrix(look, swept, roles):
    page = look("#view=matrix")
    for role, axis in roles.items():
        page.select_option(f"#{role}", axis)
    chosen = [page.input_value(f"#{role}") for role in ("rows", "columns", "slider")]
    assert len(set(chosen)) == 3
    assert page.evaluate(REACH, values_of(swept)) == names_of(swept)
    held = page.locator("#matrix .held select").evaluate_all("all => all.map((each) => each.id)")
    assert not {f"at.{axis}" for axis in chosen} & set(held)
    again = look("#" + page.url.partition("#")[2])
    assert names(again, "matrix") == names(page, "matrix")


def test_a_cell_without_a_picture_of_the_chosen_values_shows_the_nearest_and_says_so(look):
    page = look("#view=matrix&at.style_scale=2&at.preset=stylegrid&at.style_weight=10")
    cells = page.locator("#matrix tbody tr").first.locator("td")
    by_name = dict(zip(page.locator("#matrix thead th .name").all_text_contents(), [None, *range(5)], strict=False))
    assert cells.nth(by_name["night"]).inner_text() == ""  # there is one of scale 2, with the preset's weight
    assert cells.nth(by_name["wave"]).inner_text() == "style weight 5, style scale 1.5"


def test_every_picture_is_a_point_and_only_style_weights_are_joined(look, swept):
    page, found, values = look("#view=plots"), [], dict(values_of(swept))
    for preset in ("stylegrid", "gatys2015", "tf-tutorial"):
        page.select_option("#preset", preset)
        page.wait_for_function(DRAWN)
        found += page.evaluate(POINTS)
        for trace in page.evaluate(LINES):
            for one, other in pairwise(trace):
                if one and other:
                    assert differing(values[one], values[other]) == {"style_weight"}
    assert sorted(found) == sorted(names_of(swept))


def differing(one, other):
    return {axis for axis, value in one.items() if other[axis] != value}


def test_every_picture_is_in_the_table(swept):
    assert [f"{row['content']}/{row['style']}/{row['variant']}" for row in swept.table] == names_of(swept)
    assert all((swept.results / row["picture"]).is_file() for row in swept.table)


def test_captions_say_what_differs_and_nothing_else(look):
    page = look("#style=wave&content=dog&original_colours=lab")
    words = page.locator("#grid .caption span").first.inner_text().split(" · ")
    assert [word.rpartition(" ")[0] for word in words[:2]] == ["preset", "style weight"]
    assert "original colours lab" in words
    assert len(words) == len(VARYING)


@pytest.mark.parametrize("view", ["grid", "matrix", "plots"])
def test_a_phone_has_room_for_every_choice(look, view):
    page = look(f"#view={view}", PHONE)
    page.locator("#choices summary").click()
    if view == "plots":
        page.wait_for_function(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]

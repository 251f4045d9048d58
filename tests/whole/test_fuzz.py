"""Thousands of damaged files, manifests and configs by chance: a result, or a sentence about it, and no harm."""

import contextlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutations
import pytest
from conftest import Project, save_manifest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watched import Look, Worker

import plan
from stylegrid.errors import StylegridError
from stylegrid.plan.manifest import COLUMNS
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings.config import Gallery, Painting, Plots, Settings, Sheets, parse_settings
from stylegrid.settings.paint_settings import PaintSettings

pytestmark = pytest.mark.fuzz

PICTURES, SPREADSHEETS, WEIGHTS, EXAMPLES = 2400, 600, 720, 400
WORKERS = 2


@pytest.fixture(scope="module")
def figures(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the tests count, printed in one line at the end."""
    found: list[str] = []
    yield found
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\nfuzz: {'; '.join(found)}")


def look_at_all(kind: str, make: Callable[[int], mutations.Made], count: int, folder: Path) -> list[Look]:
    """Return what became of so many damaged files; one that did harm is named, and stays in the folder."""

    def share(first: int) -> list[Look]:
        looks = []
        with Worker(kind, folder) as worker:
            for number in range(first, count, WORKERS):
                made = make(number)
                path = folder / f"{number}.{made.suffix}"
                path.write_bytes(made.data)
                look = worker.look(path)
                looks.append(look._replace(fault=look.fault and f"{path} ({made.origin}): {look.fault}"))
                if not look.fault:
                    path.unlink()
        return looks

    with ThreadPoolExecutor(WORKERS) as pool:
        return [look for looks in pool.map(share, range(WORKERS)) for look in looks]


def describe(kind: str, looks: list[Look]) -> str:
    count = Counter(look.outcome for look in looks)
    slowest, most = max(look.seconds for look in looks), max(look.memory for look in looks)
    outcomes = f"{count['refused']:,} refused, {count['read']:,} read"
    return f"{len(looks):,} {kind}: {outcomes}, slowest {slowest:.1f} s, most memory {most:.0f} MB"


def test_damaged_pictures_do_no_harm(tmp_path, figures):
    seeds = mutations.picture_seeds()
    looks = look_at_all("pictures", lambda number: mutations.picture(number, seeds), PICTURES, tmp_path)
    assert [look.fault for look in looks if look.fault] == []
    figures.append(describe("pictures", looks))
    assert min(Counter(look.outcome for look in looks).values()) > PICTURES / 10  # neither whole nor mere noise


def test_damaged_spreadsheets_do_no_harm(tmp_path, figures):
    Project(tmp_path)
    seeds = mutations.spreadsheet_seeds()
    looks = look_at_all("spreadsheets", lambda number: mutations.spreadsheet(number, seeds), SPREADSHEETS, tmp_path)
    assert [look.fault for look in looks if look.fault] == []
    figures.append(describe("spreadsheets", looks))
    assert min(Counter(look.outcome for look in looks).values()) > SPREADSHEETS / 10


def test_damaged_weights_do_no_harm(tmp_path, figures):
    seeds = mutations.weights_seeds(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    looks = look_at_all("weights", lambda number: mutations.weights(number, seeds), WEIGHTS, folder)
    assert [look.fault for look in looks if look.fault] == []
    figures.append(describe("files of weights", looks))
    assert min(Counter(look.outcome for look in looks).values()) > WEIGHTS / 20
    assert not Path("pwned").exists()


def test_whole_files_of_weights_of_every_format_are_read(tmp_path):
    with Worker("weights", tmp_path) as worker:
        for name, data in mutations.weights_seeds(tmp_path).items():
            path = tmp_path / f"{name}.{name.split('-')[0]}"
            path.write_bytes(data)
            assert (name, worker.look(path).outcome) == (name, "read")


@pytest.mark.parametrize(
    ("kind", "seeds", "suffixes"),
    [
        ("pictures", mutations.picture_seeds, {"jpg", "png", "tif", "webp", "gif", "bmp", "avif", "jp2", "j2k"}),
        ("spreadsheets", mutations.spreadsheet_seeds, {"csv", "tsv", "xlsx", "ods"}),
    ],
)
def test_whole_files_of_every_format_are_read(tmp_path, kind, seeds, suffixes):
    """Otherwise nothing would follow from what becomes of damaged ones."""
    Project(tmp_path)
    found = seeds()
    with Worker(kind, tmp_path) as worker:
        for name, data in found.items():
            path = tmp_path / f"{name}.{name.split('-')[0]}"
            path.write_bytes(data)
            assert (name, worker.look(path).outcome) == (name, "read")
    assert {name.split("-")[0] for name in found} == suffixes


REPEATABLE = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PIECES = ("cat.png", "night.png", "*", "**/*", "..", "/", "+", ":", ";", "1e400", "-0", "inf", "none", "auto", "own")
PIECES += (" ", "64:80 + 128:1", "relu1_1", "٣", "=1+1", "[", "]", "\x1b[2J", "\0")
WORDS = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(PIECES)).map("".join),
)
CELLS = st.one_of(
    st.just(""),
    st.sampled_from(("cat.png", "night.png:2 + wave.png", "10", "32", "0.5", "noise", "linear", "x" * 40_000)),
    WORDS,
)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, str]]:
    """Return rows of a manifest, whose header is sound more often than not."""
    others = draw(st.lists(st.sampled_from(COLUMNS[2:]), unique=True, max_size=5))
    header = ["content", "style", *others, *draw(st.lists(WORDS, max_size=1) if draw(st.booleans()) else st.just([]))]
    good = {"content": "cat.png", "style": "night.png"}
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(header, CELLS)), min_size=1, max_size=3))
    return [row | good if draw(st.booleans()) else row for row in rows]


def check_sentences(text: str, *beginnings: str) -> None:
    """Check that every line of an error is a sentence that begins with what it is about."""
    assert text
    for line in text.split("\n"):
        assert line.startswith(beginnings), line
        assert not any(character in line for character in "\r\x1b\0\x0b\x85\u2028"), line


def test_any_cell_is_planned_or_refused_in_a_sentence(project, figures):
    outcomes: Counter[int] = Counter()

    @REPEATABLE
    @given(tables())
    def check(rows):
        save_manifest(project.manifest, rows)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = plan.main(["--configfile", json.dumps(project.config())])
        outcomes[code] += 1
        assert code in (0, 1)
        if code:
            assert out.getvalue() == ""
            check_sentences(err.getvalue().removesuffix("\n"), f"error: {project.manifest}")

    check()
    figures.append(f"{outcomes.total()} manifests by Hypothesis: {outcomes[1]} refused, {outcomes[0]} planned")
    assert outcomes[0] > 10 and outcomes[1] > 10


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.binary(max_size=5), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS | st.integers(), inner, max_size=3)),
    max_leaves=6,
)
SECTIONS = {"painting": Painting, "sheets": Sheets, "plots": Plots, "gallery": Gallery, "stylize": PaintSettings}
SECTION = st.sampled_from(sorted(SECTIONS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.dictionaries(st.sampled_from(sorted(SECTIONS[name].model_fields)) | WORDS, VALUES, max_size=3)
    )
)
CHANGES = st.one_of(
    st.tuples(st.sampled_from(sorted(Settings.model_fields)), VALUES),
    SECTION,
    SECTION,
    st.tuples(WORDS | st.integers() | st.none() | st.dates(), VALUES),
)


def test_any_config_is_planned_or_refused_in_a_sentence(project, figures, monkeypatch):
    monkeypatch.chdir(project.folder)  # where results go that are named by chance
    project.write_rows({"content": "cat.png", "style": "night.png"})
    outcomes: Counter[str] = Counter()

    @REPEATABLE
    @given(st.lists(CHANGES, min_size=1, max_size=2))
    def check(changes):
        config = {**project.config(), **dict(changes)}
        if any(sign in str(config["results"]) for sign in ("..", "/", "~")) and "results" in dict(changes):
            return
        try:
            make_plan(parse_settings(config))
            outcomes["planned"] += 1
        except StylegridError as error:
            check_sentences(str(error), "config", str(project.folder), str(config["manifest"]), str(config["results"]))
            outcomes["refused"] += 1

    check()
    figures.append(f"{outcomes.total()} configs: {outcomes['refused']} refused, {outcomes['planned']} planned")
    assert min(outcomes.values()) > 10

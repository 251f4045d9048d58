"""Rows, ratios and aims from seconds that are known."""

import json

import pytest

from stylegrid.bench import frontier, gallery, peak, quality, scale, setup, step
from stylegrid.bench.memory import Usage
from stylegrid.bench.quality import Race, Reach
from stylegrid.bench.timing import Timing

LEAST = "least ratio possible: operations at the rate of products, {} / step of TensorFlow's tutorial"


def by_name(rows):
    return {row.what: row for row in rows}


@pytest.fixture
def all_precisions(monkeypatch):
    monkeypatch.setattr(step, "has_pytorch", lambda: True)


def timed(*times):
    return Timing(tuple(times))


def test_ratios_and_shares_of_a_step(all_precisions):
    """2 * 10^3 operations in 1 s are 2,000 a second; a step of 3,000 in 2 s is 1,500 a second."""
    seconds = step.STEPS
    timings = {
        "TensorFlow's tutorial": timed(4 * seconds, 40 * seconds),
        "stylegrid, float32": timed(2 * seconds, 20 * seconds),
        "stylegrid, bfloat16": timed(1 * seconds, 16 * seconds),
        "PyTorch, float32": timed(4 * seconds, 20 * seconds),
        "PyTorch, bfloat16": timed(1 * seconds, 16 * seconds),
        "stylegrid, float32, XLA": timed(3 * seconds, 30 * seconds),
        "matrix product, float32, 10": timed(1, 10),
        "matrix product, float32, 5": timed(1, 10),  # an eighth as many operations
        "matrix product, bfloat16, 10": timed(0.5, 5),
    }
    rows = by_name(step.comparison_rows(timings, 3000))
    figures = {name: row.figure for name, row in rows.items()}
    assert figures == pytest.approx(
        {
            "step of stylegrid, float32 / TensorFlow's tutorial": 0.5,
            "step of stylegrid, bfloat16 / TensorFlow's tutorial": (0.25 + 0.4) / 2,
            "step of stylegrid, float32 / PyTorch, float32": 0.75,
            "step of stylegrid, bfloat16 / PyTorch, bfloat16": 1,
            "step of stylegrid, float32, XLA / stylegrid, float32": 1.5,
            "rate of stylegrid, float32 / products": 0.75,
            "rate of stylegrid, bfloat16 / products": (3000 / 4000 + 3000 / 16 / 400) / 2,
            "rate of TensorFlow's tutorial / products": 0.375,
            "rate of PyTorch, float32 / products": (0.375 + 0.75) / 2,
            "rate of PyTorch, bfloat16 / products": (3000 / 4000 + 3000 / 16 / 400) / 2,
            LEAST.format("float32"): 0.375,
            LEAST.format("bfloat16"): 0.1875,
        }
    )
    assert [name for name, row in rows.items() if row.met is False] == [
        "step of stylegrid, bfloat16 / PyTorch, bfloat16",
        "rate of stylegrid, float32 / products",
    ]


def test_sides_that_are_missing_are_said(monkeypatch):
    monkeypatch.setattr(step, "has_pytorch", lambda: False)
    timings = {name: timed(1) for name in ("TensorFlow's tutorial", "stylegrid, float32", "matrix product, float32, 8")}
    rows = by_name(step.comparison_rows(timings, 1000))
    assert rows["step of stylegrid, float32 / TensorFlow's tutorial"].figure == 1
    assert rows["step of stylegrid, float32 / PyTorch, float32"].note == "not installed"
    assert rows["step of stylegrid, bfloat16 / TensorFlow's tutorial"].note == setup.NO_BFLOAT16
    assert rows["step of stylegrid, float32, XLA / stylegrid, float32"].note == "does not run on this device"
    assert rows["rate of stylegrid, bfloat16 / products"].figure is None


def test_the_check_of_losses():
    class Side:
        def __init__(self, value):
            self.value = value

        def loss(self, picture):
            assert picture.shape == (1, 3, 5, 3)
            return self.value

    for mine, met in ((100.05, True), (99.8, False)):
        sides = {"TensorFlow's tutorial": Side(100.0), "stylegrid, float32": Side(mine)}
        row = step.check_row(sides, (5, 3))
        assert row.figure == pytest.approx(abs(mine - 100) / 100)
        assert row.met is met


def reaches(single, half):
    return {"float32": Reach(*single), "bfloat16": Reach(*half)}


def test_races_come_to_the_median_of_their_ratios():
    races = [
        Race("a", 100.0, reaches((10.0, 40, True), (8.0, 41, True))),
        Race("b", 200.0, reaches((30.0, 50, True), (12.0, 51, True))),
        Race("c", 100.0, reaches((11.0, 60, True), (4.0, 61, True))),
    ]
    rows = by_name(quality.race_rows(races))
    single = rows["time to the tutorial's loss, float32 / tutorial, median of 3"]
    half = rows["time to the tutorial's loss, bfloat16 / tutorial, median of 3"]
    assert (single.figure, single.met) == (pytest.approx(0.11), True)
    assert (half.figure, half.met) == (pytest.approx(0.06), True)
    assert rows["time to the tutorial's loss, float32, b / tutorial"].figure == pytest.approx(0.15)
    assert rows["evaluations to the tutorial's loss, bfloat16, c"].figure == 61


def test_a_race_that_is_lost_leaves_no_median():
    races = [
        Race("a", 10.0, reaches((1.0, 4, True), (1.0, 4, True))),
        Race("b", 10.0, reaches((1, 4, True), (9, 99, False, 1.02))),
    ]
    rows = by_name(quality.race_rows(races))
    row = rows["time to the tutorial's loss, bfloat16 / tutorial"]
    assert (row.figure, row.met, row.note) == (None, None, "NOT REACHED: b")
    note = rows["evaluations to the tutorial's loss, bfloat16, b"].note
    assert note == "NOT REACHED in 99 evaluations, 9.00 s: lowest 1.02 times it"
    assert rows["time to the tutorial's loss, float32 / tutorial, median of 2"].met


def test_races_without_bfloat16():
    rows = by_name(quality.race_rows([Race("a", 10.0, {"float32": Reach(1.0, 4, True)})]))
    assert rows["time to the tutorial's loss, bfloat16 / tutorial"].note == setup.NO_BFLOAT16


def test_the_tutorials_first_step_counts_as_the_others():
    """The clock runs for 9 of 10 steps, 2 s each: 20 s in all, however long the first took."""
    now = [0.0]

    class Tutorial:
        taken = 0

        def step(self):
            now[0] += 2.0 if self.taken else 500.0
            self.taken += 1

        def picture(self):
            return None

    tutorial = Tutorial()
    assert quality.time_tutorial(tutorial, 10, lambda: now[0]) == pytest.approx(20)
    assert tutorial.taken == 10


def test_a_gallery_beside_a_loop():
    found = gallery.gallery_findings(24, 60.0, 150.0, 24.0, 12.0)
    rows = by_name(found.rows)
    assert (rows["gallery / loop"].figure, rows["gallery / loop"].met) == (0.4, True)
    assert rows["gallery again, all in the cache, a picture"].figure == 1
    assert rows["gallery, dry run of everything, a picture"].figure == 0.5
    assert found.timings["loop"] == (150,)
    assert by_name(gallery.gallery_findings(24, 70.0, 150.0, 1.0, 1.0).rows)["gallery / loop"].met is False


def test_the_gallery_is_every_combination(tmp_path):
    combinations = gallery.all_combinations()
    assert len(combinations) == len(set(combinations)) == 24
    gallery.write_gallery(tmp_path, combinations, {"size": 96, "steps": 40}, tmp_path / "w.h5")
    assert len((tmp_path / "manifest.csv").read_text().splitlines()) == 25
    assert json.loads((tmp_path / "config.yaml").read_text())["stylize"] == {"size": 96, "steps": 40}


def test_memory_beside_the_tutorials():
    ours = {"auto": Usage(3.0, 700.0, 6.0), "float32": Usage(4.0, 800.0, 8.0)}
    rows = peak.memory_findings((512, 384), Usage(5.0, 1000.0, 10.0), ours).rows
    assert [row.figure for row in rows] == [1000, 700, 0.7, 800, 0.8]
    assert [row.met for row in rows] == [None, None, True, None, False]


def test_the_tutorial_paints_what_is_measured(weights_file):
    peak.main(str(weights_file), "32", "24", "1")


def test_commands():
    command = setup.program("stylize", "x", flags={"style_weight": 3})
    assert command[1].endswith("scripts/stylize.py")
    assert command[2:] == ["x", "--style-weight", "3"]
    assert setup.module("peak", 1)[1:] == ["-m", "stylegrid.bench.peak", "1"]


def test_dry_runs_are_compared_round_by_round_by_the_processors_seconds():
    seconds = ((11.0, 10.0), (24.0, 20.0), (12.0, 8.0))
    pairs = [(Usage(9.0, 1.0, ours), Usage(9.0, 1.0, bare)) for ours, bare in seconds]
    seconds, of_bare, ratio = scale.dry_run_findings(10_000, pairs).rows
    assert (seconds.figure, of_bare.figure, ratio.figure, ratio.aim) == (12.0, 10.0, 1.2, "<= 1.25")


def test_the_aims_for_a_hundred_thousand_are_for_no_fewer():
    usage = Usage(50.0, 1000.0, 40.0)
    assert [row.aim for row in scale.collect_findings(10_000, usage).rows] == ["", ""]
    seconds, memory = scale.collect_findings(100_000, usage).rows
    assert (seconds.met, memory.met) == (True, False)  # 1000 MiB are 1049 MB
    assert [row.aim for row in scale.large_findings(100_000, usage).rows] == ["", "<= 2500"]


def test_ways_of_the_frontier_are_beside_the_recipe_pair_by_pair():
    pairs = [
        {frontier.RECIPE: (2.0, 10.0), "more": (4.0, 9.0)},
        {frontier.RECIPE: (1.0, 4.0), "more": (3.0, 2.0)},
        {frontier.RECIPE: (1.0, 1.0), "more": (4.0, 1.0)},
    ]
    recipe, more = frontier.frontier_rows(pairs)
    assert (recipe.figure, more.figure) == (1, 0.9)
    assert more.what.endswith(": more") and more.note == "0.500 to 1.00 in 3.00 of its time"

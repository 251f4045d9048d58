"""Loss curves: what is drawn is what the histories say."""

import math

import pytest
from fake_findings import entry, finding

from stylegrid.reports.plots import plot_style
from stylegrid.reports.plots.plot_curves import TERMS, draw_curves

HISTORY = [entry(1, 0.5, 40, 0.1, 41), entry(2, 0.7, 8, 0.2, 9), entry(4, 0.6, 2, 0.3, 3)]


def draw(*findings):
    """Return the figure's panels in rows of four; every one has been drawn."""
    with plot_style.look():
        figure = draw_curves("Losses", findings)
        plot_style.to_bytes(figure, "svg")
    assert [axes.get_title(loc="left") for axes in figure.axes] == [*TERMS.values()] * (len(figure.axes) // 4)
    return [figure.axes[start : start + 4] for start in range(0, len(figure.axes), 4)]


def named_weights(*findings):
    """Return the style weights in the key, which there may not be."""
    with plot_style.look():
        figure = draw_curves("Losses", findings)
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def points(line):
    return [(x, y) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True) if not math.isnan(x)]


def curves(panel):
    """Return the lines that are losses, as points."""
    return [points(line) for line in panel.lines if line.get_marker() == "o"]


def dotted(panel):
    return [line.get_xdata()[0] for line in panel.lines if line.get_linestyle() == "--"]


def texts(panel):
    return [text.get_text() for text in panel.texts]


def test_each_term_has_a_panel_of_its_history():
    ((content, style, tv, total),) = draw(finding(history=HISTORY))
    assert curves(content) == [[(1, 0.5), (2, 0.7), (4, 0.6)]]
    assert curves(style) == [[(1, 40), (2, 8), (4, 2)]]
    assert curves(tv) == [[(1, 0.1), (2, 0.2), (4, 0.3)]]
    assert curves(total) == [[(1, 41), (2, 9), (4, 3)]]
    assert [panel.get_yscale() for panel in (content, style, tv, total)] == ["linear", "log", "linear", "log"]


def test_presets_have_rows_of_their_own():
    house, other = draw(finding(history=HISTORY), finding(preset="jcjohnson", history=HISTORY[:2]))
    assert [len(curves(panel)) for panel in (*house, *other)] == [1] * 8
    assert len(curves(other[0])[0]) == 2
    assert (house[0].get_ylabel(), other[0].get_ylabel()) == ("preset stylegrid", "preset jcjohnson")


SCALES = [entry(1, 1, scale=16), entry(2, 2, scale=16), entry(3, 3, scale=32), entry(4, 4, scale=32)]


def test_a_change_of_scale_interrupts_the_line_and_is_marked():
    ((panel, *_),) = draw(finding(history=SCALES))
    ys = list(panel.lines[0].get_ydata())
    assert ys[:2] == [1, 2] and math.isnan(ys[2]) and ys[3:5] == [3, 4]
    assert [line.get_xdata()[0] for line in panel.lines[1:]] == [3]
    assert texts(panel) == ["32 px"]


def shifted(by: int):
    """Return a long history whose second scale begins at step 50, or later."""
    return [entry(step, 1, scale=16 if step < 50 + by else 32) for step in range(1, 101)]


@pytest.mark.parametrize(("by", "marks"), [(0, ["32 px"]), (5, ["32 px"]), (6, [])])
def test_scales_that_begin_at_other_steps_are_marked_on_each_line(by, marks):
    ((panel, *_),) = draw(finding(history=shifted(0)), finding("dog", history=shifted(by)))
    assert texts(panel) == marks
    assert [line.get_xdata()[0] for line in panel.lines if line.get_marker() != "o"] == [50] * len(marks)
    marked = [line.get_markevery() for line in panel.lines if line.get_marker() == "o"]
    assert marked == ([[], []] if marks else [[50], [56]])  # one further than the step before: a gap is there too


def test_pictures_of_other_scales_are_no_fault():
    ((panel, *_),) = draw(finding(history=SCALES), finding("dog", history=HISTORY))
    assert texts(panel) == []
    assert len(curves(panel)) == 2


@pytest.mark.parametrize("history", [HISTORY[:1], [entry(1, 1, scale=16), *HISTORY]])
def test_a_loss_by_itself_is_a_dot(history):
    ((panel, *_),) = draw(finding(history=history))
    assert panel.lines[0].get_markevery() == [0]


def test_a_picture_without_steps_has_empty_panels():
    (row,) = draw(finding())
    assert [texts(panel) for panel in row] == [["no steps were taken"]] * 4


def test_a_picture_without_steps_beside_another_is_left_out():
    ((*_, total),) = draw(finding("dog"), finding(history=HISTORY))
    assert texts(total) == ["cat"]


@pytest.mark.parametrize("value", [0.0, 5.0, 1e-38, 1e30])
def test_constant_losses_are_drawn(value):
    (row,) = draw(finding(history=[entry(step, value, value, value, value) for step in (1, 2, 3)]))
    assert curves(row[0]) == [[(1, value), (2, value), (3, value)]]


def test_zeros_beside_large_losses_stay_visible():
    ((panel, *_),) = draw(finding(history=[entry(1, 0), entry(2, 1), entry(3, 1000)]))
    assert panel.get_yscale() == "symlog"
    assert panel.get_ylim()[0] <= 0


def test_a_broken_picture_ends_in_a_cross():
    ((_, style, *_),) = draw(finding(history=HISTORY, outcome="non_finite", losses=None))
    assert [points(line) for line in style.lines if line.get_marker() == "X"] == [[(4, 2)]]
    ((_, style, *_),) = draw(finding(history=HISTORY))
    assert not [line for line in style.lines if line.get_marker() == "X"]
    draw(finding(outcome="non_finite", losses=None))


def grid(contents: int, weights):
    return [
        finding(f"c{number}", weight=weight, history=[entry(1, 1), entry(2, 1, total=100 * number + weight)])
        for number in range(contents)
        for weight in weights
    ]


@pytest.mark.parametrize(
    ("findings", "labels"),
    [
        (grid(2, (5, 50)), {"c0 5", "c0 50", "c1 5", "c1 50"}),
        (grid(3, (5,)), {"c0", "c1", "c2"}),
        (grid(1, (5, 50)), {"5", "50"}),
        (grid(1, (5,)), {"c0"}),
    ],
)
def test_few_pictures_are_named_by_what_tells_them_apart(findings, labels):
    ((*_, total),) = draw(*findings)
    assert set(texts(total)) == labels
    looks = {(line.get_color(), line.get_linestyle()) for line in total.lines}
    assert len(looks) == len(labels)


def test_whatever_varies_stands_beside_the_lines_and_the_words_name_it():
    findings = [
        finding(history=HISTORY, style_scale=scale, init=init) for scale in (0.5, 2) for init in ("style", "grey")
    ]
    with plot_style.look():
        figure = draw_curves("Losses", findings)
    assert set(texts(figure.axes[3])) == {"style, 0.5", "style, 2", "grey, 0.5", "grey, 2"}
    assert "Beside lines: init, style_scale." in figure.get_supxlabel()


def test_many_pictures_of_one_weight_go_by_the_first_setting_that_varies():
    findings = [finding(f"c{number}", history=HISTORY, style_scale=scale) for number in range(7) for scale in (0.5, 2)]
    assert named_weights(*findings) == ["2", "0.5"]


def test_twelve_pictures_look_all_different_and_thirteen_go_by_weight():
    ((*_, total),) = draw(*grid(6, (5, 50)))
    assert len({(line.get_color(), line.get_linestyle()) for line in total.lines}) == len(texts(total)) == 12
    assert not named_weights(*grid(6, (5, 50)))
    ((*_, total),) = draw(*grid(7, (5, 50)))
    assert len({line.get_color() for line in total.lines}) == 2
    assert {line.get_alpha() for line in total.lines} == {0.5}
    assert named_weights(*grid(7, (5, 50))) == ["50", "5"]


def test_of_many_pictures_those_that_end_highest_and_lowest_are_named():
    ((*_, total),) = draw(*grid(7, (5, 50)))
    assert texts(total) == ["c0 5", "c0 50", "c6 5", "c6 50"]


def test_many_pictures_of_one_weight_need_no_key():
    findings = grid(20, (5,))
    assert not named_weights(*findings)
    ((*_, total),) = draw(*findings)
    assert {line.get_color() for line in total.lines} == {plot_style.COLOURS[0]}

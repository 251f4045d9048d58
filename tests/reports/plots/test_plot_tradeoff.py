"""The trade-off: where points stand, what joins them, and which panel they are in."""

import pytest
from fake_findings import finding
from matplotlib.colors import to_hex

from stylegrid.pictures.captions import PAPER
from stylegrid.reports.plots import plot_style
from stylegrid.reports.plots.plot_tradeoff import draw_tradeoff


def draw(*findings):
    with plot_style.look():
        figure = draw_tradeoff("Trade-off", findings)
        plot_style.to_bytes(figure, "svg")
    return figure


def panels(*findings):
    """Return the panels, by title; those of later presets have their number before it."""
    found = {}
    for axes in draw(*findings).axes:
        found[axes.get_title(loc="left") + "'" * (axes.get_title(loc="left") in found)] = axes
    return found


def places(panel):
    return {tuple(place) for drawn in panel.collections for place in drawn.get_offsets().tolist()}


def joined(panel):
    return {tuple(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in panel.lines}


SWEEP = [
    finding(weight=100, losses=(2, 6)),
    finding(weight=10, losses=(1, 7)),
    finding(weight=1000, losses=(3, 5)),
]


def test_a_point_stands_at_its_final_losses():
    (panel,) = panels(*SWEEP).values()
    assert places(panel) == {(2, 6), (1, 7), (3, 5)}


def test_points_are_joined_from_light_to_heavy_and_named():
    (panel,) = panels(*SWEEP).values()
    assert joined(panel) == {((1, 7), (2, 6), (3, 5))}
    assert {text.get_text(): text.xy for text in panel.texts} == {"10": (1, 7), "100": (2, 6), "1e3": (3, 5)}


def test_only_pictures_that_differ_in_nothing_else_are_joined():
    other = [finding(weight=weight, losses=(weight, 1), seed=2) for weight in (1, 2)]
    coloured = [finding(weight=1, losses=(8, 8), original_colours="lab")]
    (panel,) = panels(*SWEEP, *other, *coloured).values()
    assert joined(panel) == {((1, 7), (2, 6), (3, 5)), ((1, 1), (2, 1)), ((8, 8),)}


def test_another_photograph_has_a_line_and_a_colour_of_its_own():
    found = draw(*SWEEP, finding("dog", losses=(4, 4)), finding("dog", weight=5, losses=(5, 3)))
    assert joined(found.axes[0]) == {((1, 7), (2, 6), (3, 5)), ((5, 3), (4, 4))}
    legend = {
        text.get_text(): handle.get_color()
        for text, handle in zip(found.legends[0].get_texts(), found.legends[0].get_lines(), strict=True)
    }
    lines = {line.get_xdata()[0]: line.get_color() for line in found.axes[0].lines}
    assert legend == {"cat": lines[1], "dog": lines[5]}
    assert legend["cat"] != legend["dog"]


@pytest.mark.parametrize(
    ("contents", "styles", "titles"),
    [(3, 2, ["s0", "s1"]), (2, 3, ["c0", "c1"]), (2, 2, ["s0", "s1"]), (1, 1, ["s0"])],
)
def test_there_is_a_panel_for_each_of_the_fewer(contents, styles, titles):
    found = panels(*(finding(f"c{c}", f"s{s}", losses=(c, s)) for c in range(contents) for s in range(styles)))
    assert list(found) == titles
    assert all(len(places(panel)) == contents * styles / len(titles) for panel in found.values())


def test_presets_have_panels_and_axes_of_their_own():
    figure = draw(*SWEEP, finding("dog", "wave", losses=(1, 7)), finding(preset="jcjohnson", losses=(1000, 1)))
    night, wave, other = figure.axes
    assert night.get_xlim() == wave.get_xlim() != other.get_xlim()
    assert night.get_ylim() == wave.get_ylim() != other.get_ylim()
    assert [part.get_suptitle() for part in figure.subfigs] == ["preset stylegrid", "preset jcjohnson"]
    assert "can be compared only within one preset" in figure.get_supxlabel()


def test_all_panels_of_a_preset_show_all_their_points():
    low, high = finding(losses=(1, 1)), finding("dog", "wave", losses=(1000, 500))
    for panel in panels(low, high).values():
        assert panel.get_xscale() == panel.get_yscale() == "log"
        assert panel.get_xlim()[0] <= 1 and panel.get_xlim()[1] >= 1000
        assert panel.get_ylim()[0] <= 1 and panel.get_ylim()[1] >= 500


def test_many_points_go_by_the_colour_of_their_weight():
    figure = draw(*(finding(f"c{c}", weight=weight, losses=(c, weight)) for c in range(13) for weight in (5, 50)))
    (panel,) = figure.axes
    colours = {
        place[1]: to_hex(colour)
        for place, colour in zip(
            panel.collections[0].get_offsets().tolist(), panel.collections[0].get_facecolors(), strict=True
        )
    }
    assert colours == {weight: to_hex(colour) for weight, colour in plot_style.ramp([5, 50]).items()}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["50", "5"]
    assert not panel.texts


def test_many_points_of_one_weight_need_no_key():
    assert not draw(*(finding(f"c{c}", losses=(c, 1)) for c in range(13))).legends


def test_a_broken_picture_is_hollow():
    figure = draw(finding(weight=1, losses=(1, 1)), finding(losses=(2, 2), outcome="non_finite"))
    inside = [to_hex(colour) for colour in figure.axes[0].collections[0].get_facecolors()]
    assert inside == [plot_style.COLOURS[0], PAPER]
    assert "Hollow" in figure.get_supxlabel() and "Hollow" not in draw(*SWEEP).get_supxlabel()


def test_a_picture_without_final_losses_is_left_out():
    assert len(places(draw(*SWEEP, finding("dog", losses=None, outcome="non_finite")).axes[0])) == 3
    assert not draw(finding(losses=None, outcome="non_finite")).axes


@pytest.mark.parametrize("losses", [(0.0, 0.0), (0.0, 5.0), (1e30, 1e-38)])
def test_odd_losses_are_drawn(losses):
    (panel,) = panels(finding(losses=losses), finding("dog", losses=(1, 1))).values()
    assert losses in places(panel)


def test_labels_tell_what_varies_and_the_words_name_it():
    figure = draw(finding(losses=(1, 1)), finding(losses=(2, 2), style_scale=0.5, init="noise"))
    assert {text.get_text() for text in figure.axes[0].texts} == {"content, 1.5", "noise, 0.5"}
    assert "Beside points, where there is room: init, style_scale." in figure.get_supxlabel()
    assert "Beside points" not in draw(finding(), finding(preset="jcjohnson")).get_supxlabel()


def test_many_points_of_one_weight_go_by_the_first_setting_that_varies():
    figure = draw(*(finding(f"c{c}", losses=(c, scale), style_scale=scale) for c in range(13) for scale in (0.5, 2)))
    assert figure.legends[0].get_title().get_text() == "style_scale"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["2", "0.5"]


def test_nine_paintings_look_all_different_in_colour_and_marker():
    figure = draw(*(finding(c, f"s{s}", losses=(s, s)) for c in ("cat", "dog") for s in range(9)))
    handles = figure.legends[0].get_lines()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [f"s{s}" for s in range(9)]
    assert len({(handle.get_color(), handle.get_marker()) for handle in handles}) == 9
    for panel in figure.axes:
        drawn = {(to_hex(each.get_facecolors()[0]), str(each.get_paths()[0])) for each in panel.collections}
        assert len(drawn) == 9


def test_labels_of_close_points_stand_apart_and_within_their_panel():
    close = [finding(weight=weight, losses=(1 + weight / 1e4, 1)) for weight in range(100, 104)]
    with plot_style.look():
        figure = draw_tradeoff("Trade-off", [*close, finding(weight=5, losses=(2, 2))])
        figure.draw_without_rendering()
    (panel,) = figure.axes
    boxes = [text.get_window_extent() for text in panel.texts]
    assert len(boxes) == 5
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])
    assert all(panel.bbox.x0 <= box.x0 and box.x1 <= panel.bbox.x1 for box in boxes)
    assert all(panel.bbox.y0 <= box.y0 and box.y1 <= panel.bbox.y1 for box in boxes)


def test_a_label_that_has_no_room_is_left_out():
    crowd = [finding(weight=weight, losses=(1 + weight / 1e4, 1), init="noise") for weight in range(100, 111)]
    with plot_style.look():
        figure = draw_tradeoff("Trade-off", [*crowd, finding(weight=5, losses=(2, 2))])
        figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert 0 < len(boxes) < 12
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])

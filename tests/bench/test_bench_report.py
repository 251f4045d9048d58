"""Rows and their aims, the table, and the file."""

import fake_report
import pytest
from pydantic import ValidationError

from stylegrid.bench.report import Findings, Report, Row, spell, times_of
from stylegrid.bench.timing import Timing

FIGURES = ("0.312", "0.710", "0.620")


@pytest.mark.parametrize(
    ("figure", "aim", "met"),
    [
        (0.78, "<= 0.78", True),
        (0.781, "<= 0.78", False),
        (0.80, ">= 0.80", True),
        (0.799, ">= 0.80", False),
        (2000, "<= 2e3", True),
        (1, "", None),
        (None, "<= 1", None),
    ],
)
def test_aims(figure, aim, met):
    assert Row(what="share", figure=figure, aim=aim).met is met


@pytest.mark.parametrize("aim", ["< 1", "<= ", "about 1", "<=1"])
def test_an_aim_that_cannot_be_compared_is_refused(aim):
    with pytest.raises(ValidationError):
        Row(what="share", figure=1, aim=aim)


@pytest.mark.parametrize(
    ("figure", "spelling"),
    [
        (0.01234, "0.0123"),
        (1.5, "1.50"),
        (12.34, "12.3"),
        (98765.4, "98,765"),
        (-3.2, "-3.20"),
        (0, "0"),
        (1e-6, "1e-06"),
        (2e12, "2e+12"),
    ],
)
def test_figures_have_three_digits(figure, spelling):
    assert spell(figure) == spelling


def test_the_table_says_what_is_met_and_what_is_missing():
    text = fake_report.report().to_text()
    machine, versions, _, head, _, *rows = text.splitlines()
    assert machine == "An Example 9000 (2 cores, 24 GiB, load 0.1), avx2, avx512_bf16"
    assert versions == "python 3.12.1, tensorflow-cpu 2.21.0"
    assert head.split() == ["what", "figure", "unit", "aim"]
    assert [row.split()[-1] for row in rows] == ["s", "met", "MISSED", "s"]
    assert "not installed" in rows[3]
    assert len({row.index(figure) + len(figure) for row, figure in zip(rows[:3], FIGURES, strict=True)}) == 1


def test_a_report_is_read_back_as_it_was_written():
    assert Report.model_validate_json(fake_report.report().to_json()) == fake_report.report()


def test_findings_add_up():
    first = Findings(rows=(Row(what="a", figure=1),), timings=times_of({"a": Timing((1.0, 2.0))}))
    both = first.and_also(Findings(rows=(Row(what="b", figure=2),), timings={"b": (3,)}))
    assert [row.what for row in both.rows] == ["a", "b"]
    assert both.timings == {"a": (1, 2), "b": (3,)}
    report = Report.now(fake_report.MACHINE, both)
    assert report.rows == both.rows
    assert report.date.utcoffset() is not None

"""Chosen pictures: files of stars, good and bad, and the gallery that is made of them."""

import json
import os

import pytest
from conftest import make_job

from stylegrid.errors import ConfigError
from stylegrid.plan import picks
from stylegrid.plan.job import Combination

COMBINATIONS = [Combination(make_job(variant=f"sw{weight}"), 2, "", "") for weight in (1, 2, 3)]
FIRST, SECOND, THIRD = (combination.job.name for combination in COMBINATIONS)


def stars_file(path, stars):
    path.write_text(json.dumps({"gallery": "mine", "stars": stars}))
    return path


def test_stars_are_read_by_names(tmp_path):
    assert picks.read_stars(stars_file(tmp_path / "a.json", {FIRST: 5, SECOND: 1})) == {FIRST: 5, SECOND: 1}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"gallery": "", "stars": {"a": 6}}', '{"gallery": "", "stars": {"a": 0}}']
)
def test_another_file_holds_no_stars(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"a\.json: holds no stars"):
        picks.read_stars(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"b\.json: no such file; save the stars"):
        picks.read_stars(tmp_path / "b.json")


def test_the_newest_file_counts_whatever_number_the_browser_adds(tmp_path):
    for age, name in enumerate(("x-stars (1).json", "x-stars.json", "other.json")):
        path = stars_file(tmp_path / name, {})
        os.utime(path, (1000 - age, 1000 - age))
    assert picks.newest_stars(tmp_path).name == "x-stars (1).json"
    with pytest.raises(ConfigError, match="holds no"):
        picks.newest_stars(tmp_path / "empty")


def test_those_with_enough_stars_in_the_order_of_the_gallery():
    stars = {THIRD: 4, FIRST: 3, SECOND: 2}
    assert [each.job.name for each in picks.choose(COMBINATIONS, stars, 3)] == [FIRST, THIRD]
    with pytest.raises(ConfigError, match="no picture has 5 stars or more"):
        picks.choose(COMBINATIONS, stars, 5)


def test_a_picture_that_is_gone_is_named():
    with pytest.raises(ConfigError, match="gone/away/x: not in this gallery"):
        picks.choose(COMBINATIONS, {FIRST: 3, "gone/away/x": 3}, 1)


def test_a_gallery_is_written_again_but_never_over_another(tmp_path):
    rows = [{"content": "a.jpg", "style": "b.jpg"}, {"style": "c.jpg", "content": "a, b.jpg", "size": "9"}]
    path = picks.write_gallery(tmp_path / "chosen", rows)
    lines = (tmp_path / "chosen" / "manifest.csv").read_text().splitlines()
    assert lines == ["content,style,size", "a.jpg,b.jpg,", '"a, b.jpg",c.jpg,9']
    assert picks.write_gallery(tmp_path / "chosen", rows[:1]) == path
    assert "size" not in (tmp_path / "chosen" / "manifest.csv").read_text()
    path.write_text("manifest: mine.csv")
    with pytest.raises(ConfigError, match=r"has not written.*--folder"):
        picks.write_gallery(tmp_path / "chosen", rows)
    assert path.read_text() == "manifest: mine.csv"

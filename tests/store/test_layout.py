"""Where the files of a combination lie."""

from pathlib import Path

import pytest
from conftest import make_job

from stylegrid.store.layout import (
    collection_folder,
    curves_plot_path,
    failure_path,
    film_path,
    find_record,
    is_film_strip,
    losses_plot_path,
    old_record_path,
    picture_path,
    record_path,
    snapshots_folder,
    tradeoff_plot_path,
)

RESULTS = Path("results")


def test_names_on_disk_are_those_of_the_contract():
    picture = picture_path(RESULTS, make_job("cat", "night", "tv0.1"))
    assert picture == RESULTS / "pictures" / "cat" / "night" / "tv0.1.png"
    assert record_path(picture).name == "tv0.1.png.json"
    assert failure_path(picture).name == "tv0.1.failed.json"
    assert film_path(picture).name == "tv0.1.film.png"
    assert is_film_strip(film_path(picture)) and not is_film_strip(picture)
    assert snapshots_folder(picture).name == "tv0.1.steps"


def test_records_of_older_versions_are_found(tmp_path):
    picture = tmp_path / "tv0.1.png"
    assert find_record(picture) == record_path(picture)
    old_record_path(picture).touch()
    assert find_record(picture).name == "tv0.1.json"
    record_path(picture).touch()
    assert find_record(picture) == record_path(picture)
    assert find_record(tmp_path / "tv0.1.jpg").name == "tv0.1.jpg.json"


def test_plots_lie_apart_from_pictures():
    assert losses_plot_path(RESULTS, "night", "svg") == RESULTS / "plots" / "losses" / "night.svg"
    assert tradeoff_plot_path(RESULTS, "pdf") == RESULTS / "plots" / "tradeoff.pdf"
    assert curves_plot_path(RESULTS, "cat/night/tv0.1", "svg") == (
        RESULTS / "plots" / "curves" / "cat" / "night" / "tv0.1.svg"
    )


@pytest.mark.parametrize(("kind", "suffix"), [("jpeg", "jpg"), ("webp", "webp"), ("tiff", "tif")])
def test_a_picture_ends_as_its_format_does_and_has_a_record_of_its_own(kind, suffix):
    picture = picture_path(RESULTS, make_job("cat", "night", "tv0.1", format=kind))
    assert picture.name == f"tv0.1.{suffix}"
    assert record_path(picture).name == f"tv0.1.{suffix}.json"


def test_a_partial_collection_lies_apart():
    assert collection_folder(Path("results"), partial=False) == Path("results")
    assert collection_folder(Path("results"), partial=True) == Path("results/partial")

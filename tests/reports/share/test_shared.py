"""Which pictures are shared, and the names, words and metadata that go with them."""

import json
from pathlib import Path

import pytest
from conftest import make_job, make_record

from stylegrid.errors import ImageError
from stylegrid.plan.job import Combination
from stylegrid.reports.share.shared import share_all
from stylegrid.store.findings import Finding


def found(folder, title="", variant="sw5", painted=True, **changes):
    """Return a combination's finding, with a file of a few bytes in the place of its picture."""
    job = make_job(variant=variant)
    if not painted:
        return Finding(Combination(job, 2, title, ""), "missing", "not painted yet", None, None)
    picture = folder / f"{len(list(folder.iterdir()))}.png"
    picture.write_bytes(b"picture")
    record = make_record(job, b"picture", title=title, **changes)
    return Finding(Combination(job, 2, title, ""), "finished", "", record, picture)


def test_names_are_readable_and_never_equal(tmp_path):
    titles = ["Our summer", "our summer", "", "con", "a/b\\c: *?", "Köln 夜", "???"]
    shared = share_all([found(tmp_path, title) for title in titles])
    assert [each.name for each in shared] == [
        "1-Our-summer",
        "2-our-summer",
        "3-cat-night-sw5",
        "4-con",
        "5-a-b-c",
        "6-Köln-夜",
        "7-cat-night-sw5",
    ]


def test_many_are_in_order_wherever_they_are_listed(tmp_path):
    names = [each.name for each in share_all([found(tmp_path, "x" * 300) for _ in range(12)])]
    assert names == sorted(names) and names[0] == f"01-{'x' * 60}"


def test_captions_are_titles_or_what_was_painted(tmp_path):
    shared = share_all([found(tmp_path, "Two\n words"), found(tmp_path)])
    assert [each.caption for each in shared] == ["Two words", "cat in the style of night"]


def test_what_is_not_painted_is_left_out(tmp_path):
    (shared,) = share_all([found(tmp_path, painted=False), found(tmp_path)])
    assert shared.name == "1-cat-night-sw5"


def test_what_a_picture_says_of_itself_names_no_folder(tmp_path):
    (shared,) = share_all([found(tmp_path, "Ours")])
    assert shared.metadata(False) is None
    said = shared.metadata(True)
    assert said.title == "Ours"
    assert json.loads(said.comment)["content"]["path"] == Path(shared.record.content.path).name == "cat.png"


def test_a_picture_that_was_changed_is_refused(tmp_path):
    finding = found(tmp_path)
    finding.picture.write_bytes(b"another")
    with pytest.raises(ImageError, match="is not the picture that its record describes"):
        share_all([finding])

"""What there is of a combination."""

import pytest
from conftest import make_job, make_record

from stylegrid.plan.job import Combination
from stylegrid.store.findings import (
    NOT_PAINTED,
    OUTDATED,
    Network,
    PaintedBy,
    chosen_backbone,
    describe_network,
    find,
    find_all,
    network_of,
)
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import BackboneRecord, failed

JOB = make_job("cat", "night", "tv0.1", tv_weight=0.1)
COMBINATION = Combination(JOB, 2, "", "")


@pytest.fixture
def picture(tmp_path):
    """The picture of a combination that was painted, its record beside it."""
    path = picture_path(tmp_path, JOB)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"png")
    record_path(path).write_text(make_record(JOB).to_json())
    return path


def test_a_painted_combination_is_found(tmp_path, picture):
    assert find(tmp_path, COMBINATION) == (COMBINATION, "finished", "all 2 steps taken", make_record(JOB), picture)


def test_another_title_is_still_the_same_picture(tmp_path, picture):
    retitled = Combination(JOB.model_copy(update={"title": "new"}), 2, "new", "")
    assert find(tmp_path, retitled).outcome == "finished"


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": make_job(tv_weight=0.2).settings},
        {"content": JOB.content.model_copy(update={"sha256": "other"})},
        {"recipe": JOB.recipe + 1},
    ],
)
def test_a_picture_of_other_settings_or_inputs_counts_as_missing(tmp_path, picture, changes):
    finding = find(tmp_path, Combination(JOB.model_copy(update=changes), 2, "", ""))
    assert (finding.outcome, finding.record, finding.picture) == ("missing", None, None)
    assert finding.message == OUTDATED


def test_a_failed_combination_says_why(tmp_path):
    path = failure_path(picture_path(tmp_path, JOB))
    path.parent.mkdir(parents=True)
    path.write_text(failed(JOB, "out of memory").to_json())
    finding = find(tmp_path, COMBINATION)
    assert (finding.outcome, finding.message, finding.picture) == ("failed", "out of memory", None)


def test_a_failure_of_other_settings_is_not_this_one_s(tmp_path):
    path = failure_path(picture_path(tmp_path, JOB))
    path.parent.mkdir(parents=True)
    path.write_text(failed(JOB.model_copy(update={"recipe": JOB.recipe + 1}), "out of memory").to_json())
    assert find(tmp_path, COMBINATION)[1:3] == ("missing", OUTDATED)


def test_a_combination_that_was_not_painted_is_missing(tmp_path):
    finding = find(tmp_path, COMBINATION)
    assert (finding.outcome, finding.record, finding.picture) == ("missing", None, None)
    assert finding.message == NOT_PAINTED


@pytest.mark.parametrize("suffix", [".png", ".png.json"])
def test_half_a_result_is_missing(tmp_path, picture, suffix):
    picture.with_suffix(suffix).unlink()
    assert find(tmp_path, COMBINATION).outcome == "missing"


def test_a_damaged_record_is_a_fault_of_its_combination(tmp_path, picture):
    record_path(picture).write_text("{")
    finding = find(tmp_path, COMBINATION)
    assert (finding.outcome, finding.picture) == ("failed", None)
    assert "tv0.1.png.json: is not a record" in finding.message


def test_a_picture_of_another_backbone_counts_as_missing(tmp_path, picture):
    own = make_record(JOB).backbone.sha256
    assert find(tmp_path, COMBINATION, own).outcome == "finished"
    assert find(tmp_path, COMBINATION, "another")[1:3] == ("missing", OUTDATED)


def test_the_backbone_of_the_results_folder_counts(tmp_path, picture):
    (tmp_path / "backbone.json").write_text('{"name": "file", "path": "w.h5", "sha256": "another"}')
    assert [finding.outcome for finding in find_all(tmp_path, [COMBINATION])] == ["missing"]


def test_the_chosen_backbone_is_known_by_its_hash_if_there_is_one(tmp_path):
    assert chosen_backbone(tmp_path) is None
    (tmp_path / "backbone.json").write_text('{"name": "file", "path": "w.h5", "sha256": "its own"}')
    assert chosen_backbone(tmp_path) == "its own"


def network(*painted, method="descent"):
    """Return what is said of pictures, each by (name, path, preset)."""
    return describe_network(
        {PaintedBy(BackboneRecord(name=name, sha256="", path=path), preset, method) for name, path, preset in painted}
    )


def test_a_report_names_the_weights_of_its_pictures_once():
    eight_bit, own = ("imagenet-8bit", None, "gatys2015"), ("file", "folder/own.h5", "stylegrid")
    assert network() == Network("", "")
    assert network(eight_bit, eight_bit) == Network("ImageNet (8 bits)", "")
    assert network(("imagenet", None, "gatys2015"), own) == Network("ImageNet, own.h5", "")


def test_only_untrained_weights_are_warned_of_with_the_cure():
    label, warning, _ = network(("untrained", None, "stylegrid"), ("untrained", None, "stylegrid-soft"))
    assert label == "untrained" and "random weights" in warning and "set weights to auto" in warning
    assert "noise" not in warning


def test_of_drafts_the_weights_only_measured_the_losses():
    drafts = network(("untrained", None, "gatys2015"), method="fast")
    assert drafts.line == "drafts by Magenta's fast network; losses by VGG19, weights: untrained"
    assert drafts.warning == ""  # no noise was painted


def test_published_recipes_on_untrained_weights_are_said_to_paint_noise():
    painted = [("untrained", None, preset) for preset in ("jcjohnson", "stylegrid", "gatys2015")]
    warning = network(*painted, ("imagenet", None, "crowson")).warning
    assert "gatys2015, jcjohnson" in warning and "crowson" not in warning and "weights to auto" in warning


def test_a_failed_combination_names_no_weights(tmp_path):
    path = failure_path(picture_path(tmp_path, JOB))
    path.parent.mkdir(parents=True)
    path.write_text(failed(JOB, "out of memory").to_json())
    assert network_of(find_all(tmp_path, [COMBINATION])) == Network("", "")
    assert Network("", "").line == ""

"""A record in words."""

from conftest import make_job, make_record

from stylegrid.store.describe import describe_record
from stylegrid.store.record import BackboneRecord
from stylegrid.text import plain

TOLD = make_record(
    make_job(style_weight=200, beta_1=0.5, precision="auto"),
    title="My cat",
    style_by_layer={"relu1_1": 0.25},
    precision="bfloat16",
    versions={"python": "3.13", "numpy": "2.0"},
)


def lines(record, every=False):
    """Return the words of each line under the first of them."""
    found = (line.split(maxsplit=1) for line in describe_record(record, every))
    return {words[0]: words[-1] for words in found}


def test_what_matters_comes_first():
    assert describe_record(TOLD) == [
        "  title    My cat",
        "  content  cat",
        "  style    night",
        "  outcome  finished: all 2 steps taken",
        "  size     32x24 pixels, as png",
        "  losses, unweighted but for the total",
        "    content  1",
        "    style    2",
        "    tv       3",
        "    total    201.15",
        "  style loss by layer",
        "    relu1_1  0.25",
        "  settings that differ from the preset stylegrid",
        "    style_weight  200",
        "    beta_1        0.5",
        "  inputs, with their SHA-256",
        "    content  content/cat.png  sha of cat",
        "    style    style/night.png  sha of night",
        "  made with",
        "    backbone  untrained  sha of backbone",
        "    versions  python 3.13, numpy 2.0",
        "    device    CPU in bfloat16",
        f"    recipe    {TOLD.recipe}",
    ]


def test_greys_are_told():
    grey = TOLD.model_copy(update={"colours": "grey"})
    assert lines(grey)["colours"] == "painted in greys, as its paintings are grey"
    assert "colours" not in lines(TOLD)


def test_all_settings_are_told_once_on_request():
    names = [line.split()[0] for line in describe_record(TOLD, every=True) if line.startswith("    ") or "all" in line]
    for name in type(TOLD.settings).model_fields:
        assert names.count(name) == 1
    assert names.index("style_weight") < names.index("all") < names.index("content_weight")


def test_a_picture_of_a_preset_unchanged_says_so():
    told = make_record(make_job(preset="tf-tutorial", precision="auto"))
    assert "  settings are all of the preset tf-tutorial" in describe_record(told)


def test_a_preset_that_is_gone_hides_no_setting():
    settings = TOLD.settings.model_copy(update={"preset": "monet"})
    found = describe_record(TOLD.model_copy(update={"settings": settings}))
    assert "  settings; there is no preset monet here" in found
    assert {line.split()[0] for line in found} >= set(type(TOLD.settings).model_fields)


def test_losses_that_were_not_finite_and_weights_of_ones_own_are_told():
    backbone = BackboneRecord(name="file", sha256="abc", path="my.h5")
    found = lines(make_record(make_job(), losses=None, backbone=backbone))
    assert (found["none"], found["backbone"]) == ("they were not finite", "file  my.h5  abc")


def test_a_terminal_is_told_no_control_characters():
    assert plain("née 🦊 שלום") == "née 🦊 שלום"
    assert plain("\x1b[2J\nx\x9b") == "\\x1b[2J\\nx\\x9b"
    assert lines(TOLD.model_copy(update={"title": "a\x1b]0;b\x07"}))["title"] == "a\\x1b]0;b\\x07"


def test_losses_of_a_fast_picture_that_were_not_measured_say_so():
    record = make_record(make_job(method="fast"), losses=None, message="painted in one pass; not measured")
    assert "    none  painted in one pass; not measured" in describe_record(record)

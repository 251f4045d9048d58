"""The command that makes a picture again; that it does is tried in test_show.py."""

from pathlib import Path

import pytest
from conftest import make_job, make_record, save_picture

import stylize
from stylegrid import files
from stylegrid.errors import ConfigError
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import RECIPE, Source, StyleSource
from stylegrid.plan.titles import expand_title
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store import rerun
from stylegrid.store.record import BackboneRecord, versions

OUT = Path("a.again.png")


def flags(record) -> dict[str, object]:
    """Return what stylize.py understands of a record's flags, without what is not given."""
    found = vars(stylize._parser().parse_args(rerun.flags(record, OUT)))
    return {name: value for name, value in found.items() if value not in (None, False)}


def given(record) -> dict[str, object]:
    return {name: value for name, value in flags(record).items() if name in PaintSettings.model_fields}


def source(path, **more):
    return (StyleSource if more else Source)(name="x", path=str(path), sha256="?", **more)


@pytest.mark.parametrize("kind", SUFFIXES)
def test_it_is_made_beside_the_picture_that_is_there(kind):
    record = make_record(make_job(format=kind))
    assert rerun.output_path(Path("x/sw1.tiff"), record) == Path(f"x/sw1.again{SUFFIXES[kind]}")


def test_pictures_weights_and_title_are_flags():
    found = flags(make_record(make_job(), title="-a'cat'"))
    assert (found["content"], found["style"]) == (Path("content/cat.png"), "style/night.png")
    assert (found["weights"], found["output"], found["title"]) == ("untrained", OUT, "-a'cat'")


def test_a_title_with_braces_stands_for_itself():
    title = flags(make_record(make_job(), title="{content} :-}"))["title"]
    assert expand_title(title, content="x", style="y", variant="z") == "{content} :-}"


def test_weights_of_ones_own_are_named_by_their_path():
    for name, path, word in (("file", "my weights.h5", "my weights.h5"), ("imagenet-8bit", None, "imagenet-8bit")):
        backbone = BackboneRecord(name=name, sha256="?", path=path)
        assert flags(make_record(make_job(), backbone=backbone))["weights"] == word


def test_only_settings_unlike_the_presets_are_given():
    assert given(make_record(make_job(precision="auto"))) == {"preset": "stylegrid"}
    crowson = make_record(make_job(preset="crowson", style_weight=1 / 3, format="jpeg", quality=7))
    expected = {
        "preset": "crowson",
        "style_weight": repr(1 / 3),
        "format": "jpeg",
        "quality": "7",
        "precision": "float32",
    }
    assert given(crowson) == expected


def test_settings_without_effect_are_kept_but_a_seed_needs_no_leave():
    assert "keep_idle" not in flags(make_record(make_job(seed=5)))
    assert given(make_record(make_job(seed=5)))["seed"] == "5"
    silent = flags(make_record(make_job(learning_rate=0.5)))
    assert (silent["keep_idle"], silent["learning_rate"]) == (True, "0.5")
    assert "keep_idle" not in flags(make_record(make_job(learning_rate=0.5, optimizer="adam")))


@pytest.mark.parametrize(
    ("weights", "text"), [((1, 1), "a.png + b.png"), ((3, 0.5), "a.png:3 + b.png:0.5"), ((2,), "a.png:2")]
)
def test_a_blend_is_one_flag(weights, text):
    styles = tuple(source(f"{name}.png", weight=weight) for name, weight in zip("ab", weights, strict=False))
    assert flags(make_record(make_job(), styles=styles))["style"] == text


def test_a_preset_that_is_gone_is_a_fault():
    settings = make_job().settings.model_copy(update={"preset": "monet"})
    with pytest.raises(ConfigError, match="preset: there is no"):
        rerun.flags(make_record(make_job(), settings=settings), OUT)


@pytest.fixture
def told(tmp_path):
    """A record whose inputs are all there, unchanged."""
    paths = {name: save_picture(tmp_path / f"{name}.png", seed=seed) for seed, name in enumerate(("cat", "night", "m"))}
    cat, night, mask = ({"name": name, "path": str(path), "sha256": files.sha256(path)} for name, path in paths.items())
    (tmp_path / "w.h5").write_bytes(b"w")
    backbone = BackboneRecord(name="file", sha256=files.sha256(tmp_path / "w.h5"), path=str(tmp_path / "w.h5"))
    return make_record(
        make_job(),
        content=Source(**cat),
        styles=(StyleSource(**night),),
        backbone=backbone,
        start=Source(**mask),
        content_mask=Source(**mask),
        versions=versions(),
        recipe=RECIPE,
    )


def test_nothing_is_noted_where_nothing_has_changed(told):
    assert rerun.notes(told) == []


@pytest.mark.parametrize("name", ["cat.png", "night.png", "m.png", "w.h5"])
def test_every_input_that_is_gone_or_has_changed_is_noted_once(told, tmp_path, name):
    (tmp_path / name).write_bytes(b"another")
    assert rerun.notes(told) == [f"{tmp_path / name}: has changed since: the picture will differ"]
    (tmp_path / name).unlink()
    (note,) = rerun.notes(told)
    assert note.startswith(f"{tmp_path / name}: cannot be read (No such file")


def test_another_recipe_and_other_versions_are_noted(told):
    notes = rerun.notes(told.model_copy(update={"recipe": RECIPE - 1, "versions": {"numpy": "0.1", "jax": "9"}}))
    assert notes[0].startswith(f"painted by recipe {RECIPE - 1}, and here is {RECIPE}")
    assert notes[1].startswith(f"painted with numpy 0.1, here {versions()['numpy']}; jax 9, here none: ")


def test_a_path_that_no_flag_can_name_is_noted(told, tmp_path):
    odd = tmp_path / "a + b.png"
    (tmp_path / "m.png").rename(odd)
    mask = told.content_mask.model_copy(update={"path": str(odd)})
    (note,) = rerun.notes(told.model_copy(update={"start": None, "content_mask": mask}))
    assert note.startswith(f"{odd}: no flag can name it")
    painting = told.styles[0].model_copy(update={"path": str(odd), "sha256": mask.sha256})
    alone = told.model_copy(update={"start": None, "content_mask": None, "styles": (painting,)})
    assert rerun.notes(alone) == []
    assert len(rerun.notes(alone.model_copy(update={"styles": (painting, told.styles[0])}))) == 1

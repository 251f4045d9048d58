"""The identity of a picture, and the job as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from conftest import make_job, save_picture

from stylegrid.errors import ConfigError, ImageError, RecordError
from stylegrid.names import safe_name
from stylegrid.pictures.images import Inspection
from stylegrid.plan.job import COMPUTING, PUBLISHING, Job, Source, StyleSource, read_job
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.presets import resolve
from stylegrid.weighted_list import WeightedList

JOB = make_job()
KEY = JOB.key("backbone")
FIELDS = PaintSettings.model_fields
SILENT = {"preset", *PUBLISHING, *COMPUTING}
NOT_HERE = {"corrections", "content_mask", "style_mask", "strength"}  # without effect in jobs of LOUD settings

# Settings beside which none is without effect, but for those of other optimisers.
LOUD = {
    "init": "noise",
    "noise": "normal",
    "tv_loss": "sum_power",
    "match_colours": "content",
    "optimizer": "adam",
    "decay": 0.5,
    "tolerance": 0.1,
    "coarsest": 32,
    "smallest_octave": 32,
}
OTHER = {
    "size": 64,
    "aspect": "3:2",
    "init": WeightedList("noise + grey"),
    "content_layers": WeightedList("relu4_2"),
    "style_layers": WeightedList("relu4_1"),
    "average": 0.9,
    "tile": 512,
    "schedule": WeightedList("64 + 256"),
}


def two_styles(**settings: object) -> Job:
    """Return a job with two paintings, so that it matters how they blend."""
    job = make_job(**settings)
    return job.model_copy(update={"styles": (*job.styles, StyleSource(name="wave", path="w.png", sha256="sha"))})


def other_value(name: str, job: Job) -> object:
    """Return an allowed value of a setting that is not the one of a job."""
    value = getattr(job.settings, name)
    choices = [choice for choice in get_args(FIELDS[name].annotation) if choice != value]
    if name in OTHER or choices:
        return OTHER.get(name) or choices[0]
    return value + 1 if isinstance(value, int) else value / 2 + 0.001


def key_with(settings: dict, name: str, job: Callable = two_styles) -> tuple[str, str]:
    """Return the keys of a job with settings, and with another value of one of them."""
    first = job(**settings)
    second = first.model_copy(update={"settings": first.settings.model_copy(update={name: other_value(name, first)})})
    assert first.settings != second.settings
    return first.key("backbone"), second.key("backbone")


@pytest.mark.parametrize(
    ("path", "name", "shown"),
    [
        ("photos/cat.jpg", "cat", "cat"),
        ("photos/Müller am Strand.jpg", safe_name("Müller am Strand"), "Müller am Strand"),
        ("photos/2024/cat.jpg", "2024-cat", "2024-cat"),  # where another folder has a cat too
    ],
)
def test_a_picture_is_shown_by_its_file_s_name_where_its_own_comes_from_that(path, name, shown):
    assert Source(name=name, path=path, sha256="sha").shown == shown


def test_paintings_are_shown_as_the_manifest_spells_them():
    styles = (
        StyleSource(name="wave", path="wave.jpg", sha256="a", weight=2),
        StyleSource(name=safe_name("après-midi"), path="après-midi.jpg", sha256="b"),
    )
    assert make_job().model_copy(update={"styles": styles}).style_shown == "wave:2 + après-midi"


@pytest.mark.parametrize("name", sorted(set(FIELDS) - SILENT - NOT_HERE))
def test_every_setting_decides_the_painting(name):
    first, second = key_with(LOUD, name)
    assert first != second


def test_the_corrections_of_lbfgs_decide_the_painting():
    first, second = key_with({"optimizer": "lbfgs"}, "corrections")
    assert first != second


FAST = {"method": "fast", "style_mask": "none"}


@pytest.mark.parametrize("name", ["strength", "size", "style_scale", "style_crop", "alpha", "aspect", "precision"])
def test_settings_of_the_picture_decide_what_the_fast_method_paints(name):
    first, second = key_with(FAST, name)
    assert first != second


@pytest.mark.parametrize("name", ["style_weight", "content_layers", "gram", "match_colours", "padding", "blend"])
def test_the_objective_decides_the_losses_that_the_fast_method_s_record_has(name):
    first, second = key_with(FAST, name)
    assert first != second


@pytest.mark.parametrize("name", ["steps", "optimizer", "coarsest", "clamp", "tolerance", "average", "moments"])
def test_settings_of_the_descent_do_not_decide_what_the_fast_method_paints(name):
    first, second = key_with(FAST, name)
    assert first == second


def test_the_fast_method_s_weights_decide_its_pictures_alone(monkeypatch):
    fast, descent = make_job(method="fast"), make_job()
    before = fast.key("backbone"), descent.key("backbone")
    monkeypatch.setattr("stylegrid.plan.job.VALUES_SHA256", "others")
    assert (fast.key("backbone") != before[0], descent.key("backbone") == before[1]) == (True, True)


def test_strength_does_not_decide_a_descent():
    assert make_job(strength=0.5).key("backbone") == KEY


@pytest.mark.parametrize("name", sorted(PUBLISHING | COMPUTING))
def test_how_a_painting_is_computed_and_published_does_not_decide_it(name):
    first, second = key_with(LOUD, name)
    assert first == second


ADAMS = ("beta_1", "beta_2", "epsilon", "adam", "moments")
DECAYS = ("decay_every", "decay_form")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        *(({"optimizer": "lbfgs", "decay": 0.5}, name) for name in ("learning_rate", "decay", *DECAYS, *ADAMS)),
        *(({"optimizer": "sgd"}, name) for name in ("corrections", *ADAMS, *DECAYS)),
        *(({"init": "content + grey"}, name) for name in ("seed", "noise", "noise_deviation")),
        ({"init": "noise", "noise": "uniform"}, "noise_deviation"),
        ({"tv_loss": "mean_absolute"}, "tv_power"),
        ({"match_colours": "none"}, "colour_map"),
        *(({"style_loss": "wasserstein"}, name) for name in ("gram", "gram_over")),
        ({"tolerance": 0}, "patience"),
        ({"smallest_octave": 0}, "octave_content"),
        *(({"coarsest": 0}, name) for name in ("scale_factor", "sharing", "detail")),
        *(({"schedule": "64 + 256"}, name) for name in ("coarsest", "scale_factor", "sharing")),
    ],
)
def test_a_setting_without_effect_does_not_decide_the_painting(settings, name):
    first, second = key_with(settings, name)
    assert first == second


def test_how_paintings_blend_does_not_matter_to_one_alone():
    first, second = key_with({}, "blend", make_job)
    assert first == second


def masked_styles(**settings: object) -> Job:
    """Return a job with two paintings, one of which has a mask."""
    return two_styles(**settings).model_copy(update={"style_masks": (None, START)})


def test_how_paintings_blend_does_not_matter_beside_masks():
    first, second = key_with({}, "blend", masked_styles)
    assert first == second


def test_settings_without_effect_are_refused_when_given_but_for_a_seed():
    with pytest.raises(ConfigError) as caught:
        make_job(optimizer="lbfgs", init="grey").require_effect({"seed", "noise", "beta_1", "size"})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["beta_1", "noise"]


@pytest.mark.parametrize("given", [(), ("seed", "size", "optimizer", "corrections", "gram", "coarsest")])
def test_settings_with_an_effect_may_be_given(given):
    make_job(optimizer="lbfgs").require_effect(given)


PAINTING = JOB.styles[0]
START = Source(name="start", path="content/start.png", sha256="sha of start")


@pytest.mark.parametrize(
    "changes",
    [
        {"content": JOB.content.model_copy(update={"sha256": "other"})},
        {"styles": (PAINTING.model_copy(update={"sha256": "other"}),)},
        {"styles": (PAINTING, PAINTING)},
        {"styles": (PAINTING.model_copy(update={"weight": 2.0}),)},
        {"start": START},
        {"content_mask": START},
        {"style_masks": (START,)},
        {"recipe": JOB.recipe + 1},
    ],
)
def test_every_input_decides_the_picture(changes):
    assert JOB.model_copy(update=changes).key("backbone") != KEY


def test_the_backbone_decides_the_picture():
    assert JOB.key("other") != KEY


def test_the_order_of_a_blend_does_not_hide_its_weights():
    first, second = PAINTING, StyleSource(name="wave", path="wave.png", sha256="sha of wave", weight=3)
    blends = [(first, second), (first.model_copy(update={"weight": 3.0}), second.model_copy(update={"weight": 1.0}))]
    keys = {JOB.model_copy(update={"styles": blend}).key("backbone") for blend in blends}
    assert len(keys) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "My cat"},
        {"style": "other"},
        {"variant": "sw1"},
        {"content": JOB.content.model_copy(update={"name": "other", "path": "elsewhere/other.jpg"})},
        {"styles": (PAINTING.model_copy(update={"name": "other", "path": "elsewhere/other.jpg"}),)},
        {"settings": JOB.settings.model_copy(update={"preset": "tf-tutorial"})},
        {"settings": JOB.settings.model_copy(update={"content_mask": "a.png", "style_mask": "b.png"})},
    ],
)
def test_names_titles_and_paths_do_not_decide_the_picture(changes):
    assert JOB.model_copy(update=changes).key("backbone") == KEY


def test_a_start_pictures_name_does_not_decide_the_picture():
    renamed = START.model_copy(update={"name": "b", "path": "b.png"})
    jobs = [make_job(init=start.path).model_copy(update={"start": start}) for start in (START, renamed)]
    assert jobs[0].key("backbone") == jobs[1].key("backbone")


def test_the_weights_of_a_start_decide_the_painting():
    keys = {
        make_job(init=init).model_copy(update={"start": START}).key("backbone")
        for init in ("a.png", "a.png + noise", "a.png + noise:0.2", "a.png + grey")
    }
    assert len(keys) == 4


@pytest.mark.parametrize("name", ["start", "content_mask", "style_masks"])
def test_the_contents_of_a_start_or_mask_decide_the_painting_but_not_its_name(name):
    others = [START.model_copy(update=change) for change in ({"name": "b", "path": "b.png"}, {"sha256": "other"})]
    first, renamed, changed = (
        JOB.model_copy(update={name: (source,) if name == "style_masks" else source}).key("backbone")
        for source in (START, *others)
    )
    assert first == renamed != changed


def test_which_painting_a_mask_belongs_to_decides_the_painting():
    job = two_styles()
    keys = {job.model_copy(update={"style_masks": masks}).key("backbone") for masks in ((START, None), (None, START))}
    assert len(keys) == 2


def made(size: tuple[int, int] = (64, 48), **settings: object) -> tuple[Job, list[tuple[str, str]]]:
    """Return a job of two paintings, and what it asks `find` for."""
    found = Inspection("sha", *size)
    styles = tuple(StyleSource.of(name, Path(f"{name}.png"), found) for name in ("night", "wave"))
    asked: list[tuple[str, str]] = []

    def find(setting: str, name: str) -> Source:
        asked.append((setting, name))
        return Source(name=Path(name).stem, path=name, sha256="sha")

    content = Source.of("cat", Path("cat.png"), found)
    return Job.of(content, styles, resolve(settings), find, style="both", variant="x", title="A"), asked


def test_a_job_has_the_pictures_that_its_settings_name():
    job, asked = made(init="noise + a.png", content_mask="m.png", style_mask="none + s.png")
    assert asked == [("init", "a.png"), ("content_mask", "m.png"), ("style_mask", "s.png")]
    assert (job.start.name, job.content_mask.name) == ("a", "m")
    assert [mask and mask.name for mask in job.style_masks] == [None, "s"]
    assert (job.name, job.title) == ("cat/both/x", "A")


def test_a_job_without_such_settings_has_none():
    job, asked = made()
    assert (job.start, job.content_mask, job.style_masks, asked) == (None, None, (), [])


def test_pictures_that_do_not_suit_the_settings_make_no_job():
    with pytest.raises(ImageError, match=r"^size: .*; cat\.png with both$"):
        made((8, 8))
    with pytest.raises(ConfigError, match=r"^style_mask: .* for every painting, 2 "):
        made(style_mask="s.png")


def test_every_picture_of_a_job_is_an_input_with_a_role():
    job = two_styles().model_copy(update={"start": START, "content_mask": START, "style_masks": (None, START)})
    assert job.inputs == (job.content, *job.styles, START, START, START)
    assert [role for role, _ in job.roles] == ["content", "style", "style", "start", "content mask", "style mask"]
    assert two_styles().inputs == (job.content, *job.styles)


def test_a_key_is_a_sha256():
    assert len(KEY) == 64 and int(KEY, 16)


def test_a_job_is_named_by_content_style_and_variant():
    assert make_job("cat", "night", "sw100").name == "cat/night/sw100"


def test_a_job_is_one_line_and_read_back_the_same(tmp_path):
    job = make_job(tv_weight=0.1 + 0.2).model_copy(update={"title": "née\n猫", "start": START})
    assert "\n" not in job.to_json()
    (tmp_path / "job.json").write_text(job.to_json())
    assert read_job(tmp_path / "job.json") == job
    assert read_job(tmp_path / "job.json").key("backbone") == job.key("backbone")


def test_a_size_is_read_where_it_is_not_known_and_is_not_written_down(tmp_path):
    path = save_picture(tmp_path / "a.png", 48, 36)
    known, unknown = Source.of("a", path, Inspection("sha", 7, 5)), Source(name="a", path=str(path), sha256="sha")
    assert (known.size, unknown.size) == ((7, 5), (48, 36))
    assert known == unknown and hash(known) == hash(unknown)
    assert known.model_dump_json() == unknown.model_dump_json()
    with pytest.raises(ImageError):
        Source(name="a", path=str(tmp_path / "gone.png"), sha256="sha").size  # noqa: B018


@pytest.mark.parametrize("name", sorted(name for name, field in FIELDS.items() if field.annotation is float))
def test_a_default_is_the_same_whether_it_is_given_or_not(name):
    given = make_job(**{name: str(getattr(JOB.settings, name))})
    assert (given.to_json(), given.key("backbone")) == (JOB.to_json(), KEY)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a job: not JSON, "),
        (b"[]", "is not a job: must hold keys with values, found []"),
        (b"{}", "is not a job: content: missing"),
        (JOB.to_json().replace('"recipe"', '"recipes"').encode(), "is not a job: recipes: unknown key. Did you mean"),
    ],
)
def test_what_is_no_job_is_refused(tmp_path, content, message):
    (tmp_path / "job.json").write_bytes(content)
    with pytest.raises(RecordError) as caught:
        read_job(tmp_path / "job.json")
    assert str(caught.value).startswith(f"{tmp_path / 'job.json'}: {message}")

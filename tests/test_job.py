"""The identity of a picture, and the job as a file."""

from typing import get_args

import pytest
from conftest import make_job

from stylegrid.errors import RecordError
from stylegrid.job import Source, StyleSource, read_job
from stylegrid.settings import PaintSettings

JOB = make_job()
KEY = JOB.key("backbone")
DECISIVE = sorted(set(PaintSettings.model_fields) - {"preset"})


OTHER = {"init": "noise", "content_layers": "relu4_2", "style_layers": "relu4_1"}


def other_value(name: str) -> object:
    """Return an allowed value of a setting that is not the one in JOB."""
    value = getattr(JOB.settings, name)
    choices = [choice for choice in get_args(PaintSettings.model_fields[name].annotation) if choice != value]
    if choices or name in OTHER:
        return (choices or [OTHER[name]])[0]
    return value + 1 if isinstance(value, int) else value / 2 + 0.001


@pytest.mark.parametrize("name", DECISIVE)
def test_every_setting_decides_the_picture(name):
    changed = make_job(**{name: other_value(name)})
    assert getattr(changed.settings, name) != getattr(JOB.settings, name)
    assert changed.key("backbone") != KEY


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
    ],
)
def test_names_titles_and_paths_do_not_decide_the_picture(changes):
    assert JOB.model_copy(update=changes).key("backbone") == KEY


def test_a_start_pictures_name_does_not_decide_the_picture():
    renamed = START.model_copy(update={"name": "b", "path": "b.png"})
    jobs = [make_job(init=start.path).model_copy(update={"start": start}) for start in (START, renamed)]
    assert jobs[0].key("backbone") == jobs[1].key("backbone")


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a job: not JSON, "),
        (b"[]", "is not a job: must hold keys with values, found []"),
        (b"{}", "is not a job: content: missing"),
        (JOB.to_json().replace('"recipe"', '"recipes"').encode(), "is not a job: recipes: unknown key; did you mean"),
    ],
)
def test_what_is_no_job_is_refused(tmp_path, content, message):
    (tmp_path / "job.json").write_bytes(content)
    with pytest.raises(RecordError) as caught:
        read_job(tmp_path / "job.json")
    assert str(caught.value).startswith(f"{tmp_path / 'job.json'}: {message}")

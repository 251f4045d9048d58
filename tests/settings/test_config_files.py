"""Config files: what is read of them, one laid over the other, and what is refused."""

import json
from pathlib import Path

import pytest

from stylegrid.errors import ConfigError
from stylegrid.settings.config_files import load_config

BELOW = {"manifest": "m.csv", "results": "out", "stylize": {"size": 64, "steps": 5}, "plots": {"format": "png"}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**configs):
    for name, config in configs.items():
        Path(f"{name}.yaml").write_text(json.dumps(config))


@pytest.mark.parametrize(
    "above",
    [
        {},
        {"results": "elsewhere", "stylize": {"steps": 7}},
        {"stylize": None, "sheets": {"paper": "A4"}},
        {"plots": {}, "gallery": {"title": "Mine"}},
        {"plots": "png"},
    ],
    ids=["nothing", "keys", "null", "sections", "no section"],
)
def test_a_config_is_laid_over_the_snakefiles_as_snakemake_does(above):
    from snakemake.utils import update_config  # the oracle

    write(config=BELOW, mine=above)
    expected = json.loads(json.dumps(BELOW))
    update_config(expected, above)
    assert load_config(["mine.yaml"]) == expected


def test_one_is_laid_over_the_other():
    write(a={"results": "a", "manifest": "a.csv"}, b={"results": "b"})
    assert load_config(["a.yaml", "b.yaml"]) == {"results": "b", "manifest": "a.csv"}


def test_the_snakefiles_own_stands_for_itself():
    write(config=BELOW)
    assert load_config(["config.yaml"]) == BELOW


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"title: A\n  steps: 2", "is not YAML: line 2, column 8: mapping values are not allowed here"),
        (b"- manifest", "must hold keys with values, found list"),
        (b"", "must hold keys with values, found NoneType"),
        (b"title: \xff", "is not UTF-8 (byte 8)"),
    ],
)
def test_a_file_that_is_no_config_is_refused_in_one_line(content, message):
    Path("mine.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(["mine.yaml"])
    assert str(caught.value).startswith(f"mine.yaml: {message}")
    assert "\n" not in str(caught.value)


def test_a_missing_config_is_refused():
    with pytest.raises(ConfigError, match=r"gone\.yaml: no such file; give --configfile the path"):
        load_config(["gone.yaml"])


def test_a_missing_config_is_asked_after_by_the_name_beside_it():
    write(gallery={})
    with pytest.raises(ConfigError, match=r"galery\.yaml: no such file; did you mean 'gallery\.yaml'\?"):
        load_config(["galery.yaml"])


def test_json_is_a_whole_config():
    write(config=BELOW)
    assert load_config(['{"manifest": "a.csv"}']) == {"manifest": "a.csv"}


def test_json_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="--configfile: is not JSON"):
        load_config(['{"manifest": '])


def test_yaml_tags_build_no_objects():
    Path("mine.yaml").write_text("manifest: !!python/object/apply:os.getcwd []")
    with pytest.raises(ConfigError, match="is not YAML: line 1, column 11: could not determine a constructor"):
        load_config(["mine.yaml"])

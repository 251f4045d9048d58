"""Presets, and how a picture's settings are resolved from them."""

import pytest

from stylegrid.errors import ConfigError
from stylegrid.settings import presets
from stylegrid.settings.paint_settings import needed
from stylegrid.settings.presets import load_preset, preset_names, resolve

SHIPPED = preset_names()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_preset_gives_all_that_makes_a_recipe_and_names_its_source(name):
    preset = load_preset(name)
    assert set(needed()) <= set(preset.settings)
    assert preset.title and preset.departures
    assert "arXiv" in preset.source or "commit" in preset.source


@pytest.mark.parametrize("name", SHIPPED)
def test_a_preset_resolves_to_itself(name):
    settings = resolve({"preset": name})
    assert settings.preset == name
    assert settings == resolve({"preset": name}, {}) == resolve(settings.model_dump())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_preset_says_when_its_network_is_torchvisions(name):
    others = resolve({"preset": name}).preprocessing in ("imagenet", "mean_rgb")
    assert any("torchvision's" in line and "`weights`" in line for line in load_preset(name).departures) is others


def test_the_house_preset_is_the_default():
    assert resolve() == resolve({"preset": "stylegrid"})
    assert (resolve().optimizer, resolve().pooling, resolve().style_loss) == ("lbfgs", "max", "relative")


def test_later_layers_override_earlier_ones_and_the_preset():
    settings = resolve({"size": 64, "steps": 5}, {"size": "128"})
    assert (settings.size, settings.steps, settings.seed) == (128, 5, 0)


def test_a_row_may_choose_another_preset_than_the_config():
    settings = resolve({"preset": "stylegrid", "steps": 5}, {"preset": "tf-tutorial"})
    assert (settings.preset, settings.optimizer, settings.steps) == ("tf-tutorial", "adam", 5)


def test_settings_differ_from_their_own_preset():
    assert presets.different(resolve({"preset": "gatys2015"})) == {}
    assert presets.different(resolve({"preset": "gatys2015", "steps": 7, "seed": 0})) == {"steps": 7}
    with pytest.raises(ConfigError, match="preset: must be one of"):
        presets.different(resolve().model_copy(update={"preset": "monet"}))


GOOD = "\n".join(f"  {name}: {value}" for name, value in load_preset("tf-basic").settings.items())


@pytest.fixture
def write_preset(tmp_path, monkeypatch):
    """Return a function that makes a preset `mine` the only one there is, and returns what is said of it."""
    monkeypatch.setattr(presets, "FOLDER", tmp_path)
    load_preset.cache_clear()
    yield lambda text: (tmp_path / "mine.yaml").write_bytes(text.encode("latin-1"))
    load_preset.cache_clear()


HEAD = "title: Mine\nsource: me\ndepartures: []\nsettings:\n"


def test_a_new_file_is_a_new_preset(write_preset):
    write_preset(HEAD + GOOD)
    assert preset_names() == ("mine",)
    assert resolve({"preset": "mine"}).style_weight == 1e4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must hold keys with values, found None"),
        ("title: [", "while parsing"),
        ("title: \xff", "'utf-8' codec can't decode"),
        (HEAD + "  size: 64", "settings.content_weight: missing"),
        (HEAD + GOOD + "\n  szie: 64", "settings.szie: unknown key. Did you mean 'size'?"),
        (HEAD + GOOD.replace("size: 512", "size: big"), "settings.size: must be a whole number of pixels"),
        (HEAD + GOOD.replace("pooling: max", "pooling: yes"), "settings.pooling: must not be yes or no"),
        ("colour: red\n" + HEAD + GOOD, "colour: unknown key. Allowed are title, source, departures, settings"),
        (HEAD.replace("title: Mine\n", "") + GOOD, "title: missing"),
        ("title: 5\n" + HEAD.replace("title: Mine\n", "") + GOOD, "title: must be text; put it in quotes, found 5"),
    ],
)
def test_a_file_that_is_no_preset_is_refused_in_a_sentence(write_preset, tmp_path, text, sentence):
    write_preset(text)
    with pytest.raises(ConfigError) as caught:
        resolve({"preset": "mine"})
    assert str(caught.value).startswith(f"{tmp_path / 'mine.yaml'}: {sentence}") and "\n" not in str(caught.value)

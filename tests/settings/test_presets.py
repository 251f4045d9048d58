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
    with pytest.raises(ConfigError, match=r"preset: there is no 'monet'\. Allowed are anishathalye, "):
        presets.different(resolve().model_copy(update={"preset": "monet"}))


GOOD = "\n".join(f"  {name}: {value}" for name, value in load_preset("tf-basic").settings.items())


@pytest.fixture
def write_preset(tmp_path, monkeypatch):
    """Return a function that writes a preset, `mine` by default, into a folder of presets that was empty."""
    monkeypatch.setattr(presets, "FOLDER", tmp_path)
    load_preset.cache_clear()
    yield lambda text, name="mine": (tmp_path / f"{name}.yaml").write_bytes(text.encode("latin-1"))
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
        ("colour: red\n" + HEAD + GOOD, "colour: unknown key. Allowed are title, source, departures, settings, base"),
        (HEAD.replace("title: Mine\n", "") + GOOD, "title: missing"),
        ("title: 5\n" + HEAD.replace("title: Mine\n", "") + GOOD, "title: must be text; put it in quotes, found 5"),
    ],
)
def test_a_file_that_is_no_preset_is_refused_in_a_sentence(write_preset, tmp_path, text, sentence):
    write_preset(text)
    with pytest.raises(ConfigError) as caught:
        resolve({"preset": "mine"})
    assert str(caught.value).startswith(f"preset: {tmp_path / 'mine.yaml'}: {sentence}")


def told(name="mine"):
    """Return what is said of a preset that is wrong, without its path."""
    with pytest.raises(ConfigError) as caught:
        resolve({"preset": name})
    place = f"preset: {presets.FOLDER / name}.yaml: "
    assert all(line.startswith(place) for line in str(caught.value).splitlines())
    return [line.removeprefix(place) for line in str(caught.value).splitlines()]


def test_all_faults_of_a_file_are_told_at_once(write_preset):
    write_preset(
        HEAD.replace("title: Mine", "titel: Mine") + GOOD.replace("pooling: max", "pooling: min") + "\n  szie: 1"
    )
    assert [fault.split(":")[0] for fault in told()] == ["title", "titel", "settings.pooling", "settings.szie"]


def test_settings_of_a_file_that_conflict_are_a_fault_of_the_file(write_preset):
    write_preset(HEAD + GOOD + "\n  schedule: 64 + 128")
    assert told() == ["settings.schedule: must end at the setting size, 512, found 128 at its end"]


@pytest.fixture
def house(write_preset):
    write_preset(HEAD + GOOD, "house")
    return write_preset


def test_a_preset_with_a_base_gives_only_what_differs(house):
    house("base: house\nsettings:\n  Style weight: 7\n  steps: null\n")
    base, mine = resolve({"preset": "house"}), resolve({"preset": "mine"})
    assert mine == base.model_copy(update={"preset": "mine", "style_weight": 7.0})
    preset = load_preset("mine")
    assert (preset.title, preset.source, preset.base) == ("mine, after house", "me", "house")


def test_a_preset_with_a_base_may_have_its_own_words(house):
    house("base: house\ntitle: Bolder\nsource: my eyes\ndepartures: [heavier]\n")
    preset = load_preset("mine")
    assert (preset.title, preset.source, preset.departures) == ("Bolder", "my eyes", ("heavier",))
    assert preset.settings == load_preset("house").settings


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"mine": "base: hosue"}, "base: there is no preset 'hosue'. Did you mean 'house'?"),
        (
            {"mine": "base: mine"},
            "base: must be a preset without a base of its own, found 'mine', whose base is 'mine'",
        ),
        (
            {"mine": "base: other", "other": "base: mine"},
            "base: must be a preset without a base of its own, found 'other', whose base is 'mine'",
        ),
        (
            {"mine": "base: other", "other": "base: house"},
            "base: must be a preset without a base of its own, found 'other', whose base is 'house'",
        ),
        ({"mine": "base: house\nsettings: 5"}, "settings: must hold keys with values, found 5"),
        ({"mine": "base: [house]"}, "base: there is no preset \"['house']\". Did you mean 'house'?"),
    ],
    ids=["unknown", "itself", "loop", "chain", "no settings", "list"],
)
def test_a_base_that_is_none_is_refused_in_a_sentence(house, files, sentence):
    for name, text in files.items():
        house(text, name)
    assert told() == [sentence]


def test_a_wrong_base_hides_no_other_fault(house):
    house("base: hosue\ncolour: red\nsettings: {szie: 1, steps: -1}\n")
    places = [fault.split(":")[0] for fault in told()]
    assert places == ["base", "colour", "settings.steps", "settings.szie"]


def test_a_wrong_preset_hides_no_wrong_value():
    with pytest.raises(ConfigError) as caught:
        resolve({"preset": "jcjonson", "steps": -1})
    assert str(caught.value).splitlines() == [
        "preset: there is no 'jcjonson'. Did you mean 'jcjohnson'?",
        "steps: must be 0 or more, found -1",
    ]

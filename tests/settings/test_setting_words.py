"""Settings in words and in order."""

from stylegrid.settings.presets import resolve
from stylegrid.settings.setting_words import captions, places, values


def test_a_caption_names_each_setting_and_spells_numbers_short():
    settings = resolve({"style_scale": 1.5, "content_weight": 100_000, "size": 64, "init": "content + noise:0.20"})
    names = ("size", "init", "content_weight", "style_scale")
    expected = ("size 64", "init content + noise:0.2", "content_weight 1e5", "style_scale 1.5")
    assert captions(settings, names) == expected
    assert values(settings, names) == "64, content + noise:0.2, 1e5, 1.5"


def test_without_names_a_caption_is_empty():
    assert captions(resolve({}), ()) == ()
    assert values(resolve({}), ()) == ""


def test_numbers_stand_from_low_to_high_and_words_as_they_come_after_them():
    given = [resolve({"size": size, "style_weight": 3, "pooling": pooling}) for size, pooling in SIZES]
    assert list(places(given, ("size", "pooling")).values()) == [(2, 0), (1, 1), (0, 0)]


SIZES = [("own", "max"), (200, "average"), (64, "max")]


def test_settings_that_differ_in_nothing_named_stand_together():
    given = [resolve({"steps": 1}), resolve({"steps": 2})]
    assert list(places(given, ("size",)).values()) == [(0,), (0,)]
    assert list(places(given, ()).values()) == [(), ()]

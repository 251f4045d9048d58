"""Which settings vary."""

from stylegrid.settings.presets import resolve
from stylegrid.settings.varying import varying


def given(**settings):
    return resolve(settings)


def test_varying_names_settings_with_several_values_in_the_order_of_the_settings():
    rows = [given(style_weight=1, pooling="max"), given(style_weight=2, pooling="average")]
    assert varying(rows) == ("style_weight", "pooling")
    assert varying(reversed(rows)) == ("style_weight", "pooling")


def test_varying_names_nothing_where_all_are_alike():
    assert varying([given(), given()]) == ()
    assert varying([]) == ()


def test_varying_leaves_out_what_only_presets_differ_in():
    rows = [given(preset="stylegrid"), given(preset="gatys2015")]
    assert varying(rows) == ("preset",)
    assert varying([*rows, given(preset="gatys2015", steps=3)]) == ("preset", "steps")

"""The config and the settings of a picture, checked.

In: YAML, cells and flags. Out: frozen `Settings` and `PaintSettings`, presets laid below, and the scales they give.
"""

"""The config and the settings of a picture, checked.

In: YAML, cells and flags. Out: frozen `Settings` and `PaintSettings`, with presets as defaults, and their scales.
"""

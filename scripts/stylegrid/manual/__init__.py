"""The generated parts of the pages in `docs/`.

In: what settings, presets, programs, rules and modules say of themselves. Out: Markdown.
"""

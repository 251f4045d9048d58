"""From a manifest to jobs: every combination of every row, all faults found before anything is painted.

In: `Settings` and a spreadsheet. Out: `Job`s, the plan's JSON files, chunks, and a forecast.
"""

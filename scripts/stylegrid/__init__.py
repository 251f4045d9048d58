"""A grid of paintings from a spreadsheet, by neural style transfer.

One way through the package, and who owns each step:

    config, presets      settings.py, presets.py   -> Settings, PaintSettings
    manifest             manifest.py, plan.py      -> Job, one for every combination (job.py, names.py)
    pictures, weights    images.py, weights.py     -> arrays
    to the programs      handover.py               -> job files, and what the reports list
    one painting         features.py, losses.py, objective.py, optimise.py, stylize.py -> Result
    on disk              paint.py, record.py, cache.py, results.py -> picture and Record
    reports              table.py, sheet.py, draw.py -> CSV, contact sheets

Only features, losses, objective, optimise, device and stylize import TensorFlow.
"""

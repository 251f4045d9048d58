"""A grid of paintings from a spreadsheet, by neural style transfer.

One way through the package, and who owns each step:

    config, presets      settings.py, presets.py   -> Settings, PaintSettings
    manifest             manifest.py, plan.py      -> Job, one for every combination (job.py, names.py)
    pictures, weights    images.py, weights.py     -> arrays
    one painting         vgg.py, losses.py, objective.py, optimise.py, stylize.py -> Result
    on disk              record.py, cache.py       -> picture and Record
    reports              table.py, sheet.py, draw.py -> CSV, contact sheets

Only vgg, losses, objective, optimise and stylize import TensorFlow.
"""

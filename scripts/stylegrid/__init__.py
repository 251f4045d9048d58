"""A grid of paintings from a spreadsheet, by neural style transfer.

One way through the package, and who owns each step:

    config, presets      settings.py, paint_settings.py, presets.py, clashes.py -> Settings, PaintSettings
    manifest             spreadsheet.py, manifest.py, plan.py -> Job, one for every combination (job.py, names.py)
    or by hand           by_hand.py                -> one Job
    pictures, weights    decode.py, images.py, colour.py, vgg/ -> arrays
    to the programs      handover.py               -> job files, and what the reports list
    one scale            scales.py, scene.py, studio.py -> Scene: pictures at their size, in their colours
    its loss             pixels.py, features.py, losses.py, style_statistics.py, variation.py, objective.py
    one painting         optimise.py, progress.py, stylize.py -> Result
    on disk              paint.py, encode.py, formats.py, record.py, cache.py, paths.py -> picture and Record
    inside a picture     provenance.py, metadata.py -> Metadata, and back to Record
    from its record      account.py, rerun.py -> lines to read, a command
    reports              results.py, table.py, sheet.py, blocks.py, draw.py, film.py -> CSV, contact sheets, film strips
    the gallery page     gallery.py, gallery_rows.py, thumbnails.py, gallery_page.py, page/ -> results/gallery/

Only what is about one scale, its loss and one painting imports TensorFlow, but for scales.py and scene.py.
"""

VERSION = "0.5.0"

"""A grid of paintings from a spreadsheet, by neural style transfer.

The rooms, lowest first; a module imports from its own room and from those below it:

    errors, files, models, names, text, weighted_list, limited_process   used by all rooms
    pictures    picture files, colours, captions, thumbnails
    vgg         VGG19, its weights and their files
    fast        the networks of the fast method, and their weights
    settings    config, settings of a picture, presets, scales
    plan        manifest -> Job, one for every combination; the plan's files
    method      losses, objective, optimisers: mathematics only
    store       where files lie, Record, cache, published pictures
    painting    Job -> painting
    reports     table, contact sheets, print, plots, gallery page
    runs        locks, recovery, status, prune, verify
    doctor      checks of the installation
    bench, sample_art, manual, cli   for the programs alone

TensorFlow is imported only in vgg, fast, method, painting, doctor and bench.
"""

from pathlib import Path

VERSION = "0.5.0"
CHECKOUT = Path(__file__).resolve().parents[2]

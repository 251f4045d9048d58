"""What is wrong with a config beyond its own types: folders, files and weights that aren't there."""

import os
from pathlib import Path

from stylegrid import files
from stylegrid.errors import ConfigError, closest
from stylegrid.settings import presets
from stylegrid.settings.config import Settings
from stylegrid.vgg.weights.labels import WORDS


def check_config(settings: Settings) -> None:
    """Raise ConfigError with every fault of the config that its own types don't find."""
    faults = []
    try:
        presets.resolve(settings.stylize)
    except ConfigError as error:
        faults = [f"config.stylize.{line}" for line in str(error).splitlines()]
    if lost := files.lost_link(settings.results):
        faults.append(f"config.results: {lost}")
    for key in ("content_dir", "style_dir", "start_dir"):
        folder = getattr(settings, key)
        if folder is None:
            continue
        if not folder.is_dir():
            faults.append(f"config.{key}: {files.lost_link(folder) or f'must be a folder, found {str(folder)!r}'}")
        elif not os.access(folder, os.R_OK | os.X_OK):
            faults.append(f"config.{key}: {files.forbidden(folder)}")
    for key in ("content_dir", "style_dir"):
        if settings.results.resolve().is_relative_to(getattr(settings, key).resolve()):
            found = f"found {str(settings.results)!r}; name a folder outside"
            faults.append(
                f"config.results: must not lie in {key}, where its pictures would be taken for yours, {found}"
            )
    calibration = settings.painting.calibration_file
    if calibration is not None and not calibration.is_file():
        faults.append(
            f"config.painting.calibration: must be auto, or what scripts/calibrate.py --output wrote, found "
            f"{str(calibration)!r}"
        )
    if settings.weights not in WORDS and not Path(settings.weights).exists():
        close = closest(settings.weights, WORDS)
        meant = f"did you mean {close!r}?" if close else files.did_you_mean(Path(settings.weights))
        found = f"{settings.weights!r}, which is no file{meant and f'; {meant}'}"
        faults.append(f"config.weights: must be {', '.join(WORDS)}, or a file of VGG19, found {found}")
    if faults:
        raise ConfigError("\n".join(faults))

"""Draw the sample paintings in data/style from code.

Each painting is a module of `sample_art`. The same seed gives the same pictures; the shipped ones have the default
seed.
"""

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.sample_art import autumn_impasto, mosaic, night_swirls, woodcut

PAINTINGS: dict[str, Callable[[np.random.Generator], Image.Image]] = {
    "autumn_impasto": autumn_impasto.paint,
    "mosaic": mosaic.paint,
    "night_swirls": night_swirls.paint,
    "woodcut": woodcut.paint,
}
SEED = 7
QUALITY = 88  # of the JPEG files; each stays below 200 kB


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Draw every painting into the folder the command line names."""
    flags = parser().parse_args(argv)
    for name in PAINTINGS:
        target = flags.output / f"{name}.jpg"
        files.require_writable(target)
        buffer = io.BytesIO()
        draw(name, flags.seed).save(buffer, format="JPEG", quality=QUALITY, optimize=True)
        files.write_bytes(target, buffer.getvalue())
        print(target)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(description="Draw the sample paintings from code.")
    found.add_argument("--output", type=Path, default=Path("data/style"), metavar="DIR", help="default: %(default)s")
    found.add_argument("--seed", type=int, default=SEED, help="of the random numbers (default: %(default)s)")
    return found


def draw(name: str, seed: int = SEED) -> Image.Image:
    """Return one painting, independent of the others."""
    return PAINTINGS[name](np.random.default_rng(seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

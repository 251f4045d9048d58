"""The sample pictures, weights and precisions that every section measures with."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from stylegrid import CHECKOUT
from stylegrid.bench.report import Findings
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.choice import choose_backbone, weights_folder
from stylegrid.vgg.weights.read import read_weights

ROOT = CHECKOUT
SCRIPTS = ROOT / "scripts"
CONTENT, STYLE = ROOT / "data" / "content", ROOT / "data" / "style"
CONTENTS = ("astronaut.jpg", "chelsea.jpg", "rocket.jpg", "coffee.jpg")
STYLES = ("night_swirls.jpg", "woodcut.jpg", "mosaic.jpg", "autumn_impasto.jpg")

PRECISIONS = ("float32", "bfloat16")


class Setup(NamedTuple):
    """Which weights to measure with, and how many pairs of pictures the tutorial paints to its end."""

    weights: str = "auto"
    pairs: int = 3

    def network(self) -> Weights:
        """Return VGG19's weights."""
        return read_weights(self.weights_file())

    def weights_file(self) -> Path:
        """Return the absolute path of the weights' file."""
        return Path(choose_backbone(self.weights, weights_folder().resolve()).path)


Section = Callable[[Setup], Findings]


def program(name: str, *arguments: object, flags: Mapping[str, Any] | None = None) -> list[str]:
    """Return the command that runs a program of scripts/; `flags` are settings by name."""
    given = [text for name, value in (flags or {}).items() for text in (f"--{name.replace('_', '-')}", str(value))]
    return [sys.executable, str(SCRIPTS / f"{name}.py"), *map(str, arguments), *given]


def module(name: str, *arguments: object) -> list[str]:
    """Return the command that runs a module of bench/ as a program, with MODULES added to its environment."""
    return [sys.executable, "-m", f"stylegrid.bench.{name}", *map(str, arguments)]


MODULES = {"PYTHONPATH": str(SCRIPTS), "TF_CPP_MIN_LOG_LEVEL": "1"}


def precisions() -> tuple[str, ...]:
    """Return the precisions to measure: bfloat16 only where `auto` chooses it."""
    from stylegrid.painting.device import precision_of

    return PRECISIONS if precision_of("auto") == "bfloat16" else PRECISIONS[:1]


NO_BFLOAT16 = "not measured: auto is float32 on this machine"

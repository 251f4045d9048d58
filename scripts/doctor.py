"""Check this installation: versions, hardware, disk, network; name what is slow or broken, and the remedy.

Only reads. Exit code 1 when something keeps pictures from being painted.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tabulate import tabulate

from stylegrid import CHECKOUT
from stylegrid.cli.entry_point import add_configfile, entry_point
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.errors import ImageError, StylegridError
from stylegrid.text import plain

# Imports that take long are in the functions that need them, so that --help is fast.
if TYPE_CHECKING:
    from stylegrid.doctor.installation import Check, Network
    from stylegrid.doctor.known_numbers import Layer, Statistics
    from stylegrid.vgg.classifier import Guess


STYLE: dict[str, Any] = {"tablefmt": "plain", "disable_numparse": True, "stralign": "right"}
HOW_TO_READ = (
    "Another picture differs, but every layer by a similar ratio; a wrong layer or convention is off by far more."
)
NO_CLASSIFIER = "classes: the network's file has no classifier (fc1, fc2, predictions), so it names none"


class Look(NamedTuple):
    """A network's response to a picture: statistics of its layers, and classes if the file has a classifier."""

    picture: Path
    layers: "list[Layer]"
    classes: "list[Guess] | None"


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    checks, look = _examine(args)
    if args.json:
        print(json.dumps(_to_json(checks, look), indent=1))
    else:
        print("\n".join([*map(_spell, checks), *(_table(look) if look else [])]))
    faults = [check.topic for check in checks if check.level == "fault"]
    if faults:
        raise StylegridError(f"nothing can be painted before this is put right: {', '.join(faults)}")


def _examine(args: argparse.Namespace) -> "tuple[list[Check], Look | None]":
    from stylegrid.doctor import installation
    from stylegrid.settings.config import load_settings

    settings = load_settings(*args.configfile)
    check, network = installation.check_network(args.weights or settings.weights, args.weights_folder)
    checks = list(installation.check_all(settings, check, network))
    broken = any(check.topic == "TensorFlow" and check.level == "fault" for check in checks)
    if network is None or broken:
        return checks, None
    from stylegrid.doctor.known_numbers import check_layers

    try:
        look = _look(network, args.picture)
    except ImageError as error:
        return [*checks, installation.Check("warning", "picture", str(error), "name another by --picture")], None
    return [*checks, check_layers(look.layers)], look


def _look(network: "Network", path: Path) -> Look:
    from stylegrid.doctor import known_numbers
    from stylegrid.vgg.classifier import classify, read_classifier

    picture = known_numbers.read_picture(path)
    layers = known_numbers.measure(network.weights, picture)
    classifier = None if network.path is None else read_classifier(network.path)
    return Look(path, layers, None if classifier is None else classify(network.weights, classifier, picture))


def _spell(check: "Check") -> str:
    remedy = f"; remedy: {check.remedy}" if check.remedy else ""
    return plain(f"{check.level:<9}{check.topic:<14}{check.text}{remedy}")


def _table(look: Look) -> list[str]:
    """Return the table of a picture's statistics beside the tutorial's, and its classes, as lines."""
    from stylegrid.doctor.known_numbers import SIDE, SOURCE

    heads = ["layer", "shape", "min", "max", "mean", "tutorial's max", "mean", "ratio of max", "of means"]
    activations = [_row(layer.name, layer.activations) + _beside(layer) for layer in look.layers]
    grams = [_row(layer.name, layer.gram) for layer in look.layers]
    return [
        f"\n{plain(str(look.picture))}, longest side {SIDE} px, fed as RGB of 0 to 255, beside the numbers of",
        f"{SOURCE}:",
        tabulate([heads, *activations], **STYLE),
        HOW_TO_READ,
        "\nIts Gram matrices over positions, fed as Keras preprocesses it:",
        tabulate([heads[:5], *grams], **STYLE),
        "",
        *_classes(look.classes),
    ]


def _row(name: str, of: "Statistics") -> list[str]:
    return [name, " x ".join(map(str, of.shape)), *(f"{value:.6g}" for value in (of.minimum, of.maximum, of.mean))]


def _beside(layer: "Layer") -> list[str]:
    known, highest = layer.known, layer.activations.maximum / layer.known.maximum
    return [f"{known.maximum:.6g}", f"{known.mean:.6g}", f"{highest:.3f}", f"{layer.ratio:.3f}"]


def _classes(guesses: "list[Guess] | None") -> list[str]:
    if guesses is None:
        return [NO_CLASSIFIER]
    return ["classes:", *(f"  {guess.probability:6.1%}  {guess.name}" for guess in guesses)]


def _to_json(checks: "Sequence[Check]", look: Look | None) -> dict[str, Any]:
    from stylegrid.doctor.known_numbers import SOURCE

    found: dict[str, Any] = {"checks": [check._asdict() for check in checks]}
    if look is None:
        return found
    layers = [
        {
            "name": layer.name,
            "activations": layer.activations._asdict(),
            "known": layer.known._asdict(),
            "ratio": layer.ratio,
            "gram": layer.gram._asdict(),
        }
        for layer in look.layers
    ]
    classes = None if look.classes is None else [guess._asdict() for guess in look.classes]
    return found | {"picture": str(look.picture), "source": SOURCE, "layers": layers, "classes": classes}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_configfile(parser)
    parser.add_argument("--weights", help="auto, imagenet-8bit, imagenet, untrained, or a file (default: the config's)")
    parser.add_argument(
        "--weights-folder", type=Path, default=CHECKOUT / "data/vgg19", help="where weights are kept (data/vgg19)"
    )
    parser.add_argument(
        "--picture",
        type=Path,
        default=CHECKOUT / "data/style/night_swirls.jpg",
        metavar="FILE",
        help="whose layers' statistics are computed (default: a sample painting)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


if __name__ == "__main__":
    hide_tensorflow_lines()
    sys.exit(main(sys.argv[1:]))

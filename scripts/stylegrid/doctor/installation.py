"""Checks of the installation: versions, networks, disk space, calibration, and the gallery in the results folder."""

import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

import platformdirs
import psutil

from stylegrid import files
from stylegrid.errors import RecordError, StylegridError, WeightsError
from stylegrid.fast.weights import FAST_FILE, fast_folder, read_fast
from stylegrid.plan.forecast import Calibration, cost, read_calibration
from stylegrid.plan.job import RECIPE
from stylegrid.settings import presets
from stylegrid.settings.config import Settings
from stylegrid.store.record import versions
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.choice import find_weights, identify_network, read_backbone
from stylegrid.vgg.weights.download import IMAGENET_FILE, IMAGENET_MD5
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE
from stylegrid.vgg.weights.read import read_weights
from stylegrid.vgg.weights.untrained import random_weights

LITTLE, FULL = 1e9, 1e8  # free bytes on a disk: below them a warning, and a fault
BUILDS = {"tensorflow", "tensorflow-cpu"}  # packages with the same files
REINSTALL = "make clean, then make gallery"


Level = Literal["ok", "slow", "warning", "fault"]


class Check(NamedTuple):
    """The finding on one topic, and its remedy; with a fault nothing can be painted."""

    level: Level
    topic: str
    text: str
    remedy: str = ""


class Network(NamedTuple):
    """An examined network: its name, its file and the file's SHA-256 if there is one, and its weights."""

    name: str
    path: Path | None
    sha256: str
    weights: Weights


def check_all(settings: Settings, check: Check, network: Network | None) -> Iterator[Check]:
    """Yield all checks of an installation, with the result of `check_network`."""
    yield from check_software()
    tensorflow = check_tensorflow()
    yield tensorflow
    if tensorflow.level != "fault":
        yield from _check_hardware(settings)
    yield check_disk("results", settings.results, "set results to a folder on another disk")
    yield check_disk("cache", platformdirs.user_cache_path("stylegrid"), "set XDG_CACHE_HOME to another folder")
    yield check_calibration(settings)
    yield check
    yield check_fast(fast_folder())
    yield from check_gallery(settings, network)


def _check_hardware(settings: Settings) -> Iterator[Check]:
    from stylegrid.doctor import hardware  # here: it needs a TensorFlow that can be imported

    wanted = presets.resolve(settings.stylize).size
    yield hardware.check_processor()
    yield hardware.check_instructions()
    yield from hardware.check_gpus()
    yield hardware.check_precision()
    yield hardware.check_memory(wanted if isinstance(wanted, int) else 0)


def check_software() -> Iterator[Check]:
    """Yield the versions of stylegrid and Python."""
    found = versions()
    yield Check("ok", "stylegrid", f"{found['stylegrid']}, recipe {RECIPE}")
    yield Check("ok", "Python", found["python"])


def check_tensorflow() -> Check:
    """Check the versions of TensorFlow and Keras; a fault if TensorFlow can't be imported."""
    names = {distribution.name.lower().replace("_", "-") for distribution in metadata.distributions()}
    if names >= BUILDS:
        return Check("fault", "TensorFlow", f"{' and '.join(sorted(BUILDS))} overwrite each other's files", REINSTALL)
    try:
        import tensorflow as tf
    except Exception as error:  # a broken installation may raise anything
        reason = " ".join(str(error).split()) or type(error).__name__
        return Check("fault", "TensorFlow", f"cannot be imported ({reason})", REINSTALL)
    build = "CUDA" if tf.test.is_built_with_cuda() else "the CPU"
    return Check("ok", "TensorFlow", f"{tf.__version__}, built for {build}; Keras {metadata.version('keras')}")


def check_disk(topic: str, folder: Path, elsewhere: str) -> Check:
    """Check the free space and permissions where a folder is or would be made; writes nothing."""
    if lost := files.lost_link(folder):
        return Check("fault", topic, lost.partition(";")[0], f"mount its disk, or {elsewhere}")
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        why = "no write permission" if there.is_dir() else "is a file"
        return Check("fault", topic, f"{folder}: cannot be written to: {there}: {why}", elsewhere)
    free = psutil.disk_usage(str(there)).free
    level: Level = "fault" if free < FULL else "warning" if free < LITTLE else "ok"
    remedy = "" if level == "ok" else f"make room (make prune names what can go), or {elsewhere}"
    return Check(level, topic, f"{folder}: {free / 1e9:,.1f} GB free", remedy)


def check_calibration(settings: Settings) -> Check:
    """Check this machine's calibration, with the seconds of one picture by the house recipe."""
    path = settings.painting.calibration_file
    try:
        calibration = read_calibration(path)
    except RecordError as error:
        return Check("fault", "calibration", str(error), "make plan measures it anew")
    if calibration is None:
        where = f"{path}: no such file" if path else "none"
        why = "forecasts and shares of work are guesses, and small pictures are painted one at a time"
        return Check("slow", "calibration", f"{where}: {why}", "make plan measures this machine, half a minute")
    return Check("ok", "calibration", _describe(calibration))


def _describe(calibration: Calibration) -> str:
    house = presets.resolve({"preset": "stylegrid"})
    seconds = cost(house, (int(house.size), int(house.size)), calibration).seconds
    return (
        f"{calibration.device}, {calibration.precision}, measured {calibration.measured}: "
        f"{seconds:.0f} s for a picture of {house.size} x {house.size} px by the house recipe"
    )


def _remedy(weights: str) -> str:
    """Return the remedy if the file of the setting is damaged, or another network's."""
    if weights in ("auto", "imagenet-8bit"):
        return f"delete the file; make gallery brings {EIGHT_BIT_FILE} again"
    return "set weights to auto, or to a file of VGG19"


def check_network(weights: str, folder: Path) -> tuple[Check, Network | None]:
    """Check the network of the setting `weights`; also return the network, or None if it is missing or damaged.

    Downloads and writes nothing.
    """
    try:
        path = find_weights(weights, folder)
        if path is None and weights != "untrained":
            remedy = f"make gallery brings it; or put {IMAGENET_FILE} (MD5 {IMAGENET_MD5}) there"
            return Check("fault", "network", f"{weights}: not in {folder}", remedy), None
        loaded = random_weights() if path is None else read_weights(path)
        name, sha256 = identify_network(path, loaded), "" if path is None else files.sha256(path)
    except (WeightsError, RecordError) as error:
        return Check("fault", "network", str(error), _remedy(weights)), None
    network = Network(name, path, sha256, loaded)
    if name == "untrained":
        text = f"untrained, {_describe_file(network)}: random weights; published recipes paint noise with them"
        return Check("warning", "network", text, "set weights to auto, or paint by preset stylegrid-untrained"), network
    return Check("ok", "network", f"{name}, {_describe_file(network)}"), network


def _describe_file(network: Network) -> str:
    return "not made yet" if network.path is None else f"{network.path}, SHA-256 {network.sha256}"


def check_fast(folder: Path) -> Check:
    """Check the networks of the fast method; without them descents are painted all the same."""
    path = folder / FAST_FILE
    try:
        read_fast(path)
    except WeightsError as error:
        reason, _, remedy = str(error).partition("; ")
        without = "no drafts, no method fast, no style_cosine"
        return Check("warning", "fast", f"{reason}: {without}", remedy)
    return Check("ok", "fast", f"{path}, the published values")


def check_gallery(settings: Settings, network: Network | None) -> Iterator[Check]:
    """Yield which network the gallery in the results folder is painted with, and whether the examined one differs.

    Nothing before a gallery is begun.
    """
    path = settings.results / "backbone.json"
    if not path.is_file():
        return
    try:
        painted = read_backbone(path)
    except StylegridError as error:
        yield Check("warning", "gallery", str(error), f"delete {path}")
        return
    text = f"{settings.results}: painted with {painted.name}, {painted.path}, SHA-256 {painted.sha256}"
    if network is None or painted.sha256 == network.sha256 or (not network.sha256 and painted.name == network.name):
        yield Check("ok", "gallery", text)
        return
    painter = painted.path if painted.name == "file" else painted.name
    remedy = f"set weights to {painter}; or delete {path}, and the next run repaints the gallery"
    yield Check("warning", "gallery", f"{text}; weights now means {network.name}, {_describe_file(network)}", remedy)

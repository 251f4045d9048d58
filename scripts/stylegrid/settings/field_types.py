"""The types of settings: allowed values, and their canonical spelling."""

import math
import re
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator

from stylegrid.vgg.architecture import LAYERS
from stylegrid.weighted_list import WeightedList

SMALLEST, LARGEST = 16, 16384  # longest sides of a picture, in pixels
STARTS = ("content", "style", "noise", "grey")
_OTHER_WORDS = {"painting": "style", "gray": "grey"}


def _layers(layers: WeightedList) -> WeightedList:
    for name in layers.names:
        if name not in LAYERS:
            raise ValueError(
                f"must name layers of VGG19 such as relu4_2 or, before the activation, conv4_2, found {name!r}"
            )
    if len(set(layers.names)) < len(layers.names):
        raise ValueError("must name a layer only once")
    return layers


def _schedule(schedule: WeightedList) -> WeightedList:
    if schedule == "auto":
        return schedule
    sides = [int(name) if re.fullmatch(r"\d{1,6}", name) else 0 for name in schedule.names]
    if min(sides) < SMALLEST or sorted(set(sides)) != sides:
        raise ValueError("must be auto, or ascending sizes with shares of the steps such as '64:80 + 128:60 + 256:40'")
    return WeightedList.of(tuple((str(side), share) for side, (_, share) in zip(sides, schedule.entries, strict=True)))


def _start(start: WeightedList) -> WeightedList:
    entries = tuple((_OTHER_WORDS.get(name, name), weight) for name, weight in start.entries)
    if sum(name not in STARTS for name, _ in entries) > 1:
        raise ValueError("must name one picture file at most")
    if len(dict(entries)) < len(entries):
        raise ValueError("must name a start only once")
    return WeightedList.of(entries)


def _masks(masks: WeightedList) -> WeightedList:
    if any(weight != 1 for _, weight in masks.entries):
        raise ValueError("must name masks without weights, which belong to the paintings")
    return masks


def _aspect(text: str) -> str:
    if text == "own":
        return text
    sides = re.fullmatch(r"([1-9]\d{0,3}):([1-9]\d{0,3})", text)
    if not sides:
        raise ValueError("must be own, or width:height such as '3:2'")
    width, height = int(sides[1]), int(sides[2])
    shared = math.gcd(width, height)
    return f"{width // shared}:{height // shared}"


def _size(value: object) -> int | str:
    text = str(value).strip()
    if text == "own":
        return text
    whole = re.fullmatch(r"\+?(\d{1,6})(\.0*)?", text)
    if not whole or not SMALLEST <= int(whole[1]) <= LARGEST:
        raise ValueError(f"must be a whole number of pixels from {SMALLEST} to {LARGEST}, or own")
    return int(whole[1])


def _tile(value: object) -> int | str:
    text = str(value).strip()
    if text in ("auto", "none"):
        return text
    whole = re.fullmatch(r"\+?(\d{1,6})(\.0*)?", text)
    if not whole or not SMALLEST <= int(whole[1]) <= LARGEST:
        raise ValueError(f"must be auto, none, or a whole number of pixels from {SMALLEST} to {LARGEST}")
    return int(whole[1])


Layers = Annotated[WeightedList, AfterValidator(_layers)]
Schedule = Annotated[WeightedList, AfterValidator(_schedule)]
Start = Annotated[WeightedList, AfterValidator(_start)]
Masks = Annotated[WeightedList, AfterValidator(_masks)]
Aspect = Annotated[str, AfterValidator(_aspect)]
LongestSide = Annotated[int | str, PlainValidator(_size)]
TileSide = Annotated[int | str, PlainValidator(_tile)]
Weight = Annotated[float, Field(ge=0, le=1e38)]  # the largest power of ten that float32 holds
Factor = Annotated[float, Field(ge=1e-30, le=1e38)]
Ratio = Annotated[float, Field(ge=1e-3, le=1e3)]

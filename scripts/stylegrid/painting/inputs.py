"""The inputs of one scale: photograph, paintings, masks and start picture, resized and recoloured."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from stylegrid.pictures import images
from stylegrid.pictures.colour_transfer import is_grey, match_colours, to_grey
from stylegrid.pictures.geometry import Size
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.plan.job import Job, StyleSource
from stylegrid.settings.scales import painting_size, predicted_size
from stylegrid.vgg.conventions import MEAN_LEVELS

ColourMap = Literal["linear", "histogram"]


class Painting(NamedTuple):
    """A painting: its picture, its alpha, its share of the blend, and the mask of the region that it paints.

    `alpha` has the painting's size and `mask` the photograph's; None means everywhere.
    """

    picture: Picture
    alpha: Alpha | None
    share: float
    mask: Alpha | None


class ScaleInputs(NamedTuple):
    """The inputs of one scale; `alpha` and `content_mask` have the photograph's size."""

    photograph: Picture
    alpha: Alpha | None
    content_mask: Alpha | None
    paintings: tuple[Painting, ...]


def is_grey_job(job: Job, size: Size) -> bool:
    """Return whether a job's picture, of this (width, height), is to be painted in greys.

    It is where the settings keep greys and all that gives it colours is grey: its paintings, or the photograph where
    they take its colours.
    """
    if job.settings.greys == "free":
        return False
    if job.settings.match_colours == "style":
        givers = [read_picture(job, job.content.path, size)]
    else:
        givers = [read_painting(job, style, painting_size(job.settings, style.size, size)) for style in job.styles]
    return all(is_grey(visible(picture, alpha)) for picture, alpha in givers)


def read_inputs(job: Job, size: Size, grey: bool = False) -> ScaleInputs:
    """Return a job's inputs at this (width, height), in greys if asked; raises ImageError when a file can't be read."""
    photograph, alpha = read_picture(job, job.content.path, size)
    paintings = _paintings(job, size, lambda painting: painting_size(job.settings, painting, size))
    inputs = ScaleInputs(photograph, alpha, _mask(job.content_mask, size), paintings)
    if grey:
        inputs = _in_greys(inputs)
    matching = {"none": _unchanged, "content": _recolour_photograph, "style": _recolour_paintings}
    return matching[job.settings.match_colours](inputs, job.settings.colour_map)


def read_inputs_as_they_are(job: Job, size: Size) -> ScaleInputs:
    """Return the fast method's inputs, none recoloured: paintings at the size at which their style is read."""
    photograph, alpha = read_picture(job, job.content.path, size)
    paintings = _paintings(job, size, lambda painting: predicted_size(job.settings, painting))
    return ScaleInputs(photograph, alpha, None, paintings)


def read_photograph_as_painting(job: Job) -> Picture:
    """Return the photograph at the size at which the fast method reads a painting of `style_scale` 1."""
    settings = job.settings.model_copy(update={"style_scale": 1.0, "style_crop": 0.0})
    return read_picture(job, job.content.path, predicted_size(settings, job.content.size))[0]


def start_picture(job: Job, inputs: ScaleInputs) -> Picture:
    """Return the start picture: one of the starts that `init` may name, or their weighted mean.

    A file or painting is cropped to the photograph's shape. Normal noise may go beyond [0, 1].
    """
    entries = job.settings.init.entries
    total = sum(weight for _, weight in entries)
    parts = [np.float32(weight / total) * _start(job, name, inputs) for name, weight in entries]
    return np.asarray(sum(parts), np.float32)


def _start(job: Job, name: str, inputs: ScaleInputs) -> Picture:
    height, width = inputs.photograph.shape[1:3]
    size = (width, height)
    if name == "content":
        return inputs.photograph
    if name == "noise":
        return _noise(job, (height, width))
    if name == "grey":
        return np.full((1, height, width, 3), 0.5, np.float32)
    if name == "style":
        return np.asarray(
            sum(painting.share * _crop(painting.picture, size) for painting in inputs.paintings), np.float32
        )
    assert job.start is not None
    return images.read_filling(Path(job.start.path), size)


def _crop(picture: Picture, size: Size) -> Picture:
    return images.to_array(images.fill(images.to_image(picture), size))


def _noise(job: Job, shape: tuple[int, int]) -> Picture:
    generator = np.random.default_rng(job.settings.seed)
    if job.settings.noise == "uniform":
        return generator.random((1, *shape, 3), dtype=np.float32)
    levels = generator.standard_normal((1, *shape, 3), dtype=np.float32) * np.float32(job.settings.noise_deviation)
    return (levels + np.asarray(MEAN_LEVELS, np.float32)) / np.float32(255)


def read_picture(job: Job, path: str, size: Size, crop: float = 0) -> tuple[Picture, Alpha | None]:
    """Return a picture and its alpha, which is None too where a job lays transparency on white."""
    if job.settings.alpha == "white":
        return images.read(Path(path), size, crop), None
    return images.read_with_alpha(Path(path), size, crop)


def _mask(source: object, size: Size) -> Alpha | None:
    path = getattr(source, "path", None)
    return None if path is None else images.read_mask(Path(path), size)


def _paintings(job: Job, size: Size, sized: Callable[[Size], Size]) -> tuple[Painting, ...]:
    """Return the paintings at the size that `sized` gives, and their masks at the photograph's `size`."""
    masks = job.style_masks or (None,) * len(job.styles)
    total = sum(style.weight for style in job.styles)
    return tuple(
        Painting(*read_painting(job, style, sized(style.size)), style.weight / total, _mask(mask, size))
        for style, mask in zip(job.styles, masks, strict=True)
    )


def read_painting(job: Job, style: StyleSource, size: Size) -> tuple[Picture, Alpha | None]:
    """Return a painting and its alpha, without the share at its sides that a job cuts off."""
    return read_picture(job, style.path, size, job.settings.style_crop)


def _in_greys(inputs: ScaleInputs) -> ScaleInputs:
    paintings = tuple(painting._replace(picture=to_grey(painting.picture)) for painting in inputs.paintings)
    return inputs._replace(photograph=to_grey(inputs.photograph), paintings=paintings)


def _unchanged(inputs: ScaleInputs, how: ColourMap) -> ScaleInputs:
    return inputs


def _recolour_photograph(inputs: ScaleInputs, how: ColourMap) -> ScaleInputs:
    """Return inputs whose photograph has the colours of all paintings, or of each in its region."""
    if all(painting.mask is None for painting in inputs.paintings):
        references = [(_opaque(painting), painting.share) for painting in inputs.paintings]
        sample = visible(inputs.photograph, inputs.alpha)
        return inputs._replace(photograph=match_colours(inputs.photograph, references, how, sample))
    moved, covered = np.zeros_like(inputs.photograph), np.zeros_like(inputs.photograph[..., :1])
    for painting in inputs.paintings:
        region = np.ones_like(covered) if painting.mask is None else painting.mask
        seen = region if inputs.alpha is None else region * inputs.alpha
        sample = visible(inputs.photograph, seen)
        moved += region * match_colours(inputs.photograph, [(_opaque(painting), 1.0)], how, sample)
        covered += region
    # Overlapping soft regions are averaged; the photograph keeps its own colours where there is no region.
    photograph = moved / np.maximum(covered, 1) + np.maximum(1 - covered, 0) * inputs.photograph
    return inputs._replace(photograph=photograph.astype(np.float32))


def _recolour_paintings(inputs: ScaleInputs, how: ColourMap) -> ScaleInputs:
    """Return inputs whose paintings have the photograph's colours, so that the picture keeps them."""
    reference = [(visible(inputs.photograph, inputs.alpha), 1.0)]
    paintings = tuple(
        painting._replace(picture=match_colours(painting.picture, reference, how, _opaque(painting)))
        for painting in inputs.paintings
    )
    return inputs._replace(paintings=paintings)


def _opaque(painting: Painting) -> Picture:
    return visible(painting.picture, painting.alpha)


def visible(picture: Picture, alpha: Alpha | None) -> Picture:
    """Return the pixels with alpha of at least 0.5, as a picture one pixel high; all where there are none."""
    if alpha is None or not (alpha >= 0.5).any():
        return picture
    return picture[alpha[..., 0] >= 0.5][np.newaxis, np.newaxis]

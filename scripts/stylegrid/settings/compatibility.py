"""Settings that conflict, and settings without effect, as sentences that begin with the setting."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stylegrid.errors import ImageError
from stylegrid.pictures.formats import require_size
from stylegrid.pictures.geometry import Size
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import layers_used, longest_side, picture_size, size_fault
from stylegrid.vgg.tiles import halo


def conflicts(settings: PaintSettings) -> list[str]:
    """Return a sentence for each conflict between settings."""
    return [*_sizes(settings), *_tiles(settings), *_terms(settings)]


def size_conflict(settings: PaintSettings, photograph: Size, paintings: Iterable[Size]) -> str:
    """Return why pictures of these sizes can't be painted or saved with these settings, or ""."""
    fault = size_fault(settings, photograph, paintings)
    if fault:
        return fault
    try:
        require_size(picture_size(settings, photograph, longest_side(settings, photograph)), settings.format)
    except ImageError as error:
        return f"format: {error}"
    return ""


class _Rule(NamedTuple):
    """A rule: the settings `names` take effect only when `applies` holds."""

    names: str
    applies: Callable[[PaintSettings, int, bool], bool]  # settings, number of paintings, any mask
    where: str
    remedy: str


# With the fast method, settings of the descent have no effect at all, and those of the objective only on the losses,
# which are measured; all others decide the picture.
OF_DESCENT = (
    "init noise noise_deviation seed steps clamp optimizer corrections learning_rate decay decay_every decay_form "
    "beta_1 beta_2 epsilon adam average tolerance patience coarsest scale_factor sharing schedule detail moments "
    "snapshots tile"
)
OF_OBJECTIVE = (
    "content_weight style_weight tv_weight content_layers style_layers content_layer_ratio style_layer_ratio "
    "over_layers content_loss style_loss content_factor style_factor tv_factor gram gram_over tv_loss tv_power "
    "smallest_octave octave_content blend style_shape match_colours colour_map content_mask preprocessing padding "
    "pooling pool_rounding pixels"
)
OF_OCTAVES = frozenset({"smallest_octave", "octave_content"})

_RULES = (
    _Rule(OF_DESCENT, lambda settings, *_: settings.method == "descent", "method is fast", "set method to descent"),
    _Rule(
        OF_OBJECTIVE,
        lambda settings, *_: settings.method == "descent",
        "method is fast, which only measures losses",
        "set method to descent",
    ),
    _Rule("strength", lambda settings, *_: settings.method == "fast", "method is descent", "set method to fast"),
    _Rule(
        "learning_rate decay decay_every decay_form",
        lambda settings, *_: settings.optimizer != "lbfgs",
        "optimizer is lbfgs",
        "set optimizer to adam or sgd",
    ),
    _Rule(
        "beta_1 beta_2 epsilon adam moments",
        lambda settings, *_: settings.optimizer == "adam",
        "optimizer is {optimizer}",
        "set optimizer to adam",
    ),
    _Rule(
        "corrections",
        lambda settings, *_: settings.optimizer == "lbfgs",
        "optimizer is {optimizer}",
        "set optimizer to lbfgs",
    ),
    _Rule("decay_every decay_form", lambda settings, *_: settings.decay != 1, "decay is 1", "set decay to less than 1"),
    _Rule(
        "seed noise noise_deviation",
        lambda settings, *_: "noise" in settings.init.names,
        "init is without noise",
        "add noise to init",
    ),
    _Rule(
        "noise_deviation",
        lambda settings, *_: settings.noise == "normal",
        "noise is {noise}",
        "set noise to normal",
    ),
    _Rule(
        "tv_power",
        lambda settings, *_: settings.tv_loss == "sum_power",
        "tv_loss is {tv_loss}",
        "set tv_loss to sum_power",
    ),
    _Rule(
        "gram gram_over",
        lambda settings, *_: settings.style_loss != "wasserstein",
        "style_loss is wasserstein",
        "set style_loss to another",
    ),
    _Rule(
        "colour_map",
        lambda settings, *_: settings.match_colours != "none",
        "match_colours is none",
        "set match_colours to content or style",
    ),
    _Rule(
        "style_scale",
        lambda settings, *_: settings.style_shape == "own" or settings.method == "fast",
        "style_shape is stretched",
        "set style_shape to own",
    ),
    _Rule(
        "octave_content",
        lambda settings, *_: settings.smallest_octave > 0,
        "smallest_octave is 0",
        "set smallest_octave to more than 0",
    ),
    _Rule("blend", lambda _, paintings, __: paintings > 1, "style is one painting", "join several by plus signs"),
    _Rule(
        "blend",
        lambda _, __, masked: not masked,
        "style_mask names a mask, as each painting is then compared in its own region",
        "set style_mask to none",
    ),
    _Rule("patience", lambda settings, *_: settings.tolerance > 0, "tolerance is 0", "set tolerance to more than 0"),
    _Rule(
        "coarsest scale_factor sharing",
        lambda settings, *_: settings.schedule == "auto",
        "schedule is {schedule!r}",
        "set schedule to auto",
    ),
    _Rule(
        "scale_factor sharing",
        lambda settings, *_: settings.coarsest > 0,
        "coarsest is 0",
        "set coarsest to more than 0",
    ),
    _Rule(
        "detail",
        lambda settings, *_: settings.coarsest > 0 or settings.schedule != "auto",
        "coarsest is 0, and there is one scale",
        "set coarsest to more than 0",
    ),
    _Rule(
        "quality",
        lambda settings, *_: settings.format in ("jpeg", "webp"),
        "format is {format}",
        "set format to jpeg or webp",
    ),
    _Rule(
        "snapshots",
        lambda settings, *_: settings.snapshots <= settings.steps,
        "it is above steps, {steps}",
        "set it to less, or steps to more",
    ),
    _Rule(
        "content_mask",
        lambda settings, *_: settings.content_weight > 0,
        "content_weight is 0",
        "set content_weight to more than 0",
    ),
    _Rule(
        "style_mask",
        lambda settings, *_: (
            settings.style_weight > 0 or settings.match_colours == "content" or settings.method == "fast"
        ),
        "style_weight is 0 and match_colours is {match_colours}",
        "set style_weight to more than 0",
    ),
)


def unused_settings(settings: PaintSettings, paintings: int, masked: bool) -> dict[str, str]:
    """Return the settings without effect, each with a sentence: why, and what to do.

    `paintings` is the number of paintings, `masked` whether any of them has a mask.
    """
    found: dict[str, str] = {}
    for rule in _RULES:
        if not rule.applies(settings, paintings, masked):
            where, remedy = rule.where.format_map(vars(settings)), rule.remedy
            for name in rule.names.split():
                found.setdefault(name, f"{name}: has no effect where {where}; leave it out, or {remedy}")
    return found


def _sizes(settings: PaintSettings) -> Iterator[str]:
    if settings.method == "descent" and settings.schedule != "auto":
        last = settings.schedule.names[-1]
        if settings.size == "own":
            yield f"schedule: must be auto where size is own, found {settings.schedule!r}; set size to {last}"
        elif last != str(settings.size):
            yield f"schedule: must end at the setting size, {settings.size}, found {last} at its end"


def _tiles(settings: PaintSettings) -> Iterator[str]:
    layers = layers_used(settings.content_layers, settings.style_layers)
    if settings.method == "descent" and isinstance(settings.tile, int) and settings.tile < halo(layers):
        yield (
            f"tile: must be auto, none, or {halo(layers)} or more, which is how far these layers see beyond a tile, "
            f"found {settings.tile}; tiles of 512 or 1024 take least time"
        )


def _terms(settings: PaintSettings) -> Iterator[str]:
    if settings.steps and not (settings.content_weight or settings.style_weight or settings.tv_weight):
        yield "style_weight: must be above 0 where content_weight and tv_weight are 0 too, found 0; or set steps to 0"

"""Settings that can't work together, each clash in a sentence that begins with the setting to change."""

from collections.abc import Iterable, Iterator

from stylegrid import encode
from stylegrid.errors import ImageError
from stylegrid.paint_settings import PaintSettings
from stylegrid.scales import Size, longest_side, picture_size, size_fault
from stylegrid.weighted import parse_weighted


def clashes(settings: PaintSettings) -> list[str]:
    """Return a sentence for each pair of settings that can't work together."""
    return [*_sizes(settings), *_terms(settings)]


def size_clash(settings: PaintSettings, photograph: Size, paintings: Iterable[Size]) -> str:
    """Return what keeps pictures of these sizes from being painted or saved with these settings, if anything does."""
    fault = size_fault(settings, photograph, paintings)
    if fault:
        return fault
    try:
        encode.require_size(picture_size(settings, photograph, longest_side(settings, photograph)), settings.format)
    except ImageError as error:
        return f"format: {error}"
    return ""


def _sizes(settings: PaintSettings) -> Iterator[str]:
    if settings.style_shape == "stretched" and settings.style_scale != 1:
        yield (
            f"style_scale: must be 1 where style_shape is stretched, found {settings.style_scale:g}; "
            "set style_shape to own"
        )
    if settings.schedule != "auto":
        last = parse_weighted(settings.schedule)[-1][0]
        if settings.size == "own":
            yield f"schedule: must be auto where size is own, found {settings.schedule!r}; set size to {last}"
        elif last != str(settings.size):
            yield f"schedule: must end at the setting size, {settings.size}, found {last} at its end"


def _terms(settings: PaintSettings) -> Iterator[str]:
    if settings.steps and not (settings.content_weight or settings.style_weight or settings.tv_weight):
        yield "style_weight: must be above 0 where content_weight and tv_weight are 0 too, found 0; or set steps to 0"

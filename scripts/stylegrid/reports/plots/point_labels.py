"""Labels beside points, each where it covers no other label and no point; where there is no such place, none."""

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

# Where a label may stand, best places first: right or left of its point, in lines above and below; offsets in points.
PLACES = tuple((x, y, side) for y in (3, -9, 13, -19, 23, -29, 33) for x, side in ((4, "left"), (-4, "right")))
RADIUS = 3  # of a point, in points


def arrange(figure: Figure) -> None:
    """Move the labels of all panels to free places, or remove them; the figure's layout must not go by them."""
    panels = [panel for panel in figure.axes if any(_labels(panel))]
    if panels:
        figure.draw_without_rendering()  # settles where panels are
    for panel in panels:
        _arrange_panel(panel, list(_labels(panel)), RADIUS / 72 * figure.dpi)


def _labels(panel: Axes) -> Iterator[Annotation]:
    yield from (text for text in panel.texts if isinstance(text, Annotation))


def _arrange_panel(panel: Axes, labels: Sequence[Annotation], radius: float) -> None:
    places = [panel.transData.transform(label.xy) for label in labels]
    taken = [Bbox([place - radius, place + radius]) for place in places]
    for label in labels:
        if any(_fits(label, place, panel.bbox, taken) for place in PLACES):  # which leaves it there
            taken.append(label.get_window_extent())
        else:
            label.remove()


def _fits(label: Annotation, place: tuple[float, float, str], panel: Bbox, taken: Sequence[Bbox]) -> bool:
    """Put a label at a place and return whether it is within the panel there and covers nothing."""
    x, y, side = place
    label.set(position=(x, y), horizontalalignment=side)
    box = label.get_window_extent()
    inside = panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
    return inside and not any(box.overlaps(other) for other in taken)

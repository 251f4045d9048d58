"""A chosen picture, painted larger: the settings that make the large one the same picture with more detail.

It begins with the chosen picture, at the first scale that is larger, and is compared at every halving down to about
that picture's size too, where it keeps the chosen picture's content instead of the photograph's.
"""

import math

from stylegrid.plan.job import Job
from stylegrid.settings.scales import longest_side

# Of the start that the chosen picture replaces; without noise they would be refused.
_WITHOUT_NOISE = {"noise": "", "noise_deviation": "", "seed": ""}
_FIRST_SCALE = 1.5  # the smallest first scale, over the chosen picture's longest side


def enlarging_cells(job: Job, size: int | str) -> dict[str, str]:
    """Return the cells beside `init` that enlarge a job's picture to a longest side in pixels or `own`; "" empties one.

    There are none where the picture would not be larger, or where the fast method paints it.
    """
    settings, photograph = job.settings, job.content.size
    before = longest_side(settings, photograph)
    after = longest_side(settings.model_copy(update={"size": size}), photograph)
    if after <= before or settings.method == "fast":
        return {}
    halvings = max(1, round(math.log2(after / before)))
    octave = {"smallest_octave": str(int(after / 2**halvings + 0.5)), "octave_content": "start"}
    coarsest = {"coarsest": str(round(_FIRST_SCALE * before))} if settings.coarsest else {}
    schedule = {} if settings.schedule == "auto" else {"schedule": "auto"}
    return {**octave, **coarsest, **schedule, **_WITHOUT_NOISE}

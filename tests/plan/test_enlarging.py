"""What a row says of a picture that is painted larger."""

import pytest
from conftest import make_job, sized

from stylegrid.plan.enlarging import enlarging_cells


@pytest.mark.parametrize(
    ("given", "size", "cells"),
    [
        ({}, 1024, {"smallest_octave": "256", "coarsest": "384"}),
        ({}, 512, {"smallest_octave": "256", "coarsest": "384"}),
        ({}, 300, {"smallest_octave": "150", "coarsest": "384"}),  # as near to 256 as a halving comes
        ({}, 1500, {"smallest_octave": "188", "coarsest": "384"}),
        ({}, "own", {"smallest_octave": "250", "coarsest": "384"}),
        ({}, 9000, {"smallest_octave": "250", "coarsest": "384"}),  # the photograph has 2000
        ({"coarsest": 0}, 512, {"smallest_octave": "256"}),
        ({"schedule": "64 + 256"}, 512, {"smallest_octave": "256", "coarsest": "384", "schedule": "auto"}),
        ({}, 256, {}),
        ({}, 128, {}),
        ({"method": "fast"}, 1024, {}),
    ],
)
def test_a_larger_picture_is_compared_down_to_the_chosen_one_s_size(given, size, cells):
    job = sized(make_job(**{"size": 256, "coarsest": 64, **given}), 2000, 1000)
    found = {name: cell for name, cell in enlarging_cells(job, size).items() if cell}
    assert found == ({"octave_content": "start", **cells} if cells else {})


def test_what_only_noise_needs_is_emptied():
    cells = enlarging_cells(sized(make_job(size=256, init="noise"), 2000, 1000), 512)
    assert (cells["noise"], cells["noise_deviation"], cells["seed"]) == ("", "", "")

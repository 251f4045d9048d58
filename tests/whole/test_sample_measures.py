"""The house recipe on the samples, by what no loss is made small for: the painting is seen, and the photograph kept."""

import pytest
from conftest import REPOSITORY, save_manifest

from stylegrid.fast.weights import find_fast
from stylegrid.painting.measures import Meter
from stylegrid.painting.painter import Painter
from stylegrid.pictures import encode
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings.config import parse_settings
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import choose_backbone

pytestmark = pytest.mark.slow

DATA = REPOSITORY / "data"
# Of chelsea.jpg, 128 px large, in bfloat16. A style weight of 3 for the woodcut falls below the first bound, one of 30
# below the second.
MEASURED = {  # style_cosine, edges_kept, colour_distance, grain, specks
    "autumn_impasto": (0.777, 0.679, 5.11, 2.28, 0.0267),
    "mosaic": (0.679, 0.454, 4.39, 4.67, 0.0301),
    "night_swirls": (0.868, 0.752, 4.01, 1.90, 0.0185),
    "woodcut": (0.748, 0.520, 8.70, 3.62, 0.0259),
}


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """The jobs, pictures and measures of one photograph in every painting, by the painting's name."""
    folder = tmp_path_factory.mktemp("samples")
    config = {
        "manifest": str(save_manifest(folder / "manifest.csv", [{"content": "chelsea.jpg", "style": "*.jpg"}])),
        "content_dir": str(DATA / "content"),
        "style_dir": str(DATA / "style"),
        "results": str(folder / "results"),
        "stylize": {"size": 128},
    }
    cache, found = Cache(folder / "cache"), {}
    painter = Painter(choose_backbone("imagenet-8bit", DATA / "vgg19"), cache)
    for job in (each.job for each in make_plan(parse_settings(config)).combinations):
        painter.paint(job, lambda step: None)
        kept = cache.get(painter.key(job))
        found[job.style] = (job, encode.decode_sixteen(kept.tiff)[0], kept.record.measures)
    return found


def test_each_picture_is_nearest_to_its_own_painting(painted):
    meter, jobs = Meter(find_fast(DATA / "fast")), {name: job for name, (job, *_) in painted.items()}
    assert len(jobs) == 4
    for name, (_, picture, measures) in painted.items():
        cosines = {other: meter.style_cosine(job, picture) for other, job in jobs.items()}
        assert max(cosines, key=cosines.__getitem__) == name
        assert cosines[name] == pytest.approx(measures.style_cosine, abs=1e-3)


def test_pictures_are_no_worse_than_they_were(painted):
    assert {*painted} == {*MEASURED}
    for name, expected in MEASURED.items():
        style, edges, colour, grain, specks = expected
        found = painted[name][2]
        assert found.style_cosine > style - 0.05 and found.edges_kept > edges - 0.08, name
        assert found.colour_distance < colour + 2 and found.grain < 1.15 * grain and found.specks < 1.5 * specks, name

"""Copies of chosen pictures, and the rows that begin with them."""

import pytest
from conftest import make_job, save_picture, sized

from stylegrid.errors import ConfigError
from stylegrid.plan.job import Source
from stylegrid.store.chosen import enlarge
from stylegrid.store.layout import picture_path


def test_a_larger_picture_begins_with_a_copy_of_the_chosen_one(tmp_path):
    job = sized(make_job(size=32, coarsest=0, format="webp"), 128, 96)
    picture = picture_path(tmp_path / "results", job)
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"painted")
    cells = enlarge(tmp_path / "results", job, 64, tmp_path / "start")
    told = {name: cell for name, cell in cells.items() if cell}
    assert told == {"init": f"{job.name}.webp", "smallest_octave": "32", "octave_content": "start"}
    picture.write_bytes(b"painted again")
    assert (tmp_path / "start" / cells["init"]).read_bytes() == b"painted"


def test_a_picture_that_is_not_there_cannot_be_enlarged(tmp_path):
    with pytest.raises(ConfigError, match=r"no such file; paint it first, or use --anew"):
        enlarge(tmp_path, sized(make_job(size=32), 128, 96), 64, tmp_path / "start")


def test_one_that_would_be_no_larger_begins_as_it_did(tmp_path):
    source = Source.of("dog", save_picture(tmp_path / "dog.png"), _inspected(tmp_path / "dog.png"))
    job = sized(make_job(size=32, init="sub/dog.png + noise"), 128, 96).model_copy(update={"start": source})
    assert enlarge(tmp_path, job, 32, tmp_path / "start") == {}
    assert (tmp_path / "start/sub/dog.png").read_bytes() == (tmp_path / "dog.png").read_bytes()


def _inspected(path):
    from stylegrid.pictures import images

    return images.inspect(path)

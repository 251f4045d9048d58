"""The sample paintings are what the script draws."""

import numpy as np
from conftest import REPOSITORY
from PIL import Image

import make_sample_data


def test_a_sample_painting_is_drawn_by_the_script():
    drawn = np.asarray(make_sample_data.draw("woodcut"), dtype=float)
    with Image.open(REPOSITORY / "data" / "style" / "woodcut.jpg") as image:
        shipped = np.asarray(image.convert("RGB"), dtype=float)
    assert drawn.shape == shipped.shape
    assert np.abs(drawn - shipped).mean() < 8  # of 255: what JPEG costs


def test_every_sample_painting_has_its_own_program():
    shipped = {path.stem for path in (REPOSITORY / "data" / "style").glob("*.jpg")}
    assert shipped == set(make_sample_data.PAINTINGS)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert make_sample_data.main(["--output", str(tmp_path / "file" / "style")]) == 1
    assert capsys.readouterr().err.count("\n") == 1

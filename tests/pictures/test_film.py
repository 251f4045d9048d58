"""Films, looked at frame by frame by Pillow and by ffmpeg itself."""

import shutil
import subprocess

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid.errors import RecordError
from stylegrid.pictures import film
from stylegrid.pictures.metadata import Metadata

FRAMES = [Image.fromarray(draw(41, 31, seed)) for seed in range(4)]
WORDS = Metadata("", "a film", "stylegrid", '{"a": 1}')
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def saved(path, data):
    path.write_bytes(data)
    return path


def test_an_animated_webp_has_all_frames_and_holds_the_first_and_the_last(tmp_path):
    with Image.open(saved(tmp_path / "a.webp", film.to_webp(FRAMES, WORDS))) as image:
        assert (image.n_frames, image.size, image.info["loop"]) == (4, (41, 31), 0)
        times = []
        for place, frame in enumerate(FRAMES):
            image.seek(place)
            image.load()
            times.append(image.info["duration"])
            assert np.abs(np.asarray(image.convert("RGB"), int) - np.asarray(frame, int)).mean() < 12
    assert times == [1000, 125, 125, 1000]
    assert film.read_words(tmp_path / "a.webp") == '{"a": 1}'


def test_the_same_frames_give_the_same_bytes():
    assert film.to_webp(FRAMES) == film.to_webp(FRAMES)


@pytest.mark.parametrize(
    ("size", "side", "expected"), [((400, 300), 200, (200, 150)), ((150, 100), 200, (150, 100)), ((9, 90), 30, (3, 30))]
)
def test_films_are_reduced_and_never_enlarged(size, side, expected):
    assert film.film_size(size, side) == expected


@needs_ffmpeg
def test_an_mp4_has_all_frames_in_their_colours(tmp_path):
    path = saved(tmp_path / "a.mp4", film.to_mp4(FRAMES, shutil.which("ffmpeg")))
    command = ["ffmpeg", "-loglevel", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    shown = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)
    shown = shown.reshape(-1, 30, 40, 3)
    assert len(shown) == 8 + 1 + 1 + 8
    for place, frame in ((0, 0), (8, 1), (9, 2), (17, 3)):
        seen = np.asarray(FRAMES[frame].crop((0, 0, 40, 30)), int)
        assert abs(shown[place].mean((0, 1)) - seen.mean((0, 1))).max() < 4  # of 255


def test_what_ffmpeg_says_is_told(tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho first >&2\necho Unknown encoder >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(RecordError, match=r"made no MP4 \(Unknown encoder\)"):
        film.to_mp4(FRAMES, str(program))


def test_an_ffmpeg_that_reads_nothing_is_told_too():
    with pytest.raises(RecordError, match=r"made no MP4 \(it says nothing\)"):
        film.to_mp4(FRAMES, shutil.which("false"))

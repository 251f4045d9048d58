"""Whether a painting fits into what is free: what it needs, and what a machine and its control groups leave."""

import itertools
from types import SimpleNamespace

import pytest
from conftest import make_job, save_picture

from stylegrid.plan import memory
from stylegrid.plan.memory import TILES, NotEnoughMemory, choose_tile, free_mb, needed_mb, needed_mb_of, require_memory
from stylegrid.settings import presets
from stylegrid.vgg.architecture import LAYERS
from stylegrid.vgg.tiles import halo

STATISTICS = "anon 5\ninactive_file 30000000\nactive_file 10000000\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with 8 GB free, and a process in the control group /slurm/job of a tree in a folder of ours."""
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
    membership = tmp_path / "cgroup"
    membership.write_text("1:cpu:/elsewhere\n0::/slurm/job\n4:memory:/old\n")
    monkeypatch.setattr(memory, "MEMBERSHIP", membership)
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "groups")
    return tmp_path


def limit(machine, group, most, used, statistics=None):
    folder = machine / "groups" / group
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    if statistics:
        (folder / "memory.stat").write_text(statistics)


def test_without_a_limit_the_machines_memory_is_free(machine):
    assert free_mb() == 8000
    limit(machine, "slurm/job", "max", 5_000_000)
    assert free_mb() == 8000


@pytest.mark.parametrize("group", ["slurm/job", "slurm", "."])
def test_the_limit_of_any_group_around_counts(machine, group):
    limit(machine, group, 3_000_000_000, 1_000_000_000)
    assert free_mb() == 2000


def test_the_least_counts(machine):
    limit(machine, "slurm", 3_000_000_000, 1_000_000_000)
    limit(machine, "slurm/job", 2_000_000_000, 1_500_000_000)
    assert free_mb() == 500
    limit(machine, "slurm/job", 20_000_000_000, 0)
    assert free_mb() == 2000


def test_files_that_a_group_holds_in_memory_give_way(machine):
    limit(machine, "slurm/job", 1_000_000_000, 900_000_000, STATISTICS)
    assert free_mb() == 140


def test_a_group_above_its_limit_has_nothing_free(machine):
    limit(machine, "slurm/job", 1_000, 900_000_000)
    assert free_mb() == 0


def test_a_system_without_groups_has_its_memory(machine, monkeypatch):
    monkeypatch.setattr(memory, "MEMBERSHIP", machine / "none")
    assert free_mb() == 8000


def picture_job(folder, **settings):
    photograph = save_picture(folder / "cat.png", 64, 48)
    job = make_job(content_layers="relu1_1", style_layers="relu1_1", pooling="average", **settings)
    return job.model_copy(update={"content": job.content.model_copy(update={"path": str(photograph)})})


def test_what_is_needed_grows_with_pixels_and_bytes(tmp_path):
    small, large = (needed_mb(picture_job(tmp_path, size=size), "float32") for size in (32, 64))
    assert large == pytest.approx(4 * small)
    assert needed_mb(picture_job(tmp_path, size=64), "bfloat16") == pytest.approx(large * 12 / 15)


@pytest.mark.parametrize(
    ("given", "widest"),
    [
        ({"precision": "auto", "optimizer": "lbfgs"}, "float32"),
        ({"precision": "auto", "optimizer": "adam"}, "bfloat16"),
        ({"precision": "bfloat16", "optimizer": "lbfgs"}, "bfloat16"),
        ({"precision": "float32", "optimizer": "adam"}, "float32"),
        ({"precision": "auto", "optimizer": "lbfgs", "method": "fast"}, "bfloat16"),
    ],
)
def test_lbfgs_may_go_on_in_float32(given, widest):
    assert memory.widest_precision(make_job(**given).settings, "bfloat16") == widest


def test_the_fast_method_needs_what_painting_takes_or_measuring_where_that_is_more():
    small, large = (
        needed_mb_of(presets.resolve({"method": "fast"}), size, "float32") for size in ((1000, 1000), (4096, 3072))
    )
    assert large == pytest.approx(200 * 4096 * 3072 / 1e6)
    assert 200 < small < needed_mb_of(presets.resolve({}), (1000, 1000), "float32") / 2


def test_losses_of_a_fast_picture_are_measured_up_to_two_megapixels():
    assert memory.is_measured((2000, 1000)) and not memory.is_measured((2000, 1001))


def test_a_job_needs_room(tmp_path, monkeypatch):
    job = picture_job(tmp_path)
    one = needed_mb(job, "float32")
    monkeypatch.setattr(memory, "resident_mb", lambda: 700.0)
    monkeypatch.setattr(memory, "free_mb", lambda: 1.1 * one)
    assert require_memory(job, "float32", 700) == 1.1 * one
    monkeypatch.setattr(memory, "free_mb", lambda: 0.9 * one)
    with pytest.raises(NotEnoughMemory, match=r"^needs about \d+\.\d GB, and \d+\.\d GB are free$"):
        require_memory(job, "float32", 700)


def test_what_earlier_paintings_took_is_free_for_the_next(tmp_path, monkeypatch):
    job = picture_job(tmp_path)
    one = needed_mb(job, "float32")
    monkeypatch.setattr(memory, "free_mb", lambda: 0.5 * one)
    monkeypatch.setattr(memory, "resident_mb", lambda: 700 + one)
    require_memory(job, "float32", 700)
    for started in (700 + one, 900 + one):
        with pytest.raises(NotEnoughMemory):
            require_memory(job, "float32", started)


def test_a_process_knows_what_it_has_taken():
    before = memory.resident_mb()
    taken = bytearray(200_000_000)
    assert 150 < memory.resident_mb() - before < 300
    del taken


POSTER = 4096, 3072


def chosen(room_mb, size=POSTER, **settings):
    return choose_tile(presets.resolve(settings), size, "float32", room_mb)


def poster_mb(tile, size=POSTER, **settings):
    return needed_mb_of(presets.resolve(settings), size, "float32", tile)


def test_a_picture_that_fits_is_in_one_piece_and_others_in_the_largest_tiles_that_fit():
    assert chosen(poster_mb(None)) is None
    assert chosen(poster_mb(None) - 1) == 1024
    for larger, smaller in itertools.pairwise(TILES):
        assert chosen(poster_mb(larger) - 1) == smaller
    assert chosen(0) == TILES[-1]


def test_automatic_tiles_are_smaller_than_the_picture_and_no_smaller_than_any_halo():
    assert chosen(0, size=(500, 90)) == 128
    assert chosen(0, size=(128, 90)) is None
    assert min(TILES) >= halo(LAYERS)


def test_where_the_memory_is_unknown_only_tiles_that_are_asked_for_are_taken():
    assert chosen(None) is None and chosen(None, tile=512) == 512
    assert chosen(0, tile="none") is None and chosen(10**9, tile=512) == 512
    assert chosen(0, tile=512, size=(512, 400)) is None


def test_memory_in_tiles_grows_with_the_tile_and_slower_than_the_picture():
    assert poster_mb(512) < poster_mb(1024) < 0.5 * poster_mb(None)
    eight = 2 * POSTER[0], 2 * POSTER[1]
    assert poster_mb(512, eight) < 4 * poster_mb(512)
    assert poster_mb(512, corrections=5) == pytest.approx(poster_mb(512) - 5 * 1.4 * 12 * POSTER[0] * POSTER[1] / 1e6)


@pytest.mark.parametrize("tile", ["auto", 512])
def test_the_fast_method_has_no_tiles(tile):
    assert chosen(0, method="fast", tile=tile) is None

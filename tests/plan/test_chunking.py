"""Which combinations one process paints."""

import random
import re

import pytest
from conftest import REPOSITORY

from stylegrid.plan.chunking import make_chunks

NAMES = [
    f"{content}/{style}/{variant}"
    for content in (f"photo-{number}" for number in range(12))
    for style in ("night", "wave", "night-1-wave-2")
    for variant in ("sw1", "sw10", "sw1e4-px64", "default")
]
SIZES = (1, 2, 3, 12, 16, 100, 1024)


@pytest.fixture(scope="module", params=SIZES)
def size(request):
    return request.param


@pytest.fixture(scope="module")
def chunks(size):
    return make_chunks(NAMES, size)


def test_every_combination_is_in_one_chunk(chunks):
    found = [name for names in chunks.values() for name in names]
    assert sorted(found) == sorted(NAMES)


def test_no_chunk_is_empty_or_larger_than_it_may_be(chunks, size):
    assert {1 <= len(names) <= size for names in chunks.values()} == {True}


def test_names_are_those_that_the_workflow_knows(chunks):
    constraint = re.search(r'chunk="(.+)"', (REPOSITORY / "workflow" / "rules" / "common.smk").read_text())[1]
    assert all(re.fullmatch(constraint, name) for name in chunks)
    assert (list(chunks) == ["all"]) == (len(chunks) == 1)


def test_the_order_of_rows_does_not_matter(chunks, size):
    shuffled = random.Random(7).sample(NAMES, len(NAMES))
    assert make_chunks(shuffled, size) == chunks


def test_a_new_combination_changes_no_chunk_but_its_own(chunks, size):
    for added in ("new/night/default", "photo-3/night/sw2", "photo-3/new/default"):
        grown = make_chunks([*NAMES, added], size)
        changed = [set(names) for names in chunks.values() if names not in grown.values()]
        new = set().union(*(set(names) for names in grown.values() if names not in chunks.values()))
        assert len(changed) <= 1
        assert new == set().union(*changed) | {added}


@pytest.mark.parametrize("size", [12, 16, 100])
def test_a_contents_combinations_stay_together_where_they_fit(size):
    homes: dict[str, set[str]] = {}
    for chunk, names in make_chunks(NAMES, size).items():
        for name in names:
            homes.setdefault(name.split("/")[0], set()).add(chunk)
    assert {len(chunks) for chunks in homes.values()} == {1}


def test_one_contents_many_combinations_are_shared_out_by_style():
    names = [f"cat/{style}/sw{weight}" for style in "abcd" for weight in range(1, 9)]
    for together in make_chunks(names, 8).values():
        assert len({name.split("/")[1] for name in together}) == 1


def test_no_combinations_are_no_chunks():
    assert make_chunks([], 4) == {}


def test_chunks_are_called_as_ever():
    """Those of a run that was interrupted are found again."""
    names = ["cat/night/sw1", "cat/night/sw2", "dog/night/sw1"]
    assert list(make_chunks(names, 2)) == ["0", "1"]

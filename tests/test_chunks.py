"""Which combinations one process paints."""

import random
import re

import pytest
from conftest import REPOSITORY, make_job

from stylegrid.chunks import make_chunks, members

JOBS = [
    make_job(content, style, variant)
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
    return make_chunks(JOBS, size)


def test_every_combination_is_in_one_chunk(chunks):
    found = [job.name for jobs in chunks.values() for job in jobs]
    assert sorted(found) == sorted(job.name for job in JOBS)


def test_no_chunk_is_empty_or_larger_than_it_may_be(chunks, size):
    assert {1 <= len(jobs) <= size for jobs in chunks.values()} == {True}


def test_names_are_those_that_the_workflow_knows(chunks):
    constraint = re.search(r'chunk="(.+)"', (REPOSITORY / "workflow" / "rules" / "common.smk").read_text())[1]
    assert all(re.fullmatch(constraint, name) for name in chunks)
    assert (list(chunks) == ["all"]) == (len(chunks) == 1)


def test_the_order_of_rows_does_not_matter(chunks, size):
    shuffled = random.Random(7).sample(JOBS, len(JOBS))
    assert make_chunks(shuffled, size) == chunks


def test_a_chunk_is_known_by_its_name_alone(chunks):
    assert {name: members(JOBS, name) for name in chunks} == chunks


def test_a_new_combination_changes_no_chunk_but_its_own(chunks, size):
    for added in (make_job("new"), make_job("photo-3", "night", "sw2"), make_job("photo-3", "new")):
        grown = make_chunks([*JOBS, added], size)
        changed = [set(jobs) for jobs in chunks.values() if jobs not in grown.values()]
        new = set().union(*(set(jobs) for jobs in grown.values() if jobs not in chunks.values()))
        assert len(changed) <= 1
        assert new == set().union(*changed) | {added}


@pytest.mark.parametrize("size", [12, 16, 100])
def test_a_contents_combinations_stay_together_where_they_fit(size):
    homes: dict[str, set[str]] = {}
    for name, jobs in make_chunks(JOBS, size).items():
        for job in jobs:
            homes.setdefault(job.content.name, set()).add(name)
    assert {len(names) for names in homes.values()} == {1}


def test_one_contents_many_combinations_are_shared_out_by_style():
    jobs = [make_job("cat", style, f"sw{weight}") for style in "abcd" for weight in range(1, 9)]
    for together in make_chunks(jobs, 8).values():
        assert len({job.style for job in together}) == 1


def test_no_combinations_are_no_chunks():
    assert make_chunks([], 4) == {}

"""Thousands of combinations: what is read, written and kept in memory grows no faster than they do."""

import collections
import subprocess
import sys

import pytest
from conftest import REPOSITORY, make_job, make_record
from pydantic import ValidationError

import digest_records
from stylegrid import files
from stylegrid.bench import scale
from stylegrid.errors import RecordError
from stylegrid.pictures import images
from stylegrid.plan import plan_contents, plan_files
from stylegrid.plan.chunking import make_chunks
from stylegrid.plan.job import Combination, Job, read_job
from stylegrid.plan.rows_to_jobs import make_plan, picture_index
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.reports.write_tables import collect
from stylegrid.settings.config import load_settings
from stylegrid.store.layout import picture_path, record_path
from stylegrid.store.record import HistoryEntry

COUNT = 2000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a manifest of 2000 rows, and their plan written down."""
    folder = tmp_path_factory.mktemp("scale")
    scale.write_manifest(folder, COUNT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_plan()
        yield folder


def write_plan():
    """Do what the start of a run does, and return the plan."""
    settings = load_settings("config.yaml")
    index = picture_index(settings)
    plan = make_plan(settings, index)
    index.save()
    plan_files.write_plan(settings, plan.combinations, plan_pages(plan.combinations, 200))
    return plan


@pytest.fixture
def written(monkeypatch):
    """The files that are written, and how often."""
    found = collections.Counter()
    write = files.write_parts

    def count(path, parts, sync=True):
        found[path.name if "jobs" not in path.parts else "a job"] += 1
        write(path, parts, sync)

    monkeypatch.setattr(files, "write_parts", count)
    return found


def test_an_unchanged_manifest_writes_nothing(folder, written):
    write_plan()
    assert not written


def test_an_edited_row_writes_its_own_job_and_what_lists_it(folder, written):
    manifest = folder / "manifest.csv"
    text = manifest.read_text()
    for weight in (16, 17):  # with the first, style weights vary, which is told on every sheet
        written.clear()
        manifest.write_text(f"{text[: text.rindex(',')]},{weight}\n")  # in the last row
        write_plan()
    assert written["a job"] == 1
    assert sum(written.values()) == 11  # job, table, its column of the overview's pages (5), two sheets, two plots
    manifest.write_text(text)
    write_plan()


def test_pictures_are_looked_at_once(folder, monkeypatch):
    looked = collections.Counter()
    inspect = images.inspect

    def count(path):
        looked[path] += 1
        return inspect(path)

    (folder / "results" / "cache" / "pictures.json").unlink()
    monkeypatch.setattr("stylegrid.pictures.images.inspect", count)
    write_plan()
    assert len(looked) == 2 * round(COUNT**0.5)
    assert set(looked.values()) == {1}


def test_equal_settings_are_one_value_and_others_are_not(folder):
    one, same = (read_job(plan_files.job_path(folder / "results", name)) for name in ("000/000/sw1", "000/001/sw1"))
    assert one.settings is same.settings
    text = one.to_json().replace('"style_weight":1.0', '"style_weight":2.0')
    assert Job.model_validate_json(text).settings == one.settings.model_copy(update={"style_weight": 2.0})
    with pytest.raises(ValidationError, match="must not be yes or no"):
        Job.model_validate_json(one.to_json().replace('"style_weight":1.0', '"style_weight":true'))


def test_every_cell_of_many_pages_is_there_once():
    combinations = [
        Combination(make_job(f"c{content}", f"s{style}"), 2, "", "") for content in range(60) for style in range(45)
    ]
    pages = plan_pages(combinations, 200)
    overview = [page for name, page in pages.items() if name.startswith("overview")]
    found = collections.Counter(cell.job.name for page in overview for cell in page.cells.values())
    assert len(overview) == 6 * 3  # 10 rows by 20 columns
    assert found == {combination.job.name: 1 for combination in combinations}


def test_a_large_overview_is_left_out_and_no_other_sheet():
    combinations = [Combination(make_job(f"c{content}"), 2, "", "") for content in range(5)]
    assert "overview" in plan_pages(combinations, 200, 5)
    assert set(plan_pages(combinations, 200)) - set(plan_pages(combinations, 200, 4)) == {"overview"}


def test_many_combinations_are_each_in_one_chunk():
    names = [f"c{content}/s{style}/sw1" for content in range(100) for style in range(100)]
    chunks = make_chunks(names, 16)
    assert sorted(name for each in chunks.values() for name in each) == sorted(names)
    assert max(map(len, chunks.values())) <= 16


def with_records(folder, count, entries):
    """Write a plan of so many combinations, and a record with a history of so many entries for each."""
    combinations = [Combination(make_job(f"c{number}"), 2, "", "") for number in range(count)]
    table = plan_contents.TableFile(
        entries=[plan_contents.PlannedRow(name=c.job.name, title="", notes="") for c in combinations]
    )
    files.write_text(plan_files.table_path(folder), table.model_dump_json())
    history = tuple(HistoryEntry(content=1, style=2, tv=3, total=4, step=step, scale=32) for step in range(entries))
    for job in (combination.job for combination in combinations):
        files.write_bytes(plan_files.job_path(folder, job.name), job.to_json().encode(), sync=False)
        picture = picture_path(folder, job)
        files.write_bytes(picture, b"", sync=False)
        record = make_record(job, history=history)
        files.write_bytes(record_path(picture), record.to_json().encode(), sync=False)
    return folder


PEAK = """
import sys, tracemalloc
from pathlib import Path
from stylegrid.reports.write_tables import collect
folder = Path(sys.argv[1])
collect(folder, folder)  # what is loaded and remembered once
peaks = []
for _ in range(3):  # one of them may find a table of Python's own full, which then grows by megabytes
    tracemalloc.start()
    collect(folder, folder)
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
print(min(peaks))
"""


def peak_of_collecting(folder):
    """Return the most memory that collecting takes, in bytes, in a process that does nothing else."""
    command = [sys.executable, "-c", PEAK, str(folder)]
    return int(subprocess.run(command, cwd=REPOSITORY / "scripts", capture_output=True, check=True).stdout)


def test_collecting_keeps_no_records_in_memory(tmp_path):
    few = peak_of_collecting(with_records(tmp_path / "few", 50, 40))
    many = peak_of_collecting(with_records(tmp_path / "many", 550, 40))
    # Bytes a combination, half of them pandas' while it writes; a record without its history takes 4500 more.
    assert (many - few) / 500 < 3000


def test_a_collected_table_has_a_row_for_each_and_names_what_is_missing(tmp_path):
    folder = with_records(tmp_path, 3, 2)
    assert collect(folder, folder) == (3, 3, ())
    assert (folder / "losses.csv").read_bytes().count(b"\n") == 4
    (folder / "pictures" / "c1" / "night" / "default.png.json").unlink()
    tally = collect(folder, folder)
    assert (tally.combinations, tally.pictures, len(tally.faults)) == (3, 2, 1)
    assert tally.faults[0].startswith("missing: c1/night/default: ")


def test_a_digest_knows_every_change_of_a_record_of_its_style(project):
    project.write_rows({"content": "*.png", "style": "*.png"})
    settings = project.settings()
    combinations = make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, {})
    for job in (combination.job for combination in combinations):
        files.write_text(record_path(picture_path(settings.results, job)), make_record(job).to_json())

    def digests():
        found = []
        for style in ("night", "wave"):
            assert digest_records.main(["--results", str(settings.results), "--style", style]) == 0
            found.append(plan_files.digest_path(settings.results, style).read_text())
        return found

    before = digests()
    assert digests() == before
    record = settings.results / "pictures" / "cat" / "night" / "default.png.json"
    record.write_text(record.read_text().replace('"precision": ""', '"precision": "float32"'))
    night, wave = digests()
    assert night != before[0] and wave == before[1]
    record.unlink()
    assert digest_records.main(["--results", str(settings.results), "--style", "night"]) == 1


def test_a_digest_is_of_a_style_that_there_is(project, capsys):
    assert digest_records.main(["--results", str(project.folder), "--style", "none"]) == 1
    assert capsys.readouterr().err.startswith("error: --style: must be one of ")


def test_a_table_that_can_not_be_finished_is_not_begun(tmp_path):
    folder = with_records(tmp_path, 2, 2)
    collect(folder, folder)
    before = (folder / "losses.csv").read_bytes()
    plan_files.job_path(folder, "c1/night/default").unlink()
    with pytest.raises(RecordError):
        collect(folder, folder)
    assert (folder / "losses.csv").read_bytes() == before
    assert not list(folder.glob(".*"))


def dry_run(folder, *flags, snakefile=None):
    command = scale.dry_run(folder, **({"snakefile": snakefile} if snakefile else {}))
    command = [sys.executable, "-m", *command[2:]]
    command = command[: command.index("--quiet")] + list(flags)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def jobs_of(shown):
    """Return how many jobs of each rule a dry run announces."""
    lines = shown.split("Job stats:")[1].split("\n\n")[0].splitlines()[3:]
    return {rule: int(number) for rule, number in (line.split() for line in lines)}


def test_the_bare_workflow_of_the_benchmark_has_the_same_jobs(tmp_path):
    scale.write_manifest(tmp_path, 300)
    ours = jobs_of(dry_run(tmp_path))
    assert (ours["publish"], ours["contact_sheet"]) == (300, 2 + 9 + 17)  # overview, photographs, paintings
    scale.write_plan(tmp_path)
    scale.write_lists(tmp_path, 16)
    assert jobs_of(dry_run(tmp_path, snakefile=scale.TOY)) == ours


def test_a_manifest_is_painted_batch_by_batch(tmp_path):
    scale.write_manifest(tmp_path, 30)
    published = [
        jobs_of(dry_run(tmp_path, "pictures", "--batch", f"pictures={number}/3"))["publish"] for number in (1, 2)
    ]
    assert published == [10, 10]

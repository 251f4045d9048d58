"""How a run is shown, on a terminal and elsewhere."""

from types import SimpleNamespace

import pytest
from conftest import make_job, make_record
from rich.console import Console
from rich.progress import Progress, TextColumn

from stylegrid.cli import gallery_progress
from stylegrid.cli.gallery_progress import Bar, Lines, describe_finished, describe_painting
from stylegrid.painting.heartbeat import Heartbeat
from stylegrid.runs.watch import Finished, Painting
from stylegrid.store.record import failed


class FakeWatch(SimpleNamespace):
    """A watch of three pictures, of which some are pending."""

    def __init__(self, pending=2, left=90.0):
        super().__init__(total=3, pending=range(pending), is_painted=not pending, left=left)

    def seconds_left(self, painting):
        return self.left

    def share_done(self, painting):
        return 0.5


def finished(variant="sw5", cached=False, **changes):
    job = make_job(variant=variant)
    return Finished(job, make_record(job, **{"steps": 120, "seconds": 6.2, **changes}), cached)


def painting(step=40, losses=None):
    beat = Heartbeat(step=step, steps=120, started=0, updated=0, host="here", pid=1, losses=losses or {})
    return Painting(make_job(variant="sw7"), beat)


def test_a_finished_picture_is_told_with_its_number_steps_seconds_and_the_time_left():
    (line,) = describe_finished(FakeWatch(), [finished()], 90)
    assert line.startswith("1/3 cat/night/sw5: 120 steps in 7 s, total ")
    assert line.endswith("; 1 min 30 s left")


def test_only_the_last_of_several_says_what_is_left():
    lines = list(describe_finished(FakeWatch(pending=1), [finished(), finished("sw6", cached=True)], 5))
    assert [line.split(":")[0] for line in lines] == ["1/3 cat/night/sw5", "2/3 cat/night/sw6"]
    assert "left" not in lines[0]
    assert lines[1].endswith(": from the cache; 5 s left")


def test_a_failure_is_told_with_its_reason():
    job = make_job()
    (line,) = describe_finished(FakeWatch(), [Finished(job, failed(job, "cat.png: is gone"), False)], None)
    assert line.endswith("failed: cat.png: is gone")


def test_a_painting_is_told_with_its_step_and_losses():
    assert list(describe_painting([painting(losses={"content": 1.23456, "style": None})])) == [
        "cat/night/sw7: step 40 of 120, content 1.23"
    ]


def test_without_a_terminal_there_is_a_line_for_each_and_a_sign_of_life_now_and_then(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(gallery_progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    lines, watch = Lines(), FakeWatch()
    lines.show(watch, [finished()], [])
    lines.show(watch, [], [painting()])
    now[0] += gallery_progress.SILENCE
    lines.show(watch, [], [painting()])
    now[0] += gallery_progress.SILENCE
    lines.show(watch, [], [])
    watch = FakeWatch(pending=0)
    lines.show(watch, [], [])
    lines.show(watch, [], [])
    now[0] += gallery_progress.SILENCE
    lines.show(watch, [], [])
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "1/3 cat/night/sw5",
        "cat/night/sw7",
        f"{gallery_progress.STARTING}; 1 min 30 s left",
        f"{gallery_progress.COLLECTING}.",
        gallery_progress.COLLECTING,
    ]


@pytest.mark.parametrize("pending", [2, 0])
def test_on_a_terminal_a_bar_shows_what_is_painted_below_the_lines(pending):
    screen = Console(force_terminal=True, width=160, record=True, force_interactive=True)
    bar = Bar(Progress(TextColumn("{task.fields[now]}|{task.fields[left]}"), console=screen))
    bar.show(FakeWatch(pending), [finished()], [painting()] if pending else [])
    (task,) = bar._progress.tasks
    bar.end()
    assert task.completed == 0.5
    shown = (task.fields["now"].split(":")[0], task.fields["left"])
    assert shown == (("cat/night/sw7", "1 min 30 s left") if pending else (gallery_progress.COLLECTING, ""))
    assert "/3 cat/night/sw5: 120 steps" in screen.export_text()

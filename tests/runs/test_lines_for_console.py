"""What a run tells the program that shows it."""

from pathlib import Path

from stylegrid.runs.lines_for_console import LineReader, read_results, write, write_results


def test_lines_are_read_once_and_in_order(tmp_path):
    reader = LineReader(tmp_path)
    assert reader.new() == []
    write(tmp_path, "note: Käthe")
    write(tmp_path, "two")
    assert reader.new() == ["note: Käthe", "two"]
    assert reader.new() == []
    write(tmp_path, "three")
    assert reader.new() == ["three"]


def test_half_a_line_is_waited_for(tmp_path):
    reader = LineReader(tmp_path)
    (tmp_path / "lines").write_text("whole\nha")
    assert reader.new() == ["whole"]
    (tmp_path / "lines").write_text("whole\nhalf\n")
    assert reader.new() == ["half"]


def test_the_results_folder_is_known_once_it_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_results(tmp_path) is None
    write_results(tmp_path, Path("results"))
    assert read_results(tmp_path) == tmp_path / "results"

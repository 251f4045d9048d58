"""README, docs/, the config file, the presets, the programs and the Makefile name the same things."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import yaml
from conftest import REPOSITORY
from snakemake.cli import get_argument_parser

from stylegrid import VERSION
from stylegrid.manual import pages, settings_tables, workflow_tables
from stylegrid.manual.programs_list import parser_of
from stylegrid.plan.forecast import UNMEASURED_CHUNK, chunk_size
from stylegrid.plan.manifest import COLUMNS, read_manifest
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.plan.spreadsheet import FORMATS
from stylegrid.settings import presets
from stylegrid.settings.config import Gallery, Painting, Plots, Settings, Sheets, parse_settings
from stylegrid.settings.paint_settings import PaintSettings, needed
from stylegrid.store.record import Record

FOLDERS = (".", "docs", "config", "data")
PAGES = sorted(path for folder in FOLDERS for path in (REPOSITORY / folder).glob("*.md"))
MANUAL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "CHANGELOG.md")
WITHOUT_BLOCKS = re.sub(r"^ *```.*?^ *```$", "", MANUAL, flags=re.DOTALL | re.MULTILINE)
QUOTED = set(re.findall(r"`([^`\n]+)`", WITHOUT_BLOCKS))
CONFIG = (REPOSITORY / "config.yaml").read_text(encoding="utf-8")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
LIBRARY = REPOSITORY / "scripts" / "stylegrid"
SECTIONS = {"painting": Painting, "sheets": Sheets, "plots": Plots, "gallery": Gallery}


def relative(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def anchors(page: Path) -> set[str]:
    """The names that a page's headings are reached by, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """The links of a page to files or headings that there are not."""
    found = []
    for link in re.findall(r"\]\(((?!https?:)[^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_to_files_and_headings(page):
    assert broken_links(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Here it is\n[a](#here-it-is) [b](#there) [c](page.md) [d](none.md) [e](https://example.org/x)\n")
    assert broken_links(page) == ["#there", "none.md"]


@pytest.mark.parametrize("page", sorted((REPOSITORY / "docs").glob("*.md")), ids=relative)
def test_generated_parts_are_current(page):
    text = page.read_text(encoding="utf-8")
    assert text == pages.page(text), "run make docs"


def test_every_generated_part_is_on_a_page():
    assert set(re.findall(r"^<!-- generated: (\w+) -->$", MANUAL, re.MULTILINE)) == set(pages.PARTS)


def test_every_page_is_in_the_readme_which_stays_short():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert all(f"](docs/{page.name})" in readme for page in (REPOSITORY / "docs").glob("*.md"))
    assert len(readme.splitlines()) <= 160


def test_every_setting_is_in_a_group_of_its_page():
    groups = settings_tables.setting_groups()
    assert [name for fields in groups.values() for name in fields] == list(PaintSettings.model_fields)


def test_config_keys_settings_and_their_words_are_documented():
    keys = {*Settings.model_fields, *(key for part in SECTIONS.values() for key in part.model_fields)}
    words = {word for field in PaintSettings.model_fields.values() for word in get_args(field.annotation)}
    assert keys | set(PaintSettings.model_fields) | {word for word in words if isinstance(word, str)} <= QUOTED


def test_columns_presets_and_formats_are_documented():
    assert {*COLUMNS, *presets.preset_names(), *FORMATS} <= QUOTED


def test_outcomes_are_documented():
    assert {*get_args(Record.model_fields["outcome"].annotation), "missing"} <= QUOTED


def test_files_that_the_pages_name_exist():
    rooms = "|".join(path.name for path in LIBRARY.iterdir() if (path / "__init__.py").is_file())
    ours = [name for name in QUOTED if re.fullmatch(rf"({rooms})/[\w/]+\.py|({rooms})/[\w/]*/", name)]
    there = re.compile(r"(scripts|tests|workflow|data|docs|config)/[\w./-]+\.\w+")
    named = [name for name in QUOTED if there.fullmatch(name) and "NAME" not in name]
    assert ours and named
    assert [name for name in ours if not (LIBRARY / name).exists()] == []
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


def test_every_rule_is_documented():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "workflow").rglob("*.smk"))
    rules = re.findall(r"^ *rule (\w+):", text, re.MULTILINE)
    assert rules and set(rules) <= set(re.findall(r"`(\w+)`", workflow_tables.rules()))


def test_profiles_and_pages_name_the_same():
    profiles = {path.name for path in (REPOSITORY / "workflow" / "profiles").iterdir()}
    assert set(re.findall(r"workflow/profiles/(\w+)", MANUAL)) == profiles


def test_the_page_knows_the_size_of_chunks_without_a_measurement():
    assert f"at most {UNMEASURED_CHUNK} combinations" in MANUAL
    assert chunk_size([], {}, None) == UNMEASURED_CHUNK


def commands() -> list[list[str]]:
    """The commands of all pages, as words: those in blocks, and those quoted in a line."""
    blocks = re.findall(r"^ *```console\n(.*?)^ *```$", MANUAL, re.DOTALL | re.MULTILINE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [
        shlex.split(line, comments=True)
        for line in [*lines, *sorted(QUOTED)]
        if re.match(r" *(make|python|snakemake) ", line)
    ]


def flags_of(command: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in command if word.startswith("--")}


def test_make_targets_of_the_pages_exist_and_have_help():
    called = {word for command in commands() if command[0] == "make" for word in command[1:] if "=" not in word}
    targets = re.findall(r"^([a-z-]+):.* ## ", MAKEFILE, re.MULTILINE)
    assert called <= set(targets)
    phony = {name for names in re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE) for name in names.split()}
    assert phony - {"weights"} == set(targets)
    shown = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make ([a-z-]+) ", shown, re.MULTILINE) == re.findall(
        r"^([a-z-]+):.* ## ", MAKEFILE, re.MULTILINE
    )


def test_programs_of_the_pages_have_the_flags_they_are_called_with():
    calls = [command[1:] for command in commands() if command[0] == "python" and command[1].startswith("scripts/")]
    assert calls
    snakemake = flags_of_snakemake()
    for program, *words in calls:
        known = set(parser_of(Path(program).stem)._option_string_actions)
        if program in ("scripts/paint_gallery.py", "scripts/recover.py"):
            known |= snakemake
        assert flags_of(words) <= known, program


def flags_of_snakemake() -> set[str]:
    return set(get_argument_parser()._option_string_actions)


def test_snakemake_has_the_flags_that_the_pages_give_it():
    calls = [command for command in commands() if command[0] == "snakemake"]
    assert calls
    assert set().union(*map(flags_of, calls)) <= flags_of_snakemake()


@pytest.mark.parametrize("words", [command[1:] for command in commands() if command[0] == "snakemake"], ids=" ".join)
def test_snakemake_reads_a_command_of_the_pages_as_it_is_meant(words):
    """A flag that takes several words, such as --resources, would swallow a target behind it."""
    given = [word.replace("$batch", "1") for word in words if word != "..."]
    assert set(get_argument_parser().parse_args(given).targets) <= {"pictures"}


def test_a_target_that_a_flag_swallows_is_found():
    words = ["--resources", "gpu=1", "pictures", "--batch", "pictures=1/10"]
    with pytest.raises(ValueError, match="dictionary update"):
        get_argument_parser().parse_args(words)


def test_every_program_is_documented():
    page = (REPOSITORY / "docs" / "programs.md").read_text(encoding="utf-8")
    assert {f"### {path.name}" for path in (REPOSITORY / "scripts").glob("*.py")} <= set(page.splitlines())


def test_the_citation_is_of_this_version_and_its_authors():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == VERSION
    assert citation["authors"] == [{"name": "The stylegrid authors"}]
    assert "the stylegrid authors" in (REPOSITORY / "LICENSE").read_text(encoding="utf-8").lower()
    assert {"cff-version", "message", "title"} <= set(citation)


def test_the_catalogue_finds_what_it_reads():
    usage = yaml.safe_load((REPOSITORY / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert (REPOSITORY / "config" / "README.md").is_file()
    assert {"snakemake", "workflow"} <= set(re.findall(r"\w+", (REPOSITORY / "README.md").read_text().lower()))


@pytest.mark.parametrize(
    "target",
    [
        *("gallery", "draft", "advise", "plan", "pick", "share", "film"),
        *("status", "partial", "prune", "verify", "doctor"),
    ],
)
def test_make_hands_a_config_on(target):
    command = ["make", "--no-print-directory", "-n", target, "CONFIG=a.yaml b.yaml", "ARGS=--json"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    called = shlex.split(shown.splitlines()[-1])
    assert called[called.index("--configfile") + 1 :][:2] == ["a.yaml", "b.yaml"]
    assert "--json" in called


@pytest.mark.parametrize(("flavour", "other"), [("cpu", "cuda"), ("cuda", "cpu")])
def test_make_installs_one_tensorflow_never_both(tmp_path, flavour, other):
    command = ["make", "-n", "gallery", f"VENV={tmp_path / 'venv'}", f"TENSORFLOW={flavour}"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert f"-r workflow/envs/{flavour}.lock" in shown
    assert f"{other}.lock" not in shown
    assert "python scripts/paint_gallery.py --cores 4 --resources gpu=1" in " ".join(shown.split())


def test_make_refuses_to_put_one_tensorflow_over_the_other(tmp_path):
    (tmp_path / "cuda").touch()
    command = ["make", "gallery", f"VENV={tmp_path}", "TENSORFLOW=cpu"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "holds TensorFlow for cuda; make clean, then again" in done.stderr


def test_the_config_file_explains_every_key_where_it_stands():
    lines = CONFIG.splitlines()
    keys = [index for index, line in enumerate(lines) if re.match(r"\s*\w+:", line)]
    unexplained = [lines[index] for index in keys if not _explained(lines, index)]
    assert unexplained == []


def _explained(lines: list[str], index: int) -> bool:
    """Return whether a comment stands above a key, above the group of keys it is in, or it is a section."""
    while index and re.match(r"\s*\w+:", lines[index]):
        if lines[index].endswith(":") and not lines[index].startswith(" "):
            return True
        index -= 1
    return lines[index].lstrip().startswith("#")


def test_the_config_file_is_valid_and_has_every_section():
    config = yaml.safe_load(CONFIG)
    assert set(config) == set(Settings.model_fields)
    assert parse_settings(config).manifest == Path("data/manifest.csv")
    for section, model in SECTIONS.items():
        assert set(config[section]) == set(model.model_fields)
        assert parse_settings(config).model_dump()[section] == model().model_dump()


@pytest.mark.parametrize("name", presets.preset_names())
def test_every_preset_is_complete_and_says_where_it_comes_from(name):
    preset = presets.load_preset(name)
    assert preset.source and preset.title and preset.departures
    assert set(needed()) <= set(preset.settings) <= set(PaintSettings.model_fields) - {"preset"}
    assert presets.resolve({"preset": name}).preset == name


def test_both_sample_manifests_say_the_same():
    csv, xlsx = (read_manifest(REPOSITORY / "data" / f"manifest.{suffix}").rows for suffix in ("csv", "xlsx"))
    assert csv.equals(xlsx)


def test_the_sample_gallery_has_at_least_twelve_combinations(tmp_path, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    plan = make_plan(parse_settings({**yaml.safe_load(CONFIG), "results": str(tmp_path)}))
    assert len(plan.combinations) >= 12
    assert not plan.notices


def test_lock_files_name_no_index():
    for path in (REPOSITORY / "workflow" / "envs").glob("*.lock"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)

"""Titles with fields."""

import pytest
from conftest import save_picture

from stylegrid.errors import ConfigError
from stylegrid.plan.single_job import make_job
from stylegrid.plan.titles import FIELDS, LONGEST, check_title, escape_title, expand_title

NAMES = {"content": "cat", "style": "night", "variant": "sw5"}


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("", ""),
        ("Käthe's cat", "Käthe's cat"),
        ("{content}", "cat"),
        ("{content} after {style}, {variant}: {content}", "cat after night, sw5: cat"),
        ("{{content}} {{{content}}}", "{content} {cat}"),
        ("100 % %s {{}}", "100 % %s {}"),
    ],
)
def test_fields_are_filled_in_and_all_else_stays(template, title):
    check_title(template)
    assert expand_title(template, **NAMES) == title


@pytest.mark.parametrize(
    "field", ["photo", "", "0", "content.name", "content[0]", "content!r", "style:>9", "CONTENT", " style"]
)
def test_any_other_field_is_told_with_those_allowed(field):
    for use in (check_title, lambda template: expand_title(template, **NAMES)):
        with pytest.raises(ConfigError) as caught:
            use(f"a {{{field}}}")
        told = str(caught.value)
        assert told.startswith(f"title: unknown field {{{field}}}. Allowed are {{content}}, {{style}}, {{variant}}; ")
        assert told.endswith("write {{ and }} for braces")


@pytest.mark.parametrize("template", ["{", "}", "a {content", "content}", ":-}", "{content}}", "{{content}"])
def test_a_brace_that_stands_alone_is_told_with_what_to_write(template):
    with pytest.raises(ConfigError) as caught:
        check_title(template)
    assert repr(template) in str(caught.value) and str(caught.value).endswith("write {{ and }} for braces")


def test_a_title_is_too_long_with_its_fields_filled_in():
    template = "{content}" * (LONGEST // 9)
    assert len(expand_title(template, **NAMES)) == 3 * (LONGEST // 9)
    with pytest.raises(ConfigError, match=f"at most {LONGEST} characters, found 110000 "):
        expand_title("{content}" * 1100, **{**NAMES, "content": "x" * 100})


@pytest.mark.parametrize("title", ["plain", "{content}", "a } b { c", "{{}}"])
def test_an_escaped_title_stands_for_itself(title):
    assert expand_title(escape_title(title), **NAMES) == title


def test_fields_are_those_of_paths():
    assert tuple(NAMES) == FIELDS


def test_the_title_of_a_single_picture_has_fields_too(tmp_path):
    cat, night = save_picture(tmp_path / "cat.png"), save_picture(tmp_path / "night.png")
    job = make_job(cat, str(night), tmp_path / "out.png", {}, "{content}, {style}, {variant}")
    assert job.title == "cat, night, out"
    with pytest.raises(ConfigError, match=r"title: unknown field \{photo\}"):
        make_job(cat, str(night), tmp_path / "out.png", {}, "{photo}")

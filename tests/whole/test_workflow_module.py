"""The workflow as a module of another one, from a local checkout, below a prefix."""

import re

import pytest
import yaml
from test_workflow import Gallery

pytestmark = pytest.mark.slow

OTHER = """
module wall:
    snakefile: "{snakefile}"
    config: {config}
    prefix: "walls/first"

use rule * from wall as wall_*

rule frame:
    default_target: True
    input:
        rules.wall_collect_losses.output,
        "walls/first/results/pictures/cat/night/sw10-cw1.png"
    output:
        "framed.txt"
    shell:
        "wc -l {{input:q}} > {{output:q}}"
"""


def test_another_workflow_has_a_gallery_painted_below_a_prefix(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    config = yaml.safe_load((gallery.folder / "config.yaml").read_text())
    (gallery.folder / "config.yaml").unlink()
    snakefile = gallery.folder / "Snakefile"
    snakefile.write_text(OTHER.format(snakefile=gallery.checkout / "Snakefile", config=config))
    flags = ("--snakefile", str(snakefile), "--printshellcmds")
    look = gallery.run(*flags, "--dry-run")
    assert f"python {gallery.checkout}/scripts/publish.py" in look.stdout
    assert not (gallery.folder / "walls").exists()
    gallery.run(*flags)
    gallery.results = gallery.folder / "walls" / "first" / "results"
    assert gallery.outcomes() == ["finished"] * 4
    assert (gallery.folder / "framed.txt").is_file() and not (gallery.folder / "results").exists()
    assert "Nothing to be done" in gallery.run(*flags, "--dry-run").stdout
    gallery.write_rows(
        {"content": "cat.png", "style": "*.png", "style_weight": "10", "content_weight": "1", "title": ""}
    )
    announced = gallery.run(*flags, "--dry-run").stdout
    assert re.findall(r"^(?:local)?rule wall_publish:", announced, re.MULTILINE)

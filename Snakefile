# Every content × style × weight combination of a spreadsheet, painted; then a table of losses and contact sheets.
from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/weights.smk"
include: "workflow/rules/stylize.smk"
include: "workflow/rules/collect.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/losses.csv",
        expand(f"{RESULTS}/sheets/{{sheet}}.png", sheet=PAGES),

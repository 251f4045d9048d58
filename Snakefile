# Every content × style × weight combination of a spreadsheet, painted; then a table, contact sheets, a gallery page.
from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/internals.smk"
include: "workflow/rules/start.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/run.smk"
include: "workflow/rules/weights.smk"
include: "workflow/rules/paint.smk"
include: "workflow/rules/collect.smk"
include: "workflow/rules/gallery.smk"
include: "workflow/rules/plots.smk"


rule all:
    default_target: True
    input:
        # Named here too: Snakemake makes no intermediate file again as long as what was made of it is there.
        f"{FOLDER}/backbone.json",
        asked("vanished"),
        f"{FOLDER}/losses.csv",
        f"{FOLDER}/summary.csv",
        f"{FOLDER}/losses.xlsx",
        expand(f"{FOLDER}/sheets/{{sheet}}.png", sheet=PLAN.table.sheets),
        OVERVIEW_COPIES,
        f"{FOLDER}/gallery/index.html",
        plots_wanted,
        PRINTED,


rule pictures:
    """Paint everything and collect nothing: what large manifests are painted by in batches."""
    input:
        asked("records"),

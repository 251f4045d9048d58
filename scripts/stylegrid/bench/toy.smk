# The same jobs, inputs and outputs as the workflow's, all of them looked up in one file: nothing planned, nothing checked.
import json
from pathlib import Path

LISTS = json.loads(Path("toy.json").read_text())
RESULTS, PICTURES, RECORDS = LISTS["results"], LISTS["pictures"], LISTS["records"]
CHUNKS, CHUNK_OF = LISTS["chunks"], LISTS["chunk_of"]
SHEETS, STYLES = LISTS["sheets"], LISTS["styles"]
DIGESTS = [f"{RESULTS}/plan/records/{style}.sha256" for style in STYLES]


wildcard_constraints:
    combination="[^/]+/[^/]+/[^/]+",
    sheet="[^/]+(/[^/]+)?",
    page=r"(\.page\d+)?",
    chunk="all|[01-]+",


rule all:
    default_target: True
    input:
        f"{RESULTS}/backbone.json",
        f"{RESULTS}/losses.csv",
        f"{RESULTS}/summary.csv",
        f"{RESULTS}/losses.xlsx",
        expand(f"{RESULTS}/sheets/{{sheet}}.png", sheet=SHEETS),
        [f"{RESULTS}/report/{sheet}.jpg" for sheet in SHEETS if sheet.startswith("overview")],
        f"{RESULTS}/gallery/index.html",
        f"{RESULTS}/plots/tradeoff.svg",
        expand(f"{RESULTS}/plots/losses/{{style}}.svg", style=STYLES),


rule fetch_weights:
    output:
        f"{RESULTS}/backbone.json",
    shell:
        "touch {output:q}"


rule paint_chunk:
    input:
        jobs=lambda wildcards: CHUNKS[wildcards.chunk],
        backbone=f"{RESULTS}/backbone.json",
    output:
        temp(directory(f"{RESULTS}/chunks/{{chunk}}")),
    log:
        "logs/paint/{chunk}.log",
    resources:
        gpu=1,
    shell:
        "touch {input.jobs:q} {output:q} 2>{log:q}"


rule publish:
    input:
        chunk=lambda wildcards: CHUNK_OF[wildcards.combination],
    output:
        picture=f"{RESULTS}/pictures/{{combination}}.png",
        record=f"{RESULTS}/pictures/{{combination}}.png.json",
    shell:
        "touch {input.chunk:q} {wildcards.combination:q} {output.picture:q}"


rule digest_records:
    input:
        lambda wildcards: [RECORDS[name] for name in STYLES[wildcards.style]],
    output:
        f"{RESULTS}/plan/records/{{style}}.sha256",
    log:
        "logs/digest/{style}.log",
    shell:
        "touch {wildcards.style:q} 2>{log:q}"


rule collect_losses:
    input:
        f"{RESULTS}/plan/table.json",
        DIGESTS,
    output:
        f"{RESULTS}/losses.csv",
        f"{RESULTS}/summary.csv",
        f"{RESULTS}/losses.xlsx",
    log:
        "logs/collect_losses.log",
    shell:
        "touch {output:q} 2>{log:q}"


rule contact_sheet:
    input:
        f"{RESULTS}/plan/sheets/{{sheet}}.json",
        lambda wildcards: [PICTURES[name] for name in SHEETS[wildcards.sheet]],
    output:
        f"{RESULTS}/sheets/{{sheet}}.png",
    log:
        "logs/contact_sheet/{sheet}.log",
    shell:
        "touch {wildcards.sheet:q} {output:q} 2>{log:q}"


rule report_overview:
    input:
        f"{RESULTS}/sheets/overview{{page}}.png",
    output:
        f"{RESULTS}/report/overview{{page}}.jpg",
    log:
        "logs/report_overview/overview{page}.log",
    shell:
        "touch {output:q} 2>{log:q}"


rule gallery:
    input:
        f"{RESULTS}/plan/table.json",
        f"{RESULTS}/plan/gallery.json",
        DIGESTS,
    output:
        f"{RESULTS}/gallery/index.html",
    log:
        "logs/gallery.log",
    shell:
        "touch {output:q} 2>{log:q}"


rule plot_losses:
    input:
        f"{RESULTS}/plan/plots/{{style}}.json",
        f"{RESULTS}/plan/records/{{style}}.sha256",
    output:
        f"{RESULTS}/plots/losses/{{style}}.svg",
        f"{RESULTS}/report/plots/losses/{{style}}.png",
    log:
        "logs/plot/losses/{style}.log",
    shell:
        "touch {wildcards.style:q} {output:q} 2>{log:q}"


rule plot_tradeoff:
    input:
        f"{RESULTS}/plan/plots.json",
        DIGESTS,
    output:
        f"{RESULTS}/plots/tradeoff.svg",
        f"{RESULTS}/report/plots/tradeoff.png",
    log:
        "logs/plot/tradeoff.log",
    shell:
        "touch {output:q} 2>{log:q}"

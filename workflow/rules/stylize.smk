"""Painting: one picture for each combination."""


rule stylize:
    """Paint one combination, or find it in the cache: again when its job file's contents change, and only then."""
    input:
        # The job file holds the hashes of photograph and paintings. They are no inputs themselves: Snakemake would take
        # a touched picture for a changed one, and end the whole run when one vanishes.
        job=f"{RESULTS}/plan/jobs/{{combination}}.json",
        backbone=f"{RESULTS}/backbone.json",
    output:
        picture=f"{RESULTS}/pictures/{{combination}}.png",
        record=f"{RESULTS}/pictures/{{combination}}.json",
    log:
        "logs/stylize/{combination}.log",
    threads: threads_per_painting
    resources:
        gpu=1,
    params:
        cache=f"{RESULTS}/cache",
    shell:
        r"""
        python {SCRIPTS:q}/stylize.py \
            --job {input.job:q} \
            --backbone {input.backbone:q} \
            --cache {params.cache:q} \
            --output {output.picture:q} \
            --threads {threads} 2>{log:q}
        """


# The same in the other file formats.
use rule stylize as stylize_jpeg with:
    output:
        picture=f"{RESULTS}/pictures/{{combination}}.jpg",
        record=f"{RESULTS}/pictures/{{combination}}.jpg.json",


use rule stylize as stylize_webp with:
    output:
        picture=f"{RESULTS}/pictures/{{combination}}.webp",
        record=f"{RESULTS}/pictures/{{combination}}.webp.json",


use rule stylize as stylize_tiff with:
    output:
        picture=f"{RESULTS}/pictures/{{combination}}.tif",
        record=f"{RESULTS}/pictures/{{combination}}.tif.json",

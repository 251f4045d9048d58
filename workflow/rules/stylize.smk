"""Painting: one job file and one picture for each combination."""


rule write_job:
    """Write down all that decides one picture: it is painted again when this text changes, and only then."""
    output:
        f"{RESULTS}/jobs/{{combination}}.json",
    log:
        "logs/write_job/{combination}.log",
    localrule: True
    params:
        job=job_json,
    shell:
        r"""
        printf '%s\n' {params.job:q} >{output:q} 2>{log:q}
        """


rule stylize:
    """Paint one combination, or find it in the cache."""
    input:
        job=f"{RESULTS}/jobs/{{combination}}.json",
        backbone=f"{RESULTS}/backbone.json",
        # The job file holds their hashes, so a touched picture is no changed picture.
        pictures=ancient(input_pictures),
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
            --record {output.record:q} \
            --threads {threads} 2>{log:q}
        """

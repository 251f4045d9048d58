"""Painting: chunks of combinations in one process each, and every picture put in its place."""

import shlex

# No parameters of a rule, which Snakemake would take for a reason to paint again.
HOW_TO_PAINT = f"--out-of-memory {SETTINGS.painting.out_of_memory}"
if SETTINGS.painting.calibration_file:
    HOW_TO_PAINT += f" --calibration={shlex.quote(str(SETTINGS.painting.calibration_file))}"
show_in_commands(HOW_TO_PAINT=HOW_TO_PAINT)


def threads_per_painting(wildcards):
    """Return the CPU threads of one painting: its share of the cores when several GPUs paint at once.

    A job on a cluster gets as many on any machine, whatever that has; `--set-threads paint_chunk=8` changes it.
    """
    return THREADS_ON_A_CLUSTER if on_a_cluster() else max(1, workflow.cores // gpus())


def minutes_of_chunk(wildcards, attempt):
    """Return the minutes that a cluster is asked for; more at each attempt."""
    return plan().request(wildcards.chunk).minutes * attempt


def memory_of_chunk(wildcards, attempt):
    """Return the memory that a cluster is asked for, in MB; more at each attempt."""
    return plan().request(wildcards.chunk).memory_mb * attempt


rule paint_chunk:
    """Paint the combinations of a chunk that are not in the cache yet, and hand over all of them."""
    input:
        # Job files hold the hashes of photographs and paintings. They are no inputs themselves: Snakemake would take a
        # touched picture for a changed one, and end the whole run when one vanishes.
        jobs=asked("job_files", "chunk"),
        backbone=f"{FOLDER}/backbone.json",
    output:
        # A combination that fails is handed over as its failure, so that it costs no other.
        temp(directory(f"{FOLDER}/chunks/{{chunk}}")),
    log:
        "logs/paint/{chunk}.log",
    threads: threads_per_painting
    resources:
        gpu=1,
        runtime=minutes_of_chunk,
        mem_mb=memory_of_chunk,
    params:
        cache=f"{RESULTS}/cache",
    shell:
        r"""
        python {SCRIPTS:q}/paint_chunk.py {input.jobs:q} \
            --backbone {input.backbone:q} \
            --cache {params.cache:q} \
            {HOW_TO_PAINT} \
            --threads {threads} \
            --results {RESULTS:q} \
            --output {output:q} 2>{log:q}
        """


rule publish:
    """Put one combination's picture and record in their places."""
    input:
        # When it is gone, as it is in the end, Snakemake compares what it was made of with what was made of it: edited
        # job files and other weights are noticed.
        chunk=asked("chunk_folder", "combination", "suffix"),
    output:
        picture=f"{FOLDER}/pictures/{{combination}}.{{suffix}}",
        record=f"{FOLDER}/pictures/{{combination}}.{{suffix}}.json",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/publish.py --chunk {input.chunk:q} --name {wildcards.combination:q} --picture {output.picture:q}
        """

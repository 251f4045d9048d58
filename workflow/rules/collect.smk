"""Collecting: the table of final losses and the contact sheets.

After a failure the same two programs run once more, so that what was painted is collected and what failed is shown.
"""


rule collect_losses:
    """Collect the final losses of all combinations into one CSV."""
    input:
        records_of_every_job,
    output:
        f"{RESULTS}/losses.csv",
    log:
        "logs/collect_losses.log",
    localrule: True
    params:
        plan=PLAN_IDENTITY,
    shell:
        r"""
        python {SCRIPTS:q}/collect_losses.py --config {CONFIG:q} --output {output:q} 2>{log:q}
        """


rule contact_sheet:
    """Draw one page of a contact sheet."""
    input:
        pictures_on_page,
    output:
        f"{RESULTS}/sheets/{{sheet}}.png",
    log:
        "logs/contact_sheet/{sheet}.log",
    params:
        page=page_identity,
    shell:
        r"""
        python {SCRIPTS:q}/contact_sheet.py \
            --config {CONFIG:q} \
            --sheet {wildcards.sheet:q} \
            --folder {RESULTS:q}/sheets 2>{log:q}
        """


onerror:
    shell("python {SCRIPTS:q}/collect_losses.py --config {CONFIG:q}")
    shell("python {SCRIPTS:q}/contact_sheet.py --config {CONFIG:q}")

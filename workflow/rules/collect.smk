"""Collecting: the table of final losses and the contact sheets.

After a failure the same programs run once more, so that what was painted is collected and what failed is shown.
"""


rule collect_losses:
    """Collect the final losses of all combinations into one CSV."""
    input:
        f"{RESULTS}/plan/table.json",
        records_of_every_job,
    output:
        f"{RESULTS}/losses.csv",
    log:
        "logs/collect_losses.log",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/collect_losses.py --results {RESULTS:q} 2>{log:q}
        """


rule contact_sheet:
    """Draw one page of a contact sheet."""
    input:
        f"{RESULTS}/plan/sheets/{{sheet}}.json",
        pictures_on_page,
    output:
        f"{RESULTS}/sheets/{{sheet}}.png",
    log:
        "logs/contact_sheet/{sheet}.log",
    shell:
        r"""
        python {SCRIPTS:q}/contact_sheet.py --results {RESULTS:q} --sheet {wildcards.sheet:q} 2>{log:q}
        """


onerror:
    run.end(SETTINGS.results)
    if Path(f"{RESULTS}/backbone.json").is_file():  # otherwise nothing was painted, and nothing is there to collect
        shell("python {SCRIPTS:q}/collect_losses.py --results {RESULTS:q}")
        shell("python {SCRIPTS:q}/contact_sheet.py --results {RESULTS:q}")
        shell("python {SCRIPTS:q}/gallery.py --results {RESULTS:q}")

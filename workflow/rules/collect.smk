"""Collecting: the table of final losses, the contact sheets, and the sheets for print."""

PRINTED = [f"{FOLDER}/print/gallery.pdf"] if SETTINGS.sheets.paper != "none" else []


# Small copies that the report holds; other sheets show the overview's pictures again.
OVERVIEW_COPIES = [f"{FOLDER}/report/{sheet}.jpg" for sheet in PLAN.table.sheets if sheet.startswith("overview")]


def label_of_page(wildcards):
    """Return what the report's list of contact sheets says of a page of the overview."""
    return {"sheet": f"overview, page {wildcards.page[5:]}" if wildcards.page else "overview"}


rule digest_records:
    """Digest the records of a style, for all that shows them; the records would be as many inputs of each of these."""
    input:
        asked("records", "style"),
    output:
        f"{FOLDER}/plan/records/{{style}}.sha256",
    log:
        "logs/digest/{style}.log",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/digest_records.py --results {RESULTS:q} --style {wildcards.style:q} 2>{log:q}
        """


rule collect_losses:
    """Collect the final losses of all combinations into one table, and a summary of it."""
    input:
        planned("table.json"),
        DIGESTS,
    output:
        report(
            f"{FOLDER}/losses.csv",
            caption="../report/losses.rst",
            category="Losses",
            labels={"table": "final losses"},
        ),
        f"{FOLDER}/summary.csv",
        f"{FOLDER}/losses.xlsx",
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
        planned("sheets/{sheet}.json"),
        asked("pictures", "sheet"),
    output:
        f"{FOLDER}/sheets/{{sheet}}.png",
    log:
        "logs/contact_sheet/{sheet}.log",
    shell:
        r"""
        python {SCRIPTS:q}/contact_sheet.py --results {RESULTS:q} --sheet {wildcards.sheet:q} 2>{log:q}
        """


rule report_overview:
    """Make a small copy of a page of the overview, for a report by Snakemake."""
    input:
        f"{FOLDER}/sheets/overview{{page}}.png",
    output:
        report(
            f"{FOLDER}/report/overview{{page}}.jpg",
            caption="../report/overview.rst",
            category="Contact sheets",
            labels=label_of_page,
        ),
    log:
        "logs/report_overview/overview{page}.log",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/report_overview.py --results {RESULTS:q} --sheet overview{wildcards.page:q} 2>{log:q}
        """


rule print_sheets:
    """Draw the sheets for print: one PDF, and a PNG of every page beside it."""
    input:
        planned("print.json"),
        asked("pictures"),
    output:
        f"{FOLDER}/print/gallery.pdf",
    log:
        "logs/print_sheets.log",
    threads: 4
    shell:
        r"""
        python {SCRIPTS:q}/print_sheets.py --results {RESULTS:q} --threads {threads} 2>{log:q}
        """

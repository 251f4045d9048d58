"""Plots of losses. They are drawn in a second, here: sending them to another machine would take longer."""

PLOT_FORMAT = SETTINGS.plots.format
PLOT_PROCESSES = THREADS_ON_A_CLUSTER if on_a_cluster() else workflow.cores
LOSSES_PLOTS = expand(f"{FOLDER}/plots/losses/{{style}}.{PLOT_FORMAT}", style=PLAN.styles)
TRADEOFF_PLOT = f"{FOLDER}/plots/tradeoff.{PLOT_FORMAT}"
PLOT_COPIES = [f"{FOLDER}/report/plots/tradeoff.png"]
PLOT_COPIES += expand(f"{FOLDER}/report/plots/losses/{{style}}.png", style=PLAN.styles)
CURVES_PLOTS = expand(f"{FOLDER}/plots/curves/{{name}}.{PLOT_FORMAT}", name=PLAN.rows)


def plots_wanted(wildcards):
    """Return the plots that the config wants, and the report's copies of those that it holds."""
    if SETTINGS.plots.each == "none":
        return []
    return [TRADEOFF_PLOT, *LOSSES_PLOTS, *PLOT_COPIES, *(CURVES_PLOTS if SETTINGS.plots.each == "picture" else [])]


rule plot_losses:
    """Draw the loss curves of a style's pictures."""
    input:
        planned("plots/{style}.json"),
        f"{FOLDER}/plan/records/{{style}}.sha256",
    output:
        f"{FOLDER}/plots/losses/{{style}}.{PLOT_FORMAT}",
        report(
            f"{FOLDER}/report/plots/losses/{{style}}.png",
            category="Plots",
            labels={"plot": "loss curves", "of": "{style}"},
            caption="../report/plot_losses.rst",
        ),
    log:
        "logs/plot/losses/{style}.log",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/plot.py --results {RESULTS:q} --style {wildcards.style:q} 2>{log:q}
        """


rule plot_tradeoff:
    """Draw content losses against style losses of all pictures."""
    input:
        planned("plots.json"),
        DIGESTS,
    output:
        TRADEOFF_PLOT,
        report(
            f"{FOLDER}/report/plots/tradeoff.png",
            category="Plots",
            labels={"plot": "trade-off", "of": "everything"},
            caption="../report/plot_tradeoff.rst",
        ),
    log:
        "logs/plot/tradeoff.log",
    localrule: True
    shell:
        r"""
        python {SCRIPTS:q}/plot.py --results {RESULTS:q} --tradeoff 2>{log:q}
        """


if SETTINGS.plots.each == "picture":  # each is an output, among which Snakemake looks for every file there is

    rule plot_curves:
        """Draw the loss curves of each picture by itself, where the config wants them."""
        input:
            planned("plots.json"),
            DIGESTS,
        output:
            CURVES_PLOTS,
        log:
            "logs/plot/curves.log",
        localrule: True
        threads: PLOT_PROCESSES
        shell:
            r"""
            python {SCRIPTS:q}/plot.py --results {RESULTS:q} --pictures --threads {threads} 2>{log:q}
            """

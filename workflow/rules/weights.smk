"""The backbone's weights: one choice for the whole gallery, and one download."""


rule fetch_weights:
    """Have the config's weights at hand and write down which they are."""
    output:
        f"{FOLDER}/backbone.json",
    log:
        "logs/fetch_weights.log",
    localrule: True
    params:
        weights=SETTINGS.weights,
        identity=PLAN.table.weights,
    shell:
        r"""
        python {SCRIPTS:q}/fetch_weights.py \
            --weights={params.weights:q} \
            --output {output:q} 2>&1 | tee {log:q} >&2
        """

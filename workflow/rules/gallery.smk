"""The gallery page: everything that was painted, to be looked at in a browser."""


rule gallery:
    """Build the gallery page; its thumbnails lie beside it, and those that are there stay."""
    input:
        planned("table.json"),
        planned("gallery.json"),
        DIGESTS,
    output:
        f"{FOLDER}/gallery/index.html",
    log:
        "logs/gallery.log",
    threads: 4
    shell:
        r"""
        python {SCRIPTS:q}/gallery.py --results {RESULTS:q} --threads {threads} 2>{log:q}
        """

"""Which weights a gallery is painted with: the choice, its file, and how that file is fetched and identified.

In: the config's `weights`. Out: the file's path and SHA-256, and its layers.
"""

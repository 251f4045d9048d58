"""The cost of painting beside its peers: `scripts/benchmark.py` runs the sections of `bench.sections`."""

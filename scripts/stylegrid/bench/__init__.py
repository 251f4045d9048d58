"""What painting costs, measured beside its peers: `scripts/benchmark.py` runs the sections of `bench.sections`."""

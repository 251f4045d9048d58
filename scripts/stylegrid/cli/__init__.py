"""Shared by the programs in `scripts/`: the error boundary, and the progress of a painting in a terminal or log."""

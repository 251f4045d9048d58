"""What the programs in `scripts/` share: the error boundary, and the progress of a painting in a terminal or log."""

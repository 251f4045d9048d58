"""Plots: loss curves by style and by picture, and the trade-off between content and style."""

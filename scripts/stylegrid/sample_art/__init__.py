"""Paintings drawn from code, one module each: `paint(rng)` returns the picture."""

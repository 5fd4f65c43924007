"""Figures of the answer page, each drawn as SVG from the same values as the table beside it."""

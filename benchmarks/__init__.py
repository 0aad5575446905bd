"""Measurements of the README's tables: ``python -m benchmarks``."""

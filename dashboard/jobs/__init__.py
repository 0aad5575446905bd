"""Bulk jobs: durable, budgeted, resumable; ``python -m dashboard.jobs`` runs them in a terminal."""

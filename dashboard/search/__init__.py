"""Inputs, filters and results of searches. Pure."""

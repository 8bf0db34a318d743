"""Benchmarks: generated plans with known answers, and what it costs to find those answers."""

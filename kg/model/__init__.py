"""Frozen records and the small graph they form; no input or output."""

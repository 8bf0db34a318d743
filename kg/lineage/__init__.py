"""Paths, reach and coverage over the links of a graph; nothing here recurses."""

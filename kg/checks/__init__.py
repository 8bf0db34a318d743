"""Rules that look at a graph and say what they find."""

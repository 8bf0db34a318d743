"""Stored questions and SPARQL of people's own."""

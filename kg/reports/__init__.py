"""Findings and answers in the forms that other programs and committees read."""

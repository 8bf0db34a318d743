"""From registers to a release: verified records, claims, rules, checks, files."""

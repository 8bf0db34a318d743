"""Releases and stores: records to triples, triples to files, files to answers."""

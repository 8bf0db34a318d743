"""The page of the ontology: what is read for it, what is drawn, how it is laid out."""

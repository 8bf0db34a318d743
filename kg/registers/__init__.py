"""Registers, documents and quotations: reading what people wrote, verified word by word."""

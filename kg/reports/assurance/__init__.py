"""The assurance pack: a report whose every figure can be counted again."""

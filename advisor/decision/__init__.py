"""The decision method: elimination, value, systems, unknown answers. Knows no option by name."""

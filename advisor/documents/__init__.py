"""Reads YAML and JSON documents with positions, and holds them against their schemas."""

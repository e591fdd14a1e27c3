"""Recommendations as text and JSON."""

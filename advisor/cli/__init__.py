"""The advisor command."""

"""Architecture decision records."""

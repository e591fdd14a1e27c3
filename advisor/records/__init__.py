"""Architecture decision records: a recommendation as a MADR 4 file that a team commits."""

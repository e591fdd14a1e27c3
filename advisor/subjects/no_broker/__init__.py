"""Scenarios without a broker: a job table in sqlite3, and a call in the process."""

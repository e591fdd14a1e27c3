"""No broker: a job table in SQLite, really run, and a direct call for request and reply."""

from advisor.subjects.no_broker.design import SUPPORTED_OPTIONS, VARIANTS
from advisor.subjects.no_broker.session import open_session

__all__ = ["SUPPORTED_OPTIONS", "VARIANTS", "open_session"]

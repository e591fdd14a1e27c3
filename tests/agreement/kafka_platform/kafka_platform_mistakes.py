"""Plausible mistakes in the models of the platform, each of which the comparison must catch."""

from __future__ import annotations

from planting import Mistake

COMPATIBILITY = "avro_compatibility.py"
COUNT = "windowed_count.py"
MISTAKES = (
    Mistake("a long can be read as an int", COMPATIBILITY,
            '    "long": {"int"},', '    "long": {"int"},\n    "int": {"long"},'),
    Mistake("bytes are no strings", COMPATIBILITY,
            '    "string": {"bytes"},\n', ""),
    Mistake("aliases of fields are ignored", COMPATIBILITY,
            "(field.name, *field.aliases)", "(field.name,)"),
    Mistake("aliases of types are ignored", COMPATIBILITY,
            " or writer.full_name in reader.aliases", ""),
    Mistake("names count with their namespace", COMPATIBILITY,
            "reader.name == writer.name", "reader.full_name == writer.full_name"),
    Mistake("a new field needs no default", COMPATIBILITY,
            "return field.has_default", "return True"),
    Mistake("an enum's default is ignored", COMPATIBILITY,
            "reader.default is not None or ", ""),
    Mistake("a union can be read by one branch", COMPATIBILITY,
            "            return all(branches)", "            return any(branches)"),
    Mistake("the size of fixed is ignored", COMPATIBILITY,
            "                and reader.size == writer.size\n", ""),
    Mistake("the first branch of a reader decides", COMPATIBILITY,
            "any(self.can_read(branch, writer) for branch in reader.branches)",
            "self.can_read(reader.branches[0], writer)"),
    Mistake("a window takes records at its very end of grace", COUNT,
            "<= self._stream_time_ms", "< self._stream_time_ms"),
    Mistake("grace is forgotten", COUNT,
            "+ self._size_ms + self._grace_ms <= self", "+ self._size_ms <= self"),
    Mistake("a result has the stamp of its own record", COUNT,
            "latest_ms = stamp_ms if before is None else max(stamp_ms, before.stamp_ms)",
            "latest_ms = stamp_ms"),
    Mistake("late records move stream time back", COUNT,
            "max(self._stream_time_ms, stamp_ms)", "stamp_ms"),
    Mistake("the store shows windows for ever", COUNT,
            "return change.window_start_ms > self._newest_window_ms - kept_ms",
            "return kept_ms > 0"),
)  # fmt: skip

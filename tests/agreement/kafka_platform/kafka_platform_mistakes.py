"""Plausible mistakes in the models of the platform, each of which the comparison must catch."""

from __future__ import annotations

from planting import Mistake

COMPATIBILITY = "avro_compatibility.py"
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
)  # fmt: skip

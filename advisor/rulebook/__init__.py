"""The rule book: read from files, every fault with its place; compiled, explained, cut into cells.

``load_rule_book`` reads the rules, ``compile_rules`` makes one Python function of each
criterion's conditions, ``because`` and ``missing`` explain a rule, ``literals`` and ``cells`` cut
a need where some rule tells values apart (``point`` is the cell of a known value), and
``run_examples`` holds a criterion to its examples.
"""

from advisor.rulebook.compile import CompiledRules, compile_rules
from advisor.rulebook.examples import run_examples
from advisor.rulebook.explain import because, missing
from advisor.rulebook.load import load_rule_book
from advisor.rulebook.thresholds import Comparison, cells, literals, point

__all__ = [
    "Comparison",
    "CompiledRules",
    "because",
    "cells",
    "compile_rules",
    "literals",
    "load_rule_book",
    "missing",
    "point",
    "run_examples",
]

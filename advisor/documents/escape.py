"""Text from a file made safe to show, and the valid word nearest to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN_MAX = 60
_WORD_MAX = 80


def escape_text(text: str) -> str:
    """``text`` with everything invisible or active written as ``\\x1b``, ``\\n``, ``\\u202e``.

    Terminal escapes, line breaks, bidirectional overrides and the like become visible; printable
    text is returned as it is, so escaping twice changes nothing.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def quoted(text: str) -> str:
    """``text`` in double quotes, escaped, and cut where it is long: for messages."""
    shown = text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
    return f'"{escape_text(shown)}"'


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was probably meant to be, None if none is near.

    Case, spaces, ``-`` and ``_`` do not count; of equally near ones the first in the alphabet.
    """
    if len(word) > _WORD_MAX:
        return None
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=_folded(word), autojunk=False)
    best, best_ratio = None, 0.6
    for candidate in sorted(set(candidates)):
        matcher.set_seq1(_folded(candidate))
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = candidate, ratio
    return best


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The hint that names the nearest candidate; empty if none is near."""
    near = nearest(word, candidates)
    return f"did you mean {quoted(near)}?" if near is not None else ""


def _folded(word: str) -> str:
    return word.casefold().translate({ord(" "): "_", ord("-"): "_"})

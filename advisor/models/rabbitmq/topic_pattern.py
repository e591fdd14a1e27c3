"""Topic patterns: words between dots, ``*`` for exactly one word, ``#`` for any number of them.

Keeps the whole rule of every version: ``#`` also stands for no word, an empty key has no words,
and an empty word between two dots is a word. Nothing left out.
"""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words of a key or pattern; none at all when it is empty."""
    return text.split(".") if text else []


def matches(pattern: str, routing_key: str) -> bool:
    """Whether the key has the pattern's shape; time grows with the product of their words."""
    parts = words(pattern)
    # reached[i]: the first i parts can cover the words read so far
    reached = [True] + [False] * len(parts)
    for number, part in enumerate(parts):
        reached[number + 1] = part == "#" and reached[number]
    for word in words(routing_key):
        following = [False] * len(reached)
        for number, part in enumerate(parts):
            if part == "#":
                following[number + 1] = reached[number + 1] or following[number]
            else:
                following[number + 1] = reached[number] and part in ("*", word)
        reached = following
    return reached[-1]

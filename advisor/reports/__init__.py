"""What a person or a program reads: pure functions from a result to blocks and from them to text.

``document`` writes schema recommendation/1; the pages (``recommendation_page``, ``check_page``,
``explanation_page``) build blocks; ``plain`` and ``terminal`` show blocks. Nothing is read and
nothing is printed here.
"""

"""A brute-force evaluator of the segment language, written from its contract alone.

It shares no code and no author with `src/expr`: lists, loops and exact arithmetic, nothing clever.
Where the two disagree, one of them misreads the language.
"""

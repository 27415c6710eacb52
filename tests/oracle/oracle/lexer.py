"""Splits the text of an expression into tokens. The longest token wins."""

import re
from dataclasses import dataclass


class LanguageError(Exception):
    """The expression is wrong: `category` is a word for reports, `begin` a character offset."""

    def __init__(self, category, message, begin=0):
        super().__init__(message)
        self.category = category
        self.begin = begin


@dataclass(frozen=True)
class Token:
    kind: str  # name, quoted, number, string, date, op, end
    text: str
    begin: int


RESERVED = frozenset(
    "and or not in is between like matches contains case when then else end where within true false"
    " missing present did now".split()
)

_PATTERN = re.compile(
    r"""(?P<space>\s+|--[^\n]*)
      |(?P<date>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)
      |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
      |(?P<quoted>`[^`]*`)
      |(?P<string>'(?:[^']|'')*')
      |(?P<op>->|!=|<=|>=|[=<>~+\-*/().,])""",
    re.VERBOSE,
)


def tokenize(text):
    """Returns the tokens, ending with one of kind `end`. Raises LanguageError."""
    tokens = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise LanguageError("lex", f"no token begins with {text[at]!r}", at)
        kind = match.lastgroup
        if kind != "space":
            tokens.append(_token(kind, match.group(), at))
        at = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _token(kind, text, at):
    if kind == "string":
        return Token(kind, text[1:-1].replace("''", "'"), at)
    if kind == "quoted":
        if len(text) == 2:
            raise LanguageError("lex", "a name in backticks is empty", at)
        return Token(kind, text[1:-1], at)
    return Token(kind, text, at)

"""Reads just enough C++ to see functions: where each begins and ends, and how many parameters it takes."""

import dataclasses
import re

TOKEN = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'  # raw string
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'"  # a character; the look-behind leaves 1'000 alone
    r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
CONTROL = {"if", "for", "while", "switch", "catch", "return", "sizeof", "decltype", "alignas", "noexcept",
           "static_assert", "requires", "constexpr", "do", "else", "co_return"}
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


@dataclasses.dataclass
class Function:
    name: str
    line: int
    parameters: int
    body_lines: int


def without_literals(source):
    """Blanks comments and literals; keeps every newline, and so every line number and offset."""
    def blank(match):
        kept = re.sub(r"[^\n]", " ", match[0])
        return kept if match[0].startswith("/") else '"' + kept[1:-1] + '"'
    return TOKEN.sub(blank, source)


def _matching(code, at, opening, closing):
    depth = 0
    for position in range(at, len(code)):
        if code[position] == opening:
            depth += 1
        elif code[position] == closing:
            depth -= 1
            if depth == 0:
                return position
    return len(code) - 1


def _parameters(code, opening, closing):
    """Counts what stands between the commas of a parameter list; commas inside any bracket don't count."""
    inner, depth, count = code[opening + 1:closing], 0, 1
    if not inner.strip() or inner.strip() == "void":
        return 0
    for position, character in enumerate(inner):
        if character in "([{<":
            depth += 1
        elif character in ")]}" or (character == ">" and inner[position - 1] != "-"):
            depth -= 1
        elif character == "," and depth == 0:
            count += 1
    return count


def _signature(code, begin, end):
    """Returns (name, opening, closing) of the parameter list in a statement, or None."""
    depth, position = 0, begin
    while position < end:
        character = code[position]
        if character == "<" and not code[begin:position].rstrip().endswith("operator"):
            depth += 1
        elif character == ">" and depth and code[position - 1] != "-":
            depth -= 1
        elif character == "=" and depth == 0 and "operator" not in code[begin:position]:
            return None  # a variable: what follows is its value
        elif character == "(" and depth == 0:
            name = re.search(r"(operator\s*[^\s\w(]+|operator\s*\(\s*\)|~?[A-Za-z_]\w*)\s*$", code[begin:position])
            closing = _matching(code, position, "(", ")")
            if name and name[1] == "operator":
                position = closing + 1
                continue
            if name and name[1] not in CONTROL:
                return name[1], position, closing
            position = closing
        position += 1
    return None


def functions(source):
    """Returns every function defined outside another function, in order; lambdas count with theirs."""
    code, found = without_literals(source), []
    code = re.sub(r"^[ \t]*#[^\n]*", lambda match: " " * len(match[0]), code, flags=re.MULTILINE)
    position = begin = 0
    while position < len(code):
        character = code[position]
        if character in ";}":
            begin = position + 1
        elif character == ":" and re.search(r"\b(public|private|protected)\s*$", code[begin:position]):
            begin = position + 1
        elif character == "{":
            signature = _signature(code, begin, position)
            head = code[begin:position]
            if signature is None and SCOPE.search(head) and not head.rstrip().endswith("="):
                begin = position + 1
            elif signature is None:
                position = _matching(code, position, "{", "}")  # a braced value
            elif position < signature[2] or _is_member_initialiser(code, signature[2], position):
                position = _matching(code, position, "{", "}")
            else:
                closing = _matching(code, position, "{", "}")
                first = begin + len(head) - len(head.lstrip())
                found.append(Function(signature[0], code.count("\n", 0, first) + 1,
                                      _parameters(code, signature[1], signature[2]),
                                      max(0, code.count("\n", position, closing) - 1)))
                position = closing
                begin = position + 1
        position += 1
    return found


def _is_member_initialiser(code, closing, brace):
    """Says whether `brace` opens a value in `: a_{1}, b_{2}` rather than the constructor's body."""
    between = code[closing + 1:brace]
    return bool(re.match(r"\s*(noexcept\s*)?:(?!:)", between)) and bool(re.search(r"[\w>]\s*$", between))

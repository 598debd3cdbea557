"""Rules: the part of CEL that attributes are written in, with absent facts that nothing absorbs.

Written from docs/formats/rules-profile.md, not from the product's code: a rule that reads an absent fact is unknown
whatever operator stands around it; both sides of && and || are read, every element of a list is visited, and only the
branch of ? : that is taken is read. What this file does not know raises Unsupported: it is then listed, never guessed.
"""

import re
from datetime import datetime, timezone


class Unsupported(Exception):
    """The rule uses a part of the language that this script does not have."""


class Flaw:
    def __init__(self, name, rank):
        self.name, self.rank = name, rank


# An error outranks an absent fact: both are unknown results, for different reasons.
ABSENT = Flaw("absent", 1)
ERROR = Flaw("error", 2)


def flaw_in(*values):
    flaws = [value for value in values if isinstance(value, Flaw)]
    return max(flaws, key=lambda flaw: flaw.rank) if flaws else None


class Duration:
    def __init__(self, ms):
        self.ms = ms


class Instant:
    def __init__(self, ms):
        self.ms = ms


INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?Z")


def instant_ms(text):
    """Milliseconds since 1970 of the one spelling that items use; None for any other text."""
    match = INSTANT.fullmatch(text)
    if not match:
        return None
    at = datetime.fromisoformat(match[1]).replace(tzinfo=timezone.utc)
    return round(at.timestamp()) * 1000 + int((match[2] or "0").ljust(3, "0"))


UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def duration_of(text):
    sign = -1 if text.startswith("-") else 1
    body = text.lstrip("+-")
    if body == "0":
        return Duration(0)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise Unsupported(f"duration {text!r}")
    return Duration(sign * round(sum(float(number) * UNITS[unit] for number, unit in parts)))


TOKEN = re.compile(
    r"\s*(?://[^\n]*)?\s*(?:(?P<int>0x[0-9a-fA-F]+|\d+)(?![\w.])"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]]))"
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`"}


def tokens_of(source):
    tokens, at = [], 0
    source = source.rstrip()
    while at < len(source):
        match = TOKEN.match(source, at)
        if not match:
            raise Unsupported(f"{source[at:at + 12]!r} in {source!r}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def text_of(token):
    def unescape(match):
        if match[1] not in ESCAPES:
            raise Unsupported(f"escape {match[0]}")
        return ESCAPES[match[1]]

    return re.sub(r"\\(.)", unescape, token[1:-1])


MACROS = ("exists", "all", "exists_one", "filter", "map")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")


class Parser:
    """Makes a tree of tuples: (operator, operand, ...)."""

    def __init__(self, source):
        self.tokens, self.at, self.source = tokens_of(source), 0, source

    def rule(self):
        tree = self.choice()
        if self.at != len(self.tokens):
            raise Unsupported(f"{self.tokens[self.at][1]!r} in {self.source!r}")
        return tree

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, *signs):
        kind, text = self.peek()
        if kind in ("sign", "name") and text in signs:
            self.at += 1
            return text
        return None

    def need(self, sign):
        if not self.take(sign):
            raise Unsupported(f"{sign!r} is missing in {self.source!r}")

    def choice(self):
        condition = self.either()
        if not self.take("?"):
            return condition
        yes = self.choice()
        self.need(":")
        return ("choice", condition, yes, self.choice())

    def either(self):
        return self.chain(self.both, "||")

    def both(self):
        return self.chain(self.comparison, "&&")

    def chain(self, operand, *signs):
        tree = operand()
        while sign := self.take(*signs):
            tree = (sign, tree, operand())
        return tree

    def comparison(self):
        return self.chain(self.sum, *COMPARISONS)

    def sum(self):
        return self.chain(self.product, "+", "-")

    def product(self):
        return self.chain(self.unary, "*", "/", "%")

    def unary(self):
        if self.take("!"):
            return ("not", self.unary())
        if self.take("-"):
            return ("negate", self.unary())
        return self.member()

    def member(self):
        tree = self.primary()
        while True:
            if self.take("."):
                kind, name = self.peek()
                if kind != "name":
                    raise Unsupported(f"{name!r} behind a dot in {self.source!r}")
                self.at += 1
                tree = self.call(name, tree) if self.take("(") else ("field", tree, name)
            elif self.take("["):
                tree = ("index", tree, self.choice())
                self.need("]")
            else:
                return tree

    def call(self, name, target):
        arguments = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.choice())
        if name in MACROS and target is not None:
            if len(arguments) != 2 or arguments[0][0] != "variable":
                raise Unsupported(f"{name} with {len(arguments)} arguments")
            return (name, target, arguments[0][1], arguments[1])
        return ("call", name, *([target] if target is not None else []), *arguments)

    def primary(self):
        kind, text = self.peek()
        self.at += 1
        if kind == "int":
            return ("literal", int(text, 0))
        if kind == "text":
            return ("literal", text_of(text))
        if kind == "name":
            if text in ("true", "false"):
                return ("literal", text == "true")
            return self.call(text, None) if self.take("(") else ("variable", text)
        if text == "(":
            tree = self.choice()
            self.need(")")
            return tree
        if text == "[":
            elements = []
            while not self.take("]"):
                if elements:
                    self.need(",")
                elements.append(self.choice())
            return ("list", *elements)
        raise Unsupported(f"{text!r} in {self.source!r}")


def evaluate(tree, scope):
    """The value of a tree; ABSENT or ERROR when anything that was read is."""
    return OPERATORS[tree[0]](tree, scope)


def field(tree, scope):
    of = evaluate(tree[1], scope)
    if flaw_in(of):
        return of
    value = of.get(tree[2], ABSENT) if isinstance(of, dict) else ERROR
    # null is no value and is not absence: it is malformed.
    return ERROR if value is None else value


def choice(tree, scope):
    condition = evaluate(tree[1], scope)
    if flaw_in(condition):
        return condition
    return evaluate(tree[2] if condition else tree[3], scope)


def strict(function):
    """Reads every operand first, so that nothing absent is passed over."""

    def operator(tree, scope):
        operands = [evaluate(operand, scope) for operand in tree[1:]]
        flaw = flaw_in(*operands)
        return flaw if flaw else function(*operands)

    return operator


def comparable(a, b):
    def plain(value):
        if isinstance(value, (Instant, Duration)):
            return value.ms
        at = instant_ms(value) if isinstance(value, str) else None
        return value if at is None else at

    if isinstance(a, Instant) or isinstance(b, Instant):
        return plain(a), plain(b)
    left, right = plain(a), plain(b)
    # Two texts are instants only when both are.
    return (left, right) if type(left) is type(right) else (a, b)


def compare(test):
    def operator(a, b):
        left, right = comparable(a, b)
        return test(left, right) if type(left) is type(right) else ERROR

    return strict(operator)


def moment(value):
    if isinstance(value, Instant):
        return value.ms
    return instant_ms(value) if isinstance(value, str) else None


def add(a, b):
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(a.ms + b.ms)
    if isinstance(a, Duration):
        a, b = b, a
    if isinstance(b, Duration):
        return ERROR if moment(a) is None else Instant(moment(a) + b.ms)
    return within(a + b) if type(a) is type(b) and type(a) in (int, str) else ERROR


def subtract(a, b):
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(a.ms - b.ms)
    if isinstance(b, Duration):
        return ERROR if moment(a) is None else Instant(moment(a) - b.ms)
    if moment(a) is not None and moment(b) is not None:
        return Duration(moment(a) - moment(b))
    return within(a - b) if type(a) is type(b) is int else ERROR


def within(value):
    return value if not isinstance(value, int) or abs(value) < 2**53 else ERROR


def divide(a, b):
    if b == 0:
        return ERROR
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def macro(tree, scope):
    name, _, variable, body = tree
    elements = evaluate(tree[1], scope)
    if flaw_in(elements):
        return elements
    values = [evaluate(body, {**scope, variable: element}) for element in elements]
    flaw = flaw_in(*values)
    if flaw:
        return flaw
    if name == "map":
        return values
    if name == "filter":
        return [element for element, kept in zip(elements, values) if kept]
    count = sum(values)
    return {"exists": count > 0, "all": count == len(values), "exists_one": count == 1}[name]


def at_index(values, index):
    return values[index] if 0 <= index < len(values) else ERROR


def call(tree, scope):
    name, arguments = tree[1], tree[2:]
    if name == "has":
        value = evaluate(arguments[0], scope)
        return value if flaw_in(value) else True
    if name not in FUNCTIONS:
        raise Unsupported(f"{name}()")
    return strict(FUNCTIONS[name])((name, *arguments), scope)


FUNCTIONS = {
    "size": len,
    "duration": duration_of,
    "timestamp": lambda text: ERROR if instant_ms(text) is None else Instant(instant_ms(text)),
    "startsWith": lambda text, part: text.startswith(part),
    "endsWith": lambda text, part: text.endswith(part),
    "contains": lambda text, part: part in text,
}

OPERATORS = {
    "literal": lambda tree, scope: tree[1],
    "variable": lambda tree, scope: scope[tree[1]],
    "field": field,
    "choice": choice,
    "call": call,
    "list": strict(lambda *elements: list(elements)),
    "index": strict(at_index),
    "&&": strict(lambda a, b: a and b),
    "||": strict(lambda a, b: a or b),
    "not": strict(lambda a: not a),
    "negate": strict(lambda a: Duration(-a.ms) if isinstance(a, Duration) else -a),
    "==": compare(lambda a, b: a == b),
    "!=": compare(lambda a, b: a != b),
    "<": compare(lambda a, b: a < b),
    "<=": compare(lambda a, b: a <= b),
    ">": compare(lambda a, b: a > b),
    ">=": compare(lambda a, b: a >= b),
    "in": strict(lambda a, b: a in b),
    "+": strict(add),
    "-": strict(subtract),
    "*": strict(lambda a, b: within(a * b)),
    "/": strict(divide),
    "%": strict(lambda a, b: ERROR if b == 0 else a - b * divide(a, b)),
    **{name: macro for name in MACROS},
}


class Rule:
    def __init__(self, source):
        self.tree = Parser(source).rule()
        check(self.tree)

    def __call__(self, variable, item):
        """True, False, ABSENT or ERROR."""
        value = evaluate(self.tree, {variable: item})
        return value if isinstance(value, (bool, Flaw)) else ERROR


def check(tree):
    """Refuses unknown functions when the rule is read, not at the first item that reaches them."""
    if tree[0] == "call" and tree[1] != "has" and tree[1] not in FUNCTIONS:
        raise Unsupported(f"{tree[1]}()")
    for part in tree[1:]:
        if isinstance(part, tuple):
            check(part)

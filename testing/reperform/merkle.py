"""RFC 6962 trees, the lines of sealed lists, and the draw: written from docs/formats, with hashlib only."""

import hashlib
import json
import re


def sha256(data):
    return hashlib.sha256(data).digest()


class Tree:
    """Takes leaves in their order and gives the root of those so far."""

    def __init__(self):
        self.stack, self.size = [], 0

    def add(self, leaf_hash):
        size = self.size
        while size % 2 == 1:
            leaf_hash = sha256(b"\x01" + self.stack.pop() + leaf_hash)
            size //= 2
        self.stack.append(leaf_hash)
        self.size += 1

    def root(self):
        if not self.stack:
            return sha256(b"")
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = sha256(b"\x01" + left + root)
        return root


def leaf(entry):
    return sha256(b"\x00" + entry)


LEAF_ONLY = re.compile(rb'\{"(?:erased|withheld)":"([0-9a-f]{64})"\}')


def leaf_of_line(line):
    """An erased or withheld line keeps the hash of what it was."""
    left = LEAF_ONLY.fullmatch(line)
    return bytes.fromhex(left[1].decode()) if left else leaf(line)


def canonical(value):
    """RFC 8785 for what packages hold: texts, whole numbers, lists and objects whose names are sorted by UTF-16 units."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, float):
        raise ValueError("packages hold no floats")
    return json.dumps(value, ensure_ascii=False)


def derived_salt(salt, purpose):
    return hashlib.sha256(f"{purpose}\n{salt}".encode()).hexdigest()[:32]


# docs/formats/draw.md


def seed_of(parts):
    lines = ["countersign/sample/v1", parts["origin"], parts["checkpointSize"], parts["checkpointRoot"]]
    lines += [parts["populationIndex"], parts["populationRoot"], parts["count"], parts["nonce"]]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def draw(ids, seed, size):
    h = hashlib.sha256(seed.encode()).hexdigest()

    def ticket(item):
        number = int(hashlib.sha256((h + item).encode()).hexdigest(), 16)
        return f"{number:064d}"[::-1]

    return sorted(ids, key=ticket)[:size]

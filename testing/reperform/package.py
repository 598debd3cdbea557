"""Reads an audit package: its files, its blobs, its ledger. Standard library only."""

import base64
import hashlib
import json
import zipfile

from merkle import Tree, leaf, leaf_of_line


FILE = {"digest", "mediaType", "name", "size"}


def file_refs(value):
    """References to files, told by their exact members, in any body."""
    if isinstance(value, list):
        for each in value:
            yield from file_refs(each)
    elif isinstance(value, dict):
        if set(value) - {"salted"} == FILE and value.get("salted", True) is True:
            yield value
        else:
            for each in value.values():
                yield from file_refs(each)


class Package:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.index = self.json("data/package.json")
        self.blobs = {blob["digest"]: blob for blob in self.json("data/blobs.json")["blobs"]}
        self.records, self.by_id, self.roots = [], {}, {0: Tree().root()}
        self.differences = []
        self.read_ledger()

    def json(self, path):
        return json.loads(self.zip.read(path))

    def differs(self, where, what):
        self.differences.append({"where": where, "what": what})

    def read_ledger(self):
        """Every record, and the root of the first n records for every n that the ledger itself speaks of."""
        tree = Tree()
        wanted = set()
        leaves = []
        for line in self.lines_of(sorted(n for n in self.zip.namelist() if n.startswith("ledger/records-"))):
            record = json.loads(line)
            record["index"] = len(self.records)
            self.records.append(record)
            self.by_id[record["id"]] = record
            leaves.append(leaf(line))
            if record["type"] == "sample.drawn" and "seed" in record["body"]:
                wanted.add(record["body"]["seed"]["checkpointSize"])
        for leaf_hash in leaves:
            tree.add(leaf_hash)
            if tree.size in wanted:
                self.roots[tree.size] = tree.root()
        origin, size, root = self.zip.read("ledger/checkpoint").decode().split("\n")[:3]
        self.origin = origin
        if (int(size), base64.b64decode(root)) != (tree.size, tree.root()):
            self.differs("ledger/checkpoint", "size or root is not that of the records")

    def of_type(self, kind):
        return [record for record in self.records if record["type"] == kind]

    def lines_of(self, paths):
        """Lines of parts, without their newlines. Parts are cut at line ends."""
        for path in paths:
            with self.zip.open(path) as part:
                for line in part:
                    yield line.rstrip(b"\n")

    def blob(self, digest):
        """The bytes of a blob, part by part; None when the package says that it is withheld or erased."""
        parts = self.blobs[digest].get("parts")
        return None if parts is None else [self.zip.read(part) for part in parts]

    def digest_of(self, data, named):
        """The digest that a record would name the bytes by: a commitment where the package gives a salt."""
        salt = self.blobs[named].get("salt", "").encode()
        return f"sha256:{hashlib.sha256(salt + data).hexdigest()}"

    def check_files(self):
        """Every file that a record refers to and that is here: size, digest, and that only a commitment has a salt."""
        checked = 0
        for record in self.records:
            for ref in file_refs(record["body"]):
                blob = self.blobs[ref["digest"]]
                if "parts" not in blob:
                    continue
                data = b"".join(self.zip.read(part) for part in blob["parts"])
                same = len(data) == ref["size"] and self.digest_of(data, ref["digest"]) == ref["digest"]
                if not same or ("salt" in blob) != ref.get("salted", False):
                    self.differs(blob["parts"][0], f"not the file that record {record['index']} names")
                checked += 1
        return checked

    def document(self, digest):
        """A JSON document that a record names by its digest, which is checked."""
        parts = self.blob(digest)
        if parts is None:
            return None
        data = b"".join(parts)
        if self.digest_of(data, digest) != digest:
            self.differs(self.blobs[digest]["parts"][0], f"not the bytes of {digest}")
        return json.loads(data)

    def leaf_only(self, ref):
        """How many lines of a list are erased or withheld."""
        blob = self.blobs[ref["digest"]]
        return blob.get("erasedLines", 0) + blob.get("withheldLines", 0)

    def items(self, ref, where):
        """The lines of a list that a record refers to, parsed; root, count and digest are compared at its end."""
        parts = self.blobs[ref["digest"]].get("parts")
        if parts is None:
            return
        tree, digest, erased = Tree(), hashlib.sha256(), False
        for line in self.lines_of(parts):
            tree.add(leaf_of_line(line))
            digest.update(line + b"\n")
            parsed = json.loads(line)
            erased = erased or "item" not in parsed
            yield parsed
        if tree.root().hex() != ref["root"] or tree.size != ref["count"]:
            self.differs(where, f"root {tree.root().hex()} of {tree.size} lines; recorded {ref['root']} of {ref['count']}")
        if not erased and f"sha256:{digest.hexdigest()}" != ref["digest"]:
            self.differs(where, "the bytes are not those of the recorded digest")

#!/usr/bin/env python3
"""Re-performs an audit package without any of the product's code.

    python3 reperform.py PACKAGE.zip

From the package alone it recomputes the roots and digests of every population, every seeded draw, and every attribute
of every per-item control over every item, and compares all of that with what the package says. Prints JSON. Exit 0:
the same; exit 1: something differs, and it is named. It checks no signatures: docs/for-auditors.md says how openssl does.
Python 3.9 or later, standard library only.
"""

import base64
import json
import re
import sys
from collections import Counter
from datetime import date, datetime, timedelta, timezone

# The folder that the script stands in stays as it is.
sys.dont_write_bytecode = True

import cel
from merkle import derived_salt, draw, seed_of
from package import Package

UNKNOWN = {cel.ABSENT: "source-lacks-fact", cel.ERROR: "rule-error"}


def zone_of(name):
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def start_of(day, zone):
    """The first instant of a local date, in milliseconds since 1970."""
    at = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round(at.timestamp() * 1000)


class Attribute:
    def __init__(self, written):
        self.id = written["id"]
        self.rule = cel.Rule(written["expression"])
        self.expression = written["expression"]
        self.causes = [(cel.Rule(cause["when"]), cause["say"]) for cause in written["causes"]]

    def judge(self, variable, item):
        value = self.rule(variable, item)
        if value is True:
            return {"state": "operated"}
        if isinstance(value, cel.Flaw):
            return {"state": "unknown", "reason": UNKNOWN[value]}
        for when, say in self.causes:
            if when(variable, item) is True:
                return {"state": "deviated", "cause": say}
        return {"state": "deviated", "cause": f"the rule is false: {self.expression}"}


class Plan:
    """One per-item activity under one version of its control, in the part of the window where that is in force."""

    def __init__(self, control, activity, window, zone, not_applicable):
        self.control, self.version, self.activity = control["id"], control["version"], activity["id"]
        self.kind = activity["population"]
        # "access-grant" is `accessGrant` in rules.
        self.variable = re.sub(r"-(\w)", lambda match: match[1].upper(), self.kind)
        first = max(window["from"], control.get("effectiveFrom", window["from"]))
        last = min(window["through"], control.get("effectiveThrough", window["through"]))
        self.in_force = first <= last
        self.start = start_of(date.fromisoformat(first), zone)
        self.end = start_of(date.fromisoformat(last) + timedelta(days=1), zone)
        self.where = cel.Rule(activity["where"]) if "where" in activity else None
        self.term = activity.get("termHours", 0) * 3_600_000
        self.attributes = [Attribute(written) for written in activity["attributes"]]
        self.not_applicable = not_applicable.get((self.control, self.activity), set())

    def judge(self, item, at, as_of):
        """State and results of an item that was placed in the plan's time; None when the item does not owe it."""
        owes = True if self.where is None else self.where(self.variable, item)
        if owes is False:
            return None
        if owes is True:
            results = [attribute.judge(self.variable, item) for attribute in self.attributes]
            states = {result["state"] for result in results}
            state = "deviated" if "deviated" in states else "unknown" if "unknown" in states else "operated"
        else:
            results = [{"state": "unknown", "reason": UNKNOWN[owes]} for _ in self.attributes]
            state = "unknown"
        if state != "operated" and self.term > 0 and at + self.term > as_of:
            state, results = "not-due", []
        if item["id"] in self.not_applicable:
            state, results = "not-applicable", [{"state": "not-applicable"} for _ in self.attributes]
        return {"state": state, "attributes": results}


class Reperformance:
    def __init__(self, package):
        self.package = package
        self.run = package.by_id[package.index["run"]]["body"]
        self.program = package.document(self.run["program"])
        self.summary = package.document(self.run["summary"]["digest"])
        self.zone = zone_of(self.run["window"]["zone"])
        self.as_of = cel.instant_ms(self.run["asOf"])
        self.not_recomputed = []
        self.plans = self.read_plans()
        self.counts = {(p.control, p.version, p.activity): Counter() for p in self.plans}
        self.deviations = []
        self.erased, self.withheld = 0, 0

    def read_plans(self):
        not_applicable = {}
        for record in self.package.records[: self.run["throughIndex"] + 1]:
            if record["type"] == "occurrence.not-applicable":
                body = record["body"]
                not_applicable.setdefault((body["control"], body["activity"]), set()).add(body["occurrence"])
        plans = []
        for control in self.program["controls"]:
            for activity in control["activities"]:
                name = f"{control['id']} version {control['version']}, {activity['id']}"
                if activity["kind"] != "per-item":
                    self.not_recomputed.append({"activity": name, "why": f"{activity['kind']}, not per item"})
                    continue
                try:
                    plan = Plan(control, activity, self.run["window"], self.zone, not_applicable)
                except cel.Unsupported as problem:
                    self.not_recomputed.append({"activity": name, "why": f"not in this script: {problem}"})
                    continue
                if plan.in_force:
                    plans.append(plan)
        # Versions of one control follow each other in time, wherever they stand in the program.
        order = {control["id"]: i for i, control in reversed(list(enumerate(self.program["controls"])))}
        return sorted(plans, key=lambda plan: (order[plan.control], plan.start))

    def occurrences(self):
        """Every occurrence that an item causes, as (control, version, activity, id), with its result and its salt."""
        for used in self.run["populations"]:
            body = self.package.by_id[used["record"]]["body"]
            plans = [plan for plan in self.plans if plan.kind == body["kind"]]
            last = {(plan.control, plan.activity): plan for plan in plans if plan.start <= self.as_of}
            for line in self.package.items(body["items"], f"population {body['population']}"):
                if "item" not in line:
                    self.erased += "erased" in line
                    self.withheld += "withheld" in line
                    left = line.get("erased") or line["withheld"]
                    gone = {"state": "unknown", "reason": "erased"}
                    for plan in last.values():
                        result = {"state": "unknown", "attributes": [gone for _ in plan.attributes]}
                        yield plan, f"erased:{left}", result, left[:32]
                    continue
                item = line["item"]
                at = cel.instant_ms(item.get(body["cutOff"], ""))
                if at is None or at > self.as_of:
                    continue
                for plan in plans:
                    result = plan.judge(item, at, self.as_of) if plan.start <= at < plan.end else None
                    if result is not None:
                        yield plan, item["id"], result, derived_salt(line["salt"], "result")

    def compare_results(self):
        """Recomputes all per-item results and takes them off one by one as the package's own list names them."""
        expected = {}
        for plan, item, result, salt in self.occurrences():
            key = (plan.control, plan.version, plan.activity)
            self.counts[key][result["state"]] += 1
            expected[(*key, item)] = (result, salt)
            for attribute, outcome in zip(plan.attributes, result["attributes"]):
                if outcome["state"] == "deviated":
                    found = (*key, attribute.id, item, outcome["cause"])
                    self.deviations.append(found)
        recomputed = {(plan.control, plan.version, plan.activity) for plan in self.plans}
        hidden = 0
        for line in self.package.items(self.run["results"], "results"):
            if "item" not in line:
                hidden += 1
                continue
            said = line["item"]
            key = (said["control"], said["version"], said["activity"])
            if key not in recomputed:
                continue
            name = f"{' '.join(map(str, key))} {said['id']}"
            result, salt = expected.pop((*key, said["id"]), (None, None))
            if result is None:
                self.package.differs(name, "in the results, and not owed by any item")
                continue
            brief = {"state": said["state"], "attributes": [brief_of(each) for each in said["attributes"]]}
            if brief != result:
                self.package.differs(name, f"the package says {json.dumps(brief)}, recomputed {json.dumps(result)}")
            if line["salt"] != salt:
                self.package.differs(name, "the result's salt does not follow from its item's")
        if hidden:
            self.not_recomputed.append({"activity": "all", "why": f"of {hidden} results only the leaf is here"})
            # Which of the results without a line are those cannot be told.
            expected = {} if len(expected) <= hidden + self.erased * len(self.plans) else expected
        elif self.erased:
            # The run was made before they were erased.
            expected = {key: value for key, value in expected.items() if not key[3].startswith("erased:")}
        for key in expected:
            self.package.differs(" ".join(map(str, key)), "recomputed, and missing in the results")

    def compare_summary(self):
        if self.summary is None:
            self.not_recomputed.append({"activity": "all", "why": "the summary is withheld or erased"})
            return
        recomputed = {key[0:3:2] for key in self.counts}
        said = sorted(
            (d["control"], d["version"], d["activity"], d["attribute"], d["occurrence"], d["cause"])
            for d in self.summary["deviations"]
            if d["state"] == "deviated" and (d["control"], d["activity"]) in recomputed
        )
        for missing in sorted(set(self.deviations) - set(said)):
            self.package.differs("summary", f"does not name the deviation {missing}")
        for extra in sorted(set(said) - set(self.deviations)):
            self.package.differs("summary", f"names a deviation that is not recomputed: {extra}")
        for control in self.summary["controls"]:
            for activity in control["activities"]:
                counts = self.counts.get((control["id"], activity["version"], activity["id"]))
                if counts is None:
                    continue
                said_counts = {state: count for state, count in activity["counts"].items() if count}
                if said_counts != dict(counts):
                    name = f"summary, {control['id']} version {activity['version']}, {activity['id']}"
                    self.package.differs(name, f"counts {said_counts}, recomputed {dict(counts)}")


def brief_of(result):
    """What is compared of a result: its state, the cause of a deviation, the kind of ignorance."""
    return {name: result[name] for name in ("state", "cause", "reason") if name in result and (name != "reason" or result["state"] == "unknown")}


def compare_other_populations(package, run):
    """Roots of the populations that the run did not use, and of every list beside them."""
    used = {each["record"] for each in run["populations"]}
    for record in package.of_type("population.collected"):
        body = record["body"]
        for name in ("items", "exclusions"):
            if name == "exclusions" or record["id"] not in used:
                for _ in package.items(body[name], f"population {body['population']} version {body['version']}, {name}"):
                    pass
    for each in run["populations"]:
        items = package.by_id[each["record"]]["body"]["items"]
        if (each["root"], each["count"]) != (items["root"], items["count"]):
            package.differs(f"run {run['run']}", f"root or count of {each['population']} is not that of its record")


def compare_draws(package):
    draws = []
    by_draw = {record["body"]["draw"]: record["body"] for record in package.of_type("sample.drawn")}
    for record in package.of_type("sample.drawn"):
        body = record["body"]
        where = f"draw {body['draw']}"
        frozen = package.by_id[body["frozen"]]
        population = package.by_id[frozen["body"]["record"]]
        ids = [item for item in ids_of(package, population, body.get("stratum"))]
        drawn = {"draw": body["draw"], "method": body["method"], "drawnBy": body["drawnBy"], "of": len(ids)}
        if body["method"] == "seeded":
            seed = body["seed"]
            facts = {
                "origin": package.origin,
                "checkpointSize": frozen["index"] + 1,
                "checkpointRoot": base64.b64encode(package.roots.get(seed["checkpointSize"], b"")).decode(),
                "populationIndex": population["index"],
                "populationRoot": population["body"]["items"]["root"],
                "count": population["body"]["items"]["count"],
                "hex": seed_of(seed),
            }
            for name, fact in facts.items():
                if seed[name] != fact:
                    package.differs(where, f"{name} is {seed[name]}, recomputed {fact}")
            # Each item's ticket is its own: those that are here can be drawn again without the others.
            known = set(ids)
            here = [item for item in body["items"] if item in known]
            unseen = len(body["items"]) - len(here)
            drawn["items"] = draw(ids, facts["hex"], body["size"] - unseen)
            if drawn["items"] != here or unseen > package.leaf_only(population["body"]["items"]):
                package.differs(where, f"the items are {body['items']}, recomputed {drawn['items']}")
            earlier = by_draw.get(body.get("extends"), {"items": []})["items"]
            if body["items"][: len(earlier)] != earlier:
                package.differs(where, "the extension does not begin with the draw that it extends")
        else:
            drawn["items"] = body["items"]
            strange = set(body["items"]) - set(ids)
            for item in strange if len(strange) > package.leaf_only(population["body"]["items"]) else ():
                package.differs(where, f"{item} is not in the population")
        draws.append(drawn)
    return draws


def ids_of(package, population, stratum):
    for line in package.items(population["body"]["items"], f"population {population['body']['population']}"):
        item = line.get("item")
        if item is None:
            continue
        if stratum is None or in_words(item.get(stratum["field"])) == stratum["value"]:
            yield item["id"]


def in_words(value):
    return {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None if value is None else str(value)


def main(path):
    package = Package(path)
    reperformance = Reperformance(package)
    run = reperformance.run
    compare_other_populations(package, run)
    if run["mode"] == "window":
        reperformance.compare_results()
        reperformance.compare_summary()
    else:
        reperformance.not_recomputed.append({"activity": "all", "why": "the run is as of a date, not over a window"})
    report = {
        "package": package.index["name"],
        "run": run["run"],
        "records": len(package.records),
        "populations": [
            {name: each[name] for name in ("population", "count", "root")} for each in run["populations"]
        ],
        "files": package.check_files(),
        "erasedItems": reperformance.erased,
        "withheldItems": reperformance.withheld,
        "activities": [
            {"control": control, "version": version, "activity": activity, **dict(sorted(counts.items()))}
            for (control, version, activity), counts in sorted(reperformance.counts.items())
        ],
        "deviations": [
            dict(zip(("control", "version", "activity", "attribute", "item", "cause"), deviation))
            for deviation in sorted(reperformance.deviations)
        ],
        "draws": compare_draws(package),
        "notRecomputed": reperformance.not_recomputed,
        "differences": package.differences,
    }
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 1 if package.differences else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Values by row and server; prints medians, spread, ratios, and which targets are missed."""
import statistics


class Target:
    """What a row promises: a ratio to Kafka's value, a ratio to the ceiling's, an own value. `low` where less is
    better."""

    def __init__(self, kafka=None, ceiling=None, own=None, low=False):
        self.kafka, self.ceiling, self.own, self.low = kafka, ceiling, own, low

    def missed(self, weir, kafka, ceiling):
        wrong = []
        for name, bound, value in (("Kafka", self.kafka, weir / kafka if kafka else None),
                                   ("ceiling", self.ceiling, weir / ceiling if ceiling else None),
                                   ("value", self.own, weir)):
            if bound is not None and value is not None and (value > bound if self.low else value < bound):
                wrong.append(f"{name} {value:.3g}, target {'<=' if self.low else '>='} {bound:.3g}")
        return wrong


class Table:
    def __init__(self):
        self._values, self._targets, self._skipped = {}, {}, []

    def add(self, work, who, value, target=None):
        self._values.setdefault(work, {}).setdefault(who, []).append(value)
        if target is not None:
            self._targets[work] = target

    def skip(self, work, why):
        self._skipped.append((work, why))

    def show(self):
        print(f"\n{'work':<52}{'weir':>13}{'spread':>8}{'kafka':>13}{'ceiling':>13}{'x kafka':>9}{'x ceiling':>10}  target")
        missed = []
        for work, by in self._values.items():
            mid = {who: statistics.median(v) for who, v in by.items()}
            weir = mid.get("weir")
            if weir is None:
                continue
            spread = (max(by["weir"]) - min(by["weir"])) / weir * 100 if weir else 0
            target = self._targets.get(work)
            wrong = target.missed(weir, mid.get("kafka"), mid.get("ceiling")) if target else []
            missed += [f"{work}: {what}{cause(mid)}" for what in wrong]
            verdict = "" if target is None else "missed" if wrong else "met"
            print(f"{work:<52}{number(weir):>13}{spread:>7.0f}%{number(mid.get('kafka')):>13}"
                  f"{number(mid.get('ceiling')):>13}{ratio(weir, mid.get('kafka')):>9}"
                  f"{ratio(weir, mid.get('ceiling')):>10}  {verdict}")
        for work, why in self._skipped:
            print(f"{work:<52} not measured: {why}")
        print(f"\n{len(self._targets)} targets, {len(missed)} bounds missed" + (":" if missed else ""))
        for line in missed:
            print("  " + line)


def cause(mid):
    """Where the client gives the bound and not the broker, it is said so."""
    weir, kafka, ceiling = mid["weir"], mid.get("kafka"), mid.get("ceiling")
    if not kafka or not ceiling or weir < 0.9 * ceiling:
        return ""
    return f" (at the client's ceiling, which is {ceiling / kafka:.2f} of Kafka's value)"


def number(value):
    return "–" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"


def ratio(weir, other):
    return f"{weir / other:.3g}" if other else "–"

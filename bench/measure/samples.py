"""Repeated measurements that take turns, and their medians."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Series:
    """One row of a table: what was measured, and each quantity's values of all rounds."""

    name: str
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **measured):
        for key, value in measured.items():
            self.values.setdefault(key, []).append(value)

    def median(self, key):
        return statistics.median(self.values[key])

    def spread(self, key):
        """The interquartile range, as a share of the median."""
        values = self.values[key]
        if len(values) < 4:
            return None
        low, _, high = statistics.quantiles(values, n=4)
        return (high - low) / self.median(key)

    def as_json(self):
        return {"name": self.name, "median": {key: self.median(key) for key in self.values}, "rounds": self.values}


def alternate(rounds, warm_up, jobs):
    """Runs every job once a round, in order (A B A B ...); jobs maps a name to a function that returns quantities."""
    series = {name: Series(name) for name in jobs}
    for number in range(warm_up + rounds):
        for name, job in jobs.items():
            measured = job()
            if number >= warm_up:
                series[name].add(**measured)
    return list(series.values())

"""What has happened in a made-up network, and when: days are counted back from today, which is 0.
The seed and what it happens to decide everything, so that the network of another day is the same
network."""

import datetime
import math
import random

from names import TOWNS, WORDS

NEW_SECTION, REMOVED_SECTION = 4, 3
# Of each kind.
OLD_CHANGES = 8


class History:
    def __init__(self, seed, count, years, days_ago, old_changes):
        self.seed, self.count, self.days = seed, count, round(years * 365.25)
        self.days_ago, self.old_changes = days_ago, old_changes
        # Kind, slug, day.
        self.changes = []

    def rng(self, *what):
        return random.Random(f"{self.seed} history {what}")

    def happened(self, day):
        return day >= self.days_ago

    def note(self, kind, slug, day):
        self.changes.append((kind, slug, day))

    def created(self, n):
        """The day of the nth activity; their rate grows from 78 % of the mean to 122 %."""
        least, more = 0.78, 0.22
        share = (math.sqrt(least**2 + 4 * more * (n + 0.5) / self.count) - least) / (2 * more)
        return int(self.days * (1 - share))

    def start(self, rng, today, created):
        """The day of an activity entered on that day: four days later in the mean, but a few are
        entered when they are long over."""
        is_late = rng.random() < 0.04
        ahead = -rng.randrange(11, 121) if is_late else round(rng.triangular(-10, 20, 2))
        return today + datetime.timedelta(days=ahead - created)

    # --- changes

    def change(self, activities, today):
        """Lets happen what has happened to them, and returns those that are left. What is wrong
        stays as it is."""
        sound = [a for a in activities if not a.fault and not a.error]
        gone = set()
        for activity in sound:
            ended = (today - (activity.end or activity.start)).days
            for week in (2, 1):
                kind, day = self.change_of_week(activity, ended, week)
                if kind and self.happened(day):
                    self.apply(activity, kind, day, gone)
        if self.old_changes:
            old = [a for a in sound if (today - (a.end or a.start)).days > 200]
            rng = self.rng("old")
            chosen = rng.sample(old, min(len(old), 3 * OLD_CHANGES))
            for i, activity in enumerate(chosen):
                day = rng.randrange(7)
                if self.happened(day):
                    kind = ("old-title", "old-page", "old-removed")[i % 3]
                    self.apply(activity, kind, day, gone)
        for activity in activities:
            if activity.created < 14:
                self.note("new", activity.slug, activity.created)
        return [a for a in activities if a.number not in gone]

    def change_of_week(self, activity, ended, week):
        rng = self.rng("change", activity.number, week)
        day, chance = 7 * (week - 1) + rng.randrange(7), rng.random()
        if activity.created < 7 * week or ended - day >= 60:
            return None, day
        kind = ("removed" if chance < 0.005 else "card" if chance < 0.015 else
                "page" if chance < 0.065 else None)
        return kind, day

    def apply(self, a, kind, day, gone):
        rng = self.rng("apply", a.number, day)
        self.note(kind, a.slug, day)
        if kind.endswith("removed"):
            gone.add(a.number)
        elif kind.endswith("page"):
            a.paragraphs.append("There is " + " ".join(rng.choices(WORDS, k=5)))
            a.description += "\n" + a.paragraphs[-1]
            if kind == "page" and a.participants is not None:
                a.participants += rng.randrange(1, 50)
                a.participants_text = str(a.participants)
        else:
            what = "title" if kind == "old-title" else rng.choice(["title", "date", "city"])
            if what == "date":
                later = datetime.timedelta(days=rng.randrange(1, 6))
                a.start, a.end = a.start + later, a.end and a.end + later
                a.dates = [d.isoformat() for d in (a.start, a.end) if d]
            elif what == "city" and not a.online:
                a.city = rng.choice([town[0] for town in TOWNS if town[0] != a.city])
            else:
                a.title = f"{rng.choice(WORDS)}: {a.title}"

    def statistics(self, section):
        """About a third of the sections have other figures of participants each week: those are
        entered late."""
        for week in (2, 1):
            rng = self.rng("statistics", section.slug, week)
            day, more = 7 * (week - 1) + rng.randrange(7), rng.randrange(1, 9)
            if rng.random() < 1 / 3 and self.happened(day) and any(section.statistics.values()):
                for key in ("total_participants", "physical_participants"):
                    section.statistics[key] = [[label, n + more]
                                               for label, n in section.statistics[key]]
                self.note("statistics", section.site_slug, day)

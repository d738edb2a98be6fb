"""What a made-up network consists of: sections, activities, and how the sites write them."""

import datetime
from dataclasses import dataclass, field

from faults import STATISTICS_FAULTS, said_of
from twists import CARDS


@dataclass
class Section:
    country: str
    name: str
    slug: str  # on accounts
    site_slug: str | None  # on activities
    guessable: bool  # whether the slug can be found from the name
    old_slug: str | None = None  # redirects to site_slug
    fault: str | None = None
    listed: bool = True  # on its country's page, not only on the map
    removed: bool = False  # from accounts
    info: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    markup: dict = field(default_factory=dict)  # of blocks that are written otherwise
    odd: str | None = None  # what is, where each is there once
    statistics: dict | None = None
    statistics_form: str = "script"
    activities: list = field(default_factory=list)
    shows: list = field(default_factory=list)  # what its list shows, if not those
    cards: int = CARDS

    def __post_init__(self):
        self.first_slug = self.slug  # stays when it is renamed

    def has_no_json(self):
        """Whether its statistics are JSON that can't be read."""
        return bool(self.fault == "bad-json" and self.statistics
                    or self.fault in STATISTICS_FAULTS and not self.statistics)


@dataclass
class Activity:
    number: int
    created: int  # how many days ago
    slug: str
    organisers: list  # (slug, name, Section or None)
    fault: str | None
    online: bool
    title: str | None
    paragraphs: list
    description: str | None
    start: datetime.date | None
    end: datetime.date | None
    dates: list  # as written, one text a span
    city: str | None
    country: str | None
    participants: int | None
    participants_text: str | None
    type: str | None
    causes: list
    sdgs: list
    objectives: list
    goal: list
    outcomes: str | None
    image: str | None
    registration: str | None
    error: tuple | None = None  # field, message, raw
    spoilt: str | None = None  # by what, where each fault is there once
    unlisted: bool = False  # no list leads to it
    odd_organiser: tuple | None = None  # address, name
    more_types: list = field(default_factory=list)  # after type
    project: tuple | None = None  # slug, name
    unlinked: str | None = None  # an organiser without a link

    markup: dict = field(default_factory=dict)  # of blocks that are written otherwise
    href: str | None = None  # on cards, where it is not its address
    more_organisers: int = 0  # that cards count and do not name

    def types(self):
        return [self.type, *self.more_types] if self.type else []

    def failure(self):
        """What failed_scrapes must say of its page; None: nothing."""
        return said_of(self.fault)


def write_date(rng, day):
    form = rng.randrange(5)
    if form == 0:
        return day.isoformat()
    if form == 1:
        return day.isoformat() + "T15:30:00Z"
    if form == 2:
        return f"{day.day} {day:%b} {day.year}"
    if form == 3:
        return f"{day:%B} {day.day}, {day.year}"
    return f"{day:%d/%m/%Y}"


def count_statistics(rng, activities):
    """What the site counts for a section whose list shows these activities."""
    def pairs(labels, count):
        return [[label, count(label)] for label in labels]

    def of(online, labels):
        """How many of the activities that are online, or not, have each label."""
        chosen = [a for a in activities if a.online == online]
        return pairs(sorted({label for a in chosen for label in labels(a)}),
                     lambda label: sum(label in labels(a) for a in chosen))

    def participants(online):
        """All of them, and the locals among them."""
        both = [(a.participants or 0, a.number) for a in activities if a.online == online]
        return sum(n for n, _ in both), sum(n * (number % 5) // 10 for n, number in both)

    def causes(activity):
        return [cause[:100] for cause in activity.causes]

    def types(activity):
        return [name[:100] for name in activity.types()]

    (on_site, local), (online, local_online) = participants(False), participants(True)
    physical_causes, online_causes = of(False, causes), of(True, causes)
    both = dict(physical_causes)
    for label, count in online_causes:
        both[label] = both.get(label, 0) + count
    rng.shuffle(physical_causes)
    return {
        "total_activities": pairs(["Physical", "Online"], lambda label: sum(
            a.online == (label == "Online") for a in activities)),
        "total_participants": [
            ["Local students", local + local_online],
            ["International students", on_site + online - local - local_online],
            ["Coordinators", sum(1 + a.number % 7 for a in activities)]],
        "total_causes": [[label, count] for label, count in both.items()],
        "physical_causes": physical_causes,
        "online_causes": online_causes,
        "physical_types": of(False, types),
        "online_types": of(True, types),
        "physical_participants": [["Local", local], ["International", on_site - local]],
        "online_participants": [["Local", local_online],
                                ["International", online - local_online]],
    }

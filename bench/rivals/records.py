"""Shared by both rivals: the records that they make of pages, checked when they are made, and
reading a value from its text. Fetching pages, finding fields on them and writing rows are each
one's own.

It handles only what the site of the benchmark shows, which has no errors: it does not record
invalid fields, nor handle pages that fail or addresses that were removed. That is to the rivals'
advantage."""

import json
import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timezone
from decimal import Decimal
from urllib.parse import urlsplit

import icu

# --- records: their fields are the columns of the tables


@dataclass(slots=True)
class Country:
    country_code: str
    name: str
    slug: str
    url: str
    section_count: int | None = None
    email: str | None = None
    website: str | None = None
    social_media: str = "{}"  # JSON

    def __post_init__(self):
        if not self.name or len(self.country_code) != 2:
            raise ValueError(f"not a country: {self}")


@dataclass(slots=True)
class Section:
    country_code: str
    name: str
    accounts_platform_slug: str
    accounts_url: str
    city: str | None
    address: str | None
    email: str | None
    website: str | None
    university_name: str | None
    longitude: Decimal | None
    latitude: Decimal | None
    social_media: str  # JSON
    logo_url: str | None
    activities_platform_slug: str | None = None
    activities_url: str | None = None
    can_scrape_activities: bool = False
    last_validated_activities_slug: datetime | None = None

    def __post_init__(self):
        if not self.name or len(self.name) > 255:
            raise ValueError(f"{self.accounts_url}: no name, or too long a one")
        if self.email is not None and "@" not in self.email:
            raise ValueError(f"{self.accounts_url}: not an e-mail address")
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise ValueError(f"{self.accounts_url}: no such latitude")

    def known_as(self, slug, url):
        """activities.esn.org has answered to that slug."""
        self.activities_platform_slug = slug
        self.last_validated_activities_slug = datetime.now(timezone.utc)
        self.activities_url, self.can_scrape_activities = url, True


@dataclass(slots=True)
class Activity:
    event_slug: str
    url: str
    title: str
    description: str
    start_date: date
    end_date: date
    is_future_event: bool
    city: str | None
    country_code: str | None
    participants: int | None
    activity_type: str | None
    is_online: bool
    country_name: str | None
    activity_goal: str | None
    outcomes: str | None
    registration_url: str | None
    image_url: str | None
    project_name: str | None
    project_slug: str | None
    # rows of other tables
    organisers: list = field(metadata={"relation": True})  # slugs; names without a link
    types: list = field(metadata={"relation": True})
    causes: list = field(metadata={"relation": True})
    sdgs: list = field(metadata={"relation": True})
    objectives: list = field(metadata={"relation": True})

    def __post_init__(self):
        if not self.title or len(self.title) > 255 or not self.description:
            raise ValueError(f"{self.url}: no title or description, or too long a title")
        if self.participants is not None and self.participants < 0:
            raise ValueError(f"{self.url}: not a count of participants")
        if self.end_date < self.start_date:
            raise ValueError(f"{self.url}: ends before it starts")


@dataclass(slots=True)
class Statistics:
    accounts_platform_slug: str
    overall: tuple
    causes: list
    types: list
    participants: list


def columns(record):
    return [f.name for f in fields(record) if "relation" not in f.metadata]


def row(record):
    return tuple(getattr(record, name) for name in columns(record))


# --- values

ALIASES = {"turkiye": "turkey", "czechia": "czech-republic", "uk": "united-kingdom"}
STOP_WORDS = set(
    "a an as at before but by for from is in into like of off on onto per since than the this that "
    "to up via with".split()
)
MONTHS = {
    name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T[\d:]+Z)?|(\d{1,2})/(\d{1,2})/(\d{4})"
    r"|(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})|([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4})"
)
EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
TELEPHONE = re.compile(r"\+\d[\d ().-]{5,}\d")
GOAL = re.compile(r"(?:SDG|Goal) (\d+)")
ADDRESS_PARTS = ("address-line1", "address-line2", "postal-code", "locality", "country")

# The sites' own slugs are made by a transliteration that knows languages. One that only knows
# letters (unidecode) would miss some of them.
transliterate = icu.Transliterator.createInstance(
    "Any-Latin; NFD; [:Nonspacing Mark:] Remove; NFC; Latin-ASCII; Lower"
).transliterate


def fold(text):
    """White space as a browser shows it; None where nothing is left."""
    return " ".join(text.split()) or None if text else None


def lines(texts):
    """Blocks of text, one a line, without personal data."""
    text = "\n".join(filter(None, map(fold, texts)))
    return TELEPHONE.sub("[telephone]", EMAIL.sub("[e-mail]", text)) or None


def last_part(url):
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def dates(text):
    """All dates that a text writes."""
    found = []
    for year, month, day, d, m, y, day2, word2, year2, word3, day3, year3 in DATE.findall(text):
        if year:
            found.append(date(int(year), int(month), int(day)))
        elif d:
            found.append(date(int(y), int(m), int(d)))
        elif day2:
            found.append(date(int(year2), MONTHS[word2.lower()], int(day2)))
        else:
            found.append(date(int(year3), MONTHS[word3.lower()], int(day3)))
    return found


def period(texts):
    """First and last day of what the texts write, and whether it has still to begin."""
    found = [day for text in texts for day in dates(text)]
    return found[0], found[-1], found[0] > date.today()


def place(texts):
    """City and country of texts that may be dates, too."""
    city, country, *_ = [text.strip(", ") for text in texts if text and not DATE.match(text)] + [
        None,
        None,
    ]
    return city, country


def count(text):
    return int(re.sub(r"[,.\s]", "", text)) or None if text else None


def goals(images):
    """The goals that images name, each by its alt, else its title."""
    numbers = {
        int(found[1])
        for texts in images
        if (found := next(filter(None, (GOAL.search(text or "") for text in texts)), None))
    }
    return [f"SDG {n}" for n in sorted(numbers)]


def address(parts):
    """An address of its parts, by class, in the order in which it is written."""
    return ", ".join(parts[name] for name in ADDRESS_PARTS if parts.get(name)) or None


def social_media(links):
    """The profiles that (title, href) lead to, as JSON."""
    return json.dumps(
        {title.rpartition(" profile")[0].rpartition(" ")[2].lower(): href for title, href in links}
    )


def degrees(text):
    return Decimal(text) if text else None


# --- slugs


def plain_slug(name):
    slug = re.sub(r"[^a-z0-9]+", "-", transliterate(name)).strip("-")
    return slug if slug == "esn" or slug.startswith("esn-") else f"esn-{slug}"


def slug_candidates(name):
    """Under which slugs activities.esn.org may know a section, most probable first."""
    words = (
        re.sub(r"[^a-z0-9]+", "-", re.sub(r"[.'\"()&/!?:,]", "", transliterate(name)))
        .strip("-")
        .split("-")
    )
    pathauto = "-".join(word for word in words if word not in STOP_WORDS)
    return list(dict.fromkeys([pathauto, plain_slug(name), f"{pathauto}-0"]))


def country_key(name):
    """What the two sites' names of a country have in common."""
    key = re.sub(r"[^a-z0-9]+", "-", transliterate(name)).removeprefix("the-")
    return ALIASES.get(key, key)


# --- statistics


def pairs(figures, key):
    """Numbers by their labels; 0 where the site has none."""
    return {
        fold(label): (number if isinstance(number, int) else count(number)) or 0
        for label, number in figures.get(key, {}).get("values", ())
    }


def sums(figures, key, words):
    """The sums of a list by what their labels say."""
    found = pairs(figures, key)
    return tuple(
        next((number for label, number in found.items() if word in label.lower()), 0)
        for word in words
    )


def statistics(slug, text):
    """The statistics of a section; zeros where it has none (text: None)."""
    document = json.loads(text) if text else {}
    figures = document.get("activities_statistics", document)
    total, physical, online = (
        pairs(figures, f"{kind}_causes") for kind in ("total", "physical", "online")
    )
    causes = [
        (
            label,
            total.get(label, physical.get(label, 0) + online.get(label, 0)),
            physical.get(label, 0),
            online.get(label, 0),
        )
        for label in total | physical | online
    ]
    halves = []
    for what in ("types", "participants"):
        physical, online = pairs(figures, f"physical_{what}"), pairs(figures, f"online_{what}")
        halves.append(
            [(label, physical.get(label, 0), online.get(label, 0)) for label in physical | online]
        )
    overall = sums(figures, "total_activities", ("physical", "online")) + sums(
        figures, "total_participants", ("local", "international", "coordinator")
    )
    return Statistics(slug, overall, causes, *halves)


class SlugBook:
    """The slugs of sections on activities.esn.org: guessed from their names, else learned from
    links of organisers with their names."""

    def __init__(self):
        self.known = set()
        self.named = {}  # key of an organiser's name to its slug
        self.waiting = {}  # key of a section's name to the section, whose guesses were all wrong

    def give_up(self, section):
        """No guess was right; the slug that a link has told by now, if any."""
        key = plain_slug(section.name)
        if key in self.named:
            return self.named[key]
        self.waiting[key] = section
        return None

    def learn(self, slug, name):
        """An organiser's link; the section that has waited for it, if any."""
        if slug in self.known or not name:
            return None
        key = plain_slug(name)
        self.named[key] = slug
        return self.waiting.pop(key, None)

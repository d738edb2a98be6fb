"""A made-up network: sections, activities, statistics, and what is wrong with some of them. It is
the truth of the tests; nothing here knows how the extension reads a page."""

import datetime
import random

import believable
from faults import (FIELD_FAULTS, LIE, LONG, ODD_FAULTS, PAGE_FAULTS, QUICK, SLUGS,
                    STATISTICS_FAULTS)
from history import NEW_SECTION, REMOVED_SECTION
from names import (CAUSES, COUNTRIES, ELSEWHERE, FORMS, NETWORKS, OBJECTIVES, OUTSIDERS, OVERSEAS,
                   PLACES, PROJECTS, TOWNS, TYPES, UNLINKED, WORDS)
from odd_lists import FAILED_LISTS, ODD_LISTS, UNREAD_LISTS
from odd_pages import ODD_ERRORS, ODD_PAGES, ODD_SECTIONS
from refusals import ANSWERS, STOPS
from things import Activity, Section, count_statistics, write_date
from twists import CARDS, Twists

# By the number of the section.
SECTION_FAULTS = {3: "page-404", 23: "list-500", 33: "statistics-500", 43: "bad-json"}


class Network:
    def __init__(self, seed, sections, activities, faults=True, history=None, every=False,
                 lying=0, twists=None, exchanged=False, is_believable=False):
        self.seed = seed
        self.is_believable = is_believable
        self.places = {}  # by a section's slug
        self.today = datetime.date.today()
        self.faults = faults
        self.every = every  # each fault once
        self.history = history
        self.sections = []
        self.activities = []
        self.make_sections(sections)
        self.make_activities(activities)
        self.twists = Twists(self, twists)
        for section in self.sections:
            self.make_statistics(section)
        self.twists.break_statistics()
        if exchanged:
            self.twists.exchange()
        for section in self.countable()[:lying]:
            self.lie(section)
        if every:
            self.make_odd_lists()
            section = next(s for s in self.countable() if 0 < len(s.activities) < 50)
            section.fault = LIE
            self.lie(section)

    def rng(self, *what):
        """What is drawn for one thing depends on nothing else that there is."""
        return random.Random(f"{self.seed} {what}")

    def contacts(self, code):
        """Those of a national organisation."""
        rng, host, contacts = self.rng("contacts", code), f"national-{code}.example", {}
        if rng.random() < 0.8:
            contacts["email"] = f"board@{host}"
        if rng.random() < 0.8:
            contacts["website"] = f"https://{host}/"
        networks = [n.lower() for n in NETWORKS if rng.random() < 0.4]
        contacts["social_media"] = {n: f"https://{n}.example/{code}" for n in networks}
        return contacts

    # --- sections

    def make_sections(self, count):
        names = [(form, town) for form in FORMS for town in TOWNS]
        if count > len(names):
            raise SystemExit(f"at most {len(names)} sections")
        self.rng("names").shuffle(names)
        countries = [c for c in COUNTRIES if c[0] != "li"]  # one country has none
        named, places = [(None, *name) for name in names[:count]], [None] * count
        if self.is_believable:
            named, places = believable.name_sections(self.rng("towns"), names[:count], countries)
        for i, (code, (form, pathauto, plain), town) in enumerate(named):
            rng = self.rng("section", i)
            country = countries[i] if i < len(countries) else rng.choice(countries)
            if self.is_believable:
                country = next(c for c in COUNTRIES if c[0] == (code or "li"))
            guess = pathauto.format(town[1])
            site_slug, guessable, old_slug = guess, True, None
            fate = 0 if self.history and i == count - 1 else i % 50
            if fate == 7:
                site_slug = plain.format(town[-1])
            elif fate == 17:
                site_slug = guess + "-0"
            elif fate == 27:
                site_slug, guessable = f"esn-formerly-{i}", False
            elif fate == 37:
                site_slug, guessable = None, False
            elif fate == 47:
                site_slug, old_slug = f"esn-renamed-{i}", guess
            slug = f"{country[0]}-{town[1][:4].strip('-')}-{i:03d}"
            section = Section(country[0], form.format(town[0]), slug, site_slug, guessable,
                              old_slug)
            section.listed = i % 40 != 13
            if places[i]:
                self.places[slug] = places[i]
            self.describe_section(section, town, rng)
            if self.faults and count >= 50 and not self.every:
                section.fault = SECTION_FAULTS.get(i)
            self.sections.append(section)
        if self.every:
            candidates = [s for s in self.sections if s.site_slug and s.guessable]
            for section, fault in zip(candidates[2:], STATISTICS_FAULTS):
                section.fault = fault
            for section, odd in zip(candidates[-len(ODD_SECTIONS):], ODD_SECTIONS):
                section.odd, section.errors = odd, []
                ODD_SECTIONS[odd](section)
        self.country_500 = countries[5][0] if self.faults and count >= 50 else None

    def describe_section(self, section, town, rng):
        info = section.info
        host = section.slug + ".example"
        if rng.random() < 0.9:
            info["email"] = f"info@{host}"
        if rng.random() < 0.8:
            info["website"] = f"https://{host}/about?a=1&b=2"
        if rng.random() < 0.9:
            info["university_name"] = f"University of {town[0]}" + (
                "" if section.slug in self.places else " “Ⅱ”")
        if rng.random() < 0.9:
            info["city"] = town[0]
        if rng.random() < 0.8:
            country = next(name for code, name, _ in COUNTRIES if code == section.country)
            info["address"] = [
                ("address-line1", f"{town[0]} st. {rng.randrange(1, 99)}"),
                ("postal-code", f"{rng.randrange(10**4, 10**5)}"),
                ("locality", town[0]),
                ("country", country),
            ]
            if rng.random() < 0.5:
                info["address"].insert(1, ("address-line2", "2nd floor"))
        if rng.random() < 0.8:
            north, east = rng.uniform(-1, 1), rng.uniform(-1, 1)
            place = PLACES[section.country]
            if abs(north) > 0.9 and section.country in OVERSEAS:
                place, north, east = OVERSEAS[section.country], north / 10, east / 10
            if section.slug in self.places:
                _, *place = self.places[section.slug]
                north, east = north / 50, east / 50
            info["latitude"] = f"{place[0] + north:.8f}"
            info["longitude"] = f"{place[1] + east:.8f}"
        if rng.random() < 0.8:
            info["logo_url"] = f"/sites/default/files/{section.slug}.png"
        networks = [n.lower() for n in NETWORKS if rng.random() < 0.4]
        info["social_media"] = {n: f"https://{n}.example/{section.slug}" for n in networks}
        if not self.faults:
            return
        wrong = rng.random()
        if wrong < 0.02:
            info["email"] = "write to us"
            section.errors.append(("email", "not an e-mail address", "write to us"))
        elif wrong < 0.04:
            info["website"] = f"www.{host}"
            section.errors.append(("website", "not a web address", f"www.{host}"))
        elif wrong < 0.06:
            info["latitude"], info["longitude"] = "95.5", "12.5"
            message = "not a number of degrees between -90 and 90"
            section.errors.append(("latitude", message, "95.5"))

    # --- activities

    def make_activities(self, count):
        history = self.history
        new = self.sections[-1] if history else None
        hosts = [s for s in self.sections if s.site_slug and s is not new]
        large = hosts[0]
        large.cards = 2
        empty = {s.slug for s in hosts[1::9]}
        small = [s for s in hosts if s.slug not in empty and s is not large]
        hidden = [s for s in small if not s.guessable]
        sizes = [believable.size(self.rng("size", s.slug), s.slug not in self.places)
                 for s in small]
        for n in range(count):
            rng, created = self.rng("activity", n), history.created(n) if history else 0
            if history and not history.happened(created):
                break
            if not small or not self.is_believable and n < min(400, count // 3):
                first = large
            elif hidden and n % 97 == 0:
                first = hidden[n // 97 % len(hidden)]
            elif history and created <= NEW_SECTION and n % 5 == 0:
                first = new
            elif self.is_believable:
                first = rng.choices(small, sizes)[0]
            else:
                first = rng.choice(small)
            organisers = [(first.site_slug, first.name, first)]
            if rng.random() < 0.12 and small:
                other = rng.choice(hidden if hidden and rng.random() < 0.3 else small)
                if other is not first:
                    organisers.append((other.site_slug, other.name, other))
            if rng.random() < 0.03:
                organisers.insert(rng.randrange(2), (*rng.choice(OUTSIDERS), None))
            self.activities.append(self.make_activity(rng, 100 + n, created, organisers))
        if history:
            self.activities = history.change(self.activities, self.today)
            self.change_sections(small, new)
        for activity in reversed(self.activities):
            for _, _, section in activity.organisers:
                if section:
                    section.activities.append(activity)

    def change_sections(self, small, new):
        if self.history.happened(NEW_SECTION):
            self.history.note("section-new", new.slug, NEW_SECTION)
        else:
            self.sections.remove(new)
        sound = [s for s in small
                 if s.guessable and not (s.old_slug or s.fault or s.errors)]
        if self.history.happened(REMOVED_SECTION) and sound:
            sound[-1].removed = True
            self.history.note("section-removed", sound[-1].slug, REMOVED_SECTION)

    def make_activity(self, rng, number, created, organisers):
        words = rng.sample(WORDS, rng.randrange(2, 6))
        slug = "-".join(w for w in words if w.isascii()) or "event"
        if self.history:
            start = self.history.start(rng, self.today, created)
        else:
            start = self.today + datetime.timedelta(days=rng.randrange(-900, 120))
        if self.is_believable:
            start = believable.start(rng, self.today)
        end = None
        if rng.random() < 0.4:
            end = start + datetime.timedelta(days=rng.choice([0, 1, 2, 7]))
        written = [write_date(rng, start)] + ([write_date(rng, end)] if end else [])
        if end and rng.random() < 0.5:
            written = [rng.choice([" - ", " – "]).join(written)]
        online = rng.random() < 0.12
        paragraphs = [" ".join(rng.choices(WORDS, k=rng.randrange(4, 30)))
                      for _ in range(rng.randrange(1, 4))]
        description = list(paragraphs)
        if rng.random() < 0.08:
            paragraphs.append("Write to jane.doe+x@students.example or call +90 532 123 45 67 now")
            description.append("Write to [e-mail] or call [telephone] now")
        if rng.random() < 0.05:
            paragraphs.append("Stray \udcff byte, nul \0 and <b> & \"quotes\"")
            description.append("Stray \ufffd byte, nul \ufffd and <b> & \"quotes\"")
        country = rng.choice(COUNTRIES)
        most = 300 if self.is_believable else 3000
        participants = rng.randrange(0, most) if rng.random() < 0.9 else None
        activity = Activity(
            number, created, f"{slug}-{number}", organisers, None, online,
            " ".join(words) + rng.choice(["", "", " & co", " <3", " 😀", " “x”"]),
            paragraphs, "\n".join(description), start, end, written,
            None if online else rng.choice(TOWNS)[0],
            None if online else rng.choice(ELSEWHERE) if rng.random() < 0.03
            else country[rng.randrange(1, 3)],
            participants,
            None if participants is None else
            rng.choice(["{}", " {} ", "{:,}"]).format(participants),
            rng.choice(TYPES) if rng.random() < 0.95 else None,
            rng.sample(CAUSES, rng.randrange(0, 4)),
            sorted(rng.sample(range(1, 18), rng.randrange(0, 4))),
            rng.sample(OBJECTIVES, rng.randrange(0, 3)),
            rng.sample(["Make friends", "See the town", "Ask x@y.example"], rng.randrange(0, 3)),
            "Everybody smiled" if rng.random() < 0.3 else None,
            f"/sites/default/files/{number}.jpg" if rng.random() < 0.7 else None,
            f"https://forms.example/{number}?a=1&b=2" if rng.random() < 0.4 else None)
        rng = self.rng("more of activity", number)
        if activity.type and rng.random() < 0.1:
            activity.more_types = [rng.choice([t for t in TYPES if t != activity.type])]
        if rng.random() < 0.08:
            activity.project = rng.choice(PROJECTS)
        if rng.random() < 0.03:
            activity.unlinked = rng.choice(UNLINKED)
        host = next(section for _, _, section in organisers if section)
        place = self.places.get(host.slug)
        if place:
            country = next(c for c in COUNTRIES if c[0] == host.country)
            believable.describe(self.rng("believable", number), activity, place[0],
                                country[number % 2 + 1])
        if self.faults:
            self.spoil(activity)
        return activity

    def spoil(self, activity):
        """One fault in ten pages: half of them of the page, half of a field; each kind in turn."""
        turn, rest = divmod(activity.number, 20)
        if self.every:
            self.spoil_in_turn(activity)
            return
        if activity.number % 200 == 3 and activity.number // 200 % 9 in LONG:
            activity.fault = LONG[activity.number // 200 % 9]
        elif rest == 3:
            activity.fault = QUICK[(turn + self.seed) % len(QUICK)]
        elif rest == 13:
            faults = [f for f in FIELD_FAULTS
                      if not (f.startswith("long") and self.is_believable
                              and activity.type in believable.TYPES)]
            self.spoil_field(activity, faults[(turn + self.seed) % len(faults)])

    def spoil_in_turn(self, activity):
        """Each fault once, in every third page."""
        turn, rest = divmod(activity.number - 100, 3)
        answers = [name for name in ANSWERS if name not in STOPS]
        names = [*ODD_FAULTS, *FIELD_FAULTS, *ODD_PAGES, *PAGE_FAULTS, *answers]
        if rest != 1 or turn >= len(names):
            return
        if names[turn] in ODD_FAULTS:
            self.spoil_oddly(activity, names[turn])
        elif names[turn] in FIELD_FAULTS:
            self.spoil_field(activity, names[turn])
        elif names[turn] in ODD_PAGES:
            ODD_PAGES[names[turn]](activity)
            if names[turn] in ODD_ERRORS:
                name = ODD_ERRORS[names[turn]][0]
                raw = {"participants": activity.participants_text,
                       "registration_url": "http://http://forms.example/"}.get(name)
                activity.error = (*ODD_ERRORS[names[turn]], raw)
        else:
            activity.fault = names[turn]
        activity.spoilt = names[turn]

    def spoil_oddly(self, a, fault):
        raw = None
        if fault in SLUGS:
            a.slug = SLUGS[fault].format(a.number)
            a.unlisted = ODD_FAULTS[fault] is not None
            return
        if fault == "organisers 10000":
            a.organisers += [(f"esn-{i}", f"ESN {i}", None) for i in range(10000)]
        elif fault == "organiser with quotes":
            raw = '/organisation/esn-"o\'neill"'
            a.odd_organiser = (raw, "ESN O'Neill")
        elif fault.startswith("participants"):
            raw, a.participants = "1e400" if fault.endswith("1e400") else "9" * 40, None
            a.participants_text = raw
        elif fault == "title of 100 kB":
            raw, a.title = "t" * 10000, "t" * 100000
        elif fault == "description of 500 kB":
            a.description = "d" * 500000
            a.paragraphs = [a.description]
        elif fault == "date in the year 99999":
            raw = "03/05/99999"
            a.dates, a.start, a.end = [raw], None, None
        if raw:
            a.error = (*ODD_FAULTS[fault], raw)

    def spoil_field(self, a, fault):
        raw = None
        if fault == "no-title":
            a.title = None
        elif fault == "long-title":
            raw = ("Ünï " * 80).strip()
            a.title = raw
        elif fault == "no-description":
            a.paragraphs, a.description = [], None
        elif fault == "no-date":
            a.dates, a.start, a.end = [], None, None
        elif fault == "no-such-date":
            raw = "31/02/2024"
            a.dates, a.start, a.end = [raw], None, None
        elif fault == "not-a-date":
            raw = "some day in spring"
            a.dates, a.start, a.end = [raw], None, None
        elif fault == "end-before-start":
            a.end = a.start - datetime.timedelta(days=3)
            raw = f"{a.end:%d/%m/%Y}"
            a.dates = [f"{a.start:%d/%m/%Y}", raw]
        elif fault == "negative-participants":
            raw, a.participants = "-5", None
            a.participants_text = raw
        elif fault == "about-forty":
            raw, a.participants = "about forty", None
            a.participants_text = raw
        elif fault == "sdg-18":
            raw = "SDG 18"
            a.sdgs = [3, 18]
        elif fault == "mail-as-registration":
            a.registration, raw = "mailto:a.b@c.example", "mailto:[e-mail]"
        elif fault == "long-cause":
            raw = "Cause " + "c" * 120
            a.causes = [raw]
        elif fault == "long-type":
            raw = "Type " + "t" * 120
            a.type = raw
        elif fault == "long-city":
            a.online, raw, a.country = False, "Llan" + "fair" * 40, "Italy"
            a.city = raw
        a.error = (*FIELD_FAULTS[fault], raw)

    # --- statistics

    def make_statistics(self, section):
        rng = self.rng("statistics", section.first_slug)
        if not section.site_slug:
            return
        if section.fault in STATISTICS_FAULTS:
            figures = STATISTICS_FAULTS[section.fault][1]
            section.statistics = figures and {
                "total_activities": [["Physical", figures[0]], ["Online", figures[1]]]}
            return
        form = rng.random()
        section.statistics_form = ("missing" if form < 0.05 else "bare" if form < 0.1 else
                                   "body" if form < 0.3 else "script")
        if section.statistics_form in ("missing", "bare"):
            return

        section.statistics = count_statistics(rng, section.activities)
        for key in list(section.statistics):
            if key != "total_activities" and rng.random() < 0.05:
                section.statistics[key] = []
        if rng.random() < 0.3:
            section.statistics["total_activities"].reverse()  # the labels win over the order
        if rng.random() < 0.3:
            section.statistics["total_participants"].reverse()
        if self.history:
            self.history.statistics(section)

    def make_odd_lists(self):
        """Each once. A list that is not read shows activities of others, so that none is lost."""
        sections = [s for s in self.sections if s.guessable and s.site_slug and not s.fault
                    and s.statistics_form != "missing"]
        for name in ODD_LISTS:
            least, most = ((0, 0) if name in UNREAD_LISTS else
                           (1, CARDS) if name in FAILED_LISTS else (4, 1000))
            section = next(s for s in sections if least <= len(s.activities) <= most)
            sections.remove(section)
            section.fault = name
            section.cards = CARDS if name in FAILED_LISTS else 3
            if name in UNREAD_LISTS:
                section.shows = self.activities[:5]

    def countable(self):
        """The sections whose statistics are to agree with their lists, the largest first."""
        return sorted((s for s in self.sections if s.statistics and not s.fault
                       and s.guessable and len(s.activities) > 5),
                      key=lambda section: -len(section.activities))

    def lie(self, section):
        """Its statistics count three times as many activities as its list shows."""
        totals = section.statistics["total_activities"]
        section.statistics["total_activities"] = [[label, 3 * count] for label, count in totals]

    # --- what a complete run can see

    def visible(self, feed):
        """Sections whose slug is learned, as it cannot be guessed, the activities that a listing
        shows, and those whose page is stored. feed: whether the network's listing is read, too."""
        lists = [self.listed(s) for s in self.sections if s.site_slug and s.guessable]
        if feed:
            lists.append(self.activities)
        learned, seen, stored = set(), set(), set()
        while lists:
            for activity in lists.pop():
                if activity.number in seen or activity.unlisted:
                    continue
                seen.add(activity.number)
                if activity.failure():
                    continue
                stored.add(activity.number)
                for _, _, other in activity.organisers:
                    if other and not other.guessable and other.slug not in learned:
                        learned.add(other.slug)
                        lists.append(self.listed(other))
        return learned, seen, stored

    def listed(self, section):
        """The activities of a list that can be read."""
        return [] if section.fault == "list-500" else section.activities

#!/usr/bin/env python3
"""Writes the pages of a made-up network, nginx's rules for what goes wrong there, and the rows that
a complete run must leave."""

import argparse
import decimal
import json
import os
import urllib.parse

from faults import FAULT_RULES, LIE, ODD_FAULTS, STATISTICS_FAULTS
from history import History
from names import COUNTRIES
from odd_lists import FAILED_LISTS, MOVED_LISTS, ODD_LISTS, UNREAD_LISTS
from network import CARDS, Network
from pages import Pages

TABLES = [
    "faults", "twists", "countries", "sections", "activities", "activity_section_organisers",
    "activity_to_type", "activity_to_cause", "activity_to_sdg", "activity_to_objective",
    "section_overall_statistics",
    "section_cause_statistics", "section_type_statistics", "section_participant_statistics",
    "validation_errors", "failed_scrapes", "changes",
]
CODES = {name: code.upper() for code, *names in COUNTRIES for name in names}
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_value(value):
    """A value as COPY's text format wants it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(ESCAPES)


class Site:
    def __init__(self, options):
        self.options = options
        self.history = options.years and History(options.seed, options.count, options.years,
                                                 options.days_ago, options.old_changes)
        self.network = Network(options.seed, options.sections, options.count,
                               not options.no_faults, self.history, options.every_fault,
                               options.lying, options.twists, options.exchanged,
                               options.believable)
        for activity in self.network.activities if options.healed else []:
            activity.fault = None
        self.pages = Pages(options.seed, options.padding, options.plain)
        self.faults = []
        self.front = []  # played before nginx
        self.truth = {}
        self.written = set()

    def write(self, path, text):
        """A file that says that already is left alone: it has not changed, says its time."""
        file, before = f"{self.options.out}/{path}", None
        data = text.encode("utf-8", "surrogateescape")
        self.written.add(file)
        try:
            with open(file, "rb") as old:
                if old.read() == data:
                    return
                before = int(os.fstat(old.fileno()).st_mtime)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as new:
            new.write(data)
        if before and before >= int(os.stat(file).st_mtime):
            # nginx counts times in seconds.
            os.utime(file, (before + 1, before + 1))

    def remove_others(self):
        for site in ("accounts", "activities"):
            for directory, _, names in os.walk(f"{self.options.out}/{site}"):
                for file in (f"{directory}/{name}" for name in names if name != "robots.txt"):
                    if file not in self.written:
                        os.remove(file)

    def row(self, table, *values):
        self.truth.setdefault(table, []).append("\t".join(map(copy_value, values)))

    def fault(self, site, uri, rule):
        rule = rule.replace("{uri}", uri).replace("{misbehave}", self.options.misbehave)
        self.faults.append((site, f"location = {uri} {{ {rule} }}"))

    def failed(self, url, status, message, will_retry):
        self.row("failed_scrapes", url, status, message, will_retry)

    def error(self, url, section, event_slug, name, message, raw):
        self.row("validation_errors", url, section, event_slug, name, message,
                 None if raw is None else json.dumps(raw, ensure_ascii=False))

    # --- accounts

    def accounts(self):
        net, base = self.network, self.options.accounts
        there = [s for s in net.sections if not s.removed]
        self.write("accounts/index.html", self.pages.home(COUNTRIES, there))
        for code, name, _ in COUNTRIES:
            here = [s for s in there if s.country == code and s.listed]
            contacts = net.contacts(code)
            self.write(f"accounts/country/{code}.html", self.pages.country(name, here, contacts))
            failed = code == net.country_500
            if failed:
                self.fault("accounts", f"/country/{code}", "return 500;")
                self.failed(f"{base}/country/{code}", 500, "500", True)
            name = name.removeprefix("ESN ")
            self.row("countries", code.upper(), name, code, f"{base}/country/{code}",
                     None if failed else len(here),
                     *((None, None, "{}") if failed else
                       (contacts.get("email"), contacts.get("website"),
                        json.dumps(contacts["social_media"]))))
        for section in there:
            if section.fault == "page-404":
                self.failed(f"{base}/section/{section.slug}", 404, "404", False)
            else:
                self.write(f"accounts/section/{section.slug}.html", self.pages.section(section))
            if section.odd:
                self.row("faults", section.odd, f"{base}/section/{section.slug}")

    def section_row(self, s, learned):
        base, site = self.options.accounts, self.options.activities
        info = s.info if s.fault != "page-404" else {}
        wrong = {e[0] for e in s.errors}
        known = s.site_slug is not None and (s.guessable or s.slug in learned)
        order = ["address-line1", "address-line2", "postal-code", "locality", "country"]
        parts = dict(info.get("address", []))

        def value(key):
            return None if key in wrong else info.get(key)

        def degrees(key):
            millionths = decimal.Decimal("1e-6")
            return value(key) and str(
                decimal.Decimal(value(key)).quantize(millionths, decimal.ROUND_HALF_UP))

        self.row("sections", s.country.upper(), s.name, s.slug, s.site_slug if known else None,
                 f"{base}/section/{s.slug}",
                 f"{site}/organisation/{s.site_slug}" if known else None,
                 info.get("city"), ", ".join(parts[p] for p in order if p in parts) or None,
                 value("email"), value("website"), info.get("university_name"),
                 degrees("longitude"), degrees("latitude"),
                 json.dumps(info.get("social_media", {})),
                 base + info["logo_url"] if "logo_url" in info else None,
                 known, known,
                 known and s.fault not in ("list-500", "statistics-500", *FAILED_LISTS)
                 and not s.has_no_json())
        for name, message, raw in s.errors if s.fault != "page-404" else []:
            self.error(f"{base}/section/{s.slug}", s.slug, None, name, message, raw)
        return known

    # --- activities

    def listing(self, s):
        cards = s.shows or s.activities
        pages = [cards[i:i + s.cards] for i in range(0, len(cards), s.cards)] or [[]]
        for n in range(1, len(pages), 5):
            # The listing moved on while it was read.
            pages[n] = [pages[n - 1][-1], *pages[n]]
        self.list_pages(f"/organisation/{s.site_slug}/activities", s.site_slug, s.name, pages, s)

    def feed(self, seen):
        """The network's listing. What is only on sections' listings that fail is not on it, unless
        the truth is to have it."""
        by_date = self.options.feed_order == "date"

        def order(activity):
            return activity.start.toordinal() if activity.start and by_date else 0, activity.number

        cards = [a for a in self.network.activities if self.options.feed_read or a.number in seen]
        cards.sort(key=order, reverse=True)
        pages = [cards[i:i + CARDS] for i in range(0, len(cards), CARDS)] or [[]]
        self.list_pages("/activities", None, "Activities", pages)

    def list_pages(self, uri, slug, name, pages, section=None):
        last = len(pages) - 1
        fault = section and section.fault
        if fault in ODD_LISTS:
            url = f"{self.options.activities}{uri}?page="
            self.row("faults", fault, f"{url}0")
            message, count = FAILED_LISTS.get(fault, (None, 0))
            for n in range(count):
                self.failed(f"{url}{n}", 200, message, True)
        if fault in MOVED_LISTS:
            there = MOVED_LISTS[fault].replace("{uri}", uri)
            self.fault("activities", uri, f"return 301 $scheme://$http_host{there}?$args;")
            self.fault("activities", there, f"try_files {uri}/page-$page.html =404;")
        for n, cards in enumerate(pages):
            page = self.pages.listing(slug, name, cards, n, last, fault)
            self.write(f"activities{uri}/page-{n}.html", page)
            for card in cards if section and fault not in UNREAD_LISTS else []:
                if card.unlisted:
                    url = f"{self.options.activities}{uri}?page={n}"
                    self.error(url, section.slug, None, *ODD_FAULTS[card.spoilt],
                               self.pages.card_text(card))
                    self.row("faults", card.spoilt, url)

    def organisation(self, s, known):
        uri = f"/organisation/{s.site_slug}"
        url = self.options.activities + uri
        self.write(f"activities{uri}.html", self.pages.organisation(s))
        self.listing(s)
        if s.old_slug:
            self.fault("activities", f"/organisation/{s.old_slug}/activities",
                       f"return 301 $scheme://$http_host{uri}/activities;")
        if s.statistics_form != "missing":
            self.write(f"activities{uri}/statistics.html", self.pages.statistics(s))
        if s.fault == "list-500":
            # Only the page itself: HEAD of the listing, which shows that the slug is right, works.
            self.fault("activities", f"{uri}/activities",
                       "if ($arg_page = 0) { return 500; } try_files $uri/page-0.html =404;")
            self.failed(f"{url}/activities?page=0", 500, "500", True)
        if s.fault == "statistics-500":
            self.fault("activities", f"{uri}/statistics", "return 500;")
            self.failed(f"{url}/statistics", 500, "500", True)
        if s.fault in STATISTICS_FAULTS:
            self.row("faults", s.fault, f"{url}/statistics")
            error = STATISTICS_FAULTS[s.fault][2]
            if error:
                self.error(f"{url}/statistics", s.slug, None, "total_activities", *error)
        if s.fault == LIE:
            self.row("faults", s.fault, f"{url}/statistics")
        if s.has_no_json():
            self.failed(f"{url}/statistics", 200, "JSON", True)
        elif known and s.fault != "statistics-500":
            if s.slug in self.network.twists.kept:
                self.failed(f"{url}/statistics", None, "has no statistics, but some are known",
                            True)
                self.statistics_before(s)
            else:
                self.statistics_rows(s)

    def statistics_before(self, s):
        """The figures of the network that was written to the same place before."""
        for table in (name for name in TABLES if name.endswith("_statistics")):
            with open(f"{self.options.out}/truth/{table}.tsv", encoding="utf-8") as before:
                self.truth.setdefault(table, []).extend(
                    line.rstrip("\n") for line in before if line.startswith(s.slug + "\t"))

    def statistics_rows(self, s):
        figures = {key: dict(pairs) for key, pairs in (s.statistics or {}).items()}

        def get(key, label):
            return figures.get(key, {}).get(label, 0)

        self.row("section_overall_statistics", s.slug,
                 get("total_activities", "Physical"), get("total_activities", "Online"),
                 get("total_participants", "Local students"),
                 get("total_participants", "International students"),
                 get("total_participants", "Coordinators"))
        causes = [figures.get(k, {}) for k in ("total_causes", "physical_causes", "online_causes")]
        if s.fault == "JSON with a label of a megabyte":
            self.row("section_cause_statistics", s.slug, "c" * 100, 1, 0, 0)
        for label in set().union(*causes):
            physical, online = causes[1].get(label, 0), causes[2].get(label, 0)
            total = causes[0].get(label, physical + online)
            self.row("section_cause_statistics", s.slug, label, total, physical, online)
        for name in ("type", "participant"):
            physical = figures.get(f"physical_{name}s", {})
            online = figures.get(f"online_{name}s", {})
            for label in set(physical) | set(online):
                self.row(f"section_{name}_statistics", s.slug, label, physical.get(label, 0),
                         online.get(label, 0))

    def twists(self):
        twists, base = self.network.twists, self.options.activities
        for what, slugs in twists.slugs.items():
            self.row("twists", what, "|".join(slugs))
        for site, old, new in twists.redirects:
            self.fault(site, old, f"return 301 $scheme://$http_host{new};")
        for path in twists.refused:
            self.fault("activities", path, "return 403;")
            self.failed(base + path, 403, "403", True)

    def activity(self, a, seen, stored, sections):
        uri = f"/activity/{a.slug}"
        url = self.options.activities + urllib.parse.quote(uri)
        if a.unlisted:
            return
        self.write(f"activities{uri}.html", self.pages.activity(a))
        if a.spoilt:
            self.row("faults", a.spoilt, url)
        if a.fault in FAULT_RULES:
            self.fault("activities", uri, FAULT_RULES[a.fault])
            if a.fault == "moved":
                self.write(f"activities{uri}-moved.html", self.pages.activity(a))
        elif a.fault:
            self.front.append(f"{uri}\t{a.fault}\n")
        if a.failure() and a.number in seen:
            self.failed(url, *a.failure())
        if a.number in stored:
            self.activity_rows(a, url, sections)

    def activity_rows(self, a, url, known):
        # An address that has moved counts where it is now.
        slug = a.slug + "-moved" * (a.fault == "moved")
        url += "-moved" * (a.fault == "moved")
        unmatched = [slug for slug, _, s in a.organisers if s is None or s.slug not in known]
        if a.unlinked:
            unmatched.append(a.unlinked)

        def cut(text, n):
            return None if text is None else text[:n]

        is_mail = a.registration is not None and a.registration.startswith("mailto")
        last = None if a.error and a.error[0] == "end_date" else a.end or a.start
        self.row("activities", slug, url, cut(a.title, 255), a.description, a.start, last,
                 cut(a.city, 100), CODES.get(a.country), a.participants or None,
                 cut(a.type, 100),
                 None not in (a.title, a.description, a.start), a.online, a.country,
                 "\n".join(a.goal).replace("x@y.example", "[e-mail]") or None,
                 a.outcomes, None if is_mail else a.registration,
                 None if a.image is None else self.options.activities + a.image,
                 *reversed(a.project or (None, None)),
                 "{" + ",".join(f'"{slug}"' for slug in sorted(unmatched)) + "}")
        for _, _, s in a.organisers:
            if s is not None and s.slug in known:
                self.row("activity_section_organisers", slug, s.slug)
        for name in a.types():
            self.row("activity_to_type", slug, cut(name, 100))
        for cause in a.causes:
            self.row("activity_to_cause", slug, cut(cause, 100))
        for n in a.sdgs:
            if n <= 17:
                self.row("activity_to_sdg", slug, f"SDG {n}")
        for objective in a.objectives:
            self.row("activity_to_objective", slug, objective)
        if a.error:
            self.error(url, None, slug, *a.error)

    def run(self):
        net = self.network
        learned, seen, stored = net.visible(self.options.feed_read)
        self.accounts()
        known = {s.slug for s in net.sections if not s.removed and self.section_row(s, learned)}
        for s in net.sections:
            if s.site_slug:
                self.organisation(s, s.slug in known)
        self.feed(seen)
        self.twists()
        for a in net.activities:
            self.activity(a, seen, stored, known)
        for change in self.history.changes if self.history else []:
            self.row("changes", *change)
        self.write("activities/too-large.html", "<html><body>" + "x" * 3_000_000)
        for site in ("accounts", "activities"):
            rules = [rule + "\n" for where, rule in self.faults if where == site]
            self.write(f"{site}-faults.conf", "".join(rules))
        self.write("front.tsv", "".join(self.front))
        for table in TABLES:
            rows = [line + "\n" for line in self.truth.get(table, [])]
            self.write(f"truth/{table}.tsv", "".join(rows))
        self.remove_others()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--out", required=True, help="directory to write to")
    add("--accounts", required=True, help="base address of the one site")
    add("--activities-site", dest="activities", required=True, help="base address of the other")
    add("--misbehave", default="", help="base address of the server that misbehaves")
    add("--seed", type=int, default=1)
    add("--sections", type=int, default=517)
    add("--count", type=int, default=3000, help="of activities")
    add("--padding", type=int, default=4000, help="bytes of menu on every page")
    add("--no-faults", action="store_true")
    add("--plain", action="store_true",
        help="pages in the shapes of the user's document only, without labels and other traps")
    add("--every-fault", action="store_true",
        help="each fault once; the site of activities has a front that plays them")
    add("--lying", type=int, default=0,
        help="of how many sections the statistics count otherwise than their lists; the others' "
        "count what those show")
    add("--twists", choices=("before", "after"),
        help="sections and activities that look like others, before and after some have changed")
    add("--exchanged", action="store_true",
        help="of the two sections of one name, the second has the first slug")
    add("--believable", action="store_true",
        help="names, titles and figures that could be real; the odd ones stay in a corner")
    add("--healed", action="store_true", help="no page is answered wrongly")
    add("--feed-order", choices=("number", "date"), default="number",
        help="what of an activity puts it first in the network's listing")
    add("--feed-read", action="store_true",
        help="the truth is that of a run that reads the network's listing, too")
    add("--years", type=float,
        help="over which the activities have come, up to today; without, there is no history")
    add("--days-ago", type=int, default=0, help="the network as it was that many days ago")
    add("--old-changes", action="store_true",
        help="some activities that are long over change in the last week, too")
    options = parser.parse_args()
    if not options.years and (options.days_ago or options.old_changes):
        parser.error("--days-ago and --old-changes need --years")
    Site(options).run()


if __name__ == "__main__":
    main()

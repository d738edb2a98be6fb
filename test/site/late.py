"""Registers an activity late: deep in its section's list, and counted by its statistics.

Usage: late.py <directory of activities.esn.org> <slug of a section> <slug of an activity of it>
"""
import pathlib
import re
import sys

site, section, slug = pathlib.Path(sys.argv[1]), *sys.argv[2:]
organisation = site / "organisation" / section
late = slug + "-late"

page = site / "activity" / f"{slug}.html"
(site / "activity" / f"{late}.html").write_text(page.read_text().replace(slug, late))

pages = list(organisation.glob("activities/page-*.html"))
last = max(pages, key=lambda page: int(re.sub(r"\D", "", page.name)))
listing = last.read_text()
for shown in pages:
    card = re.search(rf'<article(?:(?!</article>).)*?/activity/{slug}".*?</article>',
                     shown.read_text(), re.S)
    if card:
        break
last.write_text(listing.replace("<article", card.group().replace(slug, late) + "\n<article", 1))

statistics = site / "organisation" / section / "statistics.html"
text, count = re.subn(r'("Physical"\D+?)(\d+)', lambda m: m[1] + str(int(m[2]) + 1),
                      statistics.read_text(), count=1)
assert count == 1, "the statistics count no physical activities"
statistics.write_text(text)

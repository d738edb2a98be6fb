"""The pages of the two sites, in every shape in which they are known to come. The shape of a page
is random, its contents are not. It is drawn for each page by what the page is, so that it stays
the same while others change."""

import html
import json
import random
import re

from faults import STATISTICS_FAULTS
from odd_lists import ODD_LISTS


def esc(text):
    return html.escape(text, quote=True)


def nested(outer, inner, content):
    return f'<div class="{outer}"><div class="{inner}">{content}</div></div>'


class Pages:
    def __init__(self, seed, padding, plain=False):
        self.seed = seed
        self.plain = plain  # only the shapes that the user's document knows
        self.rng = random.Random()
        self.menu = self.make_menu(padding)
        self.cards = {}

    def draw(self, *page):
        """What is drawn from now on is drawn for that page."""
        self.rng.seed(f"{self.seed} {page}")
        return self.rng

    def make_menu(self, padding):
        items = []
        while sum(map(len, items)) < padding:
            n = len(items)
            items.append(
                f'<li class="menu-item menu-item--level-{n % 3}"><a href="/about/page-{n}" '
                f'class="nav-link" data-drupal-link-system-path="node/{n}">'
                f'<span class="icon icon-{n % 7}"></span>Menu entry &amp; more {n}</a></li>\n')
        return '<nav class="navbar"><ul class="menu">\n' + "".join(items) + "</ul></nav>\n"

    def page(self, title, body, tail=""):
        """A whole page; now and then one with broken markup."""
        broken = self.rng.random() < 0.1
        close = "" if broken else "</main></body></html>\n"
        if broken:
            body += "</span></section><p>unclosed <b>bold"
        return ('<!DOCTYPE html>\n<html lang="en" dir="ltr"><head><meta charset="utf-8" />'
                f'<title>{esc(title)}</title><style>.x > a {{ color: red }}</style></head>'
                f'<body class="path-node">\n{self.menu}<main>\n{body}\n{tail}'
                '<footer><p>Erasmus Student Network &copy; <br>Imprint</p>'
                f'<!-- <h1 class="page-header">no</h1> --></footer>{close}')

    # --- accounts

    def home(self, countries, sections):
        self.draw("home")
        links, dots = "", ""
        for code, name, _ in countries:
            prefix = "ESN " if self.rng.random() < 0.3 else ""
            links += f'<li><a href="/country/{code}">{prefix}{esc(name)}</a></li>\n'
        for s in sections:
            dots += ('<div class="geolocation-location js-hide" data-lat="1" data-lng="2">'
                     '<h2 class="field-content location-title">'
                     f'<a href="/section/{s.slug}">{esc(s.name)}</a></h2></div>\n')
        links = f'<ul><li><a href="/country/all">All</a></li>\n{links}</ul>\n'
        return self.page("ESN Accounts", f'{links}<div class="map">{dots}</div>')

    def contacts(self, rng, info):
        """Those of a section, or of a national organisation, as blocks by what they say."""
        blocks = {}
        if "email" in info:
            blocks["email"] = self.item("email", info["email"])
        if "website" in info:
            attributes, text = "", "<i></i> Website "
            if rng.random() < 0.5:
                attributes, text = ' title="Website of the organisation"', "Visit us"
            blocks["website"] = f'<p><a href="{esc(info["website"])}"{attributes}>{text}</a></p>'
        return blocks

    def item(self, css, text):
        return (f'<div class="field field--name-field-{css} field--type-x">'
                f'<div class="field--label">L</div><div class="field--item">\n  {esc(text)} '
                '</div></div>')

    def profiles(self, info):
        links = "".join(f'<a href="{url}" title="{name.capitalize()} profile"></a>'
                        for name, url in info["social_media"].items())
        return f"<div>{links}</div>"

    def country(self, name, sections, contacts):
        rng = self.draw("country", name)
        if not sections:
            inner = '<div class="view-empty"><p>No sections yet.</p></div>'
        elif self.rng.random() < 0.5:
            cells = (f'<div><a href=""></a><a href="/section/{s.slug}"><img src="/l.png"></a>'
                     f'<a href="/section/{s.slug}">{esc(s.name)}</a></div>\n' for s in sections)
            inner = f'<div class="views-view-grid">{"".join(cells)}</div>'
        else:
            rows = ('<div><span class="field-content">'
                    f'<a href="/section/{s.slug}">{esc(s.name)}</a>'
                    '</span><a href=""></a></div>\n' for s in sections)
            inner = "".join(rows)
        blocks = "".join([*self.contacts(rng, contacts).values(), self.profiles(contacts)])
        return self.page(name, f'{blocks}<div class="view view-sections">{inner}</div>')

    def section(self, s):
        rng, info, blocks = self.draw("section", s.slug), s.info, {}

        blocks.update(self.contacts(rng, info))
        if "university_name" in info:
            if rng.random() < 0.5:
                blocks["university"] = self.item("university-name", info["university_name"])
            else:
                blocks["university"] = (
                    '<div class="field--name-field-university-website"><a href="/u">'
                    f'{esc(info["university_name"])}</a></div>')
        if "city" in info:
            blocks["city"] = self.item("city", info["city"])
        if "address" in info:
            parts = list(info["address"])
            rng.shuffle(parts)
            parts.insert(0, ("given-name", "Jane Doe"))
            spans = "<br>".join(f'<span class="{c}">{esc(v)}</span>' for c, v in parts)
            blocks["address"] = ('<div class="field--name-field-address"><div class="field--item">'
                                 f'<p class="address">{spans}</p></div></div>')
        if "latitude" in info:
            blocks["place"] = (
                f'<div class="geolocation-location" data-lat="{info["latitude"]}" '
                f'data-lng="{info["longitude"]}"></div>')
        if "logo_url" in info:
            logo = f'src="{info["logo_url"]}"'
            if rng.random() < 0.5:
                blocks["logo"] = (f'<img class="center-block img-responsive" {logo} '
                                  'alt="Logo of the section">')
            else:
                blocks["logo"] = f'<div class="group__field-pseudo-group-logo"><img {logo}></div>'
        blocks["social_media"] = self.profiles(info)
        blocks = list({**blocks, **s.markup}.values())
        rng.shuffle(blocks)
        heading = f'<a href="/">Home</a><h1 class="page-header">\n {esc(s.name)}\n</h1>\n'
        return self.page(s.name, heading + "\n".join(blocks))

    # --- activities

    def organisation(self, s):
        self.draw("organisation", s.site_slug)
        return self.page(s.name, self.heading(s))

    def heading(self, s):
        return f'<h1><a href="/organisation/{s.site_slug}">{esc(s.name)}</a></h1>'

    def card(self, a):
        """The same in all lists."""
        if a.number not in self.cards:
            self.cards[a.number] = self.make_card(a, self.draw("card", a.number))
        return self.cards[a.number]

    def card_text(self, a):
        """As text, white space folded; there is a space around blocks."""
        text = re.sub("</?(?:div|h3|article)[^>]*>", " ", self.card(a))
        return " ".join(html.unescape(re.sub("<[^>]*>", "", text)).split())

    def make_card(self, a, rng):
        kind = "online" if a.online else "physical"
        href = a.href or f"/activity/{esc(a.slug)}"
        title = esc(a.title or "Untitled")[:200].rsplit("&", 1)[0] or "Untitled"
        link, place = f'<a href="{href}">{title}</a>', ""
        if rng.random() < 0.7:
            link = f'<div class="eg-c-card-title">{link}</div>'
        else:
            link = f'<a href="{href}"><img src="/x.jpg"></a><h3>{link}</h3>'
        if a.online and rng.random() < 0.5 and not self.plain:
            place = '<span class="act-location-city">Facebook / Zoom</span>'
        elif a.city:
            place = (f'<span class="act-location-city">{esc(a.city)}</span>'
                     '<span class="act-location-rest">, NO</span>')
        slug, name, _ = a.organisers[0]
        if a.more_organisers:
            name += f" and {a.more_organisers} other organisations"
        return (f'<article class="activities-mini-preview ct-{kind}-activity">{link}'
                f'<span class="act-date">{esc(" - ".join(a.dates))}</span>'
                f'{place}<a href="/organisation/{slug}">{esc(name)}</a></article>\n')

    def listing(self, slug, name, activities, number, last, fault=None):
        """A page of a section's listing or, without a slug, of the network's."""
        cards = "".join(map(self.card, activities))
        rng = self.draw("listing", slug, number)
        if fault in ODD_LISTS:
            heading = f'<h1><a href="/organisation/{slug}">{esc(name)}</a></h1>'
            return self.page(name, heading + ODD_LISTS[fault](number, last, cards, activities))
        if not cards:
            content = '<div class="view-empty">Nothing yet</div>'
        else:
            pager = self.pager(rng, slug, number, last)
            content = f'<div class="view-content">{cards}</div>{pager}'
        return self.page(name, f'<div class="view">{content}</div>')

    def pager(self, rng, slug, number, last):
        def link(n, css, attributes, text):
            return f'<li class="pager__item{css}"><a href="?page={n}"{attributes}>{text}</a></li>'

        if last <= 0:
            return ""
        links = [link(n, "", f' title="Go to page {n + 1}"', n + 1) for n in range(min(last, 3))]
        if number < last and slug and rng.random() < 0.1 and not self.plain:
            # Not every pager names the last page, or shows numbers.
            links = [link(number + 1, " pager__item--next", ' rel="next"', "Load more")]
        elif number < last and rng.random() < 0.5:
            links.append(link(last, "", ' title="Go to last page"', "Last »"))
        elif number < last:
            links.append(link(last, " pager__item--last", "", "Last »"))
        return f'<nav class="pager-nav"><ul>{"".join(links)}</ul></nav>'

    def title(self, title):
        t = esc(title)
        shapes = [
            '<div class="block block--eg-activities-theme-page-title">'
            f'<h1><span>{t}</span></h1></div>',
            f'<h1 class="page-header"> {t}\n</h1>',
            f'<div class="field__item"><h1>{t}</h1></div>',
            f'<div class="activity-label">{t}</div>',
            f'<h1 class="title">{t}</h1>',
        ]
        return self.rng.choice(shapes[:2] if self.plain else shapes)

    def label(self, rng, text):
        """What may stand above a field's value."""
        if self.plain:
            return ""
        return rng.choice(["", f'<div class="field__label">{text}</div>', f"<h3>{text}</h3>",
                           f"<p><strong>{text}:</strong></p>"])

    def lines(self, texts):
        if self.rng.random() < 0.5:
            return "".join(f"<p>{esc(t)}</p>\n" for t in texts)
        return "<br />".join(esc(t) for t in texts)

    def activity(self, a):
        rng = self.draw("activity", a.number)
        ct = "ct-online-activity" if a.online else "ct-physical-activity"
        blocks = self.blocks(rng, a, ct)
        blocks.update(a.markup)
        title = blocks.pop("title", "")
        blocks = list(blocks.values())
        rng.shuffle(blocks)
        article = f'<article class="node {ct} {ct}--full">' + "\n".join(blocks) + "</article>"
        return self.page("Activity", title + article)

    def blocks(self, rng, a, ct):
        """The parts of an activity's page, by what they say."""
        blocks = {}
        if rng.random() < 0.5:
            blocks["url"] = f'<a class="url" href="/activity/{esc(a.slug)}"></a>'
        if a.description is not None:
            css = rng.choice([ct, "activity"]) + "__field-ct-act-description"
            blocks["description"] = self.labelled(rng, css, "Description",
                                                  self.lines(a.paragraphs))
        if a.dates:
            spans = " - ".join(f"<span>{esc(d)}</span>" for d in a.dates)
            css = rng.choice([f"field-top-wrapper {ct}__field-ct-act-dates",
                              "highlight-dates-single"])
            blocks["dates"] = nested(css, "highlight-data-text", spans)
        if a.city or a.country:
            spans = f"<span>{esc(a.city)},</span> <span>{esc(a.country)}</span>"
            css = rng.choice([f"field-top-wrapper {ct}__field-ct-act-location", "place"])
            blocks["place"] = nested(css, "highlight-data-text", spans)
        if a.online and not self.plain:
            blocks["portal"] = nested(f"field-top-wrapper {ct}__field-ct-act-portal",
                                      "highlight-data-text", self.portal(rng))
        if rng.random() < 0.3 and not self.plain:
            blocks["free"] = nested("field-top-wrapper", "highlight-data-text",
                                    "<span>Free of charge</span>")
        if a.participants_text is not None:
            total = "" if self.plain else "<span>total</span> <span>participants</span>"
            blocks["participants"] = (
                '<div class="highlight-data-number"><div class="highlight-data-text-big">'
                f'{a.participants_text}</div><div class="highlight-data-text">{total}</div></div>')
        if a.type:
            css = rng.choice([("activity-types", "activity-type"),
                              (f"{ct}__field-ct-act-types", "field__item")])
            blocks["type"] = nested(css[0], css[1], f'</div><div class="{css[1]}">'.join(
                f'<a href="/t">{esc(t)}</a>' for t in a.types()))
        if a.project:
            slug, name = a.project
            css = rng.choice([f"{ct}__field-ct-act-project", "project"])
            blocks["project"] = self.labelled(rng, css, "This activity is part of the project",
                                              f'<a href="/project/{slug}">{esc(name)}</a>')
        blocks["organisers"] = self.organisers(rng, a)
        if a.causes:
            blocks["causes"] = self.causes(rng, a)
        if a.sdgs:
            blocks["sdgs"] = self.sdgs(rng, a)
        if a.objectives:
            spans = "".join(f"<span>{esc(o)}</span>" for o in a.objectives)
            badges = "".join(f'<div class="activity__objective"><span class="badge">{esc(o)}</span>'
                             '</div>' for o in a.objectives)
            spans = nested("activity__objectives", "field__item", spans)
            blocks["objectives"] = rng.choice([spans, badges])
        if a.goal:
            items = "".join(f"<li>{esc(g)}" + rng.choice(["</li>", ""]) for g in a.goal)
            blocks["goal"] = self.labelled(rng, f"{ct}__field-ct-act-goal-activity",
                                           "Goal of the Activity", f"<ul>{items}</ul>")
        if a.outcomes:
            label = self.label(rng, "Result of the activity")
            blocks["outcomes"] = (f'<div class="{ct}__field-ct-act-res-pos-aspect">{label}'
                                  f'{esc(a.outcomes)}</div>')
        if a.image:
            blocks["image"] = ('<picture><source srcset="/y.webp">'
                               f'<img class="img-fluid" src="{a.image}"></picture>')
        if a.registration:
            blocks["registration"] = (f'<div class="{ct}__field-ct-act-link-registrat">'
                                      f'<a href="{esc(a.registration)}">Register</a></div>')
        if a.title is not None:
            blocks["title"] = self.title(a.title)
        return blocks

    def labelled(self, rng, css, label, content):
        """A field whose label stands beside its value, or begins it."""
        if rng.random() < 0.5:
            return (f'<div class="{css}"><div class="field__label">{label}</div>'
                    f'<div class="field__item">{content}</div></div>')
        return nested(css, "field__item", self.label(rng, label) + content)

    def portal(self, rng):
        """Where others have a place."""
        return rng.choice([
            "<span>Facebook / Zoom</span>", "<span>Discord server</span> <span>Link</span>",
            '<span><a href="https://zoom.example/j/1">https://zoom.example/j/1</a></span>'])

    def organisers(self, rng, a):
        inner = rng.choice(['<div class="pseudo__organiser">{}</div>', "<p>{}</p>"])
        links = [(f"/organisation/{slug}", name) for slug, name, _ in a.organisers]
        if a.odd_organiser is not None:
            links.append((esc(a.odd_organiser[0]), a.odd_organiser[1]))
        items = [f'<a href="{href}">{esc(name)}</a>' for href, name in links]
        if a.unlinked:
            inner = '<div class="pseudo__organiser">{}</div>'
            items.append(esc(a.unlinked))
        return f'<div class="pseudo__organisers">{"".join(map(inner.format, items))}</div>'

    def causes(self, rng, a):
        links = [f'<a href="/c">{esc(c)}</a>' for c in a.causes]
        if rng.random() < 0.5:
            labels = "".join(f'<div class="activity-label">{link}</div>' for link in links)
            return f'<div class="activity-causes">{labels}</div>'
        return "".join(f'<p class="activity-cause">{link}</p>' for link in links)

    def sdgs(self, rng, a):
        image = rng.choice(['<img src="/s.png" alt="SDG {}">', '<img src="/s.png" alt="Goal {}">',
                            '<img src="/s.png" alt="Icon" title="Goal {}: Good things">'])
        # An image with an invalid number has it in one place only.
        if 18 in a.sdgs:
            image = '<img src="/s.png" alt="SDG {}">'
        images = "".join(image.format(n) for n in a.sdgs)
        return f'<div class="field-sdgs-wrapper">{images}</div>'

    # --- statistics

    def statistics_json(self, s):
        if s.fault in STATISTICS_FAULTS:
            end = "" if s.fault == "JSON cut short" else "}}"
            return '{"activities_statistics": {' + STATISTICS_FAULTS[s.fault][0] + end
        figures = {}
        for key, pairs in s.statistics.items():
            # A key may be missing or empty.
            if pairs or self.rng.random() >= 0.5:
                values = [[label, self.rng.choice([n, str(n), f"{n:,}"])] for label, n in pairs]
                figures[key] = {"values": values}
        if s.fault == "bad-json":
            return '{"activities_statistics": {"total_activities": '
        settings = {"path": {"baseUrl": "/"}, "activities_statistics": figures}
        return json.dumps(settings, ensure_ascii=self.rng.random() < 0.5)

    def statistics(self, s):
        self.draw("statistics", s.site_slug)
        if s.statistics_form == "body":
            text = self.statistics_json(s)
            if not s.fault and self.rng.random() < 0.5:
                text = json.dumps(json.loads(text)["activities_statistics"])
            return text
        script = ""
        if s.statistics_form == "script":
            text = self.statistics_json(s).replace("<", "\\u003C")
            script = ('<script type="application/json" '
                      f'data-drupal-selector="drupal-settings-json">{text}</script>')
        return self.page(s.name, self.heading(s), script)

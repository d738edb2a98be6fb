"""The pages of the two sites, in every shape in which they are known to come. Which shape a page takes is drawn at random; what it
says is not. It is drawn for each page by what the page is, so that it stays what it was while others change."""

import html
import json
import random
import re

from faults import STATISTICS_FAULTS


def esc(text):
    return html.escape(text, quote=True)


class Pages:
    def __init__(self, seed, padding):
        self.seed = seed
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
            items.append(f'<li class="menu-item menu-item--level-{n % 3}"><a href="/about/page-{n}" class="nav-link" data-drupal-link-system-path='
                         f'"node/{n}"><span class="icon icon-{n % 7}"></span>Menu entry &amp; more {n}</a></li>\n')
        return '<nav class="navbar"><ul class="menu">\n' + "".join(items) + "</ul></nav>\n"

    def page(self, title, body, tail=""):
        """A whole page; now and then one that a browser must mend."""
        broken = self.rng.random() < 0.1
        close = "" if broken else "</main></body></html>\n"
        if broken:
            body += "</span></section><p>unclosed <b>bold"
        return (f'<!DOCTYPE html>\n<html lang="en" dir="ltr"><head><meta charset="utf-8" /><title>{esc(title)}</title>'
                f'<style>.x > a {{ color: red }}</style></head><body class="path-node">\n{self.menu}<main>\n{body}\n{tail}'
                f'<footer><p>Erasmus Student Network &copy; <br>Imprint</p><!-- <h1 class="page-header">no</h1> --></footer>{close}')

    # --- accounts

    def home(self, countries, sections):
        self.draw("home")
        links = "".join(f'<li><a href="/country/{c}">{"ESN " if self.rng.random() < 0.3 else ""}{esc(name)}</a></li>\n'
                        for c, name, _ in countries)
        dots = "".join(
            f'<div class="geolocation-location js-hide" data-lat="1" data-lng="2"><h2 class="field-content location-title">'
            f'<a href="/section/{s.slug}">{esc(s.name)}</a></h2></div>\n' for s in sections)
        return self.page("ESN Accounts", f'<ul><li><a href="/country/all">All</a></li>\n{links}</ul>\n<div class="map">{dots}</div>')

    def country(self, name, sections):
        self.draw("country", name)
        if not sections:
            inner = '<div class="view-empty"><p>No sections yet.</p></div>'
        elif self.rng.random() < 0.5:
            inner = '<div class="views-view-grid">' + "".join(
                f'<div><a href=""></a><a href="/section/{s.slug}"><img src="/l.png"></a><a href="/section/{s.slug}">{esc(s.name)}</a></div>\n'
                for s in sections) + "</div>"
        else:
            inner = "".join(f'<div><span class="field-content"><a href="/section/{s.slug}">{esc(s.name)}</a></span><a href=""></a></div>\n'
                            for s in sections)
        return self.page(name, f'<div class="view view-sections">{inner}</div>')

    def section(self, s):
        rng, info, blocks = self.draw("section", s.slug), s.info, []

        def item(css, text):
            blocks.append(f'<div class="field field--name-field-{css} field--type-x"><div class="field--label">L</div>'
                          f'<div class="field--item">\n  {esc(text)} </div></div>')

        if "email" in info:
            item("email", info["email"])
        if "website" in info:
            url = esc(info["website"])
            blocks.append(f'<p><a href="{url}" title="Website of the organisation">Visit us</a></p>' if rng.random() < 0.5 else
                          f'<p><a href="{url}"><i></i> Website </a></p>')
        if "university_name" in info:
            if rng.random() < 0.5:
                item("university-name", info["university_name"])
            else:
                blocks.append(f'<div class="field--name-field-university-website"><a href="/u">{esc(info["university_name"])}</a></div>')
        if "city" in info:
            item("city", info["city"])
        if "address" in info:
            parts = list(info["address"])
            rng.shuffle(parts)
            spans = "<br>".join(f'<span class="{c}">{esc(v)}</span>' for c, v in [("given-name", "Jane Doe"), *parts])
            blocks.append(f'<div class="field--name-field-address"><div class="field--item"><p class="address">{spans}</p></div></div>')
        if "latitude" in info:
            blocks.append(f'<div class="geolocation-location" data-lat="{info["latitude"]}" data-lng="{info["longitude"]}"></div>')
        if "logo_url" in info:
            blocks.append(f'<img class="center-block img-responsive" src="{info["logo_url"]}" alt="Logo of the section">' if rng.random() < 0.5
                          else f'<div class="group__field-pseudo-group-logo"><img src="{info["logo_url"]}"></div>')
        social = "".join(f'<a href="{url}" title="{name.capitalize()} profile"></a>' for name, url in info["social_media"].items())
        blocks.append(f"<div>{social}</div>")
        rng.shuffle(blocks)
        return self.page(s.name, f'<a href="/">Home</a><h1 class="page-header">\n {esc(s.name)}\n</h1>\n' + "\n".join(blocks))

    # --- activities

    def organisation(self, s):
        self.draw("organisation", s.site_slug)
        return self.page(s.name, f'<h1><a href="/organisation/{s.site_slug}">{esc(s.name)}</a></h1>')

    def card(self, a):
        """The same in all lists."""
        if a.number not in self.cards:
            self.cards[a.number] = self.make_card(a, self.draw("card", a.number))
        return self.cards[a.number]

    def card_text(self, a):
        """As text, white space folded."""
        return " ".join(html.unescape(re.sub("<[^>]*>", "", self.card(a))).split())

    def make_card(self, a, rng):
        kind = "online" if a.online else "physical"
        href = f"/activity/{esc(a.slug)}"
        title = esc(a.title or "Untitled")[:200].rsplit("&", 1)[0] or "Untitled"
        link = f'<div class="eg-c-card-title"><a href="{href}">{title}</a></div>' if rng.random() < 0.7 else \
            f'<a href="{href}"><img src="/x.jpg"></a><h3><a href="{href}">{title}</a></h3>'
        place = "" if not a.city else f'<span class="act-location-city">{esc(a.city)}</span><span class="act-location-rest">, NO</span>'
        slug, name, _ = a.organisers[0]
        return (f'<article class="activities-mini-preview ct-{kind}-activity">{link}<span class="act-date">{esc(" - ".join(a.dates))}</span>'
                f'{place}<a href="/organisation/{slug}">{esc(name)}</a></article>\n')

    def listing(self, slug, name, activities, number, last):
        """A page of a section's list or, without a slug, of the network's own."""
        cards = "".join(map(self.card, activities))
        rng = self.draw("listing", slug, number)
        if not cards:
            return self.page(name, '<div class="view"><div class="view-empty">Nothing yet</div></div>')
        pager = ""
        if last > 0:
            links = [f'<li class="pager__item"><a href="?page={n}" title="Go to page {n + 1}">{n + 1}</a></li>' for n in range(min(last, 3))]
            if number < last:
                links.append(f'<li class="pager__item"><a href="?page={last}" title="Go to last page">Last »</a></li>' if rng.random() < 0.5
                             else f'<li class="pager__item pager__item--last"><a href="?page={last}">Last »</a></li>')
            pager = f'<nav class="pager-nav"><ul>{"".join(links)}</ul></nav>'
        return self.page(name, f'<div class="view"><div class="view-content">{cards}</div>{pager}</div>')

    def title(self, title):
        t = esc(title)
        return self.rng.choice([
            f'<div class="block block--eg-activities-theme-page-title"><h1><span>{t}</span></h1></div>', f'<h1 class="page-header"> {t}\n</h1>',
            f'<div class="field__item"><h1>{t}</h1></div>', f'<div class="activity-label">{t}</div>'])

    def lines(self, texts):
        if self.rng.random() < 0.5:
            return "".join(f"<p>{esc(t)}</p>\n" for t in texts)
        return "<br />".join(esc(t) for t in texts)

    def activity(self, a):
        rng = self.draw("activity", a.number)
        ct = "ct-online-activity" if a.online else "ct-physical-activity"
        blocks = [f'<a class="url" href="/activity/{esc(a.slug)}"></a>'] if rng.random() < 0.5 else []
        if a.description is not None:
            css = rng.choice([ct, "activity"]) + "__field-ct-act-description"
            blocks.append(f'<div class="{css}"><div class="field__item">{self.lines(a.paragraphs)}</div></div>')
        if a.dates:
            spans = " - ".join(f"<span>{esc(d)}</span>" for d in a.dates)
            blocks.append(rng.choice([
                f'<div class="field-top-wrapper {ct}__field-ct-act-dates"><div class="highlight-data-text">{spans}</div></div>',
                f'<div class="highlight-dates-single"><div class="highlight-data-text">{spans}</div></div>']))
        if a.city or a.country:
            spans = f"<span>{esc(a.city)},</span> <span>{esc(a.country)}</span>"
            css = rng.choice([f"field-top-wrapper {ct}__field-ct-act-location", "place"])
            blocks.append(f'<div class="{css}"><div class="highlight-data-text">{spans}</div></div>')
        if a.participants_text is not None:
            blocks.append(f'<div class="highlight-data-number"><div class="highlight-data-text-big">{a.participants_text}</div></div>')
        if a.type:
            blocks.append(rng.choice([
                f'<div class="activity-types"><div class="activity-type"><a href="/t">{esc(a.type)}</a></div></div>',
                f'<div class="{ct}__field-ct-act-types"><div class="field__item"><a href="/t">{esc(a.type)}</a></div></div>']))
        inner = rng.choice(['<div class="pseudo__organiser">{}</div>', "<p>{}</p>"])
        blocks.append('<div class="pseudo__organisers">' + "".join(
            inner.format(f'<a href="/organisation/{slug}">{esc(name)}</a>') for slug, name, _ in a.organisers) +
            ("" if a.odd_organiser is None else inner.format(f'<a href="{esc(a.odd_organiser[0])}">{esc(a.odd_organiser[1])}</a>')) + "</div>")
        if a.causes:
            blocks.append('<div class="activity-causes">' + "".join(f'<div class="activity-label"><a href="/c">{esc(c)}</a></div>' for c in a.causes) +
                          "</div>" if rng.random() < 0.5 else "".join(f'<p class="activity-cause"><a href="/c">{esc(c)}</a></p>' for c in a.causes))
        if a.sdgs:
            image = rng.choice(['<img src="/s.png" alt="SDG {}">', '<img src="/s.png" alt="Goal {}">',
                                '<img src="/s.png" alt="Icon" title="Goal {}: Good things">'])
            # an image whose number is wrong says so in one place only
            image = '<img src="/s.png" alt="SDG {}">' if 18 in a.sdgs else image
            blocks.append('<div class="field-sdgs-wrapper">' + "".join(image.format(n) for n in a.sdgs) + "</div>")
        if a.objectives:
            blocks.append(rng.choice([
                '<div class="activity__objectives"><div class="field__item">' + "".join(f"<span>{esc(o)}</span>" for o in a.objectives) + "</div></div>",
                "".join(f'<div class="activity__objective"><span class="badge">{esc(o)}</span></div>' for o in a.objectives)]))
        if a.goal:
            blocks.append(f'<div class="{ct}__field-ct-act-goal-activity"><div class="field__item"><ul>' +
                          "".join(f"<li>{esc(g)}" + rng.choice(["</li>", ""]) for g in a.goal) + "</ul></div></div>")
        if a.outcomes:
            blocks.append(f'<div class="{ct}__field-ct-act-res-pos-aspect">{esc(a.outcomes)}</div>')
        if a.image:
            blocks.append(f'<picture><source srcset="/y.webp"><img class="img-fluid" src="{a.image}"></picture>')
        if a.registration:
            blocks.append(f'<div class="{ct}__field-ct-act-link-registrat"><a href="{esc(a.registration)}">Register</a></div>')
        rng.shuffle(blocks)
        title = self.title(a.title) if a.title is not None else ""
        return self.page("Activity", f'{title}<article class="node {ct} {ct}--full">' + "\n".join(blocks) + "</article>")

    # --- statistics

    def statistics_json(self, s):
        if s.fault in STATISTICS_FAULTS:
            return '{"activities_statistics": {' + STATISTICS_FAULTS[s.fault][0] + ("" if s.fault == "JSON cut short" else "}}")
        figures = {}
        for key, pairs in s.statistics.items():
            if not pairs and self.rng.random() < 0.5:
                continue  # a key may be missing or empty
            figures[key] = {"values": [[label, self.rng.choice([n, str(n), f"{n:,}"])] for label, n in pairs]}
        if s.fault == "bad-json":
            return '{"activities_statistics": {"total_activities": '
        return json.dumps({"path": {"baseUrl": "/"}, "activities_statistics": figures}, ensure_ascii=self.rng.random() < 0.5)

    def statistics(self, s):
        self.draw("statistics", s.site_slug)
        if s.statistics_form == "body":
            text = self.statistics_json(s)
            return text if s.fault else json.dumps(json.loads(text)["activities_statistics"]) if self.rng.random() < 0.5 else text
        script = ""
        if s.statistics_form == "script":
            script = (f'<script type="application/json" data-drupal-selector="drupal-settings-json">'
                      f'{self.statistics_json(s).replace("<", chr(92) + "u003C")}</script>')
        return self.page(s.name, f'<h1><a href="/organisation/{s.site_slug}">{esc(s.name)}</a></h1>', script)

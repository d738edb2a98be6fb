"""The same job by Scrapy, written as its documentation recommends: a spider with CSS selectors,
dataclasses as items, and an item pipeline that writes them to PostgreSQL with psycopg2, about a
hundred at once.
Usage: scrapy_esn.py <address of accounts> <address of activities>
           <directory of PostgreSQL's socket> <database> <schema> [SETTING=number ...]"""

import sys
from dataclasses import replace

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess

from records import (
    Activity,
    Country,
    Section,
    SlugBook,
    address,
    count,
    country_key,
    degrees,
    fold,
    goals,
    last_part,
    lines,
    period,
    place,
    slug_candidates,
    social_media,
    statistics,
)
from scrapy_store import PostgresPipeline

SETTINGS = {
    "CONCURRENT_REQUESTS": 10,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 10,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
    "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
}


def texts(selection):
    """The texts within the elements found, their children's included."""
    return selection.css("*::text").getall()


def whole_text(element):
    return fold(" ".join(texts(element)))


def first_text(page, selector):
    """The text of the first element found."""
    return next(map(whole_text, page.css(selector)), None)


def website(page):
    return (
        page.css('a[title="Website of the organisation"]::attr(href)').get()
        or page.xpath('//a[normalize-space() = "Website"]/@href').get()
    )


def profiles(page):
    return social_media(
        (a.attrib["title"], a.attrib["href"]) for a in page.css('a[title*="profile"]')
    )


class EsnSpider(Spider):
    name = "esn"

    def __init__(self, accounts, activities, **kwargs):
        super().__init__(**kwargs)
        self.accounts, self.activities = accounts, activities
        self.country_codes = {}  # by the key of the country's name
        self.countries_left = 0
        self.on_map = {}  # address of a section's page by slug
        self.begun = set()
        self.slugs = SlugBook()

    def start_requests(self):
        yield Request(f"{self.accounts}/", self.parse_home)

    # --- accounts

    def parse_home(self, response):
        self.on_map = {
            last_part(href): response.urljoin(href)
            for href in response.css(
                "div.geolocation-location h2.field-content.location-title a::attr(href)"
            ).getall()
        }
        countries = []
        for link in response.css('a[href*="/country/"]'):
            slug = last_part(link.attrib["href"])
            if len(slug) == 2:
                countries.append(
                    Country(
                        slug.upper(),
                        whole_text(link).removeprefix("ESN "),
                        slug,
                        response.urljoin(link.attrib["href"]),
                    )
                )
        self.countries_left = len(countries)
        for country in countries:
            self.country_codes[country_key(country.name)] = country.country_code
            yield country
            yield Request(country.url, self.parse_country, cb_kwargs={"country": country})

    def parse_country(self, response, country):
        listed = {
            last_part(link.attrib["href"]): response.urljoin(link.attrib["href"])
            for link in response.css(
                '.views-view-grid a[href*="/section/"], span.field-content a[href*="/section/"]'
            )
            if whole_text(link)
        }
        yield replace(
            country,
            section_count=len(listed),
            email=first_text(response, ".field--name-field-email .field--item"),
            website=website(response),
            social_media=profiles(response),
        )
        for slug, url in listed.items():
            yield from self.begin(slug, url, country.country_code)
        self.countries_left -= 1
        if self.countries_left == 0:  # what only the map shows
            for slug, url in self.on_map.items():
                yield from self.begin(slug, url, slug.partition("-")[0].upper())

    def begin(self, slug, url, country_code):
        if slug not in self.begun:
            self.begun.add(slug)
            yield Request(url, self.parse_section, cb_kwargs={"country_code": country_code})

    def parse_section(self, response, country_code):
        position = response.css(".geolocation-location[data-lat]")[:1].attrib
        logo = response.css(
            'img.center-block.img-responsive[alt*="Logo"]::attr(src), '
            '.group__field-pseudo-group-logo img::attr(src)'
        ).get()
        section = Section(
            country_code=country_code,
            name=first_text(response, "h1.page-header"),
            accounts_platform_slug=last_part(response.url),
            accounts_url=response.url,
            city=first_text(response, ".field--name-field-city .field--item"),
            address=address(
                {
                    span.attrib.get("class"): whole_text(span)
                    for span in response.css(
                        ".field--name-field-address .field--item .address span"
                    )
                }
            ),
            email=first_text(response, ".field--name-field-email .field--item"),
            website=website(response),
            university_name=first_text(
                response,
                ".field--name-field-university-name .field--item, "
                ".field--name-field-university-website a",
            ),
            longitude=degrees(position.get("data-lng")),
            latitude=degrees(position.get("data-lat")),
            social_media=profiles(response),
            logo_url=logo and response.urljoin(logo),
        )
        yield from self.find(section, slug_candidates(section.name))

    # --- activities

    def find(self, section, candidates):
        """Requests the first page of the section's listing under the first of the slugs. If none is
        left, the section waits for a link with its slug."""
        if not candidates and (learned := self.slugs.give_up(section)):
            candidates = [learned]
        if not candidates:
            yield section
            return
        yield Request(
            f"{self.activities}/organisation/{candidates[0]}/activities?page=0",
            self.parse_first_list,
            dont_filter=True,
            meta={"handle_httpstatus_list": [404]},
            cb_kwargs={"section": section, "candidates": candidates[1:]},
        )

    def parse_first_list(self, response, section, candidates):
        if response.status == 404:
            yield from self.find(section, candidates)
            return
        url = response.url.rpartition("/activities")[0]
        section.known_as(last_part(url), url)
        self.slugs.known.add(section.activities_platform_slug)
        yield section
        yield Request(
            f"{url}/statistics",
            self.parse_statistics,
            meta={"handle_httpstatus_list": [404]},
            cb_kwargs={"slug": section.accounts_platform_slug},
        )
        last = response.css(
            'nav a[title="Go to last page"]::attr(href), .pager__item--last a::attr(href)'
        ).re_first(r"page=(\d+)")
        for page in range(1, int(last or 0) + 1):
            yield Request(f"{url}/activities?page={page}", self.parse_list)
        yield from self.parse_list(response)

    def parse_list(self, response):
        for card in response.css("article.activities-mini-preview"):
            yield response.follow(
                card.css('a[href*="/activity/"]')[0], self.parse_activity
            )  # Scrapy asks for each address once

    def parse_statistics(self, response, slug):
        text = None
        if response.status != 404 and response.body.lstrip().startswith(b"{"):
            text = response.body
        elif response.status != 404:
            text = response.css(
                'script[type="application/json"][data-drupal-selector="drupal-settings-json"]::text'
            ).get()
        yield statistics(slug, text)

    def parse_activity(self, response):
        if b"\0" in response.body:
            response = response.replace(body=response.body.replace(b"\0", "\ufffd".encode()))
        article = response.css("article.node")
        online = bool(response.css("article.ct-online-activity--full"))
        ct = "ct-online-activity" if online else "ct-physical-activity"
        start, end, future = period(
            article.css(
                f".field-top-wrapper.{ct}__field-ct-act-dates .highlight-data-text span::text, "
                f".highlight-dates-single span::text"
            ).getall()
        )
        city, country = place(article.css(".highlight-data-text span::text").getall())
        organisers = {
            last_part(a.attrib["href"]): whole_text(a) for a in article.css(".pseudo__organisers a")
        }
        strangers = [
            whole_text(organiser)
            for organiser in article.css(".pseudo__organisers .pseudo__organiser")
            if not organiser.css("a")
        ]
        types = article.css(
            f".activity-types .activity-type a::text, "
            f".{ct}__field-ct-act-types .field__item a::text"
        ).getall()
        project = article.css('a[href*="/project/"]')[:1]
        image = article.css("picture img.img-fluid::attr(src)").get()
        yield Activity(
            event_slug=last_part(response.url),
            url=response.url,
            title=first_text(
                response,
                ".block--eg-activities-theme-page-title h1 span, h1.page-header, "
                ".field__item h1, .activity-label",
            ),
            description=lines(
                texts(
                    article.css(
                        f".{ct}__field-ct-act-description .field__item, "
                        f".activity__field-ct-act-description .field__item"
                    )
                )
            ),
            start_date=start,
            end_date=end,
            is_future_event=future,
            city=city,
            country_code=country and self.country_codes.get(country_key(country)),
            participants=count(
                article.css(".highlight-data-number .highlight-data-text-big::text").get()
            ),
            activity_type=types[0] if types else None,
            is_online=online,
            country_name=country,
            activity_goal=lines(
                texts(article.css(f".{ct}__field-ct-act-goal-activity .field__item"))
            ),
            outcomes=lines(texts(article.css(f".{ct}__field-ct-act-res-pos-aspect"))),
            registration_url=article.css(f".{ct}__field-ct-act-link-registrat a::attr(href)").get(),
            image_url=image and response.urljoin(image),
            project_name=project and whole_text(project) or None,
            project_slug=project and last_part(project.attrib["href"]) or None,
            organisers=[*organisers, *strangers],
            types=types,
            causes=article.css(
                ".activity-causes .activity-label a::text, .activity-cause a::text"
            ).getall(),
            sdgs=goals(
                (img.attrib.get("alt"), img.attrib.get("title"))
                for img in article.css(".field-sdgs-wrapper img")
            ),
            objectives=article.css(
                ".activity__objectives .field__item span::text, "
                ".activity__objective span.badge::text"
            ).getall(),
        )
        for slug, name in organisers.items():
            if section := self.slugs.learn(slug, name):
                yield from self.find(section, [slug])


if __name__ == "__main__":
    accounts_url, activities_url, socket, database, schema, *others = sys.argv[1:]
    process = CrawlerProcess(SETTINGS | dict(other.split("=") for other in others) | {
        "ITEM_PIPELINES": {PostgresPipeline: 300},
        "POSTGRES": {"host": socket, "dbname": database, "options": f"-c search_path={schema}"},
    })
    process.crawl(EsnSpider, accounts=accounts_url, activities=activities_url)
    process.start()

"""The same job by aiohttp, BeautifulSoup over lxml (which its documentation recommends for speed)
and asyncpg: one session, ten requests open at once by a semaphore, a task per page, records
that are checked when they are made, and one task that upserts them in batches of about a hundred.
Usage: aiohttp_esn.py <address of accounts> <address of activities>
           <directory of PostgreSQL's socket> <database> <schema>"""

import asyncio
import sys
from dataclasses import replace
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

import aiohttp
import asyncpg
from bs4 import BeautifulSoup

from aiohttp_store import Store
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

PARALLEL = 10
AGENT = "esn-benchmark/1.0"


def text(element):
    return fold(element.get_text()) if element else None


def texts(elements):
    return [t for t in map(text, elements) if t]


def blocks(elements):
    return lines(t for element in elements for t in element.stripped_strings)


def attribute(element, name):
    return element.get(name) if element else None


def website(soup):
    return soup.select_one('a[title="Website of the organisation"]') or next(
        (a for a in soup.find_all("a") if a.get_text(strip=True) == "Website"), None
    )


def profiles(soup):
    return social_media((a["title"], a["href"]) for a in soup.select('a[title*="profile"]'))


class Scraper:
    def __init__(self, accounts, activities, records):
        self.accounts, self.activities, self.records = accounts, activities, records
        self.limit = asyncio.Semaphore(PARALLEL)
        self.robots = {}
        self.country_codes = {}  # by the key of the country's name
        self.begun = set()
        self.slugs = SlugBook()

    async def run(self):
        connector = aiohttp.TCPConnector(limit=PARALLEL)
        async with aiohttp.ClientSession(
            connector=connector, headers={"User-Agent": AGENT}
        ) as self.session:
            for site in (self.accounts, self.activities):
                await self.read_robots(site)
            async with asyncio.TaskGroup() as self.tasks:
                self.start(self.home())

    def start(self, work):
        self.tasks.create_task(work)

    async def read_robots(self, site):
        rules = self.robots[site] = RobotFileParser()
        async with self.session.get(f"{site}/robots.txt") as response:
            rules.parse((await response.text()).splitlines() if response.status == 200 else [])

    async def get(self, url, site):
        """Text and final address of a page; no text where there is no such page."""
        if not self.robots[site].can_fetch(AGENT, url):
            raise PermissionError(url)
        async with self.limit, self.session.get(url) as response:
            if response.status == 404:
                return None, url
            response.raise_for_status()
            return (await response.read()).decode("utf-8", "replace").replace("\0", "\ufffd"), str(
                response.url
            )

    async def soup(self, url, site):
        page, _ = await self.get(url, site)
        return BeautifulSoup(page, "lxml")

    # --- accounts

    async def home(self):
        soup = await self.soup(f"{self.accounts}/", self.accounts)
        countries = []
        for link in soup.select('a[href*="/country/"]'):
            slug = last_part(link["href"])
            if len(slug) == 2:
                countries.append(
                    Country(
                        slug.upper(),
                        text(link).removeprefix("ESN "),
                        slug,
                        urljoin(self.accounts, link["href"]),
                    )
                )
        on_map = {
            last_part(link["href"]): urljoin(self.accounts, link["href"])
            for link in soup.select("div.geolocation-location h2.field-content.location-title a")
        }
        for country in countries:
            self.country_codes[country_key(country.name)] = country.country_code
            self.records.put_nowait(country)
        await asyncio.gather(*map(self.country, countries))
        for slug, url in on_map.items():  # what only the map shows
            self.begin(slug, url, slug.partition("-")[0].upper())

    async def country(self, country):
        soup = await self.soup(country.url, self.accounts)
        listed = {
            last_part(link["href"]): urljoin(self.accounts, link["href"])
            for link in soup.select(
                '.views-view-grid a[href*="/section/"], span.field-content a[href*="/section/"]'
            )
            if text(link)
        }
        self.records.put_nowait(
            replace(
                country,
                section_count=len(listed),
                email=text(soup.select_one(".field--name-field-email .field--item")),
                website=attribute(website(soup), "href"),
                social_media=profiles(soup),
            )
        )
        for slug, url in listed.items():
            self.begin(slug, url, country.country_code)

    def begin(self, slug, url, country_code):
        if slug not in self.begun:
            self.begun.add(slug)
            self.start(self.section(slug, url, country_code))

    async def section(self, slug, url, country_code):
        soup = await self.soup(url, self.accounts)
        position = soup.select_one(".geolocation-location[data-lat]")
        logo = soup.select_one(
            'img.center-block.img-responsive[alt*="Logo"], .group__field-pseudo-group-logo img'
        )
        section = Section(
            country_code=country_code,
            name=text(soup.select_one("h1.page-header")),
            accounts_platform_slug=slug,
            accounts_url=url,
            city=text(soup.select_one(".field--name-field-city .field--item")),
            address=address(
                {
                    " ".join(span.get("class", ())): text(span)
                    for span in soup.select(".field--name-field-address .field--item .address span")
                }
            ),
            email=text(soup.select_one(".field--name-field-email .field--item")),
            website=attribute(website(soup), "href"),
            university_name=text(
                soup.select_one(
                    ".field--name-field-university-name .field--item, "
                    ".field--name-field-university-website a"
                )
            ),
            longitude=degrees(attribute(position, "data-lng")),
            latitude=degrees(attribute(position, "data-lat")),
            social_media=profiles(soup),
            logo_url=logo and urljoin(url, logo["src"]),
        )
        await self.find(section, slug_candidates(section.name))

    # --- activities

    async def find(self, section, candidates):
        """Requests the first page of the section's listing under one slug after the other. If none
        is left, the section waits for a link with its slug."""
        for slug in candidates:
            page, url = await self.get(
                f"{self.activities}/organisation/{slug}/activities?page=0", self.activities
            )
            if page is not None:
                self.organisation(section, page, url.rpartition("/activities")[0])
                return
        if learned := self.slugs.give_up(section):
            await self.find(section, [learned])
        else:
            self.records.put_nowait(section)

    def organisation(self, section, page, url):
        section.known_as(last_part(url), url)
        self.slugs.known.add(section.activities_platform_slug)
        self.records.put_nowait(section)
        self.start(self.statistics(section.accounts_platform_slug, f"{url}/statistics"))
        soup = BeautifulSoup(page, "lxml")
        last = soup.select_one('nav a[title="Go to last page"], .pager__item--last a')
        for number in range(1, int(last["href"].rpartition("page=")[2]) + 1 if last else 1):
            self.start(self.list(f"{url}/activities?page={number}"))
        self.cards(soup)

    async def list(self, url):
        self.cards(await self.soup(url, self.activities))

    def cards(self, soup):
        for card in soup.select("article.activities-mini-preview"):
            url = urljoin(self.activities, card.select_one('a[href*="/activity/"]')["href"])
            if url not in self.begun:
                self.begun.add(url)
                self.start(self.activity(url))

    async def statistics(self, slug, url):
        page, _ = await self.get(url, self.activities)
        if page is not None and not page.lstrip().startswith("{"):
            script = BeautifulSoup(page, "lxml").select_one(
                'script[type="application/json"][data-drupal-selector="drupal-settings-json"]'
            )
            page = script and script.string
        self.records.put_nowait(statistics(slug, page))

    async def activity(self, url):
        soup = await self.soup(url, self.activities)
        article = soup.select_one("article.node")
        online = "ct-online-activity--full" in article["class"]
        ct = "ct-online-activity" if online else "ct-physical-activity"
        start, end, future = period(
            texts(
                article.select(
                    f".field-top-wrapper.{ct}__field-ct-act-dates .highlight-data-text span, "
                    f".highlight-dates-single span"
                )
            )
        )
        city, country = place(texts(article.select(".highlight-data-text span")))
        organisers = {
            last_part(a["href"]): text(a) for a in article.select(".pseudo__organisers a")
        }
        strangers = texts(
            organiser
            for organiser in article.select(".pseudo__organisers .pseudo__organiser")
            if organiser.a is None
        )
        types = texts(
            article.select(
                f".activity-types .activity-type a, .{ct}__field-ct-act-types .field__item a"
            )
        )
        project = article.select_one('a[href*="/project/"]')
        image = article.select_one("picture img.img-fluid")
        self.records.put_nowait(
            Activity(
                event_slug=last_part(url),
                url=url,
                title=text(
                    soup.select_one(
                        ".block--eg-activities-theme-page-title h1 span, h1.page-header, "
                        ".field__item h1, .activity-label"
                    )
                ),
                description=blocks(
                    article.select(
                        f".{ct}__field-ct-act-description .field__item, "
                        f".activity__field-ct-act-description .field__item"
                    )
                ),
                start_date=start,
                end_date=end,
                is_future_event=future,
                city=city,
                country_code=country and self.country_codes.get(country_key(country)),
                participants=count(
                    text(article.select_one(".highlight-data-number .highlight-data-text-big"))
                ),
                activity_type=types[0] if types else None,
                is_online=online,
                country_name=country,
                activity_goal=blocks(
                    article.select(f".{ct}__field-ct-act-goal-activity .field__item")
                ),
                outcomes=blocks(article.select(f".{ct}__field-ct-act-res-pos-aspect")),
                registration_url=attribute(
                    article.select_one(f".{ct}__field-ct-act-link-registrat a"), "href"
                ),
                image_url=image and urljoin(url, image["src"]),
                project_name=text(project),
                project_slug=project and last_part(project["href"]),
                organisers=[*organisers, *strangers],
                types=types,
                causes=texts(
                    article.select(".activity-causes .activity-label a, .activity-cause a")
                ),
                sdgs=goals(
                    (img.get("alt"), img.get("title"))
                    for img in article.select(".field-sdgs-wrapper img")
                ),
                objectives=texts(
                    article.select(
                        ".activity__objectives .field__item span, .activity__objective span.badge"
                    )
                ),
            )
        )
        for slug, name in organisers.items():
            if section := self.slugs.learn(slug, name):
                await self.find(section, [slug])


# --- storage


async def main(accounts, activities, socket, database, schema):
    records = asyncio.Queue()
    connection = await asyncpg.connect(
        host=socket, database=database, server_settings={"search_path": schema}
    )
    writing = asyncio.create_task(Store(connection).write(records))
    await Scraper(accounts, activities, records).run()
    records.put_nowait(None)
    await writing
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Where aiohttp_esn.py stores its records: the tables of schema.sql, by asyncpg."""

from records import Activity, Country, Section, Statistics, columns, row

BATCH = 100


def upsert(table, names, keys):
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in keys)
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {updates}"
    )


def relation(table, column, named):
    """Links an activity, by its slug, to what has a name."""
    return (
        f"INSERT INTO {table} (activity_id, {column}) SELECT a.id, n.id "
        f"FROM activities a, {named} n WHERE a.event_slug = $1 AND n.name = $2 "
        "ON CONFLICT DO NOTHING"
    )


def figures(table, *names, key=()):
    """Statistics of a section, by its slug."""
    places = ", ".join(
        f"${n}::{'text' if name in key else 'integer'}" for n, name in enumerate(names, 2)
    )
    updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in key)
    return (
        f"INSERT INTO {table} (section_id, {', '.join(names)}) SELECT id, {places} "
        f"FROM sections WHERE accounts_platform_slug = $1 "
        f"ON CONFLICT (section_id{''.join(f', {name}' for name in key)}) DO UPDATE SET {updates}"
    )


UPSERT_COUNTRY = upsert("countries", columns(Country), ["country_code"])
UPSERT_SECTION = upsert("sections", columns(Section), ["accounts_platform_slug"])
UPSERT_ACTIVITY = upsert("activities", columns(Activity), ["event_slug"])
UPSERT_OVERALL = figures(
    "section_overall_statistics",
    "physical_activities",
    "online_activities",
    "total_local_students",
    "total_international_students",
    "total_coordinators",
)
UPSERT_CAUSES = figures(
    "section_cause_statistics",
    "cause_name",
    "total_count",
    "physical_count",
    "online_count",
    key=["cause_name"],
)
UPSERT_TYPES = figures(
    "section_type_statistics",
    "activity_type",
    "physical_count",
    "online_count",
    key=["activity_type"],
)
UPSERT_PARTICIPANTS = figures(
    "section_participant_statistics",
    "participant_type",
    "physical_count",
    "online_count",
    key=["participant_type"],
)
ADD_ORGANISER = """INSERT INTO activity_section_organisers
    SELECT a.id, s.id FROM activities a, sections s
    WHERE a.event_slug = $1 AND s.activities_platform_slug = $2 ON CONFLICT DO NOTHING"""


class Store:
    def __init__(self, database):
        self.database = database
        self.names = set()  # of types, causes and objectives that have rows
        self.organisers = []  # (activity's slug, slugs): whose slugs they are is known at the end
        self.sections = set()  # slugs that have turned out to be a section's

    async def write(self, records):
        """Upserts the records that come, in batches, each in a transaction of its own, "
        "until None comes."""
        batch = []
        while (record := await records.get()) is not None:
            batch.append(record)
            if len(batch) >= BATCH:
                await self.store(batch)
                batch = []
        await self.store(batch)
        await self.link_organisers()

    async def store(self, batch):
        """First what others refer to."""
        kinds = {
            kind: [record for record in batch if isinstance(record, kind)]
            for kind in (Country, Section, Activity, Statistics)
        }
        self.sections |= {section.activities_platform_slug for section in kinds[Section]}
        async with self.database.transaction():
            await self.many(UPSERT_COUNTRY, map(row, kinds[Country]))
            await self.many(UPSERT_SECTION, map(row, kinds[Section]))
            await self.activities(kinds[Activity])
            await self.many(
                UPSERT_OVERALL, ((s.accounts_platform_slug, *s.overall) for s in kinds[Statistics])
            )
            for command, what in (
                (UPSERT_CAUSES, "causes"),
                (UPSERT_TYPES, "types"),
                (UPSERT_PARTICIPANTS, "participants"),
            ):
                await self.many(
                    command,
                    (
                        (s.accounts_platform_slug, *counts)
                        for s in kinds[Statistics]
                        for counts in getattr(s, what)
                    ),
                )

    async def activities(self, activities):
        await self.many(UPSERT_ACTIVITY, map(row, activities))
        for what, table, column, named in (
            ("types", "activity_to_type", "type_id", "activity_types"),
            ("causes", "activity_to_cause", "cause_id", "activity_causes"),
            ("sdgs", "activity_to_sdg", "sdg_id", "sdgs"),
            ("objectives", "activity_to_objective", "objective_id", "objectives"),
        ):
            pairs = [
                (activity.event_slug, name)
                for activity in activities
                for name in getattr(activity, what)
            ]
            if named != "sdgs":  # all of those are there
                new = {(named, name) for _, name in pairs} - self.names
                await self.many(
                    f"INSERT INTO {named} (name) VALUES ($1) ON CONFLICT DO NOTHING",
                    ((name,) for _, name in new),
                )
                self.names |= new
            await self.many(relation(table, column, named), pairs)
        self.organisers += [(activity.event_slug, activity.organisers) for activity in activities]

    async def many(self, command, rows):
        if rows := list(rows):
            await self.database.executemany(command, rows)

    async def link_organisers(self):
        async with self.database.transaction():
            await self.many(
                ADD_ORGANISER,
                (
                    (activity, slug)
                    for activity, slugs in self.organisers
                    for slug in slugs
                    if slug in self.sections
                ),
            )
            await self.many(
                "UPDATE activities SET unmatched_organisers = $2 WHERE event_slug = $1",
                (
                    (activity, strangers)
                    for activity, slugs in self.organisers
                    if (strangers := [slug for slug in slugs if slug not in self.sections])
                ),
            )

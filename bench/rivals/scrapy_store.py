"""Where scrapy_esn.py stores its items: the tables of schema.sql, by psycopg2."""

import psycopg2
from psycopg2.extras import execute_values

from records import Activity, Country, Section, Statistics, columns, row

BATCH = 100


class PostgresPipeline:
    """Writes items in batches, each in a transaction of its own: first what others refer to."""

    @classmethod
    def from_crawler(cls, crawler):
        return cls(**crawler.settings["POSTGRES"])

    def __init__(self, **connection):
        self.connection = connection
        self.countries, self.sections, self.activities, self.statistics = {}, {}, {}, {}
        self.section_ids, self.type_ids, self.cause_ids, self.objective_ids = {}, {}, {}, {}
        self.organisers = []  # (activity's id, slugs): whose slugs they are is known at the end

    def open_spider(self, spider):
        self.database = psycopg2.connect(**self.connection)
        self.cursor = self.database.cursor()
        self.cursor.execute("SELECT name, id FROM sdgs")
        self.sdg_ids = dict(self.cursor.fetchall())

    def process_item(self, item, spider):
        if isinstance(item, Country):
            self.countries[item.country_code] = item
        elif isinstance(item, Section):
            self.sections[item.accounts_platform_slug] = item
        elif isinstance(item, Activity):
            self.activities[item.event_slug] = item
        elif isinstance(item, Statistics):
            self.statistics[item.accounts_platform_slug] = item
        if (
            len(self.countries) + len(self.sections) + len(self.activities) + len(self.statistics)
            >= BATCH
        ):
            self.flush()
        return item

    def upsert(self, table, names, key, rows, returning=None):
        if not rows:
            return []
        keys = key.split(", ")
        updates = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in keys)
        action = f"UPDATE SET {updates}" if updates else "NOTHING"
        return execute_values(
            self.cursor,
            f"INSERT INTO {table} ({', '.join(names)}) VALUES %s ON CONFLICT ({key}) DO {action}"
            + (f" RETURNING {returning}" if returning else ""),
            rows,
            page_size=1000,
            fetch=returning is not None,
        )

    def upsert_records(self, table, key, records, returning=None):
        return (
            self.upsert(table, columns(records[0]), key, list(map(row, records)), returning)
            if records
            else []
        )

    def lookup(self, table, ids, names):
        """The ids of names, of which new ones get rows."""
        new = {name for name in names if name not in ids}
        self.upsert(table, ["name"], "name", [(name,) for name in new])
        if new:
            self.cursor.execute(f"SELECT name, id FROM {table}")
            ids.update(self.cursor.fetchall())
        return ids

    def flush(self):
        self.upsert_records("countries", "country_code", list(self.countries.values()))
        self.section_ids.update(
            self.upsert_records(
                "sections",
                "accounts_platform_slug",
                list(self.sections.values()),
                "accounts_platform_slug, id",
            )
        )
        self.flush_activities(self.activities)
        self.flush_statistics(
            [(self.section_ids[slug], item) for slug, item in self.statistics.items()]
        )
        self.database.commit()
        for batch in (self.countries, self.sections, self.activities, self.statistics):
            batch.clear()

    def flush_activities(self, activities):
        ids = dict(
            self.upsert_records(
                "activities", "event_slug", list(activities.values()), "event_slug, id"
            )
        )
        types = self.lookup(
            "activity_types",
            self.type_ids,
            {name for a in activities.values() for name in a.types},
        )
        causes = self.lookup(
            "activity_causes",
            self.cause_ids,
            {name for a in activities.values() for name in a.causes},
        )
        objectives = self.lookup(
            "objectives",
            self.objective_ids,
            {name for a in activities.values() for name in a.objectives},
        )
        for table, column, relation, known in (
            ("activity_to_type", "type_id", "types", types),
            ("activity_to_cause", "cause_id", "causes", causes),
            ("activity_to_sdg", "sdg_id", "sdgs", self.sdg_ids),
            ("activity_to_objective", "objective_id", "objectives", objectives),
        ):
            self.upsert(
                table,
                ["activity_id", column],
                f"activity_id, {column}",
                [
                    (ids[slug], known[name])
                    for slug, a in activities.items()
                    for name in getattr(a, relation)
                ],
            )
        self.organisers += [(ids[slug], a.organisers) for slug, a in activities.items()]

    def flush_statistics(self, found):
        self.upsert(
            "section_overall_statistics",
            [
                "section_id",
                "physical_activities",
                "online_activities",
                "total_local_students",
                "total_international_students",
                "total_coordinators",
            ],
            "section_id",
            [(section, *item.overall) for section, item in found],
        )
        for table, name, what, counts in (
            (
                "section_cause_statistics",
                "cause_name",
                "causes",
                ["total_count", "physical_count", "online_count"],
            ),
            (
                "section_type_statistics",
                "activity_type",
                "types",
                ["physical_count", "online_count"],
            ),
            (
                "section_participant_statistics",
                "participant_type",
                "participants",
                ["physical_count", "online_count"],
            ),
        ):
            self.upsert(
                table,
                ["section_id", name, *counts],
                f"section_id, {name}",
                [(section, *figures) for section, item in found for figures in getattr(item, what)],
            )

    def close_spider(self, spider):
        self.flush()
        self.cursor.execute(
            "SELECT activities_platform_slug, id FROM sections "
            "WHERE activities_platform_slug IS NOT NULL"
        )
        sections = dict(self.cursor.fetchall())
        self.upsert(
            "activity_section_organisers",
            ["activity_id", "section_id"],
            "activity_id, section_id",
            [
                (activity, sections[slug])
                for activity, slugs in self.organisers
                for slug in slugs
                if slug in sections
            ],
        )
        unmatched = [
            (activity, strangers)
            for activity, slugs in self.organisers
            if (strangers := [slug for slug in slugs if slug not in sections])
        ]
        if unmatched:
            execute_values(
                self.cursor,
                "UPDATE activities SET unmatched_organisers = slugs "
                "FROM (VALUES %s) AS v (id, slugs) WHERE activities.id = v.id",
                unmatched,
                page_size=1000,
            )
        self.database.commit()
        self.database.close()

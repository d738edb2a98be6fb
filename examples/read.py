#!/usr/bin/env python3
"""Reads an ESN Pulse database into pandas and prints two tables. Needs psycopg 3 and pandas: on Debian python3-psycopg and python3-pandas.

Where the database is say libpq's variables (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD) or a connection string:

    python3 read.py "host=db.example.org dbname=esn user=anna sslmode=require"
"""

import sys
import warnings

import pandas
import psycopg

# pandas says so of every connection that is not SQLAlchemy's; reading works.
warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")


def read(connection, query, dates=(), parameters=None):
    """The rows as a frame. Without convert_dtypes() integers with gaps would be floats, without dates dates would be objects."""
    return pandas.read_sql(query, connection, params=parameters, parse_dates=list(dates)).convert_dtypes()


def main():
    # Without prepare_threshold=None statements are prepared that PgBouncer, where there is one, forgets.
    with psycopg.connect(" ".join(sys.argv[1:]), prepare_threshold=None) as connection:
        sections = read(connection, "SELECT section, country, activities, participants, last_activity FROM esn_section_overview", ["last_activity"])
        print(sections.sort_values(["activities", "section"], ascending=[False, True]).head(10).to_string(index=False))
        print()

        activities = read(connection, "SELECT title, start_date, participants, is_online, organisers FROM esn_activity_overview WHERE start_date >= %(since)s",
                          ["start_date"], {"since": "2024-01-01"})
        by_year = activities.groupby(activities["start_date"].dt.year)["participants"].agg(activities="size", participants="sum")
        print(by_year.rename_axis("year").to_string())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Reads an ESN Pulse database into pandas and prints two tables.

It needs psycopg 3 and pandas: on Debian the packages python3-psycopg and python3-pandas.
libpq's variables (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD) or a connection string name
the database:

    python3 read.py "host=db.example.org dbname=esn user=anna sslmode=require"
"""

import sys
import warnings

import pandas
import psycopg

# pandas warns of every connection that is not SQLAlchemy's; reading works.
warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")


def read(connection, query, dates=(), parameters=None):
    """Returns the rows as a frame.

    Without convert_dtypes(), integers with gaps would be floats. Without dates, dates would be
    objects.
    """
    frame = pandas.read_sql(query, connection, params=parameters, parse_dates=list(dates))
    return frame.convert_dtypes()


def main():
    # prepare_threshold=None: a prepared statement would be lost behind PgBouncer.
    with psycopg.connect(" ".join(sys.argv[1:]), prepare_threshold=None) as connection:
        sections = read(
            connection,
            "SELECT section, country, activities, participants, last_activity"
            " FROM esn_section_overview",
            ["last_activity"],
        )
        most_active = sections.sort_values(["activities", "section"], ascending=[False, True])
        print(most_active.head(10).to_string(index=False))
        print()

        activities = read(
            connection,
            "SELECT title, start_date, participants, is_online, organisers"
            " FROM esn_activity_overview WHERE start_date >= %(since)s",
            ["start_date"],
            {"since": "2024-01-01"},
        )
        participants = activities.groupby(activities["start_date"].dt.year)["participants"]
        by_year = participants.agg(activities="size", participants="sum")
        print(by_year.rename_axis("year").to_string())


if __name__ == "__main__":
    main()

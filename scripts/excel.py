#!/usr/bin/python3
"""Writes views for Excel and LibreOffice: an .xlsx with a sheet for each, or a .csv of one.

    scripts/excel.py <file>.xlsx <database> <view> ...
    scripts/excel.py [--decimal-comma] <file>.csv <database> <view>
    scripts/excel.py [--decimal-comma] <file> <database> --query 'SELECT ...'

--decimal-comma: 1,5 and semicolons in a .csv, as an Excel in Turkish, German or French expects
them. In an .xlsx numbers are numbers, in any language. libpq's variables (PGHOST, PGPORT, PGUSER)
select the server and the role, for which esn_grant_read() is enough. Needs Debian's packages
python3-openpyxl and python3-psycopg.
"""
import argparse
import csv
import datetime
import decimal
import json
import os
import sys

import openpyxl
import psycopg
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

# The limits of Excel.
MAX_ROWS = 1048576
MAX_TEXT = 32767
FORMATS = {datetime.date: "yyyy-mm-dd", datetime.datetime: "yyyy-mm-dd hh:mm:ss"}


def plain(value):
    """A value of the database as one that a sheet can have."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(plain(item)) for item in value if item is not None)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime.datetime):
        # A sheet has no time zones.
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
        return value if value.year >= 1900 else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value if value.year >= 1900 else value.isoformat()
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        return str(value)
    if value is None or isinstance(value, (bool, int, float, decimal.Decimal)):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))[:MAX_TEXT]


def cell(sheet, value, bold=False):
    made = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A title that begins with = is no formula.
        made.data_type = "s"
    elif type(value) in FORMATS:
        made.number_format = FORMATS[type(value)]
    if bold:
        made.font, made.alignment = Font(bold=True), Alignment(vertical="top")
    return made


def width(name, values):
    longest = max([len(name)] + [len(str(value)) for value in values if value is not None])
    return min(60, longest + 2)


def add_sheet(book, title, names, rows):
    """Adds the rows as a sheet with a header that stays, and a filter."""
    sheet = book.create_sheet(title[:31])
    first = [row for _, row in zip(range(200), rows)]
    for n, name in enumerate(names):
        column = sheet.column_dimensions[get_column_letter(n + 1)]
        column.width = width(name, [row[n] for row in first])
    sheet.freeze_panes = "A2"
    sheet.append([cell(sheet, name, bold=True) for name in names])
    count = 1
    for part in (first, rows):
        for row in part:
            count += 1
            if count > MAX_ROWS:
                sys.exit(f"{title} has more rows than a sheet can have, {MAX_ROWS:,}")
            sheet.append([cell(sheet, value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(names)))}{count}"
    return count - 1


def query(connection, statement):
    """The names of its columns, and its rows, a thousand at a time."""
    cursor = connection.cursor("excel")
    cursor.itersize = 1000
    cursor.execute(statement)

    def rows():
        with cursor:
            for row in cursor:
                yield tuple(plain(value) for value in row)

    return [column.name for column in cursor.description], rows()


def view_name(connection, name):
    """A relation's name as SQL has it, and its columns with their meanings."""
    found = connection.execute("SELECT to_regclass(%s)::text, to_regclass(%s)::oid",
                               (name, name)).fetchone()
    if found[0] is None:
        sys.exit(f'there is no view "{name}": \\dv in psql lists them')
    columns = connection.execute(
        "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute"
        " WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (found[1],)).fetchall()
    return found[0], columns


def write_xlsx(connection, options, file):
    book, meanings = openpyxl.Workbook(write_only=True), []
    count = 0
    for view in options.views:
        relation, columns = view_name(connection, view)
        meanings += [(view, name, meaning) for name, meaning in columns]
        count += add_sheet(book, view.split(".")[-1],
                           *query(connection, f"SELECT * FROM {relation}"))
    if options.query:
        count += add_sheet(book, "query", *query(connection, options.query))
    if meanings:
        add_sheet(book, "columns", ["view", "column", "meaning"], iter(meanings))
    book.save(file)
    return count


def write_csv(connection, options, file):
    statement = options.query
    if statement is None:
        statement = f"SELECT * FROM {view_name(connection, options.views[0])[0]}"
    names, rows = query(connection, statement)

    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (float, decimal.Decimal)) and options.decimal_comma:
            return str(value).replace(".", ",")
        # Excel would take such a text for a formula, and ' for the sign that it is none.
        if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
            return "'" + value
        return value

    count = 0
    # Excel takes the byte order mark for the sign of UTF-8.
    with open(file, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";" if options.decimal_comma else ",")
        writer.writerow(names)
        for row in rows:
            writer.writerow([text(value) for value in row])
            count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("database")
    parser.add_argument("views", nargs="*")
    parser.add_argument("--query")
    parser.add_argument("--decimal-comma", action="store_true")
    options = parser.parse_args()
    is_csv = options.file.lower().endswith(".csv")
    if not is_csv and not options.file.lower().endswith(".xlsx"):
        parser.error("the file's name ends in .xlsx or .csv")
    wanted = len(options.views) + (options.query is not None)
    if wanted == 0 or is_csv and wanted > 1:
        parser.error("a .csv has one view or query, an .xlsx at least one")
    part = f"{options.file}.part.{os.getpid()}"
    try:
        with psycopg.connect(dbname=options.database, client_encoding="utf8") as connection:
            # All sheets are of one moment.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            count = (write_csv if is_csv else write_xlsx)(connection, options, part)
        os.replace(part, options.file)
    except psycopg.Error as error:
        sys.exit(str(error).strip())
    finally:
        if os.path.exists(part):
            os.unlink(part)
    print(f"{options.file}: {count} rows")


if __name__ == "__main__":
    main()

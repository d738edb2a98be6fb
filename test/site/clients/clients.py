"""Reads everything as Python's clients and, over ODBC, BI tools do, and prints for each promise of
docs/connect.md whether it holds.

A line for the shell has true or false, what was checked, and what was wrong with it, with tabs
between them.
"""

import argparse
import datetime
import decimal
import json
import re
import warnings

import pandas
import psycopg
import pyodbc

# Where the role of the test lives: a client that knows no time zones is given local times.
ZONE = datetime.timezone(datetime.timedelta(hours=3))
ESCAPES = str.maketrans({
    "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})
# What PostgreSQL's types are to the two drivers.
PSYCOPG = {
    "bigint": int,
    "boolean": bool,
    "bytea": bytes,
    "character varying": str,
    "date": datetime.date,
    "integer": int,
    "interval": datetime.timedelta,
    "jsonb": (dict, list, str),
    "numeric": decimal.Decimal,
    "text": str,
    "text[]": list,
    "timestamp with time zone": datetime.datetime,
}
ODBC = {**PSYCOPG, "bytea": (bytes, bytearray), "interval": str, "jsonb": str, "text[]": str}
# And to pandas, if the column has no NULLs; else integers are float64 and booleans object.
PANDAS = {
    "bigint": "int64",
    "boolean": "bool",
    "integer": "int64",
    "numeric": "float64",
    "timestamp with time zone": "datetime64[ns, UTC]",
}


def tell(what, wrong):
    """wrong: nothing, or what is."""
    text = re.sub(r"\s+", " ", str(wrong))[:500] if wrong else ""
    print("false" if wrong else "true", what, text, sep="\t", flush=True)


def element(text):
    """An element of an array as PostgreSQL writes it."""
    if text == "" or text.upper() == "NULL" or re.search(r'[{},"\\\s]', text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def written(value, kind, parses_json):
    """A value as COPY writes it."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.datetime):
        value = value.replace(tzinfo=value.tzinfo or ZONE).astimezone(datetime.timezone.utc)
        text = str(value.replace(tzinfo=None))
        return text.rstrip("0") if "." in text else text
    if isinstance(value, datetime.timedelta):
        text = str(value).zfill(8) if value.microseconds == 0 else str(value).zfill(15).rstrip("0")
    elif isinstance(value, (bytes, bytearray)):
        text = "\\x" + value.hex()
    elif kind == "jsonb" and parses_json:
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list):
        text = "{" + ",".join(map(element, value)) + "}"
    else:
        text = str(value)
    return text.translate(ESCAPES)


class Reference:
    def __init__(self, directory):
        self.directory = directory
        self.columns = {}
        self.kinds = {}
        with open(f"{directory}/columns.tsv", encoding="utf-8") as file:
            for line in file:
                relation, kind, name, type_, moves, *_ = line.rstrip("\n").split("\t")
                self.kinds[relation] = kind
                self.columns.setdefault(relation, []).append((name, type_, moves == "t"))

    def rows(self, relation):
        with open(f"{self.directory}/{relation}.tsv", encoding="utf-8", newline="\n") as file:
            return sorted(line.rstrip("\n") for line in file)

    def turkish(self):
        """The name of a section with a letter that only Turkish has."""
        names = (row.split("\t")[0] for row in self.rows("esn_section_overview"))
        return next(name for name in names if re.search("[ığİşŞ]", name))

    def wrong(self, relation, names, rows, parses_json=False):
        """How what a client read differs from what is there."""
        columns = self.columns[relation]
        if names != [name for name, _, _ in columns]:
            return f"{relation} has the columns {names}"

        def line(row):
            return "\t".join("\\N" if moves else written(value, type_, parses_json)
                             for value, (_, type_, moves) in zip(row, columns))

        got, wanted = sorted(map(line, rows)), self.rows(relation)
        if got == wanted:
            return ""
        difference = next(((g, w) for g, w in zip(got, wanted) if g != w), ("", ""))
        return (f"{relation}: {len(got)} rows for {len(wanted)}, the first that differs: "
                f"{difference[0][:200]} for {difference[1][:200]}")


def types(columns, rows, expected):
    """Some of the values that are not of the type that they should be."""
    def fits(value, type_):
        return value is None or (isinstance(value, expected[type_])
                                 and isinstance(value, bool) == (type_ == "boolean"))

    return [f"{name} is {type(value).__name__}" for row in rows
            for value, (name, type_, _) in zip(row, columns) if not fits(value, type_)][:3]


WRITES = (
    "INSERT INTO sdgs (id, name) VALUES (99, 'x')",
    "UPDATE activities SET title = 'x'",
    "DELETE FROM sections",
    "TRUNCATE changes",
    "CREATE TABLE mine (x integer)",
    "INSERT INTO esn_runs (id) VALUES (1)",
)


def written_anyway(execute):
    """The statements that are not denied."""
    return [text for text in (not_denied(execute, statement) for statement in WRITES) if text]


def not_denied(execute, statement):
    """Nothing if the role lacks the privilege for the statement, or the view is read-only."""
    try:
        execute(statement)
        return statement
    except pyodbc.Error as error:
        return "" if error.args[0] in ("42501", "55000") else str(error)
    except psycopg.Error as error:
        return "" if error.sqlstate in ("42501", "55000") else str(error)


def read_odbc(reference, how, connect, settings):
    with connect(settings) as connection:
        cursor = connection.cursor()
        listed = {row.table_name: row.table_type for row in cursor.tables()
                  if row.table_name in reference.kinds}
        tell(f"ODBC ({how}) lists every table and view",
             set(listed.items()) ^ set(reference.kinds.items()))
        wrong = []
        for relation in listed:
            rows = cursor.columns(table=relation, schema="public")
            names = [row.column_name for row in rows]
            if names != [name for name, _, _ in reference.columns[relation]]:
                wrong.append(relation)
        tell(f"ODBC ({how}) lists their columns", wrong)
        wrong, odd, described = [], [], []
        for relation, columns in reference.columns.items():
            cursor.execute(f"SELECT * FROM {relation}")
            description, rows = cursor.description, [tuple(row) for row in cursor.fetchall()]
            wrong += filter(None, [reference.wrong(relation, [d[0] for d in description], rows)])
            odd += [f"{relation}.{text}" for text in types(columns, rows, ODBC)]
            for i, (_, type_, _) in enumerate(columns):
                name, class_, _, size, *_ = description[i]
                lengths = [len(row[i] or "") for row in rows] if class_ is str else []
                if not issubclass(class_, ODBC[type_]) or size < max(lengths, default=0):
                    described.append(f"{relation}.{name} is {class_.__name__}, {size} long")
        tell(f"ODBC ({how}) reads every table and view as it is", "; ".join(wrong))
        tell(f"ODBC ({how}) gives values of the right types", odd)
        tell(f"ODBC ({how}) describes them with room for the longest text", described)
        tell(f"ODBC ({how}) can write nothing", written_anyway(cursor.execute))


def tools_odbc(reference, how, connect, settings):
    """Statements that tools make of a click."""
    with connect(settings) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT * FROM (SELECT * FROM esn_activity_overview) AS q WHERE 1 = 0")
        rows, names = cursor.fetchall(), [d[0] for d in cursor.description]
        tell(f"ODBC ({how}) knows the columns of a query without rows",
             rows or names != [c[0] for c in reference.columns["esn_activity_overview"]])
        cursor.execute('SELECT "country", SUM("activities") AS "a" '
                       'FROM (SELECT * FROM "public"."esn_section_overview") AS "q" '
                       'GROUP BY "country" ORDER BY 1 LIMIT 1000')
        tell(f"ODBC ({how}) sums up over a view", len(cursor.fetchall()) < 2)
        name = reference.turkish()
        cursor.execute("SELECT section FROM esn_section_overview WHERE section = ?", name)
        tell(f"ODBC ({how}) finds the Turkish name {name} that is a parameter",
             {row.section for row in cursor.fetchall()} != {name})


def handed_over(how, one, two, statement):
    """one executes the statement often enough for its driver to prepare it, then again while two
    has the connection to the server that one had."""
    wrong, cursor = "", one.cursor()
    try:
        for _ in range(8):
            rows = cursor.execute(statement, ("IT",)).fetchall()
        two.execute("SELECT 1").fetchall()
        again = cursor.execute(statement, ("IT",)).fetchall()
        wrong = "" if rows and again == rows else f"{again} for {rows}"
    except (pyodbc.Error, psycopg.Error) as error:
        wrong = error
    tell(f"{how} may be given another connection of the server at any time", wrong)


def read_psycopg(reference, how, options):
    with psycopg.connect(**options, autocommit=True) as connection:
        wrong, odd = [], []
        for relation, columns in reference.columns.items():
            cursor = connection.execute(f"SELECT * FROM {relation}")
            rows = cursor.fetchall()
            names = [c.name for c in cursor.description]
            wrong += filter(None, [reference.wrong(relation, names, rows, parses_json=True)])
            odd += [f"{relation}.{text}" for text in types(columns, rows, PSYCOPG)]
        tell(f"psycopg ({how}) reads every table and view as it is", "; ".join(wrong))
        tell(f"psycopg ({how}) gives values of the right types", odd)
        tell(f"psycopg ({how}) can write nothing", written_anyway(connection.execute))
    with psycopg.connect(**options) as connection, connection.cursor(name="rows") as cursor:
        cursor.itersize = 10
        rows = list(cursor.execute("SELECT * FROM esn_activity_overview"))
        tell(f"psycopg ({how}) reads by a cursor of the server",
             len(rows) != len(reference.rows("esn_activity_overview")))


def read_pandas(reference, how, options):
    with psycopg.connect(**options) as connection:
        wrong = []
        for relation, columns in reference.columns.items():
            frame = pandas.read_sql(f"SELECT * FROM {relation}", connection)
            if len(frame) != len(reference.rows(relation)):
                wrong.append(f"{relation} has {len(frame)} rows")
            for name, type_, _ in columns:
                column = frame[name]
                is_full = len(frame) and type_ in PANDAS and not column.isna().any()
                if is_full and str(column.dtype) != PANDAS[type_]:
                    wrong.append(f"{relation}.{name} is {column.dtype}")
        tell(f"pandas ({how}) reads every table and view, numbers as numbers and times as times",
             wrong)
        frame = pandas.read_sql("SELECT * FROM esn_activity_overview", connection,
                                parse_dates=["start_date", "end_date"]).convert_dtypes()
        wanted = {
            "title": "string",
            "start_date": "datetime64[ns]",
            "is_online": "boolean",
            "participants": "Int64",
            "updated_at": "datetime64[ns, UTC]",
        }
        got = {name: str(frame[name].dtype) for name in wanted}
        tell(f"pandas ({how}) has the types of the guide", got != wanted and got)
        position = [c[0] for c in reference.columns["esn_activity_overview"]].index("participants")
        rows = reference.rows("esn_activity_overview")
        participants = [row.split("\t")[position] for row in rows]
        known = [int(text) for text in participants if text != "\\N"]
        column = frame["participants"]
        tell(f"pandas ({how}) has the same sum and the same NULLs",
             (column.sum(), column.isna().sum()) != (sum(known), len(rows) - len(known)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("database")
    parser.add_argument("settings", help="of psqlODBC, as the guide has them")
    parser.add_argument("ports", type=int, nargs=2, help="the server's, PgBouncer's")
    arguments = parser.parse_args()
    reference = Reference(arguments.directory)
    warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")
    statement = "SELECT section FROM esn_section_overview WHERE country_code = "
    for port, how in zip(arguments.ports, ("direct", "PgBouncer")):
        def connect(settings, port=port, autocommit=True):
            return pyodbc.connect(
                "Driver={PostgreSQL Unicode};Server=127.0.0.1;"
                f"Port={port};Database={arguments.database};"
                f"Uid={arguments.user};Pwd={arguments.password};{settings}", autocommit=autocommit)

        options = {
            "host": "127.0.0.1",
            "port": port,
            "dbname": arguments.database,
            "user": arguments.user,
            "password": arguments.password,
        }
        if how == "PgBouncer":
            options["prepare_threshold"] = None
        settings = arguments.settings
        read_odbc(reference, how, connect, settings)
        read_odbc(reference, f"{how}, by cursor", connect,
                  settings + ";UseDeclareFetch=1;Fetch=50")
        tools_odbc(reference, how, connect, settings)
        read_psycopg(reference, how, options)
        read_pandas(reference, how, options)
        with connect(settings) as one, connect(settings, autocommit=False) as two:
            handed_over(f"ODBC ({how})", one, two, f"{statement}?")
        with psycopg.connect(**options, autocommit=True) as one, psycopg.connect(**options) as two:
            handed_over(f"psycopg ({how})", one, two, f"{statement}%s")


if __name__ == "__main__":
    main()

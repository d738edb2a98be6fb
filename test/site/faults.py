"""What can be wrong on the sites, and what a run must record of it."""
import ctypes
import re

# Of an activity's page as a whole: the status and the words that failed_scrapes must have, and
# whether the page will be retried. None: the page is stored all the same.
PAGE_FAULTS = {
    "missing": (404, "404", False),
    "gone": (410, "410", False),
    "error-500": (500, "500", True),
    "foreign-redirect": (302, "not one of the configured sites", True),
    "redirect-loop": (302, "loop", True),
    "error-page": (200, "has no activity", True),
    "empty-page": (200, "empty", True),
    "maintenance": (200, "has no activity", True),
    "too-large": (200, "larger than", True),
    "reset": (None, "", True),
    "cut-short": (None, "broke off", True),
    "hangs": (None, "timed out", True),
    "moved": None,
    "later-429": None,
    "later-503": None,
    "resets-once": None,
    "slow": None,
}
# These take long, and are therefore rare.
LONG = {1: "later-429", 2: "later-503", 8: "hangs"}
QUICK = [fault for fault in PAGE_FAULTS if fault not in LONG.values()]


def return_html(body):
    return f'default_type text/html; return 200 "{body}";'


# How nginx or the misbehaving server plays them. {uri} is the page's path, {misbehave} that server.
FAULT_RULES = {
    "missing": "return 404;",
    "gone": "return 410;",
    "error-500": "return 500;",
    "foreign-redirect": "return 302 http://127.0.0.1:1/;",
    "redirect-loop": "return 302 $scheme://$http_host$request_uri;",
    "error-page": return_html("<html><body><h1>Error</h1><p>The website encountered an unexpected "
                              "error.</p></body></html>"),
    "empty-page": return_html(""),
    "maintenance": return_html("<html><body><h1 class=page-header>Site under maintenance</h1>"
                               "</body></html>"),
    "reset": "return 444;",
    "too-large": "try_files /too-large.html =404;",
    "moved": "return 301 $scheme://$http_host{uri}-moved;",
    "cut-short": "proxy_pass {misbehave}/cut-short{uri};",
    "hangs": "proxy_pass {misbehave}/hangs{uri};",
    "later-429": "proxy_pass {misbehave}/later-429{uri};",
    "later-503": "proxy_pass {misbehave}/later-503{uri};",
    "resets-once": "proxy_pass {misbehave}/resets-once{uri};",
    "slow": "proxy_pass {misbehave}/slow{uri};",
}

# The same for those that are played before nginx (wrong_answers.py), if the site has such a front.
# What is not named here is stored all the same.
TIMED_OUT = (None, "timed out", True)
BROKE_OFF = (None, "broke off", True)
CLOSED = (None, "closed before the answer was whole", True)
NO_HTTP = (None, "not valid HTTP", True)
NOT_COMPRESSED = (None, "compression is invalid", True)
TOO_MANY_HEADERS = (200, "the headers are larger than 262144 bytes, or too many", True)
TOO_LARGE = (200, "the page is larger than 1048576 bytes", True)
ELSEWHERE = (302, "not one of the configured sites", True)
NO_ACTIVITY = (200, "has no activity", True)
TOO_DEEP = (200, "nested more than 256 deep", True)
FRONT_FAULTS = {
    "hangs-in-the-head": TIMED_OUT,
    "hangs-in-the-body": TIMED_OUT,
    "drips": TIMED_OUT,
    "reset-before-the-answer": CLOSED,
    "reset-in-the-body": CLOSED,
    "length-too-short": NO_ACTIVITY,
    "length-nonsense": NO_HTTP,
    "length-negative": NO_HTTP,
    "chunks-cut-short": BROKE_OFF,
    "chunk-cut-short": BROKE_OFF,
    "chunk-size-nonsense": CLOSED,
    "chunk-size-beyond-numbers": CLOSED,
    "chunk-without-its-end": CLOSED,
    "large-200-mb": TOO_LARGE,
    "large-without-a-length": TOO_LARGE,
    "gzip-bomb": TOO_LARGE,
    "gzip-bomb-in-gzip": TOO_LARGE,
    "gzip-cut-short": NO_ACTIVITY,
    "gzip-spoiled": NOT_COMPRESSED,
    "gzip-that-is-none": NOT_COMPRESSED,
    "gzip-with-more-after-it": (None, "continues after the end of its compressed data", True),
    "encoding-unknown": NOT_COMPRESSED,
    "headers-without-end": TOO_MANY_HEADERS,
    "header-of-a-megabyte": (None, "a header is longer than 100 kB", True),
    "header-with-a-nul": NO_HTTP,
    "header-without-a-colon": NO_HTTP,
    "interim-answers-without-end": (102, *TOO_MANY_HEADERS[1:]),
    "status-nonsense": NO_HTTP,
    "status-999": (999, "the site answered 999", True),
    "no-http": NO_HTTP,
    "part-nobody-asked-for": (206, "the site answered 206", True),
    "not-modified-unasked": (304, "304 to a request without a condition", True),
    "not-found": (404, "the site answered 404", False),
    "no-content": (204, "the site answered 204", True),
    "redirect-to-another-port": ELSEWHERE,
    "redirect-to-postgresql": (301, *ELSEWHERE[1:]),
    "redirect-to-another-host": (307, *ELSEWHERE[1:]),
    "redirect-without-scheme": (308, *ELSEWHERE[1:]),
    "redirect-with-a-false-user": ELSEWHERE,
    "redirect-with-backslashes": ELSEWHERE,
    "redirect-to-a-file": ELSEWHERE,
    "redirect-to-gopher": ELSEWHERE,
    "redirect-to-script": ELSEWHERE,
    "redirect-in-a-chain": (302, "loop", True),
    "redirect-to-a-list": (200, "which is another page", True),
    "redirect-to-what-is-not-there": (404, "which is another page", True),
    "redirect-to-nowhere": (302, "without an address", True),
    "nested-100000-deep": TOO_DEEP,
    "nested-and-never-closed": TOO_DEEP,
    "nested-deep-in-the-middle": TOO_DEEP,
    "attributes-30000": (200, "the page's tags have too many attributes", True),
    "comment-without-end": NO_ACTIVITY,
    "utf16-without-a-mark-called-utf8": NO_ACTIVITY,
    "utf8-called-utf16": NO_ACTIVITY,
    "no-html": NO_ACTIVITY,
    **{f"refused-with-{status}": (status, f"the site answered {status}", True)
       for status in (400, 401, 403, 405, 451)},
    "refused-in-a-theme-that-names-cloudflare": (403, "the site answered 403", True),
    "redirect-to-itself-with-a-cookie": (302, "loop", True),
    "redirect-to-maintenance": ELSEWHERE,
}

# What can be wrong with one field: its name and what validation_errors must say.
FIELD_FAULTS = {
    "no-title": ("title", "missing"),
    "long-title": ("title", "longer than 255 characters"),
    "no-description": ("description", "missing"),
    "no-date": ("start_date", "missing"),
    "no-such-date": ("start_date", "no such date"),
    "not-a-date": ("start_date", "not a date"),
    "end-before-start": ("end_date", "before start_date"),
    "negative-participants": ("participants", "not a count"),
    "about-forty": ("participants", "not a count"),
    "sdg-18": ("sdgs", "not an SDG between 1 and 17"),
    "mail-as-registration": ("registration_url", "not a web address"),
    "long-cause": ("causes", "longer than 100 characters"),
    "long-type": ("activity_type", "longer than 100 characters"),
    "long-city": ("city", "longer than 100 characters"),
}

# What else can be odd within a page of an activity, or in its address: the field and the words, or
# None if it is stored as it is.
ODD_FAULTS = {
    "slug with quotes": ("card_title", "no link to an activity"),
    "slug with double quotes": ("card_title", "no link to an activity"),
    "slug of two encoded dots": ("card_title", "no link to an activity"),
    "slug of 500 characters": ("card_title", "no link to an activity"),
    "slug with an encoded slash": ("card_title", "no link to an activity"),
    "slug that is SQL": ("card_title", "no link to an activity"),
    "slug with an encoded NUL": ("card_title", "no link to an activity"),
    "slug that is not ASCII": None,
    "organisers 10000": None,
    "organiser with quotes": ("organisers", "not an address with a slug that can be kept"),
    "participants 1e400": ("participants", "not a count"),
    "participants beyond numbers": ("participants", "not a count"),
    "title of 100 kB": ("title", "longer than 255 characters"),
    "description of 500 kB": None,
    "date in the year 99999": ("start_date", "not a date"),
}
SLUGS = {
    "slug with quotes": "it's-{}",
    "slug with double quotes": 'the-"best"-{}',
    "slug of two encoded dots": "%2e%2e",
    "slug of 500 characters": "x" * 500 + "-{}",
    "slug with an encoded slash": "..%2f..%2fetc-{}",
    "slug that is SQL": "x');DROP TABLE activities;---{}",
    "slug with an encoded NUL": "a%00b-{}",
    "slug that is not ASCII": "fête-über-Łódź-{}",
}

def counts(values, key="total_activities"):
    return f'"{key}": {{"values": {values}}}'


def physical(count, label="Physical"):
    return counts(f'[["{label}", {count}], ["Online", 4]]')


def no_count(text):
    return "not a count", f"Physical: {text}"


# Of a section's statistics: the lists as JSON; physical and online activities, or None if it is not
# valid JSON; and the words for the field.
STATISTICS_FAULTS = {
    "JSON with a key twice": (counts('[["Physical", 9]]') + ", " + physical(3), (3, 4), None),
    "JSON with a label twice": (
        counts('[["Physical", 3], ["Physical", 9], ["Online", 4]]'), (3, 4), None),
    "JSON with 1e400": (physical("1e400"), (None, 4), no_count("1" + "0" * 400)),
    "JSON with 1e999999": (physical("1e999999"), None, None),
    "JSON with -3": (physical(-3), (None, 4), no_count(-3)),
    "JSON with 2.5": (physical(2.5), (None, 4), no_count(2.5)),
    "JSON with 3.0": (physical("3.0"), (3, 4), None),
    "JSON with 2147483648": (physical(2147483648), (None, 4), no_count(2147483648)),
    "JSON 100000 deep": (counts("[" * 100000 + "]" * 100000), None, None),
    "JSON with a NUL": (physical(3, "Physical\\u0000"), None, None),
    "JSON with half a character": (physical(3, "Physical\\ud83d"), None, None),
    "JSON with a label of a megabyte": (
        physical(3) + ", " + counts(f'[["{"c" * 900000}", 1]]', "total_causes"), (3, 4), None),
    "JSON with an object for a list": (counts('{"Physical": 3}'), None, None),
    "JSON with numbers by label": ('"total_activities": {"Physical": 3, "Online": 4}', None, None),
    "JSON with unknown lists": (counts('[["Physical", 3]]', "activities"), None, None),
    "JSON cut short": ('"total_activities": {"values": [["Physical", ', None, None),
}


# Statistics that count what the section's list does not show.
LIE = "statistics that count other than the list"


def libcurl():
    """The version of libcurl here."""
    library = ctypes.CDLL("libcurl.so.4")
    library.curl_version.restype = ctypes.c_char_p
    version = re.search(rb"/([0-9.]+)", library.curl_version())[1]
    return tuple(int(part) for part in version.split(b"."))


def said_of(fault):
    """What a run must record of a fault of a page: see PAGE_FAULTS."""
    if fault == "header-of-a-megabyte" and libcurl() >= (8, 6):
        return TOO_MANY_HEADERS
    return {**PAGE_FAULTS, **FRONT_FAULTS}.get(fault)

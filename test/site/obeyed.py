#!/usr/bin/env python3
"""Whether the requests in a site's access log kept the promises: prints each violation, and nothing
if there is none."""

import argparse
import re
from collections import Counter, namedtuple
from math import inf

Request = namedtuple("Request", "start end port method uri status")

# In this order: the first that fits.
KINDS = [
    ("robots", r"/robots\.txt"),
    ("home", r"/"),
    ("country", r"/country/"),
    ("section", r"/section/"),
    ("listing", r"/organisation/[^/]+/activities(\?|$)"),
    ("statistics", r"/organisation/[^/]+/statistics(\?|$)"),
    ("feed", r"/activities(\?|$)"),
    ("activity", r"/activity/"),
]


def read(log):
    requests = []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            msec, took, host, method, uri, status = line.split()[-6:]
            start, port = float(msec) - float(took), host.rsplit(":", 1)[1]
            requests.append(Request(start, float(msec), port, method, uri, status))
    return sorted(requests)


def kind(request):
    if request.method == "HEAD":
        return "slug_lookup"
    for name, pattern in KINDS:
        if re.fullmatch(pattern, request.uri) if pattern == "/" else re.match(pattern, request.uri):
            return name
    return "other"


def too_close(requests, delay, lateness):
    """The server may see a request late, and then the next one seems to follow too soon. So each
    request counts as sent as early as it can have been (the generic cell rate algorithm), and
    short gaps must be few."""
    sent, before, short = {}, {}, Counter()
    for r in requests:
        sent[r.port] = max(r.start - lateness, sent.get(r.port, -inf) + delay)
        last = before.get(r.port)
        if last:
            gap = r.start - last.start
            short[r.port] += gap < delay - 0.005
            if sent[r.port] > r.start:
                yield (f"{gap:.3f} s after {last.method} {last.uri}: {r.method} {r.uri} on "
                       f"{r.port}, {sent[r.port] - r.start:.3f} s too early")
        before[r.port] = r
    counts = Counter(r.port for r in requests)
    yield from (f"{n} of {counts[port]} requests on {port} follow too soon"
                for port, n in short.items() if n > counts[port] / 3)


def too_many(requests, parallel):
    going = []
    for r in requests:
        going = [end for end in going if end > r.start] + [r.end]
        if len(going) > parallel:
            yield f"{len(going)} open at once: {r.method} {r.uri} on {r.port}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("log")
    add("--delay", type=float, default=0, help="least milliseconds between two starts on one port")
    add("--lateness", type=int, default=5,
        help="most milliseconds by which the server sees a request late")
    add("--parallel", type=int, help="most requests that may be open at once, on all ports")
    add("--forbidden", help="regular expression of what is disallowed")
    add("--summary", action="store_true",
        help="print how many requests of each kind, and with which status")
    options = parser.parse_args()

    requests = read(options.log)
    violations = list(too_close(requests, options.delay / 1000, options.lateness / 1000))
    if options.parallel:
        violations += too_many(requests, options.parallel)
    if options.forbidden:
        violations += [f"forbidden: {r.method} {r.uri}" for r in requests
                       if re.search(options.forbidden, r.uri)]
    for violation in violations:
        print(violation)
    if options.summary:
        counts = Counter((kind(r), r.status) for r in requests)
        for (name, status), count in sorted(counts.items()):
            print(name, status, count)


if __name__ == "__main__":
    main()

"""Requests to the web gateway that curl does not make: all pages of a list, and clients that are
slow, or send too much or nonsense. Prints for each check true or false, what was checked, and what
was wrong with it, separated by tabs.

    web.py <port> routes        every route of openapi.json is answered
    web.py <port> pages <path>  prints a field of all items, from page to page
    web.py <port> bad           wrong requests are refused, and nothing is kept open for long
    web.py <port> events <n> <key>
                                so many streams of events are possible, and hear of a run
    web.py <port> share <n>     so many streams of an address are possible, but more of others
    web.py <port> slow          a stream that is not read ends, where one is possible
    web.py <port> crowd <n>     so many connections at once are all answered
    web.py <port> fuzz <n>      so many damaged requests are answered by HTTP, or not at all
"""

import concurrent.futures
import gzip
import http.client
import json
import random
import selectors
import socket
import sys
import time

PORT = int(sys.argv[1])
PATIENCE = 120  # seconds; a machine under load is slow


def check(passed, what, wrong=""):
    print("true" if passed else "false", what, repr(wrong)[:400], sep="\t", flush=True)


def get(path, headers=None, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    connection.request(method, path, headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def raw(data, timeout=PATIENCE, parts=None, pause=0.0):
    """Sends bytes, and returns what is answered until the connection is closed."""
    answer = b""
    with socket.create_connection(("127.0.0.1", PORT), timeout=timeout) as connection:
        try:
            connection.sendall(data)
            for part in parts or ():
                time.sleep(pause)
                connection.sendall(part)
        except OSError:
            pass  # it was closed meanwhile
        try:
            while received := connection.recv(65536):
                answer += received
        except ConnectionResetError:
            pass
    return answer


def routes():
    description = json.loads(get("/api/v1/openapi.json")[1])
    section = json.loads(get("/api/v1/sections?limit=1")[1])["items"][0]
    activity = json.loads(get("/api/v1/activities?limit=1")[1])["items"][0]
    given = {"country": section["country_code"], "section": section["slug"],
             "activity": activity["slug"], "run": 1}
    for path, operations in description["paths"].items():
        if "get" not in operations:
            continue
        address = path.format(**given)
        if "text/event-stream" in operations["get"]["responses"]["200"]["content"]:
            continue  # see events()
        response, body = get(address)
        check(response.status == 200 and body, f"{path} is answered", (response.status, body))
        packed, packed_body = get(address, {"Accept-Encoding": "gzip"})
        if packed.headers["Content-Encoding"] == "gzip":
            packed_body = gzip.decompress(packed_body)
        check(packed_body == body, f"{path} is the same as gzip", packed_body)
        again, nothing = get(address, {"If-None-Match": response.headers["ETag"]})
        check((again.status, nothing) == (304, b""), f"{path} is known to who has it",
              again.status)
        head, nothing = get(address, method="HEAD")
        check((head.status, nothing, head.headers["Content-Length"])
              == (200, b"", str(len(body))), f"{path} has a head", head.headers.items())
    for path, problem in description["paths"].items():
        if "get" in problem and "{" not in path:
            response, body = get(path + "?nonsense=1")
            problem = json.loads(body)
            check((response.status, problem["parameter"], response.headers["Content-Type"])
                  == (400, "nonsense", "application/problem+json"),
                  f"{path} names a wrong parameter", body)


def pages(path):
    while path:
        response, body = get(path)
        for item in json.loads(body)["items"]:
            print(item["slug"])
        following = [link for link in response.headers["Link"].split(", ") if '"next"' in link]
        path = following[0].split(">")[0].lstrip("<") if following else None


def status(answer):
    return answer.split(b"\r\n")[0][9:12].decode("latin-1")


def bad():
    end = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    post = b"POST /api/v1/trigger/scraper HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    for what, data, wanted in (
            ("an unknown method", b"BREW /api/v1/sections" + end, ["501"]),
            ("an address without a slash", b"GET api/v1/sections" + end, ["400"]),
            ("another site's address", b"GET http://example.org/" + end, ["400"]),
            ("bytes that are no ASCII", b"GET /api/v1/s\xc3\xb6" + end, ["400"]),
            ("a NUL in an address", b"GET /api/v1/sections%00" + end, ["404"]),
            ("a path upwards", b"GET /api/v1/../../etc/passwd" + end, ["404"]),
            ("an encoded path upwards", b"GET /api/v1/sections/..%2f..%2fetc" + end, ["404"]),
            ("a long address", b"GET /" + b"a" * 20000 + end, ["414", "431", "400"]),
            ("a long header", b"GET / HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
             ["431", "400"]),
            ("many headers", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
             ["431", "400"]),
            ("a body of 100 MB", post + b"Content-Length: 104857600\r\n\r\n" + b"x" * 300000,
             ["413"]),
            ("a body without a length", post + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
             ["411"]),
            ("a length below nothing", post + b"Content-Length: -1\r\n\r\n", ["400", ""]),
            ("two keys", b"GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
             b"X-API-Key: y\r\nConnection: close\r\n\r\n", ["401"]),
            ("a body that is not UTF-8", post + b"Authorization: Bearer x\r\n"
             b"Content-Length: 2\r\n\r\n\xcb\xff", ["400"]),
            ("a key that is not UTF-8", post + b"Authorization: Bearer \xcb\xff\r\n"
             b"Content-Length: 2\r\n\r\n{}", ["400"]),
            ("a body with a NUL", post + b"Content-Length: 3\r\n\r\n{}\0", ["400"]),
            ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
             ["", "400"])):
        answer = raw(data)
        check(status(answer) in wanted, f"{what} is refused", answer[:200])
    for what, start, parts in (
            ("half a request", b"GET /api/v1/sections HTTP/1.1\r\nHost: x\r\n", None),
            ("a request byte by byte", b"GET /api/v1/sections HTTP/1.1\r\nX: ", [b"a"] * 300),
            ("a body byte by byte", post + b"Content-Length: 1000\r\n\r\n", [b" "] * 300),
            ("silence", b"", None)):
        began = time.monotonic()
        raw(start, parts=parts, pause=0.2)
        took = time.monotonic() - began
        check(took < PATIENCE / 2, f"{what} is not waited for", took)
    check(get("/api/v1/sections")[0].status == 200, "then all is as before")


def crowd(count):
    watch = selectors.DefaultSelector()
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE)
        watch.register(connection, selectors.EVENT_READ)
        connections.append(connection)
    for connection in connections:
        connection.sendall(b"GET /api/v1/countries HTTP/1.1\r\nHost: x\r\n\r\n")
    answered = set()
    good = 0
    deadline = time.monotonic() + PATIENCE
    while len(answered) < count and time.monotonic() < deadline:
        for key, _ in watch.select(1):
            answer = key.fileobj.recv(65536)
            if key.fileobj not in answered:
                good += answer.startswith(b"HTTP/1.1 200")
            answered.add(key.fileobj)
            if not answer:
                watch.unregister(key.fileobj)
    for connection in connections:
        connection.close()
    check(good == count, f"{count} connections at once are answered", (good, len(answered)))


class Stream:
    """A stream of events, which is read until there is what one waits for."""

    def __init__(self, headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
        self.connection.request("GET", "/api/v1/events", headers=headers or {})
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.text = ""

    def until(self, is_there):
        deadline = time.monotonic() + PATIENCE
        while not is_there(self.text):
            line = self.response.readline()
            if not line or time.monotonic() > deadline:
                return False
            self.text += line.decode()
        return True

    def hears(self, run, state):
        return self.until(lambda text: any(
            (event["id"], event["status"]) == (run, state)
            for event in map(json.loads, (line[6:] for line in text.split("\n")[:-1]
                                          if line.startswith("data: ")))))

    def is_refused(self, status, reason):
        headers = self.response.headers
        return ((self.status, headers["Content-Type"]) == (status, "application/problem+json")
                and int(headers["Retry-After"]) > 0
                and reason in json.loads(self.response.read())["detail"])

    def close(self):
        self.response.close()
        self.connection.close()


def one_is_possible(headers=None):
    """Waits until a stream can be opened: those whose clients have gone are noticed in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        stream = Stream(headers)
        stream.close()
        if stream.status == 200:
            return True
        time.sleep(0.2)
    return False


def events(count, key):
    streams = [Stream() for _ in range(count)]
    check(all(stream.status == 200 for stream in streams), f"{count} streams are possible",
          [stream.status for stream in streams])
    kind = streams[0].response.headers
    check((kind["Content-Type"], kind["ETag"]) == ("text/event-stream", None),
          "a stream has its type", kind.items())
    more = Stream()
    check(more.is_refused(503, "too many streams"), "one more is refused", more.status)
    more.close()
    check(all(get("/api/v1/countries")[0].status == 200 for _ in range(50)),
          "others are answered meanwhile")
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    connection.request("POST", "/api/v1/trigger/scraper", "{}", {"X-API-Key": key})
    run = json.loads(connection.getresponse().read())["id"]
    for state in ("running", "completed"):
        check(all(stream.hears(run, state) for stream in streams), f"each hears that it is {state}",
              streams[0].text[-300:])
    check("error_message" not in streams[0].text and "requested_by" not in streams[0].text,
          "but nothing that needs a key", streams[0].text)
    check(streams[0].until(lambda text: ": here\n" in text), "without events there are comments")
    for stream in streams:
        stream.close()
    check(one_is_possible(), "who leaves makes room")
    check(raw(b"HEAD /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
          .startswith(b"HTTP/1.1 200"), "it has a head")


def share(count):
    def of(address):
        return Stream({"X-Forwarded-For": address})

    for kind, address, same, other in (
            ("IPv4", "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("IPv6", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")):
        streams = [of(address) for _ in range(count)]
        check(all(stream.status == 200 for stream in streams),
              f"{count} streams of an address of {kind} are possible",
              [stream.status for stream in streams])
        more = [of(address), of(same)]
        check(all(stream.is_refused(429, "of your address") for stream in more),
              "one more is refused, however the address is written",
              [stream.status for stream in more])
        another = of(other)
        check(another.status == 200, "others get theirs", another.status)
        for stream in streams + more + [another]:
            stream.close()
        check(one_is_possible({"X-Forwarded-For": address}), "who leaves makes room")


def slow():
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    silent.connect(("127.0.0.1", PORT))
    silent.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
    check(silent.recv(12) == b"HTTP/1.1 200", "a stream begins")
    print("flood", flush=True)
    check(one_is_possible(), "one that is not read ends")
    silent.close()


def damaged(chance, request):
    """The request after a few random changes: bytes, cuts, repetitions, pieces of others."""
    pieces = [b"\r\n", b"\0", b"%", b"%00", b"%2f", b"..", b"//", b"?", b"&", b"=", b"'", b";",
              b"\xff", b"\xc3\xb6", b": ", b"HTTP/9.9", b"Content-Length: 5\r\n", b"x" * 3000,
              b"Transfer-Encoding: chunked\r\n", b"Authorization: Bearer \xe9\r\n", b"{", b"*"]
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(request) + 1)
        to = min(len(request), at + chance.randrange(8))
        request = chance.choice((
            request[:at] + chance.choice(pieces) + request[to:],
            request[:at] + bytes([chance.randrange(256)]) + request[to:],
            request[:at] + request[to:],
            request[:at] + request[at:to] * chance.randrange(1, 40) + request[to:],
            request[:at] + request if at < 200 else request[:at]))
    return request


def fuzz(count):
    chance = random.Random(23)
    end = b" HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
    starts = [
        b"GET /api/v1/activities?cause=Culture&sort=-participants&limit=5" + end + b"\r\n",
        b"GET /api/v1/sections.csv?country=TR" + end + b"If-None-Match: W/\"x\"\r\n\r\n",
        b"HEAD /sections/1?lang=tr&year=2025" + end + b"X-Forwarded-For: 192.0.2.1\r\n\r\n",
        b"OPTIONS /api/v1/runs" + end + b"\r\n",
        b"POST /api/v1/trigger/scraper" + end + b"Authorization: Bearer esn_x\r\n"
        b'Content-Length: 14\r\n\r\n{"full": true}']
    requests = [damaged(chance, chance.choice(starts)) for _ in range(count)]

    def answer_to(request):
        with socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE) as connection:
            answer = b""
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while received := connection.recv(65536):
                    answer += received
            except OSError:
                pass
        return answer

    wrong = []
    # Half a request is waited for, as any other.
    with concurrent.futures.ThreadPoolExecutor(200) as clients:
        answers = list(clients.map(answer_to, requests))
    for request, answer in zip(requests, answers):
        if answer and not (answer.startswith(b"HTTP/1.") and status(answer)[:1] in "234"
                           or status(answer) in ("501", "505")):
            wrong.append((request[:100], answer[:100]))
    check(not wrong, f"{count} damaged requests are answered, or not at all", wrong[:3])
    check(get("/api/v1/sections")[0].status == 200, "then all is as before")


if sys.argv[2] == "routes":
    routes()
elif sys.argv[2] == "pages":
    pages(sys.argv[3])
elif sys.argv[2] == "bad":
    bad()
elif sys.argv[2] == "events":
    events(int(sys.argv[3]), sys.argv[4])
elif sys.argv[2] == "share":
    share(int(sys.argv[3]))
elif sys.argv[2] == "slow":
    slow()
elif sys.argv[2] == "fuzz":
    fuzz(int(sys.argv[3]))
else:
    crowd(int(sys.argv[3]))

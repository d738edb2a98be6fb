"""Wrong answers: functions that get the handler of a request and a page's bytes, and write what
goes over the wire. Nothing shows that those in SILENT are wrong, whatever the page."""

import email.utils
import functools
import gzip
import select
import socket
import struct
import time

HTML = "Content-Type: text/html; charset=utf-8"
ANSWERS = {}
SILENT = set()
# The site asks to be left alone: it ends a run.
STOPS = set()


def answer(function, also=None):
    name = function.__name__.replace("_", "-")
    ANSWERS[name] = function
    if also is not None:
        also.add(name)
    return function


silent = functools.partial(answer, also=SILENT)
stops = functools.partial(answer, also=STOPS)


def send(handler, *parts):
    """Lines of a head end with one that is empty; then the connection is closed."""
    for part in parts:
        handler.wfile.write(part if isinstance(part, bytes) else (part + "\r\n").encode("latin-1"))
    handler.close_connection = True


def head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, ""])


def whole(handler, body, *lines, status="200 OK", length=None):
    length = f"Content-Length: {len(body) if length is None else length}"
    send(handler, head(*(lines or (HTML,)), length, status=status), body)


def wait_until_left(handler):
    """Says nothing more for as long as somebody listens."""
    select.select([handler.connection], [], [], 60)
    handler.close_connection = True


def reset(handler):
    """The connection ends with RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def place(body):
    """Where what a page is about begins."""
    return max(body.find(b"<article"), 0)


def endless(handler, data):
    for _ in range(400):
        handler.wfile.write(data)
    handler.close_connection = True


# --- time-outs and resets


@answer
def hangs_in_the_head(handler, body):
    send(handler, "HTTP/1.1 200 OK", HTML)
    wait_until_left(handler)


@answer
def hangs_in_the_body(handler, body):
    send(handler, head(HTML, f"Content-Length: {len(body)}"), body[:len(body) // 2])
    wait_until_left(handler)


@answer
def drips(handler, body):
    send(handler, head(HTML, f"Content-Length: {len(body)}"))
    for i in range(1200):
        handler.wfile.write(body[i:i + 1])
        time.sleep(0.05)


@answer
def reset_before_the_answer(handler, body):
    reset(handler)


@answer
def reset_in_the_body(handler, body):
    send(handler, head(HTML, f"Content-Length: {len(body)}"), body[:len(body) // 2])
    reset(handler)


# --- lengths and chunks


@silent
def length_too_short(handler, body):
    """The length that is said ends within the page, before what it is about."""
    whole(handler, body, length=place(body) + 9)


@answer
def length_nonsense(handler, body):
    whole(handler, body, length="many")


@answer
def length_negative(handler, body):
    whole(handler, body, length=-5)


@answer
def length_twice(handler, body):
    whole(handler, body, HTML, "Content-Length: 3")


@answer
def length_beyond_numbers(handler, body):
    whole(handler, body, length=10**30)


def chunked(handler, *parts):
    send(handler, head(HTML, "Transfer-Encoding: chunked"), *parts)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


@answer
def chunks_cut_short(handler, body):
    chunked(handler, chunk(body[:400]), chunk(body[400:800]))


@answer
def chunk_cut_short(handler, body):
    chunked(handler, b"%x\r\n%s" % (len(body), body[:400]))


@answer
def chunk_size_nonsense(handler, body):
    chunked(handler, chunk(body[:400]), b"zebra\r\n" + body[400:])


@answer
def chunk_size_beyond_numbers(handler, body):
    chunked(handler, b"f" * 40 + b"\r\n" + body)


@answer
def chunk_without_its_end(handler, body):
    chunked(handler, b"10\r\n" + body + b"\r\n0\r\n\r\n")


@answer
def large_200_mb(handler, body):
    send(handler, head(HTML, f"Content-Length: {200 << 20}"))
    endless(handler, body + b"x" * (512 << 10))


@answer
def large_without_a_length(handler, body):
    send(handler, head(HTML))
    endless(handler, body + b"x" * (512 << 10))


# --- compression

# Much larger than a page may be, but quickly compressed, so that the answer begins at once.
BOMB = b"x" * (16 << 20)


def packed(handler, data, encoding="gzip"):
    whole(handler, data, HTML, f"Content-Encoding: {encoding}")


@answer
def gzip_bomb(handler, body):
    packed(handler, gzip.compress(body + BOMB, 1))


@answer
def gzip_bomb_in_gzip(handler, body):
    packed(handler, gzip.compress(gzip.compress(body + BOMB, 1)), "gzip, gzip")


@silent
def gzip_cut_short(handler, body):
    packed(handler, gzip.compress(body)[:400])


@answer
def gzip_spoiled(handler, body):
    data = bytearray(gzip.compress(body))
    data[200:260] = b"\xff" * 60
    packed(handler, bytes(data))


@answer
def not_modified_unasked(handler, body):
    if "If-None-Match" in handler.headers or "If-Modified-Since" in handler.headers:
        whole(handler, body)
    else:
        send(handler, head('ETag: "not asked for"', status="304 Not Modified"))


@answer
def gzip_of_two_members(handler, body):
    """Where gzip is asked for."""
    if "gzip" in handler.headers["Accept-Encoding"]:
        packed(handler, gzip.compress(body[:500]) + gzip.compress(body[500:]))
    else:
        whole(handler, body)


@answer
def gzip_with_more_after_it(handler, body):
    packed(handler, gzip.compress(body) + bytes(20))


@answer
def gzip_that_is_none(handler, body):
    packed(handler, body)


@answer
def encoding_unknown(handler, body):
    packed(handler, body, "zebra")


# --- heads


@answer
def headers_without_end(handler, body):
    send(handler, "HTTP/1.1 200 OK", HTML)
    endless(handler, b"X-Again: and again\r\n" * 1000)


@answer
def header_of_a_megabyte(handler, body):
    whole(handler, body, HTML, "X-Long: " + "x" * (1 << 20))


@answer
def interim_answers_without_end(handler, body):
    endless(handler, b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


@answer
def status_nonsense(handler, body):
    send(handler, "HTTP/1.1 fine", HTML, "", body)


@answer
def status_999(handler, body):
    whole(handler, body, status="999 Denied")


@answer
def no_http(handler, body):
    send(handler, b"220 mail.example ESMTP\r\n")


@answer
def part_nobody_asked_for(handler, body):
    part = f"Content-Range: bytes 0-399/{len(body)}"
    whole(handler, body[:400], HTML, part, status="206 Partial Content")


@silent
def not_found(handler, body):
    whole(handler, b"not here", status="404 Not Found")


@answer
def no_content(handler, body):
    send(handler, head(status="204 No Content"))


@answer
def headers_that_are_no_text(handler, body):
    """Stored right: it is the page that counts."""
    whole(handler, body, HTML, "ETag: \"\xe9\x01\"", "Last-Modified: \xff soon", "X-Bell: \x07")


@answer
def header_without_a_colon(handler, body):
    whole(handler, body, HTML, "no colon here")


@answer
def header_with_a_nul(handler, body):
    whole(handler, body, HTML, "X-Nul: a\0b")


# --- redirects. Nothing may be asked of the trap, a server of this program that notes who comes.


def leads(handler, where, status="302 Found"):
    whole(handler, b"", f"Location: {where}", status=status)


def redirect(where, status):
    def function(handler, body):
        leads(handler, where.format(trap=f"127.0.0.1:{handler.trap}", port=handler.trap,
                                    host=handler.headers["Host"], path=handler.path), status)
    return function


for _name, _where, _status in (
    ("to-another-port", "http://{trap}/", "302 Found"),
    ("to-postgresql", "http://127.0.0.1:5432/", "301 Moved Permanently"),
    ("to-another-host", "http://localhost:{port}{path}", "307 Temporary Redirect"),
    ("without-scheme", "//{trap}/", "308 Permanent Redirect"),
    # What is before the @ is not a host.
    ("with-a-false-user", "http://{host}@{trap}/", "302 Found"),
    ("with-backslashes", "http://{host}\\@{trap}/", "302 Found"),
    ("to-a-file", "file:///etc/passwd", "302 Found"),
    ("to-gopher", "gopher://{trap}/_x", "302 Found"),
    ("to-script", "javascript:alert(1)", "302 Found"),
):
    ANSWERS[f"redirect-{_name}"] = redirect(_where, _status)


@answer
def redirect_in_a_chain(handler, body):
    """Each step leads one further, without end."""
    path, _, step = handler.path.partition("?step=")
    leads(handler, f"{path}?step={int(step or 0) + 1}")


@answer
def redirect_to_a_list(handler, body):
    leads(handler, "/activities")


@answer
def redirect_to_what_is_not_there(handler, body):
    leads(handler, "/nowhere")


@answer
def redirect_to_nowhere(handler, body):
    whole(handler, b"", status="302 Found")


# --- 429 and 503, once, with any Retry-After. The site's clock is wrong by three years.


def asks_to_wait(status, retry_after):
    def function(handler, body):
        if not handler.first:
            whole(handler, body)
            return
        now = time.time() - 3 * 365 * 86400
        date = f"Date: {email.utils.formatdate(now, usegmt=True)}"
        waits = [f"Retry-After: {value}" for value in retry_after(int(now))]
        whole(handler, b"later", HTML, date, *waits, status=f"{status} Later")
    return function


def old_date(form):
    return lambda now: [time.strftime(form, time.gmtime(now + 1))]


RETRY_AFTER = {
    "seconds": lambda now: ["1"],
    "date": lambda now: [email.utils.formatdate(now + 1, usegmt=True)],
    "date-of-1985": old_date("%A, %d-%b-%y %H:%M:%S GMT"),
    "date-of-asctime": old_date("%a %b %d %H:%M:%S %Y"),
    "date-that-is-past": lambda now: [email.utils.formatdate(now - 86400, usegmt=True)],
    **{name: lambda now, values=values: values for name, *values in (
        ("zero", "0"), ("negative", "-5"), ("fraction", "1.5"), ("nonsense", "soon"),
        ("twice", "0", "1"), ("nothing", ""), ("none",))},
}
for _status in (429, 503):
    for _name, _retry_after in RETRY_AFTER.items():
        ANSWERS[f"{_status}-retry-after-{_name}"] = asks_to_wait(_status, _retry_after)


@stops
def wait_of_two_hours(handler, body):
    whole(handler, b"later", HTML, "Retry-After: 7200", status="503 Later")


@stops
def wait_beyond_numbers(handler, body):
    whole(handler, b"later", HTML, "Retry-After: " + "9" * 60, status="429 Later")


@stops
def cloudflare(handler, body):
    whole(handler, b"checking your browser", HTML, "cf-mitigated: challenge",
          status="403 Forbidden")


# --- pages that are odd inside


def within(body, what):
    """Right before what the page is about."""
    at = place(body)
    return body[:at] + what + body[at:]


@answer
def nested_100000_deep(handler, body):
    whole(handler, within(body, b"<div>" * 100000))


@answer
def nested_and_never_closed(handler, body):
    whole(handler, within(body, b"<b><i><font><table><tr><td>" * 3000))


@answer
def nested_deep_in_the_middle(handler, body):
    """Right before the end of what the page is about: all that counts comes before it."""
    at = max(body.rfind(b"</article>"), 0)
    whole(handler, body[:at] + b"<span>" * 300 + body[at:])


@answer
def attribute_of_a_megabyte(handler, body):
    whole(handler, within(body, b'<div title="' + b"a" * 1000000 + b'"></div>'))


def attributes(count):
    def function(handler, body):
        text = b" ".join(b"a%d=1" % i for i in range(count))
        whole(handler, within(body, b"<div " + text + b"></div>"))
    return function


for _count in (1000, 30000):
    ANSWERS[f"attributes-{_count}"] = attributes(_count)


@answer
def entities_nonsense(handler, body):
    entities = b"&#0;&#x110000;&#xd800;&#99999999999999999999;&zebra;&&amp"
    whole(handler, within(body, b"<p>" + entities + b"</p>"))


@answer
def comment_without_end(handler, body):
    whole(handler, within(body, b"<!-- "))


@answer
def nuls(handler, body):
    whole(handler, within(body, b"<p>\0\0\0 a nul \0</p>\0" * 100))


@answer
def not_utf8(handler, body):
    high = bytes(range(128, 256)) * 100
    whole(handler, within(body, b"<p>" + high + b"</p>\xc3\xed\xa0\x80\xf8\x88\x80\x80\x80"))


@answer
def utf16_called_utf8(handler, body):
    """Its mark says what it is."""
    text = body.decode("utf-8", "replace").replace("\0", "\ufffd")
    whole(handler, b"\xff\xfe" + text.encode("utf-16-le"))


@answer
def utf16_without_a_mark_called_utf8(handler, body):
    whole(handler, body.decode("utf-8", "replace").encode("utf-16-le"))


@answer
def utf8_called_utf16(handler, body):
    whole(handler, body, "Content-Type: text/html; charset=utf-16")


@answer
def charset_unknown(handler, body):
    whole(handler, body, "Content-Type: text/html; charset=zebra'\"")


@answer
def no_html(handler, body):
    whole(handler, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, "Content-Type: image/png")

"""More wrong answers: refusals that pass, and pages in charsets that are named wrongly or nowhere.
See wrong_answers.py."""

import re

from wrong_answers import ANSWERS, HTML, SILENT, STOPS, answer, leads, stops, whole

REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed",
           451: "Unavailable For Legal Reasons"}


def refuses(status):
    def refused(handler, body):
        whole(handler, b"<html><body><h1>Access denied</h1></body></html>", HTML,
              'WWW-Authenticate: Basic realm="x"', status=f"{status} {REASONS[status]}")
    refused.__name__ = f"refused_with_{status}"
    return refused


for _status in REASONS:
    answer(refuses(_status))


@answer
def refused_in_a_theme_that_names_cloudflare(handler, body):
    whole(handler, b'<html><head><script src="https://cdnjs.cloudflare.com/x.js"></script></head>'
          b"<body><h1>Access denied</h1><p>We use Cloudflare.</p></body></html>",
          status="403 Forbidden")


@answer
def redirect_to_itself_with_a_cookie(handler, body):
    whole(handler, b"", f"Location: {handler.path}", "Set-Cookie: seen=1", status="302 Found")


@answer
def redirect_to_maintenance(handler, body):
    leads(handler, f"http://localhost:{handler.trap}/maintenance")


@stops
def cloudflare_error_code(handler, body):
    whole(handler, b"error code: 1010", "Content-Type: text/plain", "Server: cloudflare",
          status="403 Forbidden")


# --- charsets


def text_of(body):
    return body.decode("utf-8", "replace").replace("\0", "\ufffd")


def without_meta(body):
    return re.sub(rb'<meta charset="utf-8" />', b"", body)


def in_charset(called, codec):
    def function(handler, body):
        data = text_of(body).encode(codec, "xmlcharrefreplace")
        whole(handler, data, f"Content-Type: text/html; charset={called}")
    function.__name__ = f"{codec}_called_{called}"
    return function


answer(in_charset("iso-8859-1", "cp1252"))
answer(in_charset("us-ascii", "cp1252"))
answer(in_charset("iso-8859-9", "cp1254"))


@answer
def utf8_that_says_utf16_itself(handler, body):
    whole(handler, b'<meta charset="utf-16">' + without_meta(body), "Content-Type: text/html")


@answer
def charset_in_a_comment(handler, body):
    whole(handler, b'<!-- <meta charset="iso-8859-1"> -->' + body, "Content-Type: text/html")

#!/usr/bin/env python3
"""Writes the first inputs of every fuzz target: seeds.py <site> <out>. <site> was written by
test/site/generate.py; the smallest pages of each kind are taken. All other inputs are here."""

import pathlib
import sys

# How pages.c reads the first byte of what is a page, and where such pages are.
KINDS = {
    "0": "accounts/index.html",
    "1": "accounts/country/*.html",
    "2": "accounts/section/*.html",
    "3": "activities/organisation/*/activities/page-*.html",
    "4": "activities/activity/*.html",
    "5": "activities/organisation/*/statistics.html",
}
OF_A_KIND = 6

HTML = [
    "<!DOCTYPE html><html lang=en><body class='a'><p>x<p>y<br/><b>z</i></b></body></html>",
    "<table><tr><td>1<td>2</table><ul><li>a<li>b</ul><select><option selected>c</select>",
    "<script>if (a<b) '</p>'</script><style>a{}</style><!-- c --><![CDATA[d]]>"
    "<?pi x>&amp;&eacute;&#x41;&nosuch;",
    "<html a=1><html b=2><head><title>t</title><body><form><form><input checked>"
    "<a href=x><a href=y>",
    "<a b c='d' e=\"f\" g=h i = 'j' k/><p\n\tx='\ny'>&lt;</p></div></span><svg:rect xlink:href=a>",
    "<frameset><frame><noframes>x</noframes></frameset><body>late</body>trailing",
    "<!doctype html public \"a\" 'b'><a ' b=\"c><d e='>f", "text only", "<", "</", "<!",
    "<!-->x-->", "<a", "<a b", "<a b=", "<a b='", "&#0;&#xd800;&#x110000;&", "<p>a\0b",
]

# Tags that end others, stand where they may not, or are read otherwise than others.
SOUP = [
    "<p>1<b>2<i>3</b>4</i>5</p>", "<b>1<p>2</b>3</p>", "<a>1<div>2<div>3<a>4</div>5",
    "<table><a>1<p>2</a>3</p>", "<table>x<tr>y<td>z</table>", "<b><b><b><b><p>x",
    "<p><b c=d><b c=e><i><u></p>x<p>y", "<nobr>1<nobr>2", "<dl><dt>1<dd>2<li>3<dl>4",
    "<select><option>1<optgroup>2<hr><input>3",
    "<template><tr><td>1<template>2</table></template>3",
    "<svg><title><p>1</title><foreignObject><div>2</svg>3<p>4",
    "<math><mi>1<p>2<annotation-xml encoding='text/html'><b>3", "<svg><![CDATA[1]]><font color=x>2",
    "<body a><frameset><frame></frameset><noframes>1", "<head><noscript><link><p>1",
    "<pre>\n1</pre><textarea>\n2</textarea>", "<script><!--<script>1</script>2--></script>3",
    "<plaintext>1</plaintext>", "<ruby>1<rb>2<rt>3<rtc>4<rp>5", "<button>1<button>2</p>3</br>",
    "<table><caption>1<col><tbody><th>2<form>3<input type=hidden>",
    "<!-- x --!><!-->1<!--->2<!x></3><?y>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01 Transitional//'><p><table>",
]

SELECTORS = [
    "a", "*", ".a.b", "#x", "[title]", "[title='a b']", "[class~=a]", "[lang|=en]",
    "[href^='/act']", "[href$=\"-1\" i]", "[href*=act s]", "div > p", "li + li", "h1 ~ span",
    "ul li a, div p", ":not(.a)", ":is(p, li):first-child", "ul:has(> li.a)", "div:has(p) + ul",
    "li:nth-child(2n+1)", "li:nth-child(-n + 2)", "li:nth-child(even)", "p:empty", "li:last-child",
    ".\\e9", "\\61 ", "[title=a\\ b]", ":not(:is(:has(a)))", "p:nth-child(", "[", "a >", ":x", "'",
]

VALUES = [
    "03/05/2026", "3.5.2026", "2023-11-08", "2023-11-08T15:30:00Z", "8 Nov 2023",
    "8th November 2023", "Fri, November 8, 2023 10:00", "11/05/2026 - 16/05/2026",
    "1 Sept. 2023 to 2 Sept. 2023", "31/02/2024", "29/02/2024 \u2013 01/03/2024", "160", " 1,250 ",
    "1.250.000", "1\u00a0250", "2147483647", "2147483648", "-5", "41.0082", "-180.0000005", "90",
    "89.9999999", "1e2", "+.5", "179.99999949", "1.5e-3",
]

RETRY_AFTER = [
    "120\n", "0\n", " 86400 \n", "99999999999999999999\n",
    "Sun, 06 Nov 1994 08:49:37 GMT\nSun, 06 Nov 1994 08:48:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT\n", "Sun Nov  6 08:49:37 1994\n", "-1\n", "12x\n",
]

NAMES = [
    "ESN St. P\u00f6lten", "ESN Uni Graz", "ESN \u00c5bo Akademi", "ESN ULi\u00e8ge",
    "ESN U\u015a Katowice", "ESN Pite\u015fti", "ESN Y\u0131ld\u0131z",
    "\u0395\u0398\u039d\u0391\u03a3", "\u041c\u043e\u0441\u043a\u0432\u0430 & the of",
    "\u5927\u962a", "T\u00fcrkiye", "ESN the Netherlands", "a an the",
    "ESN O'Neill (North) / \u201cx\u201d", "\u00df\ufb01\u01c6",
    "\u0627\u0644\u0642\u0627\u0647\u0631\u0629", "UK", "\U0001f389",
]

TEXTS = [
    "Write to ayse.k+esn@mail.metu.edu.tr!", "a@b.co, c@d.org.", "x@esn.org.I am",
    "+90 532 123 45 67 / 0532 987 65 43", "(0212) 555 12 34", "06.12.34.56.78",
    "tel: 5551234567 WhatsApp 555 123 4567", "03.05.2026 0532 123 45 67", "18:30 0532 123 45 67",
    "030/12345678", "https://x.org/123456789012?tel=0532 http://a@b.example",
    "+90\u2013555\u2013123\u20134567", "\u201ej\u00fcrgen@x.de\u201c", "season 2025/2026",
    "<p>Call 0532 123 45 67</p><script>05321234567</script>",
    '{"a": "b@c.example", "n": 05321234567}', "<a href='tel:+905321234567'>x</a>",
]

BYTES = [
    b"-\nplain text", b"utf-8\n\xef\xbb\xbfmark", b"-\n\xff\xfea\0b\0", b"-\n\xfe\xff\0a\0b",
    b"iso-8859-9\n\xfd\xfe\xf0", b"text/html; charset=\"windows-1254\"\n\x80\xdd",
    b"-\n<meta charset=utf-16><p>\xc4\xb1", b"gb18030\n\x81\x30\x81\x30", b"utf-7\n+AGE-",
    b"shift_jis\n\x82\xa0", b"-\n\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82",
    b"-\n \xc2\xa0a\xe2\x80\x8b\n\n b\t\r\n", b"SCSU\n\x0e\x12a", b"no such\nx", b"-\na\0b\0\0",
]

ROBOTS = [
    "activity/a-1?page=2\nUser-agent: *\nDisallow: /activity/\nAllow: /activity/a-\n"
    "Crawl-delay: 2.5\n",
    "a/b.html\nuser-agent: esn_pulse/1.0\nuser-agent: other\ndisallow: /*.html$\n\n"
    "user-agent: *\ndisallow: /\n",
    "%41%2f%e4\nUser-Agent : ESN_PULSE # x\r\nDisallow: /A%2F%E4*$\rSitemap: x\r\n",
    "\n\ufeffuser-agent: *\ndisallow:\nallow: /*\n",
    "aaaaaaab\nuser-agent:*\ndisallow:/*a*a*a*a*$\n",
    "robots.txt\nuser-agent: *\ndisallow: /\ncrawl-delay: 99999\n",
]

URLS = [
    "\n/activity/boat-party-20885", "organisation/esn-x/\n../../activity/%C5%9F-1?x#y",
    "a/b\n?page=27", "\n//x.example/section/tr-anka-met", "\nhttps://accounts.esn.org/country/tr/",
    "\nHTTP://x/organisation/a%2fb", "\njavascript:alert(1)", "\nhttp://", "x\n\u015f {|}",
    "../..\n./../a/./b/..//c", "\nhttps://a:b@[::1]:80/activity/x;y=1", "\nmailto:a@b.c", "\n#top",
    "\nhttp:/activity/x",
]

# What fuzz_gateway.c reads: blocks of lines. Some of these were answered wrongly once.
GATEWAY = [
    "ANSWER 200 60 2000\nETag: W/\"a\"\n\nGET /a\nAccept-Encoding: br, gzip;q=0.5\n\nWORK\n\n"
    "GET /a\nIf-None-Match: \"x\", W/\"a\"\n\nHEAD /a\n\n",
    "GET /a\nX-API-Key: k\n\nGET /a\n\nGET /a\n\nWORK\n\nNOTIFY change\n\n\nGET /a\n\nWAIT 61\n\n"
    "GET /a\n\n",
    "ANSWER 200 5 7\nContent-Type: text/event-stream\n\nGET /events\n\nWORK\n\n"
    "NOTIFY run\n{\"id\": 1}\n\nREAD\n\nNOTIFY run\nx\nevent: y\n\nWAIT 16\n\nREAD\n\n",
    "POST /runs\n={\"module\": \n= 1}\n\nWORK\n\nPOST /runs\n#66\n\nPOST /runs\n~\n\nPUT /x y\n\n"
    "FOO /\n\nGET /\nContent-Length: 65537\n\nGET /\nTransfer-Encoding: x\n\n",
    "AWAY\n\nGET /a\n\nWORK\n\nAWAY -\n\nWAIT 1\n\nERROR 57P01\n\nGET /a\n\nWORK\n\nERROR 22021\n\n"
    "GET /b\n\nWORK\n\nERROR 0A000\n\nPOST /c\n\nWORK\n\nERROR -\n\nGET /a\n\n",
    "GET /a\nX-Forwarded-For: 192.0.2.9, 192.0.2.7\n\nSTANDBY\n\nDEAF\n\nCLIENT 2001:db8::1\n\n"
    "GET /a\nAuthorization: Bearer  k\n\nWORK\n\nWAIT 6\n\nGET /a\n\n",
    "GET /a\n\n" * 10 + "WAIT 3\n\nGET /a\n\n",
    "".join(f"GET /a\nX-Forwarded-For: 192.0.2.9\nX-Forwarded-For: 192.0.2.1{n}\n\n"
            for n in range(10)),
    "".join(f"CLIENT ::ffff:192.0.2.{n}\n\nGET /a\n\n" for n in range(10)),
    "".join(f"CLIENT 192.0.2.1{n}\n\nGET /a\nX-API-Key: \n\n" for n in range(10)),
    "".join(f"CLIENT 192.0.2.1{n}\n\nGET /a\nX-API-Key: abcd\n\n" for n in range(10)) +
    "CLIENT 97.98.99.100\n\nGET /a\n\n",
    "GET /a\n=body\n\nGET /a\n\nWORK\n\n",
    "ANSWER 200 60 19000\n\n" +
    "".join(f"GET /{c}?q=1\n\nWORK\n\nGET /a?q=1\n\nWAIT 1\n\n" for c in "abcdefa"),
    "GET /a\n\nNOTIFY change\n\n\nGET /a\nX-Forwarded-For: 2001:db8::2\n\nWORK\n\nGET /a\n\n"
    "GET /b\n\nWORK\n\nGET /a\n\n",
    "ANSWER 200 5 7\nContent-Type: text/event-stream\n\n" + "GET /events\n\nWORK\n\n" * 3 +
    "CLIENT 2001:db8::1\n\n" + "GET /events\n\nWORK\n\n" * 2 + "NOTIFY run\n1\n\nREAD\n\n",
    "ANSWER 200 5 17000\nContent-Type: text/event-stream\n\nGET /events\n\nWORK\n\nREAD\n\n",
    "ANSWER 200 5 7\nETag: W/\n\nGET /a\nIf-None-Match: x\n\nWORK\n\n",
] + [
    f"ANSWER 200 60 2000\n\nGET /a\nAccept-Encoding: {list}\n\nWORK\n\n"
    for list in ["gzipped", "x-gzip;q=0, gzip", "gzip;q=;0.5", "gzip; q=0, *"]
]


def write(out, target, inputs):
    directory = out / target
    directory.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs):
        if not isinstance(data, bytes):
            data = data.encode("utf-8", "surrogatepass")
        (directory / f"seed-{number:03}").write_bytes(data)


def pages(site):
    for kind, pattern in KINDS.items():
        found = sorted(site.glob(pattern), key=lambda path: path.stat().st_size)
        # the smallest, and some of the others; those that are wrong are among them
        for path in (found[:: max(1, len(found) // OF_A_KIND)])[: OF_A_KIND]:
            data = path.read_bytes()
            if len(data) <= 8000:
                yield kind.encode(), data


def main():
    site, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    all_pages = list(pages(site))
    short = [b"4" + b"%c" % c + b"<p>x" for c in b"0123456789:;<="]
    write(out, "page", [kind + b"0" + page for kind, page in all_pages] + short)
    write(out, "memory", [bytes([n * 9, n, 7 + n % 2]) + kind + b"0" + page
                          for n, (kind, page) in enumerate(all_pages[:28])])
    write(out, "html", [page for _, page in all_pages[::3]] + HTML + SOUP)
    write(out, "selector", SELECTORS)
    write(out, "rules", [f"00{n % 8}{selector}\n410{selector}"
                         for n, selector in enumerate(SELECTORS)])
    write(out, "values", VALUES)
    write(out, "politeness", RETRY_AFTER)
    write(out, "slug", NAMES)
    write(out, "redact", TEXTS)
    write(out, "text", BYTES + ["utf-8\n" + name for name in NAMES])
    write(out, "robots", ROBOTS)
    write(out, "url", URLS)
    write(out, "gateway", GATEWAY)
    write(out, "json", NAMES + ['"\\\n\t\x01\x7f', "\x031a\n\x01b\n", "3\x002c\n3\x010"])


main()

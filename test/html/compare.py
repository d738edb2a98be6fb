"""Compares the fields that a program (print_page.c) finds on pages of the two sites with those that
it finds on the same pages as repaired by Chromium: TAP, a line per slip that authors of HTML make.

    compare.py <program> [--seed <number>] [--pages <number>]
        pages of each kind of a generated site, each with each slip; prints the first differences
    compare.py <program> --document <kind of page> <file>
        what is found on one page, and what on the page as Chromium repairs it

Chromium parses a page with scripting off and writes its tree as HTML, which every parser reads in
the same way.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "site"))
from browser import Browser

TIMEOUT = 60
MAX_SHOWN = 5  # differences of a slip
BATCH = 100  # pages
ACCOUNTS = "https://accounts.example"
ACTIVITIES = "https://activities.example"

# A comment in front changes nothing in the tree, but has Chromium take its real parser: for simple
# documents DOMParser has a short cut.
REPAIR = """(pages => JSON.stringify(pages.map(page => "<!DOCTYPE html>" +
    new DOMParser().parseFromString("<!---->" + page, "text/html").documentElement.outerHTML)))"""


# --- Slips. Each takes a page and a random.Random, and returns the page as a careless author would
# write it.

def without(*tags):
    """Leaves out all such tags."""
    return lambda page, rng: re.sub("|".join(tags), "", page)


def cut_off(page, rng):
    # Chromium decodes a reference without its ";", and takes "</" without a name for text.
    return re.sub(r"(&[^;\s]*|</?)$", "", page[:rng.randrange(16, len(page))])


def in_description(markup):
    """Begins each description and goal with some markup."""
    def slip(page, rng):
        return re.sub(
            r'(class="[^"]*__field-ct-act-(?:description|goal-activity)">'
            r'<div class="field__item">)',
            lambda match: match[1] + rng.choice(markup),
            page,
        )

    return slip


def other_breaks(page, rng):
    page = re.sub(
        r"<br ?/?>",
        lambda match: rng.choice(["<br>", "<BR/>", "</br>", "<br></br>", "<br / >"]),
        page,
    )
    return page.replace("</p>", rng.choice(["</br>more</p>", "</p></p>", "<br/></p>"]))


def link_in_link(page, rng):
    """The outer link's end tag is behind the inner one's, or is missing."""
    def slip(match):
        tag, text = match.groups()
        return rng.choice(
            [
                match[0],
                f"{tag}{tag}{text}</a></a>",
                f"{tag}{tag}{text}</a>",
                f"{tag}<span class=x>{tag}{text}</a></span></a>",
                f"{tag}{text}<a href='/other'></a></a>",
                f"{tag}{text}<a href='/other'><i></i></a> </a>",
            ]
        )

    return re.sub(r"(<a [^>]*>)([^<]*)</a>", slip, page)


def unquoted(page, rng):
    return re.sub(r'="([^"\s\'=<>`/]+)"', r"=\1", page)


def upper_case(page, rng):
    return re.sub(r"</?[a-z][a-z0-9]*", lambda match: match[0].upper(), page)


def stray_ends(page, rng):
    return re.sub(
        r"</(p|span|li)>",
        lambda match: match[0] + rng.choice(["", "</b>", "</i></span>", "</em>"]),
        page,
    )


def bare_ampersands(page, rng):
    return page.replace("&amp;", "&")


SLIPS = {
    "whole": lambda page, rng: page,
    "cut off": cut_off,
    "unclosed p": without("</p>"),
    "unclosed li": without("</li>"),
    "unclosed p and li, and no end of the page": without(
        "</p>", "</li>", "</main>", "</body>", "</html>"
    ),
    "no html, head and body": without("<html[^>]*>", "</?head>", "<body[^>]*>", "</body></html>"),
    "a link within a link": link_in_link,
    "tables without tbody": in_description([
        "<table><tr><td>One</td><td>Two</td></tr><tr><td>Three</td></tr></table>",
        "<table><tr><td>One<td>Two<tr><th>Three<td>Four</table>",
        "<table><thead><tr><th>One</thead><tr><td>Two</table>"]),
    "lists and paragraphs": in_description([
        "<ul><li>One<li>Two<ul><li>Three</ul><li>Four</ul>", "<p>One<p>Two<ol><li>Three</ol>Four",
        "<p>One<div>Two</div>Three</p>", "<h2>One</h2>Two<p>Three", "<b>One<p>Two</b>Three</p>",
        "<blockquote>One<p>Two</blockquote>Three", "<dl><dt>One<dd>Two<dt>Three<dd>Four</dl>"]),
    "other breaks": other_breaks,
    "attributes without quotation marks": unquoted,
    "tags in upper case": upper_case,
    "end tags that end nothing": stray_ends,
    "bare ampersands": bare_ampersands,
}


def read_site(directory):
    """Kind, address and text of each page of a generated site that is HTML; in the text what is not
    UTF-8 is replaced, as the core does before it parses."""
    for file in sorted(directory.rglob("*.html")):
        path = file.relative_to(directory).with_suffix("").as_posix()
        base = ACCOUNTS if path.startswith("accounts/") else ACTIVITIES
        url = f"{base}/{path.split('/', 1)[1].removesuffix('index')}"
        kind = next(
            (
                kind
                for kind, pattern in (
                    ("home", r"accounts/index"),
                    ("country", r"accounts/country/[^/]+"),
                    ("section", r"accounts/section/[^/]+"),
                    ("activity", r"activities/activity/[^/]+"),
                    ("statistics", r".*/statistics"),
                    ("listing", r"activities/organisation/.*/activities.*"),
                )
                if re.fullmatch(pattern, path)
            ),
            None,
        )
        text = file.read_text(errors="replace").replace("\0", "\ufffd")
        if kind and text.startswith("<"):
            yield kind, url, text


class Pages:
    def __init__(self, browser, program):
        self.browser, self.program = browser, program
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]

    def repaired(self, pages):
        texts = json.loads(
            self.browser.evaluate(
                self.session, f"{REPAIR}({json.dumps([text for _, _, text in pages])})"
            )
        )
        return [(kind, url, text) for (kind, url, _), text in zip(pages, texts, strict=True)]

    def found(self, pages):
        data = b"".join(
            f"{kind} {url} {len(text.encode())}\n".encode() + text.encode()
            for kind, url, text in pages
        )
        run = subprocess.run([self.program], input=data, capture_output=True, timeout=TIMEOUT)
        if run.returncode:
            errors = run.stderr.decode(errors="replace")[:2000]
            raise RuntimeError(f"{self.program} ended with status {run.returncode}: {errors}")
        return [json.loads(line) for line in run.stdout.splitlines()]

    def differences(self, pages):
        for first in range(0, len(pages), BATCH):
            batch = pages[first : first + BATCH]
            for page, ours, browsers in zip(
                batch, self.found(batch), self.found(self.repaired(batch)), strict=True
            ):
                if ours != browsers:
                    yield page, ours, browsers


def show(page, ours, browsers):
    kind, url, text = page
    print(f"# {kind} {url}")
    for key in sorted(
        {*ours, *browsers, *ours.get("data", {}), *browsers.get("data", {})} - {"data"}
    ):
        a, b = (found.get(key, found.get("data", {}).get(key)) for found in (ours, browsers))
        if a != b:
            print(f"#   {key}: {json.dumps(a, ensure_ascii=False)[:600]}")
            print(f"#   Chromium: {json.dumps(b, ensure_ascii=False)[:600]}")


def compare(pages, options):
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [
                sys.executable,
                HERE.parent / "site/generate.py",
                "--out",
                directory,
                "--accounts",
                ACCOUNTS,
                "--activities-site",
                ACTIVITIES,
                "--sections",
                "20",
                "--count",
                str(options.pages),
                "--padding",
                "300",
                "--seed",
                str(options.seed),
            ],
            check=True,
        )
        site = list(read_site(pathlib.Path(directory)))
    print(f"1..{len(SLIPS)}\n# --seed {options.seed} --pages {options.pages}")
    well = True
    for number, (name, slip) in enumerate(SLIPS.items(), 1):
        rng = random.Random(f"{options.seed} {name}")
        slipped = [(kind, url, slip(text, rng)) for kind, url, text in site]
        differences = list(pages.differences(slipped))
        for difference in differences[:MAX_SHOWN]:
            show(*difference)
        print(f"{'not ok' if differences else 'ok'} {number} - {len(slipped)} pages: {name}" +
              f", {len(differences)} differ" * bool(differences), flush=True)
        well = well and not differences
    return well


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--pages", type=int, default=100, help="activities of the site, each a page"
    )
    parser.add_argument("--document", nargs=2, metavar=("KIND", "FILE"))
    options = parser.parse_args()
    try:
        with Browser() as browser:
            pages = Pages(browser, options.program)
            if options.document is None:
                return not compare(pages, options)
            kind, file = options.document
            page = [(kind, f"{ACTIVITIES}/activity/a-1", pathlib.Path(file).read_text())]
            print(
                json.dumps(
                    [*pages.found(page), *pages.found(pages.repaired(page))],
                    indent=1,
                    ensure_ascii=False,
                )
            )
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        print(f"Bail out! {error}")
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())

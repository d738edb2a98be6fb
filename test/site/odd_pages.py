"""Pages of activities that say what they say in another form than most: what is in their markup,
and what is right to store. Each is there once, where each fault is."""

import datetime

ODD_PAGES = {}
# Of those that have an invalid field: the field and the words.
ODD_ERRORS = {}


def odd(name, *error):
    def note(function):
        ODD_PAGES[name] = function
        if error:
            ODD_ERRORS[name] = error
        return function
    return note


def block(css, content, inner="field__item"):
    return f'<div class="{css}"><div class="{inner}">{content}</div></div>'


def describe(a, markup, *lines):
    a.description = "\n".join(lines)
    a.markup["description"] = block("ct-physical-activity__field-ct-act-description", markup)
    a.online = False


def highlight(css, content):
    return block(f"field-top-wrapper {css}", content, "highlight-data-text")


# --- titles, labels and words


@odd("title in a heading of another class")
def _(a):
    a.title = "Party"
    a.markup["title"] = '<h1 class="node-heading">Party</h1>'


@odd("title beside a heading in the description")
def _(a):
    a.title = "Party"
    a.markup["title"] = '<h1 class="node-heading">Party</h1>'
    describe(a, "<h1>Come all</h1><p>It is free</p>", "Come all", "It is free")


@odd("title that is only a label", "title", "missing")
def _(a):
    a.title = None
    a.markup["title"] = '<div class="activity-label"><div class="field__label">Title</div></div>'


@odd("label within a value")
def _(a):
    a.online, a.outcomes = False, "Everybody smiled"
    a.markup["outcomes"] = ('<div class="ct-physical-activity__field-ct-act-res-pos-aspect">'
                            '<strong>Result of the activity:</strong> Everybody smiled</div>')


@odd("words in cells, lines and items")
def _(a):
    describe(a, "<table><tr><td>One</td><td>two</td></tr></table>three<br>four"
             "<ul><li>five</li><li>six</li></ul>", "One two", "three", "four", "five", "six")


# --- places


@odd("platform in place of a place")
def _(a):
    a.online, a.city, a.country = True, None, None
    a.markup["portal"] = highlight("ct-online-activity__field-ct-act-portal",
                                   "<span>Facebook / Zoom</span>")


@odd("meeting link in place of a place")
def _(a):
    a.online, a.city, a.country = True, None, None
    link = "https://zoom.example/j/123?pwd=s3cret"
    a.markup["portal"] = highlight("ct-online-activity__field-ct-act-location",
                                   f'<span><a href="{link}">{link}</a></span>')


@odd("no place, but other highlights")
def _(a):
    a.online, a.city, a.country = False, None, None
    a.markup["portal"] = highlight("", "<span>Free of charge</span>")


# --- all of a field


@odd("several types")
def _(a):
    a.type, a.more_types = "Trip", ["Party"]


@odd("organiser without a link")
def _(a):
    a.unlinked = "ESN Nowhere"


@odd("activity of a project")
def _(a):
    a.project = ("mov-in-europe", "Mov'in Europe")


# --- participants


def participants(name, text, count):
    def write(a):
        a.participants, a.participants_text = count, text
    odd(f"participants {name}", *([] if count else ("participants", "not a count")))(write)


participants("1'250", "1'250", 1250)
participants("1 250", "1 250", 1250)
participants("1.250", "1.250", 1250)
participants("50+", "50+", None)
participants("ca. 40", "ca. 40", None)


# --- dates


def dates(name, spans, first, last=None):
    def write(a):
        a.start, a.end = first, last
        a.markup["dates"] = highlight(
            "ct-online-activity__field-ct-act-dates" if a.online else
            "ct-physical-activity__field-ct-act-dates", spans)
    odd(name)(write)


MAY_5, MAY_6 = datetime.date(2025, 5, 5), datetime.date(2025, 5, 6)
dates("date with am or pm", "<span>05/05/2025 - 10:00am</span>", MAY_5)
dates("date with its weekday", "<span>Mon, 05/05/2025 - 10:00</span>", MAY_5)
dates("two dates with their weekdays",
      "<span>Mon, 05/05/2025 - 10:00</span> - <span>Tue, 06/05/2025 - 18:00</span>", MAY_5, MAY_6)
dates("date in a time element", '<time datetime="2025-05-05T10:00:00Z">Monday</time>', MAY_5)


# --- links and images


def image(name, tag, path):
    def write(a):
        a.image = path
        a.markup["image"] = f"<picture>{tag}</picture>"
    odd(name)(write)


image("image that is loaded late", '<img class="img-fluid" src="data:image/gif;base64,R0lGODlhAQ" '
      'data-src="/sites/default/files/late.jpg">', "/sites/default/files/late.jpg")
image("image in several sizes", '<img class="img-fluid" src="data:image/gif;base64,R0lGODlhAQ" '
      'srcset="/sites/default/files/small.jpg 1x, /sites/default/files/large.jpg 2x">',
      "/sites/default/files/small.jpg")


def registration(name, href, url, *error):
    def write(a):
        a.registration = url
        a.markup["registration"] = (
            f'<div class="ct-{"online" if a.online else "physical"}-activity'
            f'__field-ct-act-link-registrat"><a href="{href}">Register</a></div>')
    odd(name, *error)(write)


registration("link in capitals", "HTTPS://Forms.Example/A", "https://forms.example/A")
registration("link with spaces around and within", "\n https://forms.example/a b ",
             "https://forms.example/a%20b")
registration("link with two schemes", "http://http://forms.example/", None, "registration_url",
             "not a web address")


# --- personal data


PHONE, MAIL = "+90 532 123 45 67", "jane.doe@students.example"


@odd("contacts in title, objective, city and link")
def _(a):
    a.online, a.country = False, "Italy"
    a.title, a.city, a.objectives = "Call [telephone]", "[e-mail]", ["Ask [e-mail]"]
    a.markup["title"] = f'<h1 class="page-header">Call {PHONE}</h1>'
    a.markup["place"] = highlight("ct-physical-activity__field-ct-act-location",
                                  f"<span>{MAIL},</span> <span>Italy</span>")
    a.markup["objectives"] = block("activity__objectives", f"<span>Ask {MAIL}</span>")


@odd("contacts that are spelled or announced")
def _(a):
    describe(a, "<p>maria [at] esn.example</p><p>Mobil: 0171 2345678</p>"
             "<p>τηλ. 2101234567</p><p>☎ 2101234567</p>", "[e-mail]", "Mobil: [telephone]",
             "τηλ. [telephone]", "☎ [telephone]")


@odd("contacts that Cloudflare hides")
def _(a):
    hidden = bytes([66, *(ord(c) ^ 66 for c in MAIL)]).hex()
    describe(a, f'<p>Write to <a href="/cdn-cgi/l/email-protection" class="__cf_email__" '
             f'data-cfemail="{hidden}">[email&#160;protected]</a> now</p>', "Write to [e-mail] now")


@odd("numbers that are no telephone's")
def _(a):
    lines = ["2022-1-IT01-KA210-VET-000081592", "IBAN TR33 0006 1005 1978 6457 8413 26",
             "VAT BE0123456789", "2023 2024"]
    describe(a, "".join(f"<p>{line}</p>" for line in lines), *lines)


# --- sections

ODD_SECTIONS = {}


def odd_section(function):
    ODD_SECTIONS[function.__name__.replace("_", " ")] = function


@odd_section
def address_that_Cloudflare_hides(s):
    s.info["email"] = "info@hidden.example"
    hidden = bytes([7, *(ord(c) ^ 7 for c in s.info["email"])]).hex()
    s.markup["email"] = block("field--name-field-email", f'<a href="/cdn-cgi/l/email-protection#'
                              f'{hidden}"><span class="__cf_email__" data-cfemail="{hidden}">'
                              "[email&#160;protected]</span></a>", "field--item")


@odd_section
def social_media_with_other_titles(s):
    s.info["social_media"] = {"x": "https://twitter.com/esn_x", "linkedin":
                              "https://www.linkedin.com/company/esn-x"}
    s.markup["social_media"] = (
        '<a href="https://twitter.com/esn_x" title="X (formerly Twitter) Profile"></a>'
        '<a href="https://www.linkedin.com/company/esn-x" title="LinkedIn company profile"></a>')


@odd_section
def website_as_a_browser_reads_it(s):
    s.info["website"] = "https://hidden.example/"
    s.markup["website"] = ('<a href="\n HTTPS:\\\\Hidden.Example\\ " '
                           'title="Website of the organisation">x</a>')


# --- cards


@odd("card with another address of the page")
def _(a):
    a.href = f"/index.php/activity/{a.slug}"


@odd("card that counts other organisations")
def _(a):
    a.more_organisers = 3

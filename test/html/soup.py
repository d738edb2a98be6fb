"""Documents by a seed, in groups: what a parser may get wrong. The same seed and count give the same documents.

The names are those of which the standard for HTML says something of their own, and some of which it does not.
"""
import html.entities
import pathlib
import random
import re
import subprocess
import sys
import tempfile

GENERATE = pathlib.Path(__file__).resolve().parents[1] / "site/generate.py"
MAX_PAGE = 60_000  # bytes of a page of the site

FORMATTING = "a b big code em font i nobr s small strike strong tt u".split()
BLOCKS = """p div address article aside blockquote center details dialog dir fieldset figcaption figure footer header hgroup main menu nav search
    section summary h1 h2 h3 h6 ul ol dl pre listing""".split()
LISTS = "ul ol li dl dd dt li dd dt menu dir p div address".split()
TABLES = "table caption colgroup col tbody tfoot thead tr td th table tr td input form select script style template b p".split()
SELECTS = "select select option optgroup hr input button keygen textarea datalist selectmenu div p b table tr td script template".split()
FORMS = "form form input button button label fieldset legend textarea select isindex keygen output p div table b".split()
RUBY = "ruby rb rt rtc rp span p b".split()
TEMPLATES = "template template template table tr td col caption tbody select option head body html frameset p b script style".split()
FOREIGN = """svg math svg math g desc title foreignObject path mi mo mn ms mtext mrow annotation-xml mglyph malignmark font a script style p b div
    table td select template textarea image br h1 span""".split()
FRAMES = "frameset frame frameset frame noframes body html head p br input".split()
HEAD = "head html body title base basefont bgsound link meta noscript style script template noframes".split()
RAW = "textarea title style script xmp iframe noembed noframes noscript plaintext pre listing".split()
VOID = "area br embed img image wbr keygen input param source track hr link meta col base basefont bgsound frame menuitem".split()
SCOPES = "applet marquee object button td caption table template select p b a li".split()
UNKNOWN = "x span isindex menuitem command blink multicol spacer nextid portal slot picture video audio canvas rbc x-y sarcasm h7".split()
POOLS = [FORMATTING, BLOCKS, LISTS, TABLES, SELECTS, FORMS, RUBY, TEMPLATES, FOREIGN, FRAMES, HEAD, RAW, VOID, SCOPES, UNKNOWN]
ENDS = "p br html body head table sarcasm".split()
# What changes the meaning of all that comes behind it: not often.
RARE = {"plaintext", "frameset", "xmp", "iframe", "noembed", "title", "textarea"}

DOCTYPES = [
    "<!DOCTYPE html>", "<!doctype HTML>", "<!DOCTYPE>", "<!DOCTYPE html SYSTEM 'about:legacy-compat'>", "<!DOCTYPEhtml>", "<!DOCTYPE html PUBLIC>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN' 'http://www.w3.org/TR/html4/strict.dtd'>",
    "<!DOCTYPE html PUBLIC \"-//IETF//DTD HTML//EN\">", "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN'>",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" \"\">", "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Frameset//EN' 'x'>",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 3.2 Final//EN'>", "<!DOCTYPE html PUBLIC \"HTML\">",
    "<!DOCTYPE html PUBLIC '-/W3C/DTD HTML 4.0 Transitional/EN'>", "<!DOCTYPE html PUBLIC '-//W3O//DTD W3 HTML Strict 3.0//EN//'>",
    "<!DOCTYPE html PUBLIC '-//SoftQuad//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//EN'>", "<!DOCTYPE html PUBLIC 'x\"' \"y'\">",
    "<!DOCTYPE html SYSTEM \"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd\">", "<!DOCTYPE svg>", "<!DOCTYPE html x>",
    "<!DOCTYPE html PUBLIC x>", "<!DOCTYPE html PUBLIC 'a>b'>", "<!DOCTYPE html SYSTEM 'a", "<!DOCTYPE html PUBLIC 'a' 'b' c>",
    "<!DOCTYPE html SYSTEM'a'b>", "<!DOCTYPE ht\nml\t>", "<!DOCTYPE html PUBLIC'-//W3C//DTD HTML 4.01 Frameset//EN''a'>", "<!DOCTYPE\n>",
    "<!DOCTYPE html system>", "<!DOCTYPE html SYSTEM x 'y'>", "<!DOCTYP html>",
]
# Those that older pages have, of most of which a table within a p tells.
PUBLIC_IDS = [
    "+//Silmaril//dtd html Pro v0r11 19970101//", "-//AS//DTD HTML 3.0 asWedit + extensions//",
    "-//AdvaSoft Ltd//DTD HTML 3.0 asWedit + extensions//", "-//IETF//DTD HTML 2.0 Level 1//", "-//IETF//DTD HTML 2.0 Level 2//",
    "-//IETF//DTD HTML 2.0 Strict Level 1//", "-//IETF//DTD HTML 2.0 Strict Level 2//", "-//IETF//DTD HTML 2.0 Strict//", "-//IETF//DTD HTML 2.0//",
    "-//IETF//DTD HTML 2.1E//", "-//IETF//DTD HTML 3.0//", "-//IETF//DTD HTML 3.2 Final//", "-//IETF//DTD HTML 3.2//", "-//IETF//DTD HTML 3//",
    "-//IETF//DTD HTML Level 0//", "-//IETF//DTD HTML Level 1//", "-//IETF//DTD HTML Level 2//", "-//IETF//DTD HTML Level 3//",
    "-//IETF//DTD HTML Strict Level 0//", "-//IETF//DTD HTML Strict Level 1//", "-//IETF//DTD HTML Strict Level 2//",
    "-//IETF//DTD HTML Strict Level 3//", "-//IETF//DTD HTML Strict//", "-//IETF//DTD HTML//", "-//Metrius//DTD Metrius Presentational//",
    "-//Microsoft//DTD Internet Explorer 2.0 HTML Strict//", "-//Microsoft//DTD Internet Explorer 2.0 HTML//",
    "-//Microsoft//DTD Internet Explorer 2.0 Tables//", "-//Microsoft//DTD Internet Explorer 3.0 HTML Strict//",
    "-//Microsoft//DTD Internet Explorer 3.0 HTML//", "-//Microsoft//DTD Internet Explorer 3.0 Tables//", "-//Netscape Comm. Corp.//DTD HTML//",
    "-//Netscape Comm. Corp.//DTD Strict HTML//", "-//O'Reilly and Associates//DTD HTML 2.0//",
    "-//O'Reilly and Associates//DTD HTML Extended 1.0//", "-//O'Reilly and Associates//DTD HTML Extended Relaxed 1.0//",
    "-//SQ//DTD HTML 2.0 HoTMetaL + extensions//", "-//SoftQuad Software//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//",
    "-//SoftQuad//DTD HoTMetaL PRO 4.0::19971010::extensions to HTML 4.0//", "-//Spyglass//DTD HTML 2.0 Extended//",
    "-//Sun Microsystems Corp.//DTD HotJava HTML//", "-//Sun Microsystems Corp.//DTD HotJava Strict HTML//", "-//W3C//DTD HTML 3 1995-03-24//",
    "-//W3C//DTD HTML 3.2 Draft//", "-//W3C//DTD HTML 3.2 Final//", "-//W3C//DTD HTML 3.2//", "-//W3C//DTD HTML 3.2S Draft//",
    "-//W3C//DTD HTML 4.0 Frameset//", "-//W3C//DTD HTML 4.0 Transitional//", "-//W3C//DTD HTML Experimental 19960712//",
    "-//W3C//DTD HTML Experimental 970421//", "-//W3C//DTD W3 HTML//", "-//W3O//DTD W3 HTML 3.0//", "-//WebTechs//DTD Mozilla HTML 2.0//",
    "-//WebTechs//DTD Mozilla HTML//", "-//W3O//DTD W3 HTML Strict 3.0//EN//", "-/W3C/DTD HTML 4.0 Transitional/EN", "HTML",
    "-//W3C//DTD HTML 4.01 Frameset//", "-//W3C//DTD HTML 4.01 Transitional//", "-//W3C//DTD XHTML 1.0 Frameset//",
    "-//W3C//DTD XHTML 1.0 Transitional//", "-//W3C//DTD HTML 4.01//", "-//W3C//DTD XHTML 1.0 Strict//", "-//W3C//DTD XHTML 1.1//",
]
TEXTS = [
    "x", "y ", " ", "\n", "a b", "\t", "  ", "\f", "\r\n", "\r", "1", "\u00a0", "\u00e9\U0001f389", "&amp;", "&#32;", "&#x9;z", " q", "text",
]
COMMENTS = ["<!-- c -->", "<!---->", "<!x>", "<?x>", "</ x>"]
ATTRIBUTES = [
    "id=1", "class='x'", "class='y'", "type=hidden", "type=HIDDEN", "type=text", "type='hidden '", "color=red", "face", "SIZE=1",
    "encoding=text/html", "encoding='Application/XHTML+xml'", "encoding=x", "xlink:href=a", "definitionurl=b", "viewBox='0 0'", "selected",
    "hidden", "href=#", "xml:lang=de", "xmlns=http://www.w3.org/2000/svg", "shadowrootmode=open", "action=x", "name=isindex", "prompt=p", "open",
    "multiple", "charset=utf-8", "lang=en", "id=2",
]
# And what matters to some elements alone.
FITTING = {
    "input": ["type=hidden", "type=HIDDEN", "type='hidden '", "type=text", "type", "a type=hidden"], "font": ["color=red", "face", "SIZE=1", "x"],
    "annotation-xml": ["encoding=text/html", "encoding='Application/XHTML+xml'", "encoding=x", "encoding='text/html '", "ENCODING=TEXT/HTML"],
    "template": ["shadowrootmode=open", "shadowrootmode=closed"], "html": ["lang=en", "id=1", "LANG=de"], "body": ["class=x", "id=1", "Class=y"],
}
# Where a soup of tags may begin.
PLACES = [
    "table", "table tr td", "table tbody tr", "table caption", "table colgroup", "select", "select option", "select optgroup option",
    "table tr td select", "template", "table template", "template tr td", "svg", "svg foreignObject", "math mi", "math annotation-xml", "b i u",
    "a div", "button p", "ul li", "ruby rt", "form table", "frameset", "head noscript", "body", "p b table", "p applet", "svg title", "table a",
    "b b b p", "nobr p",
]
STRUCTURE = "html head body frameset frame noframes noscript title style link meta base script template p br table input basefont svg".split()

TOKEN_PLACES = [
    "<p>", "<div a=b>", "<title>", "<textarea>", "<script>", "<style>", "<xmp>", "<iframe>", "<noscript>", "<head><noscript>", "<svg>",
    "<math><mi>", "<plaintext>", "<svg><title>", "<svg><script>", "<svg><style>", "<table>", "<select>", "<!DOCTYPE html>", "<template>", "<pre>",
    "<a href='", "<a href=\"", "<a href=", "<a ", "<svg><foreignObject>", "<math><annotation-xml encoding=text/html>", "<frameset>", "<script>",
    "<script><!--", "<script><!--<script>", "<textarea>\n", "<!--", "<![CDATA[",
]
TAG_PARTS = [
    "<a b=c>", "<a b='c'>", "<a b=\"c\">", "<a b>", "<a b = c >", "<A B=C D='E'>", "<a b=c b=d B=e>", "<a/>", "<a/b>", "<a / b=c/>", "<a b=c/>",
    "<a b=/>", "<a b='c'd=e>", "<a b=\"c\"d>", "<a b='c'/>", "<a =b>", "<a ==b>", "<a b==c>", "<a '>", "<a \"b>", "<a b'c=d\"e>", "<a b=c'd>",
    "<a b=c\"d>", "<a b=<c>", "<a <b>", "<a<b>", "<a b=`c`>", "<a\tb\n=\f'c'\rd>", "<a\r\nb=\r\n'\r\n'>", "<a b=>", "<a b='>", "<a b=\">", "<a b",
    "<a b=", "<a b=c", "<a ", "<a", "</a b=c>", "</a/>", "</A >", "</a", "</", "</3", "</>", "</ a>", "<", "<3", "<>", "< a>", "<!", "<?",
    "<a:b c:d=e>", "<a-b_c.d>", "<\u00e9>", "<a\u00e9 \u00e9=\u00e9>", "<aB\u212a C\u0130=d>", "<a\x01b\x02=\x03>", "<a b=c&d=e>", "<a b=&lt;c>",
    "<a b='&lt'>", "<a b='&ltc'>", "<a b=&lt=>", "<a b='&amp;&ampx&amp=&amp'>", "<a b=\"&#65;&#65x&#x41\">", "<br/>", "<p/>", "<script/>",
    "</p a='>'>", "<input/>",
]
REFERENCES = [
    "&", "&;", "&#", "&#;", "&#x", "&#x;", "&#X", "&#xg", "&#a", "&#65", "&#65;", "&#065;", "&#x41;", "&#X41", "&#x41g", "&#65x", "&#0;", "&#x0",
    "&#128;", "&#x80;", "&#129;", "&#x8d;", "&#x8E", "&#x8f;", "&#144;", "&#x99;", "&#x9d;", "&#159", "&#xd800;", "&#xDFFF;", "&#55296;",
    "&#x110000;", "&#x10ffff;", "&#xfffe;", "&#xfdd0;", "&#x1fffe", "&#99999999999999999999;", "&#xfffffffffffffffff41;", "&#4294967361;",
    "&#x0000000000041;", "&#13;", "&#10;", "&#x0d", "&#1;", "&#x7f;", "&#11;", "&#12;", "&#xa0;", "&#-1;", "&# 65;", "&amp", "&ampamp;",
    "&amp;amp;", "&AMP", "&AMP;x", "&Amp;", "&notit;", "&notin;", "&not", "&no", "&noti", "&notin", "&lt", "&LT", "&lt;", "&gt", "&quot", "&quotx",
    "&copy", "&copyx", "&copy=", "&copy1", "&copy;=", "&CounterClockwiseContourIntegral;", "&CounterClockwiseContourIntegral",
    "&CounterClockwiseContourIntegra", "&zwnj;", "&acE;", "&NotEqualTilde;", "&fjlig;", "&bne;", "&nosuch;", "&nosuch", "&apos;", "&apos", "&nbsp",
    "&nbspx", "&there4;", "&there4", "&frac12", "&frac123;", "&sup1", "&sup", "&sup;", "&sup;e", "&supe;", "&amp&amp", "&a&b", "&&amp;", "&\u00e9;",
    "&am\n", "&NewLine;", "&Tab;", "&in", "&int;", "&prod", "&prod;", "&prime", "&para", "&parallel;", "&paralle", "&gtcc;", "&gtc", "&ngE;",
    "&nge", "&thorn", "&thornx", "&uml=", "&times", "&timesb",
]
MARKUP = [
    "<!-->", "<!--->", "<!---->", "<!--x-->", "<!--x--!>", "<!--x--!-->", "<!--x--->", "<!--x->-->", "<!--<!-- -->-->", "<!--<!-->", "<!--<!->-->",
    "<!--<!--!>-->", "<!--<!x-->", "<!--<!-x-->", "<!--<!---->", "<!----!>", "<!----!x-->", "<!--x-- >", "-->", "--!>", "<!-x>", "<!x>", "<!->",
    "<!>", "<?>", "<?x>", "<?x ?>", "<?xml version='1.0'?>", "<?x '>' ?>", "<!--", "<!-", "<!--x", "<!--x-", "<!--x--", "<!--x--!", "<!--<",
    "<!--<!", "<!--<!-", "<!--<!--", "<!ELEMENT a>", "<![CDATA[x]]>", "<![CDATA[x]]", "<![CDATA[x]]]>", "<![CDATA[]]]]>", "<![CDATA[<p>&amp;]]>",
    "<![CDATA[", "<![CDATA[ x ] ]> ]]>", "<![cdata[x]]>", "<![CDATAx]]>", "]]>", "</?x>", "</!x>", "<svg>", "</svg>", "<math>", "</math>",
    "<foreignObject>", "<desc>", "<mtext>", "</mtext>", "<p>", "</p>", "<script>", "</script>", "</script ", "</script/", "</scriptx>",
    "</script\n>", "</SCRIPT>", "<!--<script>", "<!--<script></script>", "--></script>", "<!--<script></script>-->", "<!--<script -->",
    "<!-- <script/", "</script -->", "<!--<scriptx>", "<!--<SCRIPT>x</Script>", "<style>", "</style>", "</styl", "</style x='>'>", "<title>",
    "</title>", "</titl e>", "<textarea>", "</textarea>", "</textarea", "<xmp>", "</xmp>", "</xmp/>", "<!---x-->", "<!--a--b-->", "<script><!--",
    "<script>-", "<pre>\n", "<pre>\r\n", "<pre>\r", "<listing>\n\n", "<textarea>\n", "<textarea>\r\r\n", "<pre>&#10;", "<pre> \n",
    "<pre><!-- -->\n", "<pre><b>\n", "<div>\n", "<noscript>", "</noscript>", "<iframe>", "</iframe>", "<noembed>", "</noembed>", "<noframes>",
    "</noframes>", "</title x>", "</title/>", "</TITLE/x='>'>", "</title\t>", "</textarea x=y>", "</textarea/>", "</style/>", "</style\n/ >",
    "</Style x", "</script x='>'>", "</script/>", "</xmp x>",
]
SCRIPTS = [
    "<!--", "<!--", "-->", "-->", "<script>", "</script>", "<script>", "</script>", "<script ", "</script ", "<script/", "</script/", "<SCRIPT\n",
    "</Script\t", "-", "--", "<", "</", "!", ">", "x", " ", "<scrip", "</scriptx>", "<!-", "<!", "<!--<script>", "<!--<script></script>",
    "<!--<script>--><",
]
WORDS = [
    "x", " ", "\n", "\r\n", "\r", "\t", "\f", "\v", "\x7f", "\u0080", "=", "'", "\"", ">", "/", "-", "--", "!", "\u00e9", "\U0001f389", "\ufdd0",
    "\ufffe", "a=b", "ab cd", "]", ";", "\ufeff",
]
CHARACTERS = "<<<<>>>//!!---=\"'&;#x[]?aAbsp \n\r\t\f1"


def document(text):
    """As the parser may be given it: well-formed, without NUL, and without a mark of the byte order in front, of which whoever decodes makes sure.
    Without that end tag, too, which Chromium takes for another where HTML and not SVG has such an element."""
    return re.sub("</foreignobject", "</desc", text, flags=re.IGNORECASE).replace("\0", "").lstrip("\ufeff")


def start_tag(rand, name):
    attributes = [rand.choice(ATTRIBUTES) for _ in range(rand.choice((0, 0, 0, 0, 1, 1, 2)))]
    if name in FITTING and rand.random() < 0.6:
        attributes.append(rand.choice(FITTING[name]))
    return f"<{' '.join([name, *attributes])}{'/' * (rand.random() < 0.06)}>"


def likely_name(rand, pools):
    name = rand.choice(rand.choice(pools))
    return rand.choice(rand.choice(pools)) if name in RARE and rand.random() < 0.6 else name


def tag_soup(rand):
    """Start tags, end tags, text and comments of a few pools."""
    pools = [TABLES] if rand.random() < 0.06 else rand.sample(POOLS, rand.choice((1, 1, 2, 2, 3, 4, 15)))
    parts, opened = [rand.choice(DOCTYPES)] if rand.random() < 0.4 else [], ["p"]
    if rand.random() < 0.3:
        opened += rand.choice(PLACES).split()
        parts += [f"<{name}>" for name in opened[1:]]
    for _ in range(rand.choice((3, 5, 8, 12, 20, 40))):
        kind = rand.random()
        if kind < 0.55:
            opened.append(likely_name(rand, pools))
            parts.append(start_tag(rand, opened[-1]))
        elif kind < 0.8:
            name = rand.choice(opened if rand.random() < 0.7 else rand.choice([ENDS, *pools]))
            parts.append(f"</{name}>")
        elif kind < 0.96:
            parts.append(rand.choice(TEXTS))
        else:
            parts.append(rand.choice(COMMENTS + DOCTYPES[:1]))
    return document("".join(parts))


def structure_soup(rand):
    """What a document begins and ends with, more than once and in any order."""
    parts = [rand.choice(DOCTYPES)] if rand.random() < 0.3 else []
    for _ in range(rand.choice((3, 5, 8, 12))):
        kind, name = rand.random(), rand.choice(STRUCTURE[:7]) if rand.random() < 0.6 else rand.choice(STRUCTURE)
        if kind < 0.8:
            parts.append(start_tag(rand, name) if kind < 0.45 else f"</{name}>")
        else:
            parts.append(rand.choice([" ", "\n", "&#32;", "x", " y", "<!-- -->", "<?x>", "<!DOCTYPE html>"]))
    return document("".join(parts))


def formatting_soup(rand):
    """Many formatting elements, few of them different, around what cuts through them."""
    names = rand.sample(FORMATTING, 2) + rand.sample(BLOCKS + TABLES + SCOPES + UNKNOWN, 3)
    attributes = rand.sample(ATTRIBUTES, 2)
    parts = []
    for _ in range(rand.choice((8, 16, 32, 64))):
        name, kind = rand.choice(names), rand.random()
        if kind < 0.55:
            parts.append(f"<{name}{' ' * (kind < 0.1)}{rand.choice(attributes) if kind < 0.1 else ''}>")
        else:
            parts.append(f"</{name}>" if kind < 0.85 else "x")
    return document("".join(parts))


def token_soup(rand):
    """Pieces that a tokenizer may take for others, or single characters, cut off anywhere."""
    place = rand.choice(TOKEN_PLACES) if rand.random() < 0.6 else ""
    pools = rand.sample([TAG_PARTS, REFERENCES, MARKUP, WORDS, CHARACTERS, DOCTYPES], rand.choice((1, 2, 3)))
    if place.startswith("<script") and rand.random() < 0.8:
        pools = [SCRIPTS]
    parts = [rand.choice(rand.choice(pools)) for _ in range(rand.choice((1, 2, 4, 8, 12)))]
    text = place + "".join(parts)
    return document(text[:rand.randrange(len(text) + 1)] if rand.random() < 0.3 else text)


def doctypes():
    """A page in quirks mode has a table within a p."""
    for name in PUBLIC_IDS:
        for end in ('EN"', '"', 'en" ""', "EN\" 'x'", '" x', 'EN', '"\n"http://www.w3.org/TR/html4/loose.dtd"'):
            yield f'<!DOCTYPE html PUBLIC "{name}{end}><p><table>x'
        yield f'<!doctype HTML public "{name.upper()}" ><p><table>x'
        yield f'<!DOCTYPE html PUBLIC "{name[:-1]}"><p><table>x'
        yield f'<!DOCTYPE html SYSTEM "{name}EN"><p><table>x'
    for text in DOCTYPES:
        for page in (text, f" <!-- -->{text}", f"x{text}", f"{text[:-1]} x>", text.lower(), text + text):
            yield page + "<p><table>x"


def references():
    """Every named character reference: alone, without its semicolon, before what may belong to it, and in attributes; some to a document."""
    names = sorted({name.rstrip(";") for name in html.entities.html5})
    for at in range(0, len(names), 15):
        some = names[at:at + 15]
        yield "<p>" + "|".join(f"&{name};" for name in some)
        yield "<p>" + "|".join(f"&{name} &{name}x &{name}1; &{name}=&{name}" for name in some)
        yield "<p>" + "|".join(f"&{name[:-1]}; &{name[:-1]}" for name in some)
        yield "<p>" + "".join(f"<b 1='&{name};' 2='&{name}' 3=\"&{name}x\" 4=&{name} 5=&{name}= 6=&{name};x 7='&{name}1' 8='&{name} '></b>"
                              for name in some)


def site_pages(seed):
    with tempfile.TemporaryDirectory(prefix="esn_pulse-soup-") as out:
        subprocess.run([sys.executable, GENERATE, "--out", out, "--accounts", "http://accounts.example", "--activities-site",
                        "http://activities.example", "--sections", "6", "--count", "20", "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
        pages = [file.read_bytes() for file in sorted(pathlib.Path(out).rglob("*.html")) if file.stat().st_size <= MAX_PAGE]
    return [page.decode(errors="replace") for page in pages]


def mutated(rand, page):
    data = bytearray(page.encode())
    for _ in range(rand.choice((1, 3, 10, 40))):
        at, kind = rand.randrange(len(data)), rand.random()
        if kind < 0.4:
            data[at] = rand.choice(b"<>\"'&/ =!-a\n\r")
        elif kind < 0.6:
            data[at] = rand.randrange(1, 256)
        elif kind < 0.8:
            del data[at:at + rand.choice((1, 2, 5, 30))]
        else:
            other = rand.randrange(len(data))
            data[at:at] = data[other:other + rand.choice((5, 30, 100))]
    return data.decode(errors="replace")


def broken_pages(rand, pages, count):
    for _ in range(count):
        page = rand.choice(pages)
        yield document(page[:rand.randrange(len(page))] if rand.random() < 0.3 else mutated(rand, page))


def groups(seed, count):
    """Documents by the name of their group; so many of soup."""
    def some(make, share):
        rand = random.Random(f"{seed} {make.__name__}")
        return [make(rand) for _ in range(int(count * share))]

    pages = site_pages(seed)
    return {
        "tags of every kind, opened and closed in any order": some(tag_soup, 0.5),
        "what documents begin and end with, in any order": some(structure_soup, 0.1),
        "formatting elements that others cut through": some(formatting_soup, 0.12),
        "tokens that look like others, cut off anywhere": some(token_soup, 0.28),
        "doctypes, by which a table is within a p or not": list(doctypes()),
        "every named character reference": list(references()),
        "pages of the made-up sites": [document(page) for page in pages],
        "those pages, cut off or broken": list(broken_pages(random.Random(f"{seed} pages"), pages, count // 50)),
    }

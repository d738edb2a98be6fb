"""Lists of activities in other markup than most: how their cards and pagers are written, and what a
run must say of those that it cannot read. Each is there once, where each fault is."""

import html

# The name: of a function of a page's number, the number of the last one, and the text of its cards.
ODD_LISTS = {}
# Of those that fail: the words, and on how many pages.
FAILED_LISTS = {}


def odd(name, *failure):
    def note(function):
        ODD_LISTS[name] = function
        if failure:
            FAILED_LISTS[name] = failure
        return function
    return note


def view(cards, pager):
    return f'<div class="view"><div class="view-content">{cards}</div>{pager}</div>'


def items(*links):
    return "".join(f'<li class="pager__item{css}"><a href="?page={page}"{more}>{text}</a></li>'
                   for css, page, more, text in links)


# Its other pages are asked for as its pager leads there.
@odd("pager beyond numbers", "pager", 3)
def _(number, last, cards, activities):
    pager = items(*(("", n, "", n + 1) for n in range(3)),
                  (" pager__item--last", 10**12, "", "Last »"))
    return view(cards, f'<nav class="pager-nav"><ul>{pager}</ul></nav>')


@odd("pager with a link to the next page only")
def _(number, last, cards, activities):
    link = items((" pager__item--next", number + 1, ' rel="next"', "››")) * (number < last)
    return view(cards, f'<nav class="pager"><ul class="pager__items">{link}</ul></nav>')


@odd("pager that loads more")
def _(number, last, cards, activities):
    link = items(("", number + 1, ' class="button" rel="next"', "Load more")) * (number < last)
    return view(cards, f'<ul class="js-pager__items pager">{link}</ul>')


@odd("pager of numbers only")
def _(number, last, cards, activities):
    near = range(max(number - 1, 0), min(number + 2, last + 1))
    return view(cards, f'<ul>{items(*(("", n, "", n + 1) for n in near))}</ul>')


@odd("pager in the markup of the documents")
def _(number, last, cards, activities):
    link = f'<a href="?page={last}">Last</a>' if number < last else ""
    return view(cards, f"<nav>{link}</nav>")


@odd("pager of two lists on one page", "pager", 1)
def _(number, last, cards, activities):
    return view(cards, f'<nav><ul>{items((" pager__item--next", "0%2C1", "", "Next"))}</ul></nav>')


@odd("cards in the markup of the documents")
def _(number, last, cards, activities):
    cards = "".join(
        f'<article class="node ct-{"online" if a.online else "physical"}-activity '
        f'ct-{"online" if a.online else "physical"}-activity--full">'
        f'<a class="url" href="/activity/{html.escape(a.slug)}"></a>'
        f'<div class="activity-label">{html.escape(a.title or "Untitled")}</div></article>'
        for a in activities)
    link = f'<a href="?page={last}">Last</a>' if number < last else ""
    return view(cards, f"<nav>{link}</nav>")


@odd("list in unknown markup", "not understood", 1)
def _(number, last, cards, activities):
    return view("".join(f'<div class="teaser"><a href="/activity/{html.escape(a.slug)}">'
                        f"{html.escape(a.title or 'Untitled')}</a></div>" for a in activities), "")


UNREAD_LISTS = {"list in unknown markup"}


# These two redirect to themselves; see MOVED_LISTS.
@odd("list with a slash at its end")
@odd("list with a language in front")
def _(number, last, cards, activities):
    link = items((" pager__item--last", last, "", "Last »")) * (number < last)
    return view(cards, f"<nav><ul>{link}</ul></nav>")


MOVED_LISTS = {"list with a slash at its end": "{uri}/",
               "list with a language in front": "/en{uri}"}

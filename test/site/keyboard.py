"""Uses the dashboard by keyboard alone, in a headless Chromium (browser.py). Prints for each check
true or false, what was checked, and what was wrong with it, separated by tabs.

    keyboard.py <address of the gateway> <section>
"""

import sys
import urllib.parse

from browser import Browser

SITE, SECTION = sys.argv[1:3]
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, ""), "+": (187, "+")}
MOST = 2000  # a page has fewer controls

# Notes what gets the focus, and what of it cannot be seen.
WATCH = """(() => {
    window.reached = new Set();
    window.unseen = [];
    document.addEventListener("focusin", ({ target }) => {
        const style = getComputedStyle(target), box = target.getBoundingClientRect();
        window.reached.add(target);
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1
            || box.right <= 0 || box.bottom <= 0 || box.width * box.height === 0)
            window.unseen.push(target.outerHTML.slice(0, 80));
    });
})()"""
MISSED = """[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")]
    .filter((node) => !node.disabled && node.type !== "hidden" && node.checkVisibility())
    .filter((node) => !window.reached.has(node)).map((node) => node.outerHTML.slice(0, 80))"""


def check(passed, what, wrong=""):
    print("true" if passed else "false", what, repr(wrong)[:400], sep="\t", flush=True)


class Keyboard:
    def __init__(self, browser):
        self.browser = browser
        self.session = browser.open("about://blank", lambda session: browser.call(
            "Emulation.setFocusEmulationEnabled", session, enabled=True))[0]

    def open(self, address):
        self.browser.events.clear()
        self.browser.call("Page.navigate", self.session, url=SITE + address)
        self.browser.wait("Page.loadEventFired", self.session)
        self.value(WATCH)

    def value(self, expression):
        return self.browser.evaluate(self.session, expression)

    def press(self, key):
        code, text = KEYS.get(key, (0, key))
        event = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.browser.call("Input.dispatchKeyEvent", self.session,
                          type="keyDown" if text else "rawKeyDown", text=text, **event)
        self.browser.call("Input.dispatchKeyEvent", self.session, type="keyUp", **event)

    def tab_to(self, condition):
        """Whether a control of which the condition, on node, is true gets the focus by Tab."""
        for _ in range(MOST):
            self.press("Tab")
            if self.value(f"((node) => Boolean({condition}))(document.activeElement)"):
                return True
        return False

    def follow(self, key):
        """Presses a key that leads to another page; returns its address and parameters."""
        self.browser.events.clear()
        self.press(key)
        self.browser.wait("Page.loadEventFired", self.session)
        address = urllib.parse.urlsplit(self.value("location.href"))
        return address.path, urllib.parse.parse_qs(address.query)


def reach(keyboard, address):
    keyboard.open(address)
    for _ in range(MOST):
        keyboard.press("Tab")
        if keyboard.value("document.activeElement === document.body"):
            break
    count = keyboard.value("window.reached.size")
    missed, unseen = keyboard.value(MISSED), keyboard.value("window.unseen")
    check(count > 3 and not missed, f"{address}: Tab reaches every control", (count, missed))
    check(not unseen, f"{address}: and shows where the focus is", unseen)


def use(keyboard):
    keyboard.open("/")
    check(keyboard.tab_to("node.className === 'skip'")
          and keyboard.value("(document.activeElement.click(), location.hash)") == "#main",
          "the first control skips to the figures")
    check(keyboard.tab_to("node.closest('#map') && node.tabIndex === 0"), "the map has the focus")
    before = keyboard.value("document.querySelectorAll('#map circle').length")
    for _ in range(3):
        keyboard.press("+")
    after = keyboard.value("document.querySelectorAll('#map circle').length")
    check(after < before, "and a key zooms it", (before, after))
    check(keyboard.tab_to("node.matches('#sections thead th:nth-child(3) button')"),
          "the head of a column has the focus")
    keyboard.press("Enter")
    order = keyboard.value("""[...document.querySelectorAll("#sections tbody td:nth-child(3)")]
        .map((cell) => Number(cell.dataset.v))""")
    check(order == sorted(order, reverse=True) and order[0] > order[-1], "and sorts the table",
          order)
    keyboard.open("/")
    keyboard.tab_to("node.matches('.within')")
    for letter in keyboard.value("document.querySelector('#sections tbody a').textContent"):
        keyboard.press(letter)
    shown = keyboard.value("document.querySelectorAll('#sections tbody tr:not([hidden])').length")
    check(0 < shown < 20, "a table is searched", shown)
    chosen = keyboard.tab_to("node.name === 'compare'")
    slug = keyboard.value("document.activeElement.value")
    keyboard.press(" ")
    check(chosen and keyboard.value("document.activeElement.checked"), "a section is chosen")
    keyboard.tab_to("node.matches('[form=compare]:not(input)')")
    path, query = keyboard.follow("Enter")
    check((path, query.get("compare")) == ("/", [slug]), "and compared", (path, query))
    keyboard.open("/")
    year = "node.matches('#sections-title + .lead a:nth-of-type(2)')"
    check(keyboard.tab_to(year), "a year has the focus")
    wanted = keyboard.value("document.activeElement.textContent")
    check(keyboard.follow("Enter")[1].get("year") == [wanted], "and is shown", wanted)
    keyboard.open("/")
    keyboard.tab_to("node.name === 'q'")
    for letter in "ESN":
        keyboard.press(letter)
    check(keyboard.follow("Enter") == ("/", {"q": ["ESN"]}), "sections are searched")
    keyboard.open(f"/sections/{SECTION}")
    check(keyboard.tab_to("node.name === 'online'"), "a filter has the focus")
    keyboard.press("ArrowDown")
    keyboard.tab_to("node.matches('form.filters button')")
    check(keyboard.follow("Enter")[1].get("online") == ["true"], "and selects")


def main():
    with Browser() as browser:
        keyboard = Keyboard(browser)
        keyboard.open(f"/sections/{SECTION}")
        country = keyboard.value("document.querySelector('header a').pathname")
        for address in (f"/?lang=tr&compare={SECTION}", country, f"/sections/{SECTION}", "/api"):
            reach(keyboard, address)
        use(keyboard)


if __name__ == "__main__":
    main()

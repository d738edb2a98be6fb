"""Opens pages in a headless Chromium, and prints what they wrote, requested and show.

    browser.py [--width=<pixels>] <JavaScript> <file or address> ...
        prints a line of JSON for each file: console (messages), requests (all but that for the
        file) and value (of the expression, when the page is loaded)

Speaks the DevTools protocol over a pipe, so that no port is open; Chromium ends with the pipe. Its
profile is a temporary directory.
"""
import argparse
import json
import os
import pathlib
import select
import subprocess
import tempfile
import time

TIMEOUT = 30
# No sandbox: root may not use it, containers lack it, and the pages are the project's own.
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


class Browser:
    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="esn_pulse-browser-",
                                                   ignore_cleanup_errors=True)
        commands, self.to = os.pipe()
        self.answers, answers = os.pipe()

        def ends():
            # The two ends must be 3 and 4 there; first out of each other's way.
            read, write = os.dup(commands), os.dup(answers)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            ["chromium", *OPTIONS, f"--user-data-dir={self.profile.name}"],
            preexec_fn=ends, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.profile.name, "TZ": "UTC"})
        os.close(commands)
        os.close(answers)
        os.set_blocking(self.to, False)
        self.buffer, self.events, self.last = b"", [], 0
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (OSError, RuntimeError, TimeoutError):
            pass
        os.close(self.to)
        os.close(self.answers)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.profile.cleanup()

    def message(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.answers, 1 << 20)
            if not data:
                raise RuntimeError("the browser has ended")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.last += 1
        command = {"id": self.last, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        data = json.dumps(command).encode() + b"\0"
        deadline = time.monotonic() + TIMEOUT
        while data:
            if not select.select([], [self.to], [], max(0, deadline - time.monotonic()))[1]:
                raise TimeoutError("the browser does not listen")
            data = data[os.write(self.to, data):]
        while True:
            message = self.message(deadline)
            if message.get("id") == self.last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method, session):
        deadline = time.monotonic() + TIMEOUT
        while not any(e.get("method") == method and e.get("sessionId") == session
                      for e in self.events):
            self.events.append(self.message(deadline))

    def open(self, file, prepare=lambda session: None):
        """A session in which the file is loaded, and its address."""
        self.events.clear()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable", session)
        prepare(session)
        address = file if "://" in file else pathlib.Path(file).resolve().as_uri()
        self.call("Page.navigate", session, url=address)
        self.wait("Page.loadEventFired", session)
        return session, address

    def evaluate(self, session, expression):
        result = self.call("Runtime.evaluate", session, expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")

    def console(self):
        """What the console shows: messages, exceptions, and what the browser blocked."""
        texts = []
        for event in self.events:
            p = event.get("params", {})
            if event.get("method") == "Runtime.consoleAPICalled":
                texts.append(" ".join(str(a.get("value", a.get("description"))) for a in p["args"]))
            elif event.get("method") == "Runtime.exceptionThrown":
                details = p["exceptionDetails"]
                texts.append(details.get("exception", {}).get("description", details["text"]))
            elif event.get("method") == "Log.entryAdded":
                texts.append(p["entry"]["text"])
        return texts

    def requests(self, address):
        urls = [e["params"]["request"]["url"] for e in self.events
                if e.get("method") == "Network.requestWillBeSent"]
        return [url for url in urls if url != address]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("expression")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    with Browser() as browser:
        for file in options.files:
            session, address = browser.open(file, lambda session: browser.call(
                "Emulation.setDeviceMetricsOverride", session, width=options.width, height=900,
                deviceScaleFactor=1, mobile=options.width < 600))
            value = browser.evaluate(session, options.expression)
            print(json.dumps({"console": browser.console(),
                              "requests": browser.requests(address), "value": value}))


if __name__ == "__main__":
    main()

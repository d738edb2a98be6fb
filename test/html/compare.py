"""Whether the trees of a program (print_tree.c) are those that Chromium makes: TAP, a line for each group of documents (soup.py).

    compare.py <program> [--seed <number>] [--count <number>]
        documents made by the seed, so many of soup; where trees differ, the smallest part of the document that still differs: - stands
        before what is in the browser's tree alone, + before what is in ours alone
    compare.py <program> --document <HTML>
        both trees of one document
"""
import argparse
import difflib
import json
import pathlib
import subprocess
import sys
import time

import soup

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "site"))
from browser import Browser

TIMEOUT = 60
MAX_SHOWN = 10
MAX_MINIMISED = 40  # so that those which differ in the same way do not hide the others
MAX_PROBLEMS = 0.03  # of a group's documents
BATCH = 400_000  # characters
MINIMISE = 5  # seconds for a document, at most
BLOCK = 40  # candidates that are tried at once
MAX_ENDS = 50  # of the program, in a batch; then it is taken to end on all that follow
LINES = 60  # of trees, around what differs

# What print_tree.c prints, of an array of documents. The comment in front, which changes nothing in the tree, has Chromium take its parser: for
# simple documents DOMParser has a short cut, which reads references like "&#x;" otherwise.
TREES = r"""
(documents => {
    const lower = name => name.replace(/[A-Z]/g, letter => letter.toLowerCase());
    const tree = text => {
        const root = new DOMParser().parseFromString("<!---->" + text, "text/html").documentElement, lines = [], stack = [[root, 0]];
        let parent = null;  // of the text that is the last line
        while (stack.length) {
            const [node, depth] = stack.pop();
            if (node.nodeType === Node.TEXT_NODE) {
                if (parent === node.parentNode)
                    lines[lines.length - 1] += node.data;
                else
                    lines.push(`${depth} '${node.data}`);
                parent = node.parentNode;
            }
            if (node.nodeType !== Node.ELEMENT_NODE)
                continue;
            parent = null;
            lines.push(`${depth} <${lower(node.localName)}`);
            for (const attribute of node.attributes)
                lines.push(`${depth + 1} @${lower(attribute.name)}=${attribute.value}`);
            const children = [...node.childNodes, ...(node instanceof HTMLTemplateElement ? node.content.childNodes : [])];
            stack.push(...children.reverse().map(child => [child, depth + 1]));
        }
        return lines;
    };
    return JSON.stringify(documents.map(tree));
})
"""


def batches(documents):
    batch, size = [], 0
    for document in documents:
        if batch and size + len(document) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document)
    if batch:
        yield batch


class Trees:
    def __init__(self, browser, program):
        self.browser, self.program = browser, program
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def expected(self, documents):
        return json.loads(self.browser.evaluate(self.session, f"{TREES}({json.dumps(documents)})"))

    def run(self, documents):
        """What the program prints, by line, and how it ended if not well."""
        texts = [document.encode() for document in documents]
        data = b"".join(b"%d\n%s" % (len(text), text) for text in texts)
        try:
            run = subprocess.run([self.program], input=data, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired as error:
            done = (error.stdout or b"").count(b"\n")
            raise RuntimeError(f"{self.program} does not come to an end on {json.dumps(documents[done:done + 1])[:2000]}") from None
        ended = run.returncode and f"ended with status {run.returncode}: {run.stderr.decode(errors='replace')[:2000]}"
        return run.stdout.split(b"\n")[:-1], ended

    def ours(self, documents):
        """Of each the tree; None: it was not read whole. A document on which the program ends has a tree that says so."""
        trees, ends = [], 0
        while len(trees) < len(documents):
            lines, ended = self.run(documents[len(trees):])
            trees += [None if line == b"problem" else json.loads(line) for line in lines]
            if len(trees) < len(documents):
                trees.append([f"0 (the program {ended or 'ended'})"])
                ends += 1
            elif ended or len(trees) > len(documents):
                raise RuntimeError(f"{self.program} {ended or 'says too much'}")
            if ends == MAX_ENDS:
                trees += trees[-1:] * (len(documents) - len(trees))
        return trees

    def compare(self, documents):
        """Both trees of each."""
        return zip(self.expected(documents), self.ours(documents), strict=True)

    def smallest(self, document):
        """What is left of a document that differs when as much as possible is taken away so that it still differs."""
        end = time.monotonic() + MINIMISE
        size = max(1, len(document) // 2)
        at, changed = 0, False
        while time.monotonic() < end:
            starts = range(at, len(document), size)[:max(1, min(BLOCK, BATCH // (len(document) + 1)))]
            shorter = [document[:start] + document[start + size:] for start in starts]
            for start, candidate, (expected, ours) in zip(starts, shorter, self.compare(shorter)):
                if candidate and ours is not None and ours != expected:
                    document, at, changed = candidate, start, True
                    break
            else:
                at += size * len(starts)
            if at < len(document):
                continue
            if size == 1 and not changed:
                break
            at, size, changed = 0, max(1, size // 2), False
        return document


def readable(tree):
    if tree is None:
        return ["(not read whole)"]
    return ["  " * int(depth) + json.dumps(rest)[1:-1].replace('\\"', '"') for depth, rest in (line.split(" ", 1) for line in tree)]


class Shown:
    """What has been shown of what differs."""

    def __init__(self):
        self.ways, self.minimised = set(), 0

    def show(self, trees, document):
        """The smallest part of a document that differs, and its trees, if none has been shown that differs in this way."""
        if len(self.ways) == MAX_SHOWN or self.minimised == MAX_MINIMISED:
            return
        self.minimised += 1
        document = trees.smallest(document)
        expected, ours = next(trees.compare([document]))
        lines = list(difflib.unified_diff(readable(expected), readable(ours), lineterm="", n=LINES))[3:3 + 4 * LINES]
        way = tuple(line.split("'")[0].split("=")[0] for line in lines if line[0] != " ")
        if way not in self.ways:
            self.ways.add(way)
            print("# " + json.dumps(document), *("#     " + line for line in lines), sep="\n")


def group(trees, number, name, documents, shown):
    """Prints its line, before that what differs; whether all is well."""
    differ, problems = 0, 0
    for batch in batches(documents):
        for document, (expected, ours) in zip(batch, trees.compare(batch)):
            if ours is None:
                problems += 1
            elif ours != expected:
                differ += 1
                shown.show(trees, document)
    well = differ == 0 and problems <= MAX_PROBLEMS * len(documents)
    others = f", {differ} differ" * (differ > 0) + f", {problems} not read whole" * (problems > 0)
    print(f"{'ok' if well else 'not ok'} {number} - {len(documents)} documents: {name}{others}", flush=True)
    return well


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--document")
    options = parser.parse_args()
    try:
        with Browser() as browser:
            trees = Trees(browser, options.program)
            if options.document is not None:
                expected, ours = next(trees.compare([options.document]))
                print(*readable(expected), "--", *readable(ours), sep="\n")
                return ours != expected
            groups = soup.groups(options.seed, options.count)
            print(f"1..{len(groups)}\n# --seed {options.seed} --count {options.count}")
            shown = Shown()
            well = [group(trees, number, name, documents, shown) for number, (name, documents) in enumerate(groups.items(), 1)]
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        print(f"Bail out! {error}")
        return True
    return not all(well)


if __name__ == "__main__":
    sys.exit(main())

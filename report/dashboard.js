// The dashboard's pages are complete without this script. It lets tables be sorted and searched,
// shortens long ones, saves charts as pictures, follows runs and starts them.
"use strict";

const language = document.documentElement.lang;
const source = document.getElementById("data");
const words = source ? JSON.parse(source.textContent).words || {} : {};
const say = (word) => words[word] || word;

function make(tag, attributes, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
	node.append(...children);
	return node;
}

// Tables.

const valueOf = (row, column) => {
	const cell = row.cells[column];
	return "v" in cell.dataset ? cell.dataset.v === "" ? null : Number(cell.dataset.v)
		: cell.textContent.trim();
};

function compare(a, b) {
	if (a === null || b === null || a === "" || b === "")
		return (a === null || a === "") - (b === null || b === "");
	return typeof a === "number" ? a - b : a.localeCompare(b, language);
}

function sortBy(table, head, column) {
	const descending = head.getAttribute("aria-sort") === "ascending"
		|| !head.hasAttribute("aria-sort") && head.classList.contains("n");
	for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
	head.setAttribute("aria-sort", descending ? "descending" : "ascending");
	const body = table.tBodies[0];
	const known = (row) => ![null, ""].includes(valueOf(row, column));
	const rows = [...body.rows].sort((a, b) =>
		descending && known(a) && known(b) ? compare(valueOf(b, column), valueOf(a, column))
		: compare(valueOf(a, column), valueOf(b, column)));
	body.append(...rows);
	table.dispatchEvent(new Event("sorted"));
}

function enhance(table) {
	for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
		const button = make("button", { type: "button" }, ...head.childNodes);
		button.addEventListener("click", () => sortBy(table, head, column));
		head.append(button);
	}
	const FEW = 20;
	if (table.tBodies[0].rows.length <= FEW) return;
	const search = make("input", { type: "search", class: "within",
		"aria-label": say("Search"), placeholder: say("Search") });
	const more = make("button", { type: "button", class: "more" });
	let all = false;
	const show = () => {
		const wanted = search.value.toLocaleLowerCase(language);
		let shown = 0, found = 0;
		for (const row of table.tBodies[0].rows) {
			const fits = row.textContent.toLocaleLowerCase(language).includes(wanted);
			found += fits;
			row.hidden = !fits || !all && shown >= FEW;
			shown += !row.hidden;
		}
		more.hidden = found <= FEW;
		more.textContent = all ? `${FEW}` : `${say("all")} (${found})`;
	};
	search.addEventListener("input", show);
	table.addEventListener("sorted", show);
	more.addEventListener("click", () => {
		all = !all;
		show();
	});
	table.parentNode.before(search);
	table.parentNode.after(more);
	show();
}

// No more sections can be chosen than are compared.
function bound(boxes, most) {
	const check = () => {
		const full = boxes.filter((box) => box.checked).length >= most;
		for (const box of boxes) box.disabled = full && !box.checked;
	};
	for (const box of boxes) box.addEventListener("change", check);
	check();
}

// Charts as pictures.

// A picture has no style sheet: each element gets what it looks like now.
function copyStyle(from, to) {
	const style = getComputedStyle(from);
	for (const name of ["fill", "fill-opacity", "stroke", "stroke-width", "font-size",
		"font-weight", "font-family", "text-anchor", "paint-order"])
		to.setAttribute(name, style.getPropertyValue(name));
	for (let i = 0; i < from.children.length; i++) copyStyle(from.children[i], to.children[i]);
}

async function save(figure) {
	const svg = figure.querySelector("svg"), copy = svg.cloneNode(true);
	const { width, height } = svg.getBoundingClientRect();
	copyStyle(svg, copy);
	copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
	copy.setAttribute("width", width);
	copy.setAttribute("height", height);
	const image = new Image();
	image.src = "data:image/svg+xml;charset=utf-8,"
		+ encodeURIComponent(new XMLSerializer().serializeToString(copy));
	await image.decode();
	const canvas = make("canvas", { width: 2 * width, height: 2 * height });
	const paint = canvas.getContext("2d");
	paint.fillStyle = getComputedStyle(document.body).backgroundColor;
	paint.fillRect(0, 0, canvas.width, canvas.height);
	paint.drawImage(image, 0, 0, canvas.width, canvas.height);
	const name = (figure.closest("section") || figure).id || "chart";
	make("a", { href: canvas.toDataURL("image/png"), download: `${name}.png` }).click();
}

function equip(root) {
	for (const figure of root.querySelectorAll("figure:not([data-equipped])")) {
		figure.dataset.equipped = "";
		const button = make("button", { type: "button", class: "save" },
			`${say("Download")} (PNG)`);
		button.addEventListener("click", () => save(figure));
		figure.append(button);
	}
}

// Runs: followed as they happen, and started and stopped by who has a key.

async function follow(table) {
	if (document.hidden) return;
	const answer = await fetch("/api/v1/runs?limit=10").catch(() => null);
	if (!answer || !answer.ok) return;
	const rows = (await answer.json()).items.map((run) => {
		const row = make("tr", { "data-run": run.id },
			make("th", { scope: "row" }, run.request), make("td", {}, say(run.status)),
			make("td", {}, run.started_at.slice(0, 16).replace("T", " ")));
		for (const name of ["sections_processed", "activities_new", "activities_changed",
			"requests"])
			row.append(make("td", { class: "n", "data-v": run[name] },
				Number(run[name]).toLocaleString(language)));
		return row;
	});
	table.tBodies[0].replaceChildren(...rows);
}

// The server says when a run changes. While it does not (an old browser, too many readers), runs
// are read every five seconds, and now and then it is tried again.
function live(table) {
	const SECONDS = 5, AGAIN = 60, BURST_MS = 300;
	let source = null, waited = 0, soon = 0;
	const read = () => {
		soon = soon || setTimeout(() => {
			soon = 0;
			follow(table);
		}, BURST_MS);
	};
	const connect = () => {
		source = new EventSource("/api/v1/events");
		source.addEventListener("open", read);
		source.addEventListener("run", read);
	};
	connect();
	setInterval(() => {
		if (source.readyState === EventSource.OPEN) return;
		follow(table);
		waited += SECONDS;
		if (waited < AGAIN || source.readyState !== EventSource.CLOSED) return;
		waited = 0;
		connect();
	}, 1000 * SECONDS);
	// A browser has few connections to a server: pages that nobody sees take none.
	document.addEventListener("visibilitychange", () => {
		source.close();
		if (!document.hidden) connect();
	});
}

async function runInProgress() {
	const answer = await fetch("/api/v1/runs?status=running").catch(() => null);
	const run = answer && answer.ok && (await answer.json()).items[0];
	return run ? run.id : null;
}

// A run of a section waits while another is in progress: what was started here is stopped first.
function control(place, body) {
	let started = null;
	const key = make("input", { type: "password", autocomplete: "off", required: "",
		name: "key" });
	const result = make("output", {});
	const stop = make("button", { type: "button", class: "stop" }, say("Stop the run"));
	const form = make("form", { class: "control" }, make("label", {}, say("Key"), key),
		make("button", {}, say("Start a run")), stop, result);
	const post = async (path, content) => {
		const answer = await fetch(path, { method: "POST", body: content,
			headers: { Authorization: `Bearer ${key.value.trim()}` } }).catch(() => null);
		const said = answer ? await answer.json() : { detail: "?" };
		if (!answer || !answer.ok) result.textContent = said.detail;
		return answer && answer.ok ? said : null;
	};
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const run = await post("/api/v1/trigger/scraper", JSON.stringify(body));
		if (run === null) return;
		started = run.id;
		result.textContent = `${run.id}: ${say(run.status)}`;
	});
	stop.addEventListener("click", async () => {
		if (!form.reportValidity()) return;
		const id = started || await runInProgress();
		const run = id === null ? null : await post(`/api/v1/runs/${id}/cancel`);
		if (id === null) result.textContent = say("no run is in progress");
		if (run === null) return;
		started = null;
		result.textContent = `${id}: ${say(run.has_stopped ? "cancelled" : "had ended before")}`;
	});
	place.append(form);
}

for (const table of document.querySelectorAll("table.sortable")) enhance(table);
bound([...document.querySelectorAll("input[name=compare]")], 8);
const charts = document.getElementById("report");
if (charts) equip(charts);
const runs = document.getElementById("runs");
if (runs) {
	live(runs);
	control(runs.closest("section"), {});
}
const section = location.pathname.match(/^\/sections\/([^/]+)$/);
if (section) control(document.querySelector("header"), { section: decodeURIComponent(section[1]) });

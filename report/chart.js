// Formats of numbers, elements, and the charts: bars, the trend, shares. Text from the data becomes
// text nodes only.

const MINUS = "\u2212", DASH = "\u2013", SPACE = "\u00a0";
const NARROW = 460; // pixels under which labels stand above their bars
const PRINTED = 680, PRINTED_HALF = 320; // pixels of a page's width, and of half of it

const number = (n) => n === null || n === undefined ? DASH : Number(n).toLocaleString(LOCALE);
const ratio = (a, b) => Number(b) > 0 ? Number(a) / Number(b) : null;

function percent(share) {
	if (share === null) return DASH;
	const digits = share > 0 && share < 0.01 || share > 0.98 && share < 1 ? 1 : 0;
	// Never round up to 100 % or down to 0 %.
	const shown = Math.min(Math.max(100 * share, share > 0 ? 0.1 : 0), share < 1 ? 99.9 : 100);
	return asPercent(shown.toLocaleString(LOCALE,
		{ minimumFractionDigits: digits, maximumFractionDigits: digits }));
}

const asPercent = (text) => TURKISH ? "%" + text : text + SPACE + "%";

// A change in percent, with its sign.
function signed(by) {
	if (by === null || by === undefined) return "";
	const rounded = Math.round(by), sign = rounded > 0 ? "+" : rounded < 0 ? MINUS : "\u00b1";
	return sign + asPercent(number(Math.abs(rounded)));
}

// A date as 7 Mar 2026, or a moment; both in UTC, so that the page is the same everywhere.
function day(text) {
	if (!text) return DASH;
	return new Date(text)
		.toLocaleDateString(LOCALE,
			{ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

// A range of days in its shortest form.
function days(from, to) {
	if (!to || to === from) return day(from);
	const [a, b] = [day(from).split(" "), day(to).split(" ")];
	if (a[2] !== b[2]) return a.join(" ") + " \u2013 " + b.join(" ");
	return a[1] !== b[1] ? `${a[0]} ${a[1]} \u2013 ${b.join(" ")}` : `${a[0]}\u2013${b.join(" ")}`;
}

function moment(text) {
	if (!text) return DASH;
	return day(text) + ", " + new Date(text)
		.toLocaleTimeString(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" })
		+ SPACE + "UTC";
}

// el("p", {class: "lead"}, "text", element, ...): null children are left out.
function el(tag, attributes, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
	node.append(...children.flat().filter((child) => child !== null && child !== undefined));
	return node;
}

// A table. Columns: {name, value: row => text or element, n: a figure?, wide: left out on narrow
// screens?}; the first one names the row.
function table(columns, rows, isSubject) {
	const kind = (c) => ({ class: [c.n ? "n" : "", c.wide ? "wide-only" : ""].join(" ").trim() });
	return el("div",
		{ class: "scroll", tabindex: "0", role: "group",
			"aria-label": t("table_of", { columns: columns.map((c) => c.name).join(", ") }) },
		el("table", {},
				el("thead", {},
			el("tr", {}, columns.map((c) => el("th", { scope: "col", ...kind(c) }, c.name)))),
				el("tbody", {},
			rows.map((row) => el("tr", isSubject && isSubject(row) ? { class: "subject" } : {},
				columns.map((c, i) =>
					el(i === 0 ? "th" : "td", i === 0 ? { scope: "row", ...kind(c) } : kind(c),
						c.value(row))))))));
}

const folded = (summary, ...content) => el("details", {}, el("summary", {}, summary), ...content);

// Unique ids for referenced elements of a picture.
let ids = 0;

// The charts on the page, redrawn when their width changes.
const charts = [];

// chart(name, description, draw, after): a figure whose picture draw(svg, width) draws once it is
// on the page; it returns the height.
function chart(name, description, draw, ...after) {
	const svg = el("div", {}), figure = el("figure", { "data-chart": name }, svg, ...after);
	charts.push({ figure, holder: svg, name, description, draw });
	return figure;
}

function drawChart(c, width) {
	c.holder.replaceChildren();
	const svg = d3.select(c.holder).append("svg").attr("role", "img")
		.attr("aria-label", c.description).attr("width", width).attr("height", 10);
	const height = Math.ceil(c.draw(svg, width));
	svg.attr("height", height).attr("viewBox", `0 0 ${width} ${height}`);
	c.width = width;
	c.printed = isPrinting;
}

// On screen, the available width; on paper, its width, with smaller letters, which must apply
// before texts are measured.
let isPrinting = false;
function drawAll(printing) {
	isPrinting = printing;
	document.documentElement.classList.toggle("printing", printing);
	for (const c of charts) {
		const width = printing ? c.figure.closest(".pair") ? PRINTED_HALF : PRINTED
			: Math.floor(c.holder.clientWidth);
		if (width > 0 && (width !== c.width || printing !== c.printed)) drawChart(c, width);
	}
}

// Draws one chart anew, if it was drawn.
function redraw(figure) {
	const c = charts.find((one) => one.figure === figure);
	if (c.width) drawChart(c, c.width);
}

const textWidth = (text) => text.node().getComputedTextLength();

// Cuts a text that is too long with an ellipsis, and keeps the full text as a tooltip.
function fit(text, whole, width) {
	text.text(whole);
	if (textWidth(text) <= width) return;
	let low = 0, high = whole.length;
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		text.text(whole.slice(0, middle).trimEnd() + "\u2026");
		if (textWidth(text) <= width) low = middle; else high = middle - 1;
	}
	text.text(whole.slice(0, low).trimEnd() + "\u2026");
	text.append("title").text(whole);
}

// The width of the longest of these rows' labels or texts, up to a limit.
function longest(svg, rows, key, most) {
	const probe = svg.append("text");
	const width = Math.max(0,
		...rows.map((row) =>
			textWidth(probe.attr("class", row.subject ? "strong" : null).text(row[key]))));
	probe.remove();
	return Math.min(width, most);
}

// The layout of a row: label and bar side by side, or, if it is narrow, the label above.
function rowLayout(svg, width, rows) {
	const left = (most) => Math.ceil(longest(svg, rows, "label", width * most)) + 12;
	if (isPrinting)
		return { narrow: false, left: left(0.45), height: 20, bar: 13, top: 3, base: 10.5 };
	if (width < NARROW) return { narrow: true, left: 0, height: 42, bar: 14, top: 20, base: 11.5 };
	return { narrow: false, left: left(0.42), height: 27, bar: 17, top: 5, base: 13 };
}

function rowLabel(svg, layout, width, y, row) {
	const text = svg.append("text").attr("x", layout.narrow ? 0 : layout.left - 12)
		.attr("y", layout.narrow ? y + 14 : y + layout.top + layout.base)
		.attr("text-anchor", layout.narrow ? "start" : "end")
		.attr("class", row.subject ? "strong" : null);
	fit(text, row.label, layout.narrow ? width : layout.left - 12);
}

// Rows {label, value, text, subject, other}: one bar per row, with the value at its end. most: the
// value of a full bar, with a track behind it.
function bars(rows, most) {
	return (svg, width) => {
		const layout = rowLayout(svg, width, rows);
		const right = width - longest(svg, rows, "text", 200) - 8;
		const full = most || Math.max(1, ...rows.map((r) => r.value));
		rows.forEach((row, i) => {
			const y = i * layout.height;
			const length = Math.max(row.value > 0 ? 1.5 : 0,
				(right - layout.left) * row.value / full);
			rowLabel(svg, layout, width, y, row);
			if (most)
				svg.append("rect").attr("class", "track").attr("x", layout.left)
				.attr("y", y + layout.top).attr("width", right - layout.left)
				.attr("height", layout.bar);
			svg.append("rect").attr("class", row.other ? "bar other" : "bar").attr("x", layout.left)
				.attr("y", y + layout.top).attr("width", length).attr("height", layout.bar);
			svg.append("text").attr("x", most ? width : layout.left + length + 7)
				.attr("y", y + layout.top + layout.base)
				.attr("text-anchor", most ? "end" : "start")
				.attr("class", row.subject ? "strong" : null).text(row.text);
		});
		return rows.length * layout.height;
	};
}

// A hatch, which differs from a solid fill even without colour. Returns its address.
function hatch(svg) {
	const id = "hatch" + ++ids;
	const pattern = svg.append("defs").append("pattern").attr("id", id).attr("class", "hatch")
		.attr("width", 5).attr("height", 5)
		.attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
	pattern.append("line").attr("x1", 0).attr("x2", 0).attr("y1", 0).attr("y2", 5);
	return `url(#${id})`;
}

// Rows {label, first, second, subject}: the shares of both. The first row names them.
function shares(rows, first, second) {
	return (svg, width) => {
		const layout = rowLayout(svg, width, rows), fill = hatch(svg);
		rows.forEach((row, i) => {
			const y = 22 + i * (layout.height + 3), share = row.first / (row.first + row.second);
			const split = layout.left + (width - layout.left) * share;
			rowLabel(svg, layout, width, y, row);
			const part = (x, w, name) =>
				svg.append("rect").attr("class", name).attr("x", x).attr("y", y + layout.top)
				.attr("width", Math.max(0, w)).attr("height", layout.bar);
			part(layout.left, split - layout.left, "bar");
			part(split, width - split, "second");
			part(split, width - split, null).attr("fill", fill);
			for (const [x, anchor, text] of [[layout.left + 6, "start", percent(share)],
				[width - 6, "end", percent(1 - share)]]) {
				const g = svg.append("g");
				const t = g.append("text").attr("x", x).attr("y", y + layout.top + layout.base)
					.attr("text-anchor", anchor).text(text).attr("class", "soft strong");
				const box = textWidth(t) + 8;
				g.insert("rect", "text").attr("class", "plate")
					.attr("x", anchor === "start" ? x - 4 : x - box + 4)
					.attr("y", y + layout.top + 1.5)
					.attr("width", box).attr("height", layout.bar - 3).attr("rx", 2);
			}
		});
		svg.append("text").attr("class", "soft").attr("x", layout.left)
			.attr("y", layout.narrow ? 14 : 18).text(first);
		svg.append("text").attr("class", "soft").attr("x", width).attr("y", layout.narrow ? 14 : 18)
			.attr("text-anchor", "end").text(second);
		return 22 + rows.length * (layout.height + 3);
	};
}

// Months {year, month, begun, upcoming} as columns over a time axis. Each year shows its total and
// the change from the year before.
function trend(months, years, now) {
	return (svg, width) => {
		const left = 44, top = 14, height = isPrinting ? 170 : 210, fill = hatch(svg);
		const slots = Math.max(1, Math.min(12, Math.floor((width - left) / 58)));
		// By months since year 0: up to some months ahead, and back as many whole years as labels
		// have room for.
		const at = (m) => m.year * 12 + m.month - 1,
			begun = months.filter((m) => m.begun > 0).map(at);
		const last = Math.max(at(now), ...months.map(at).filter((i) => i <= at(now) + 12));
		const first = Math.max(Math.min(at(now), ...begun),
			(Math.floor(last / 12) - slots + 1) * 12);
		const shown = months.filter((m) => at(m) >= first && at(m) <= last);
		const step = (width - left) / (last - first + 1),
			most = Math.max(1, ...shown.map((m) => m.begun + m.upcoming));
		const ticks = d3.ticks(0, most, 4).filter(Number.isInteger),
			scale = (v) => top + height * (1 - v / Math.max(most, ticks[ticks.length - 1]));
		for (const t of ticks) {
			svg.append("line").attr("class", t === 0 ? "axis" : "grid").attr("x1", left)
				.attr("x2", width).attr("y1", scale(t)).attr("y2", scale(t));
			svg.append("text").attr("class", "soft").attr("x", left - 8).attr("y", scale(t) + 4)
				.attr("text-anchor", "end").text(number(t));
		}
		for (const m of shown) {
			const x = left + (at(m) - first) * step + step * 0.1;
			const column = (from, to, name) =>
				svg.append("rect").attr("class", name).attr("x", x).attr("width", step * 0.8)
				.attr("y", scale(to)).attr("height", scale(from) - scale(to));
			const g = column(0, m.begun, "bar");
			g.append("title")
				.text(`${m.name}: ${t("n_activities", { n: m.begun + m.upcoming })}`);
			if (m.upcoming > 0) {
				column(m.begun, m.begun + m.upcoming, "second");
				column(m.begun, m.begun + m.upcoming, null).attr("fill", fill);
			}
		}
		for (let year = Math.floor(first / 12); year <= Math.floor(last / 12); year++) {
			const from = left + (Math.max(first, year * 12) - first) * step,
				to = left + (Math.min(last, year * 12 + 11) + 1 - first) * step,
				y = years.get(year);
			const text = (line, name, content) =>
				svg.append("text").attr("class", name).attr("x", (from + to) / 2)
				.attr("y", top + height + line)
				.attr("text-anchor", "middle").text(content);
			if (from > left)
				svg.append("line").attr("class", "grid").attr("x1", from).attr("x2", from)
				.attr("y1", top + height).attr("y2", top + height + 58);
			if (to - from < 40) continue;
			text(19, "soft", year === now.year && to - from > 90
				? t("so_far", { year: String(year) }) : String(year));
			if (y) text(37, "strong", number(y.activities));
			if (y) text(54, "soft", signed(y.change));
		}
		return top + height + 60;
	};
}

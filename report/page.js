// The contents of the page, in order. All of them come from the JSON in the page.

const report = JSON.parse(document.getElementById("data").textContent);
const rowsOf = ({ columns, rows }) =>
	rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
const sections = rowsOf(report.sections), countries = rowsOf(report.countries);
for (const s of sections) for (const name of ["latitude", "longitude"])
	s[name] = s[name] === null ? null : Number(s[name]);
const f = report.figures, q = report.quality;
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December"];
const subjectName = report.kind === "section" ? report.section.name : report.kind === "country"
	? report.country.name : "The whole network";
const isEmpty = sections.length === 0 && countries.length === 0 && f.activities === 0;

// Only web addresses become links; others stay text.
function link(text, url) {
	return /^https?:\/\//i.test(url || "") ? el("a", { href: url, rel: "noreferrer" }, text) : text;
}

function part(id, title, lead, ...content) {
	return el("section", { id, "aria-labelledby": id + "-title" },
		el("h2", { id: id + "-title" }, title), lead ? el("p", { class: "lead" }, lead) : null,
		...content);
}

const pair = (...parts) => parts.some((p) => p) ? el("div", { class: "pair" }, ...parts) : null;

function heading() {
	const about = report.kind === "section"
		? [report.section.city, report.section.university, report.country && report.country.name]
		: report.kind === "country"
		? [plural(sections.filter((s) => s.inside).length, "section", "sections")]
			: [plural(sections.length, "section", "sections") + " in "
				+ plural(countries.filter((c) => c.sections > 0).length, "country", "countries")];
	const parts = about.filter((text, i) => text && about.indexOf(text) === i).join(" \u00b7 ");
	return el("header", {}, el("p", {}, "Erasmus Student Network"), el("h1", {}, subjectName),
		isEmpty ? null : el("p", {}, parts),
		el("p", {}, "As of ", el("time", { datetime: report.made_at }, moment(report.made_at))));
}

function emptiness() {
	return el("div", { class: "notice", id: "empty" },
		el("p", {}, el("strong", {}, "There is no data yet."),
			" This database contains no country, no section and no activity."),
		el("p", {}, "To scrape one section, which takes seconds:"),
		el("pre", {}, el("code", {}, "SELECT * FROM esn_scrape_section('esn-metu');")),
		el("p", {},
			"To scrape the whole network, which first takes several runs of up to two hours each, "
				+ "each resuming where the previous one stopped:"),
		el("pre", {}, el("code", {}, "SELECT * FROM esn_scrape_all();")),
		el("p", {}, "Then make the report again."));
}

function noActivities() {
	const call = report.kind === "section"
		? `SELECT * FROM esn_scrape_section('${report.section.slug.replace(/'/g, "''")}');`
		: "SELECT * FROM esn_scrape_all();";
	return el("div", { class: "notice", id: "no-activities" },
		el("p", {}, el("strong", {}, "No activity counts here yet."),
			" If none has been read so far, run:"),
		el("pre", {}, el("code", {}, call)));
}

function against(now, before, what) {
	const by = change(now, before);
	return by ? `${by} from the 12 months before (${number(before)})` : before > 0 || now > 0
		? `none in the 12 months before` : `no ${what} in the 12 months before either`;
}

function rankNote() {
	if (report.kind === "network")
		return ["sections", sections.length, "sections",
			"in " + plural(countries.filter((c) => c.sections > 0).length, "country", "countries")];
	if (report.kind === "country") {
		const own = countries.find((c) => c.inside);
		return ["rank", own.rank, "its rank among countries",
			`of ${number(countries.length)}, by activities`];
	}
	const own = sections.find((s) => s.inside),
		peers = sections.filter((s) => s.country === own.country).length;
	return ["rank", own.rank, "its rank in the network",
		`of ${number(sections.length)}, by activities`
		+ (own.country ? `; ${number(own.country_rank)} of ${number(peers)} in ${own.country}`
			: "")];
}

function figures() {
	const entry = ([name, value, label, note]) =>
		el("div", { "data-figure": name }, el("dt", {}, label),
			el("dd", { class: "value" }, number(value)), el("dd", { class: "note" }, note));
	const each = ratio(f.participants, f.with_participants);
	return el("dl", { class: "figures", "aria-label": "Headline figures" }, [
		["activities", f.activities, f.activities === 1 ? "activity" : "activities",
			f.first
			? `since ${f.first.slice(0, 4)}; ${percent(ratio(f.online, f.activities))} online`
			: "none yet"],
		["year_activities", f.year_activities, "activities in 12 months",
			against(f.year_activities, f.year_before_activities, "activity")],
		["year_participants", f.year_participants || 0, "participants in 12 months",
			against(f.year_participants || 0, f.year_before_participants || 0, "participant")],
		["participants", f.participants || 0, "participants in total",
			each ? `${number(Math.round(each))} per activity with a known number`
			: "no activity has a number"],
		["upcoming", f.upcoming, f.upcoming === 1 ? "activity to come" : "activities to come",
			"today or later, or not yet over"],
		rankNote()
	].map(entry));
}

function trendPart() {
	const now = { year: Number(report.today.slice(0, 4)), month: Number(report.today.slice(5, 7)) };
	const months = report.months.map((m) =>
		({ year: Number(m.month.slice(0, 4)), month: Number(m.month.slice(5)),
			begun: m.activities - m.upcoming, upcoming: m.upcoming,
			name: MONTHS[Number(m.month.slice(5)) - 1] + " " + m.month.slice(0, 4) }));
	const years = new Map(report.years.map((y) => [y.year, { ...y }]));
	for (const [year, y] of years) {
		const before = years.get(year - 1);
		// A year that is only partly known cannot be compared.
		if (before && (years.has(year - 2) || f.first.slice(5, 7) === "01"))
			y.change = change(y.activities,
				year === now.year ? before.by_this_day : before.activities);
	}
	const list = [...years.values()].reverse(),
		first = list.length ? list[list.length - 1].year : null;
	const best = months.reduce((a, b) => b.begun > a.begun ? b : a);
	return part("trend", "Activities over time",
		best.begun > 0
		? `The busiest month was ${best.name}, with `
			+ `${plural(best.begun, "activity", "activities")}.` : null,
		chart("trend",
			`Columns: activities by month${first ? " since " + first : ""}. ` + list.slice(0, 3)
			.map((y) => `${y.year}: ${number(y.activities)}`).join("; "), trend(months, years, now),
			el("figcaption", {},
				"By month of beginning. Each year has its total and the change from the year "
				+ "before; this year is compared with the same days of last year."
				+ (months.some((m) => m.upcoming > 0) ? " Hatched: still to come." : "")),
			folded("Years and months as tables",
				table([
					{ name: "Year",
						value: (y) => String(y.year) + (y.year === now.year ? " so far" : "") },
					{ name: "Activities", n: true, value: (y) => number(y.activities) },
					{ name: "Change", n: true, value: (y) => y.change || DASH },
					{ name: "Online", n: true, value: (y) => number(y.online) },
					{ name: "Participants", n: true, value: (y) => number(y.participants) }], list),
				table([
					{ name: "Month",
						value: (m) =>
						MONTHS[Number(m.month.slice(5)) - 1] + " " + m.month.slice(0, 4) },
					{ name: "Activities", n: true, value: (m) => number(m.activities) },
					{ name: "Online", n: true, value: (m) => number(m.online) },
					{ name: "Participants", n: true, value: (m) => number(m.participants) }],
					report.months.slice().reverse()))));
}

// A ranked bar chart over rows {name, activities, year_activities, participants}.
function counted(id, title, lead, rows, first, label) {
	if (!rows.some((r) => r.activities > 0))
		return part(id, title, null,
			el("p", { class: "lead" }, "No activity has this information yet."));
	const shown = rows.slice(0, 17),
		entries = shown.map((r) =>
			({ label: label(r), value: r.activities,
				text: r.activities === 0 ? "0"
				: `${number(r.activities)} \u00b7 ${percent(r.activities / f.activities)}` }));
	return part(id, title, lead,
		chart(id,
			`Bars: ${title.toLowerCase()} by activities. ` + entries.slice(0, 3)
			.map((e) => `${e.label}: ${e.text}`).join("; "), bars(entries),
			folded("As a table",
				table([{ name: first, value: label },
					{ name: "Activities", n: true, value: (r) => number(r.activities) },
					{ name: "In 12 months", n: true, wide: true,
						value: (r) => number(r.year_activities) },
					{ name: "Participants", n: true, value: (r) => number(r.participants) }],
					rows))));
}

function students() {
	const sum = (label, rows, subject) =>
		({ label, subject, first: d3.sum(rows, (r) => r.local),
			second: d3.sum(rows, (r) => r.international) });
	const own = sum(report.kind === "network" ? "All sections" : subjectName,
		sections.filter((s) => s.inside), true), rows = [own];
	if (report.kind === "section" && report.country)
		rows.push(
			sum(report.country.name, sections.filter((s) => s.country === report.country.name)));
	if (report.kind !== "network") rows.push(sum("The whole network", sections));
	const parts = report.kind === "network" ? countries : report.kind === "country"
		? sections.filter((s) => s.inside) : [];
	rows.push(...parts.map((p) => sum(p.name, [p]))
		.sort((a, b) => b.first + b.second - a.first - a.second).slice(0, 8));
	const told = rows.filter((r) => r.first + r.second > 0);
	if (own.first + own.second === 0)
		return part("students", "Local and international students", null,
			el("p", { class: "lead" }, "No statistics page has this information yet."));
	return part("students", "Local and international students",
		`${number(own.first + own.second)} students took part, according to the sections\u2019 `
			+ "statistics pages. Somebody who took part twice counts twice.",
		chart("students",
			"Divided bars: local and international students. " + told.slice(0, 3)
			.map((r) => `${r.label}: ${percent(r.second / (r.first + r.second))} international`)
			.join("; "),
			shares(told, "Local", "International"),
			parts.length
			? el("figcaption", {},
				`Below the first row: the ${report.kind === "network" ? "countries" : "sections"} `
					+ "with the most students.") : null,
			folded("As a table",
				table([{ name: "", value: (r) => r.label },
					{ name: "Local", n: true, value: (r) => number(r.first) },
					{ name: "International", n: true, value: (r) => number(r.second) },
					{ name: "Share", n: true,
						value: (r) => percent(r.second / (r.first + r.second)) }], told))));
}

function mapPart() {
	const placed = sections.filter((s) => s.latitude !== null && s.longitude !== null),
		own = placed.filter((s) => s.inside);
	const title = report.kind === "section" ? "Among its neighbours" : "Where the sections are";
	if (!sections.some((s) => s.inside)) return null;
	if (own.length === 0)
		return part("map", title, null,
			el("p", { class: "lead" },
				report.kind === "section" ? "The location of the section is not known."
				: "The locations of the sections are not known yet."));
	const missing = sections.filter((s) => s.inside).length - own.length;
	const notes = ["The area of a point shows the number of activities."];
	if (report.kind !== "network")
		notes.push(report.kind === "country" ? "Grey: sections of other countries."
			: "Grey: other sections.");
	if (missing > 0)
		notes.push(`The location of ${plural(missing, "section", "sections")} is not known.`);
	const caption = el("figcaption", {});
	const say = (off) => {
		const more = off.length > 6 ? ` and ${number(off.length - 6)} more` : "";
		caption.replaceChildren(
			notes.concat(off.length > 0 ? `Outside the map: ${off.slice(0, 6).join(", ")}${more}.`
				: []).join(" "));
		caption.dataset.outside = off.length;
	};
	const top = own.slice().sort((a, b) => b.activities - a.activities).slice(0, 3);
	return part("map", title, null,
		chart("map",
			`Map of ${plural(own.length, "section", "sections")}, sized by activities. `
			+ top.map((s) => `${s.name}: ${number(s.activities)}`).join("; "),
			map(report, sections, say), caption));
}

// The subject among its peers: the first of them, and the subject if it comes later.
function among() {
	const isCountry = report.kind !== "section",
		own = isCountry ? countries.find((c) => c.inside) : sections.find((s) => s.inside);
	const peers = isCountry ? countries.filter((c) => c.sections > 0)
		: sections.filter((s) => s.country === own.country);
	if (peers.length < 2 || !isCountry && !own.country) return null;
	const shown = peers.slice(0, 15);
	if (own && !shown.includes(own)) shown.splice(14, 1, own);
	const rank = (p) => isCountry ? p.rank : p.country_rank;
	const entries = shown.map((p) =>
		({ label: own ? `${rank(p)}. ${p.name}` : p.name, value: p.activities,
			text: number(p.activities), subject: p === own, other: own && p !== own }));
	const title = isCountry ? own ? "Among the countries" : "Countries"
		: `Among the sections of ${own.country}`;
	return part("among", title,
		"By activities" + (peers.length > shown.length
			? `; ${number(shown.length)} of ${number(peers.length)}` : "") + ".",
		chart("among",
			`Bars: ${title.toLowerCase()}, by activities. ` + entries.slice(0, 3)
			.map((e) => `${e.label}: ${e.text}`).join("; "), bars(entries),
			folded(isCountry ? "All countries as a table" : "All of them as a table",
				table([{ name: isCountry ? "Country" : "Section", value: (p) => p.name },
					isCountry ? { name: "Sections", n: true, value: (p) => number(p.sections) }
					: { name: "In 12 months", n: true, wide: true,
						value: (p) => number(p.year_activities) },
					{ name: "Activities", n: true, value: (p) => number(p.activities) },
					{ name: "Participants", n: true, value: (p) => number(p.participants) },
				{ name: "Last activity", n: true, wide: true, value: (p) => day(p.last) }], peers,
					(p) => p === own))));
}

function sectionTable() {
	if (report.kind === "section") return null;
	const own = sections.filter((s) => s.inside), isCountry = report.kind === "country";
	if (own.length === 0) return null;
	const columns = [{ name: "Section", value: (s) => s.name },
		...isCountry ? [] : [{ name: "Country", wide: true, value: (s) => s.country || DASH }],
		{ name: "Activities", n: true, value: (s) => number(s.activities) },
		{ name: "In 12 months", n: true, value: (s) => number(s.year_activities) },
		{ name: "Participants", n: true, wide: true, value: (s) => number(s.participants) },
		{ name: "Last activity", n: true, wide: true, value: (s) => day(s.last) },
		...isCountry
		? [{ name: "Network rank", n: true, wide: true, value: (s) => number(s.rank) + "." }] : []];
	const shown = isCountry ? 30 : 15;
	return part("sections", "Most active sections", null, table(columns, own.slice(0, shown)),
		own.length > shown ? folded(`All ${number(own.length)} sections`, table(columns, own))
		: null);
}

function activityList(name, title, figure) {
	const rows = report.lists[name];
	if (!rows) return null;
	const who = (a) =>
		a.organisers.length > 3
		? `${a.organisers.slice(0, 2).join(", ")} and ${number(a.organisers.length - 2)} more`
		: a.organisers.join(", ");
	const meta = (a) =>
		[days(a.start, a.end), a.place,
			report.kind === "section" && a.organisers.length < 2 ? a.type : who(a)].filter((text) =>
				text).join(" \u00b7 ");
	return part(name, title, null,
		el("ol", { class: figure ? "activities" : "activities two" },
			rows.map((a) => el("li", {}, el("bdi", { class: "title" }, link(a.title, a.url)),
		el("span", { class: "n" }, figure && a.participants !== null ? number(a.participants) : ""),
				el("span", { class: "meta" }, meta(a)),
				el("span", { class: "n" },
					figure && a.participants !== null ? el("small", {}, "participants") : "")))));
}

function qualityPart() {
	const a = q.activities, s = q.sections, open = d3.sum(q.errors, (e) => e.n),
		failed = d3.sum(q.failures, (e) => e.n);
	const valid = ratio(a.valid, a.all),
		entry = (name, label, value, note) =>
		el("div", { "data-figure": name }, el("dt", {}, label),
			el("dd", { class: "value" },
				name === "valid" ? percent(valid) : name === "oldest" ? day(value) : number(value)),
			el("dd", { class: "note" }, note));
	const fields = q.fields.map(([label, n]) =>
		({ label, value: n, text: percent(ratio(n, a.valid)) })).sort((x, y) => y.value - x.value);
	const one = report.kind === "section";
	const age = s.oldest ? Math.floor((new Date(report.made_at) - new Date(s.oldest)) / 864e5)
		: null;
	return part("quality", "Data quality", null,
		el("dl", { class: "figures four", "aria-label": "Quality of the data" },
			entry("valid", "of the activities are valid", a.valid,
				`${number(a.valid)} of ${number(a.all)}; `
					+ "no figure in this report counts the others"),
			entry("errors",
				open === 1 ? "invalid field on the pages" : "invalid fields on the pages", open,
				q.errors.length ? `most often: ${q.errors[0].field}, ${q.errors[0].message}`
				: "none"),
			entry("failures",
				failed === 1 ? "page that could not be read" : "pages that could not be read",
				failed, q.failures.length ? `most often: ${q.failures[0].message}` : "none"),
			entry("oldest", one ? "last read" : "oldest reading of a section", s.oldest || "",
				(age === null ? "none has been read yet" : age === 0 ? "less than a day ago"
					: plural(age, "day", "days") + " ago")
				+ (!one && s.never > 0
					? `; ${plural(s.never, "section was", "sections were")} never read` : "")
				+ (one ? ""
					: `; ${number(s.known)} of ${number(s.all)} are on the activities site`))),
		a.valid > 0
		? el("div", { class: "keep" }, el("h3", {}, "Filled fields"),
			el("p", { class: "lead" },
				"Share of the valid activities that have the field; title, description and start "
					+ "date are in all of them."),
			chart("fields",
				"Bars: share of the valid activities in which a field is filled. "
				+ fields.map((e) => `${e.label}: ${e.text}`).join("; "), bars(fields, a.valid),
				folded("As a table",
					table([{ name: "Field", value: (e) => e.label },
						{ name: "Filled", n: true, value: (e) => number(e.value) },
						{ name: "Share", n: true, value: (e) => e.text }], fields)))) : null,
		q.errors.length
		? folded("Invalid fields",
			table([{ name: "Field", value: (e) => e.field },
				{ name: "Error", value: (e) => e.message },
				{ name: "Open", n: true, value: (e) => number(e.n) }], q.errors)) : null,
		q.failures.length
		? folded("Pages that could not be read",
			table([{ name: "Reason", value: (e) => e.message },
				{ name: "Open", n: true, value: (e) => number(e.n) }], q.failures)) : null);
}

function colophon() {
	const names = { AccountsScraper: "countries and sections",
		ActivitiesAndStatisticsScraper: "activities and statistics" };
	const runs = report.runs.map((r) =>
		`${names[r.module] || r.module}: ${r.status}, ${moment(r.completed || r.started)}`);
	return el("footer", {},
		el("p", {}, `Made ${moment(report.made_at)} by ESN Pulse ${report.version}`,
			report.sources ? `, from the pages of ${report.sources.join(" and ")}` : "", "."),
		runs.length ? el("p", {}, `Last runs \u2013 ${runs.join("; ")}.`) : null,
		el("p", {},
			"Only valid activities that are still on the site count, and only sections that are. "
			+ "An activity of several organisers counts once, and for each of them where sections "
			+ "are compared."
			+ (report.kind === "country"
				? " A country\u2019s activities are those that its sections organised, wherever "
					+ "they took place." : "")),
		el("p", {},
			"Coastlines and borders: Natural Earth, simplified. Charts: D3. This page makes no "
				+ "network requests."));
}

function content() {
	if (isEmpty) return [heading(), emptiness(), colophon()];
	const goal = (g) => g.goal ? `${g.number} ${g.goal}` : g.name;
	const counts = f.activities === 0 ? [noActivities()] : [figures(), trendPart(),
		pair(counted("causes", "Causes", "An activity with two causes counts for both.",
			report.causes, "Cause", (r) => r.name),
			counted("types", "Types", null, report.types, "Type", (r) => r.name)),
		counted("sdgs", "Sustainable Development Goals",
			"Of the United Nations. An activity can serve several.", report.sdgs, "Goal", goal)];
	return [heading(), ...counts, mapPart(), pair(among(), students()), sectionTable(),
		activityList("upcoming", "Next activities", false),
		pair(activityList("largest", "Largest activities", true),
			activityList("latest", "Latest activities", true)), qualityPart(), colophon()];
}

document.title = `${subjectName} \u2013 ESN Pulse report`;
document.getElementById("report").append(...content().filter((node) => node));
drawAll(false);
addEventListener("resize", () => drawAll(false));
addEventListener("beforeprint", () => drawAll(true));
addEventListener("afterprint", () => drawAll(false));

// The contents of the page, in order. All of them come from the JSON in the page (words.js).

const rowsOf = ({ columns, rows }) =>
	rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
const sections = rowsOf(report.sections), countries = rowsOf(report.countries);
for (const s of sections) for (const name of ["latitude", "longitude"])
	s[name] = s[name] === null ? null : Number(s[name]);
const f = report.figures, q = report.quality;
const subjectName = report.kind === "section" ? report.section.name : report.kind === "country"
	? report.country.name : t("network");
const isEmpty = sections.length === 0 && countries.length === 0
	&& f.activities + f.upcoming === 0;

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
const nActivities = (n) => t("n_activities", { n });
const nSections = (n) => t("n_sections", { n });
const inhabited = () => t("n_countries", { n: countries.filter((c) => c.sections > 0).length });
// A figure of a section's activities; not a zero where they have not been read.
const known = (s, n) => s.activities > 0 || s.is_read ? number(n) : DASH;
const amount = (s) => known(s, s.activities);
// "2024-03" as March 2024
const monthName = (month) => new Date(month + "-01")
	.toLocaleDateString(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });

function heading() {
	const about = report.kind === "section"
		? [report.section.city, report.section.university, report.country && report.country.name]
		: report.kind === "country" ? [nSections(sections.filter((s) => s.inside).length)]
			: [t("sections_in",
				{ sections: nSections(sections.length), countries: inhabited() })];
	const parts = about.filter((text, i) => text && about.indexOf(text) === i).join(" \u00b7 ");
	return el("header", {}, el("p", {}, "Erasmus Student Network"), el("h1", {}, subjectName),
		isEmpty ? null : el("p", {}, parts),
		el("p", {}, t("as_of"),
			el("time", { datetime: report.made_at }, moment(report.made_at))));
}

function notice(id, title, ...sentences) {
	return el("div", { class: "notice", id },
		el("p", {}, el("strong", {}, title), ...sentences.map((text) => " " + text)));
}

// What is missing because it was never read.
function unread() {
	const s = q.sections;
	if (s.never + s.unchecked === 0) return null;
	if (report.kind === "section") return notice("unread", t("unread"), t("unread_one"));
	return notice("unread", t("unread"),
		...s.never > 0 ? [t("unread_n", { n: s.never, all: s.known })] : [],
		...s.unchecked > 0 ? [t("unchecked_n", { n: s.unchecked })] : []);
}

function noActivities() {
	if (q.sections.never + q.sections.unchecked > 0) return null;
	if (report.kind !== "section") return notice("no-activities", t("none"));
	return notice("no-activities", t("none"),
		q.sections.known === 0 ? t("none_unknown") : t("none_entered"));
}

function against(now, before) {
	return before > 0
		? t("change", { by: signed(100 * (now - before) / before), before: number(before) })
		: t("change_none");
}

function rankNote() {
	if (report.kind === "network")
		return ["sections", sections.length, t("sections", { n: sections.length }),
			t("in_countries", { countries: inhabited() })];
	if (report.kind === "country") {
		const own = countries.find((c) => c.inside);
		return ["rank", own.rank, t("rank_country"), t("rank_of", { all: countries.length })];
	}
	const own = sections.find((s) => s.inside),
		peers = sections.filter((s) => s.country === own.country).length;
	return ["rank", own.rank, t("rank_section"), t("rank_of", { all: sections.length })
		+ (own.country ? t("rank_in", { n: own.country_rank, peers, country: own.country }) : "")];
}

function figures() {
	const entry = ([name, value, label, note]) =>
		el("div", { "data-figure": name }, el("dt", {}, label),
			el("dd", { class: "value" }, number(value)), el("dd", { class: "note" }, note));
	const each = ratio(f.participants, f.with_participants);
	return el("dl", { class: "figures", "aria-label": t("headline") }, [
		["activities", f.activities, t("activities_held", { n: f.activities }),
			f.first ? t("since", { year: f.first.slice(0, 4),
				share: percent(ratio(f.online, f.activities)) }) : t("none_held")],
		["year_activities", f.year_activities, t("year_activities"),
			against(f.year_activities, f.year_before_activities)],
		["year_participants", f.year_participants || 0, t("year_participants"),
			against(f.year_participants || 0, f.year_before_participants || 0)],
		["participants", f.participants || 0, t("participants_held"),
			each ? t("each", { n: Math.round(each) }) : t("no_number")],
		["upcoming", f.upcoming, t("announced", { n: f.upcoming }), f.upcoming_participants
			? t("announced_participants", { n: f.upcoming_participants }) : t("announced_note")],
		rankNote()
	].map(entry));
}

function trendPart() {
	const now = { year: Number(report.today.slice(0, 4)), month: Number(report.today.slice(5, 7)) };
	const months = report.months.map((m) =>
		({ year: Number(m.month.slice(0, 4)), month: Number(m.month.slice(5)),
			begun: m.activities, upcoming: m.upcoming, name: monthName(m.month) }));
	const years = new Map(report.years.map((y) => [y.year, y])),
		list = [...years.values()].reverse();
	const best = months.reduce((a, b) => b.begun > a.begun ? b : a);
	const columns = (first, more) => [first,
		{ name: t("activities"), n: true, value: (r) => number(r.activities) }, more,
		{ name: t("online"), n: true, wide: true, value: (r) => number(r.online) },
		{ name: t("participants"), n: true, value: (r) => number(r.participants) }];
	return part("trend", t("trend"),
		best.begun > 0
		? t("busiest", { month: best.name, activities: nActivities(best.begun) }) : null,
		chart("trend",
			t("trend_chart",
				{ top: list.slice(0, 3).map((y) => `${y.year}: ${number(y.activities)}`)
					.join("; ") }), trend(months, years, now),
			el("figcaption", {},
				t("trend_note") + (months.some((m) => m.upcoming > 0) ? " " + t("hatched") : "")),
			folded(t("as_tables"),
				table(columns(
					{ name: t("year"), value: (y) => y.year === now.year
						? t("so_far", { year: String(y.year) }) : String(y.year) },
					{ name: t("changes"), n: true, value: (y) => signed(y.change) || DASH }), list),
				table(columns({ name: t("month"), value: (m) => monthName(m.month) },
					{ name: t("upcoming"), n: true, value: (m) => number(m.upcoming) }),
					report.months.slice().reverse()))));
}

// A ranked bar chart over rows {name, activities, year_activities, participants}.
function counted(id, title, lead, rows, first, label) {
	if (!rows.some((r) => r.activities > 0))
		return part(id, title, null, el("p", { class: "lead" }, t("no_information")));
	const shown = rows.slice(0, 17),
		entries = shown.map((r) =>
			({ label: label(r), value: r.activities,
				text: r.activities === 0 ? "0"
				: `${number(r.activities)} \u00b7 ${percent(r.activities / f.activities)}` }));
	return part(id, title, lead,
		chart(id, t("bars_chart", { title, top: topOf(entries) }), bars(entries),
			folded(t("as_table"),
				table([{ name: first, value: label },
					{ name: t("activities"), n: true, value: (r) => number(r.activities) },
					{ name: t("in_12_months"), n: true, wide: true,
						value: (r) => number(r.year_activities) },
					{ name: t("participants"), n: true, value: (r) => number(r.participants) }],
					rows))));
}

const topOf = (entries) => entries.slice(0, 3).map((e) => `${e.label}: ${e.text}`).join("; ");

function students() {
	const sum = (label, rows, subject) =>
		({ label, subject, first: d3.sum(rows, (r) => r.local),
			second: d3.sum(rows, (r) => r.international) });
	const own = sum(report.kind === "network" ? t("all_sections") : subjectName,
		sections.filter((s) => s.inside), true), rows = [own];
	if (report.kind === "section" && report.country)
		rows.push(
			sum(report.country.name, sections.filter((s) => s.country === report.country.name)));
	if (report.kind !== "network") rows.push(sum(t("network"), sections));
	const parts = report.kind === "network" ? countries : report.kind === "country"
		? sections.filter((s) => s.inside) : [];
	rows.push(...parts.map((p) => sum(p.name, [p]))
		.sort((a, b) => b.first + b.second - a.first - a.second).slice(0, 8));
	const told = rows.filter((r) => r.first + r.second > 0);
	const share = (r) => percent(r.second / (r.first + r.second));
	if (own.first + own.second === 0)
		return part("students", t("students"), null,
			el("p", { class: "lead" }, t("students_none")));
	return part("students", t("students"), t("students_lead", { n: own.first + own.second }),
		chart("students",
			t("students_chart", { top: told.slice(0, 3)
				.map((r) => t("international_share", { name: r.label, share: share(r) }))
				.join("; ") }),
			shares(told, t("local"), t("international")),
			parts.length ? el("figcaption", {},
				t(report.kind === "network" ? "students_countries" : "students_sections")) : null,
			folded(t("as_table"),
				table([{ name: "", value: (r) => r.label },
					{ name: t("local"), n: true, value: (r) => number(r.first) },
					{ name: t("international"), n: true, value: (r) => number(r.second) },
					{ name: t("share"), n: true, value: share }], told))));
}

// What esn_suggest() and esn_expect_participants() say of a section.
function planLabel(g) {
	const goal = g.kind === "sdg" && report.sdgs.find((s) => s.name === g.names.en);
	const name = goal ? t("plan_goal", { n: goal.number,
		goal: TURKISH ? GOALS[goal.number - 1] : goal.goal || "" })
		: named(g.names[report.lang]);
	return g.is_gap ? t("plan_gap", { name }) : name;
}

function planChart(ideas, starts) {
	// As esn_percent() in the reasons below.
	const share = (value) => {
		const digits = value > 0 && value < 10 ? 1 : 0;
		return asPercent(Number(value).toLocaleString(LOCALE,
			{ minimumFractionDigits: digits, maximumFractionDigits: digits }));
	};
	const others = (g, label) => ({ label, value: g.comparable_percent,
		text: share(g.comparable_percent), other: true });
	const entries = ideas.flatMap((g) => starts ? [others(g, planLabel(g))]
		: [{ label: planLabel(g), value: g.own_percent, text: share(g.own_percent),
			subject: g.is_gap }, others(g, t("plan_comparable"))]);
	return chart("suggestions", t("plan_chart", { top: topOf(entries) }), bars(entries),
		starts ? null : el("figcaption", {}, t("plan_caption")));
}

function planPart() {
	if (!report.plan) return null;
	const ideas = report.plan.suggestions, gaps = ideas.filter((g) => g.is_gap).length;
	if (ideas.length === 0) return null;
	const starts = ideas.some((g) => g.own_percent === null);
	const example = (e, i) => [i > 0 ? "; " : "", el("bdi", {}, link(e.title, e.link)),
		` (${e.section}, ${day(e.date)}, ${number(e.participants)})`];
	const list = el("ol", { class: "plan" },
		ideas.map((g) =>
			el("li", {}, el("span", { class: g.is_gap ? "reason gap" : "reason" },
				g.reasons[report.lang].replace(/ %/g, `${SPACE}%`)),
				g.examples.length
				? el("span", { class: "meta" }, t("plan_drew"), g.examples.flatMap(example))
				: null)));
	return part("plan", t("plan"), starts ? t("plan_starts") : gaps > 0
		? t("plan_gaps", { n: gaps }) : t("plan_no_gaps"), planChart(ideas, starts), list,
		expectations());
}

function expectations() {
	const rows = report.plan.expectations;
	if (rows.length === 0) return null;
	return el("div", { class: "keep", id: "expectations" }, el("h3", {}, t("expected_title")),
		el("p", { class: "lead" }, t("expected_lead")),
		table([{ name: t("type"), value: (r) => named(r.type) },
			{ name: t("expected"), n: true, value: (r) => number(r.expected) },
			{ name: t("expected_range"), n: true,
				value: (r) => `${number(r.low)}\u2013${number(r.high)}` },
			{ name: t("expected_own"), n: true, wide: true,
				value: (r) => number(r.own_of_type) }], rows));
}

function mapPart() {
	const placed = sections.filter((s) => s.latitude !== null && s.longitude !== null),
		own = placed.filter((s) => s.inside);
	const title = t(report.kind === "section" ? "map_section" : "map_sections");
	if (!sections.some((s) => s.inside)) return null;
	if (own.length === 0)
		return part("map", title, null, el("p", { class: "lead" },
			t(report.kind === "section" ? "map_unknown_one" : "map_unknown")));
	const missing = sections.filter((s) => s.inside).length - own.length;
	const notes = [t("map_note")];
	if (report.kind !== "network")
		notes.push(t(report.kind === "country" ? "map_grey_country" : "map_grey_section"));
	if (missing > 0) notes.push(t("map_missing", { n: missing }));
	const caption = el("figcaption", {});
	const say = (off) => {
		const some = off.slice(0, 6).join(", ");
		const names = off.length > 6 ? t("map_more", { names: some, n: off.length - 6 }) : some;
		caption.replaceChildren(
			notes.concat(off.length > 0 ? t("map_outside", { names }) : []).join(" "));
		caption.dataset.outside = off.length;
	};
	const top = own.slice().sort((a, b) => b.activities - a.activities).slice(0, 3);
	const view = wholeMap();
	const figure = chart("map",
		t("map_chart", { sections: nSections(own.length),
			top: top.map((s) => `${s.name}: ${amount(s)}`).join("; ") }),
		map(report, sections, view, say, (size) => { figure.mapSize = size; }), caption);
	return part("map", title, null,
		letZoom(figure, view, () => redraw(figure)));
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
	const rank = (p) => isCountry ? p.rank : p.country_rank,
		count = (p) => isCountry ? number(p.activities) : amount(p);
	const entries = shown.map((p) =>
		({ label: own ? `${rank(p)}. ${p.name}` : p.name, value: p.activities,
			text: count(p), subject: p === own, other: own && p !== own }));
	const title = !isCountry ? t("among_sections", { country: own.country })
		: t(own ? "among_countries" : "countries");
	return part("among", title,
		peers.length > shown.length
		? t("by_activities_of", { n: shown.length, all: peers.length }) : t("by_activities"),
		chart("among", t("bars_chart", { title, top: topOf(entries) }), bars(entries),
			folded(t(isCountry ? "all_countries" : "all_as_table"),
				table([{ name: t(isCountry ? "country" : "section"), value: (p) => p.name },
					isCountry
					? { name: t("section_count"), n: true, value: (p) => number(p.sections) }
					: { name: t("in_12_months"), n: true, wide: true,
						value: (p) => known(p, p.year_activities) },
					{ name: t("activities"), n: true, value: count },
					{ name: t("participants"), n: true, value: (p) => isCountry
						? number(p.participants) : known(p, p.participants) },
				{ name: t("last_activity"), n: true, wide: true, value: (p) => day(p.last) }],
					peers, (p) => p === own))));
}

function sectionTable() {
	if (report.kind === "section") return null;
	const own = sections.filter((s) => s.inside), isCountry = report.kind === "country";
	if (own.length === 0) return null;
	const columns = [{ name: t("section"), value: (s) => s.name },
		...isCountry ? []
		: [{ name: t("country"), wide: true, value: (s) => s.country || DASH }],
		{ name: t("activities"), n: true, value: amount },
		{ name: t("in_12_months"), n: true, value: (s) => known(s, s.year_activities) },
		{ name: t("participants"), n: true, wide: true, value: (s) => known(s, s.participants) },
		{ name: t("last_activity"), n: true, wide: true, value: (s) => day(s.last) },
		...isCountry
		? [{ name: t("network_rank"), n: true, wide: true, value: (s) =>
			amount(s) === DASH ? DASH : number(s.rank) + "." }]
		: []];
	const shown = isCountry ? 30 : 15;
	return part("sections", t("most_active"), null, table(columns, own.slice(0, shown)),
		own.length > shown
		? folded(t("all_n_sections", { n: own.length }), table(columns, own)) : null);
}

function activityList(name, figure) {
	const rows = report.lists[name];
	if (!rows) return null;
	const who = (a) =>
		a.organisers.length > 3
		? t("and_more",
			{ names: a.organisers.slice(0, 2).join(", "), n: a.organisers.length - 2 })
		: a.organisers.join(", ");
	const meta = (a) =>
		[days(a.start, a.end), a.online ? t("online_place") : a.place,
			report.kind === "section" && a.organisers.length < 2 ? a.type : who(a)].filter((text) =>
				text).join(" \u00b7 ");
	return part(name, t("list_" + name), null,
		el("ol", { class: figure ? "activities" : "activities two" },
			rows.map((a) => el("li", {}, el("bdi", { class: "title" }, link(a.title, a.url)),
		el("span", { class: "n" }, figure && a.participants !== null ? number(a.participants) : ""),
				el("span", { class: "meta" }, meta(a)),
				el("span", { class: "n" }, figure && a.participants !== null
					? el("small", {}, t("participants_small", { n: a.participants })) : "")))));
}

// A field of a page in words.
const fieldName = (name) => tOr("field_" + name, name.replace(/_/g, " "));
const failureName = (reason) => t("failure_" + reason);

function qualityFigures() {
	const a = q.activities, s = q.sections, open = d3.sum(q.errors, (e) => e.n),
		failed = d3.sum(q.failures, (e) => e.n), one = report.kind === "section";
	const entry = (name, label, value, note) =>
		el("div", { "data-figure": name }, el("dt", {}, label),
			el("dd", { class: "value" }, value), el("dd", { class: "note" }, note));
	const age = s.oldest ? Math.floor((new Date(report.made_at) - new Date(s.oldest)) / 864e5)
		: null;
	const read = (age === null ? t("never_read") : age === 0 ? t("today")
			: t("ago", { days: t("n_days", { n: age }) }))
		+ (!one && s.never > 0 ? t("never", { n: s.never }) : "")
		+ (one ? "" : t("on_site", { n: s.known, all: s.all }));
	return el("dl", { class: "figures four", "aria-label": t("quality_label") },
		entry("valid", t("valid"), percent(ratio(a.valid, a.all)),
			t("valid_note", { n: a.valid, all: a.all })),
		entry("errors", t("errors", { n: open }), number(open), q.errors.length
			? t("most_often", { what: fieldName(q.errors[0].field) }) : t("nothing")),
		entry("failures", t("failures", { n: failed }), number(failed), q.failures.length
			? t("most_often", { what: failureName(q.failures[0].reason) }) : t("nothing")),
		entry("oldest", t(one ? "last_read" : "oldest"), day(s.oldest), read));
}

function qualityPart() {
	const a = q.activities;
	const fields = q.fields.map(([name, n]) =>
		({ label: fieldName(name), value: n, text: percent(ratio(n, a.valid)) }))
		.sort((x, y) => y.value - x.value);
	return part("quality", t("quality"), null, qualityFigures(),
		a.valid > 0
		? el("div", { class: "keep" }, el("h3", {}, t("fields")),
			el("p", { class: "lead" }, t("fields_lead")),
			chart("fields",
				t("fields_chart",
					{ top: fields.map((e) => `${e.label}: ${e.text}`).join("; ") }),
				bars(fields, a.valid),
				folded(t("as_table"),
					table([{ name: t("field"), value: (e) => e.label },
						{ name: t("filled"), n: true, value: (e) => number(e.value) },
						{ name: t("share"), n: true, value: (e) => e.text }], fields)))) : null,
		q.errors.length
		? folded(t("errors_table"),
			table([{ name: t("field"), value: (e) => fieldName(e.field) },
				{ name: t("count"), n: true, value: (e) => number(e.n) }], q.errors)) : null,
		q.failures.length
		? folded(t("failures_table"),
			table([{ name: t("reason"), value: (e) => failureName(e.reason) },
				{ name: t("count"), n: true, value: (e) => number(e.n) }], q.failures)) : null);
}

function colophon() {
	const names = { AccountsScraper: "run_accounts",
		ActivitiesAndStatisticsScraper: "run_activities" };
	const runs = report.runs.map((r) => t("run",
		{ what: tOr(names[r.module], r.module), status: t("run_" + r.status),
			moment: moment(r.completed || r.started) }));
	const made = t("made", { moment: moment(report.made_at), version: report.version });
	return el("footer", {},
		el("p", {}, report.sources
			? t("made_from", { made, sites: report.sources.join(", ") }) : made + "."),
		runs.length ? el("p", {}, t("runs", { runs: runs.join("; ") })) : null,
		el("p", {}, t("counting") + (report.kind === "country" ? " " + t("counting_country") : "")),
		el("p", {}, t("sources")));
}

function content() {
	if (isEmpty)
		return [heading(), notice("empty", t("empty"), t("empty_what"), t("empty_how")),
			colophon()];
	const goal = (g) => `${g.number} ${TURKISH ? GOALS[g.number - 1] : g.goal || g.name}`;
	const type = (r) => r.name === "not said" ? t("not_said") : named(r.name);
	const counts = f.activities + f.upcoming === 0 ? [noActivities()] : [figures(), trendPart(),
		pair(counted("causes", t("causes"), t("causes_lead"), report.causes, t("cause"),
			(r) => named(r.name)),
			counted("types", t("types"), null, report.types, t("type"), type)),
		counted("sdgs", t("sdgs"), t("sdgs_lead"), report.sdgs, t("goal"), goal)];
	return [heading(), unread(), ...counts, planPart(), mapPart(), pair(among(), students()),
		sectionTable(),
		activityList("upcoming", false),
		pair(activityList("largest", true), activityList("latest", true)), qualityPart(),
		colophon()];
}

const root = document.getElementById("report");
root.append(...content().filter((node) => node));
// A page of the dashboard says what it shows itself.
if (root.dataset.without)
	for (const node of root.querySelectorAll(root.dataset.without)) node.remove();
else {
	document.documentElement.lang = t("language");
	document.title = t("title", { name: subjectName });
}
drawAll(false);
addEventListener("resize", () => drawAll(false));
addEventListener("beforeprint", () => drawAll(true));
addEventListener("afterprint", () => drawAll(false));

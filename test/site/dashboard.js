// What a page of the dashboard shows and does, one line each; evaluated in the page.
(async () => {
	const all = (selector, of = document) => [...of.querySelectorAll(selector)], lines = [];
	const shown = (table) => [...table.tBodies[0].rows].filter((row) => !row.hidden);
	const until = async (is) => {
		for (let n = 0; n < 600 && !is(); n++) await new Promise((done) => setTimeout(done, 50));
		return is();
	};
	for (const node of all("main > dl [data-figure]"))
		lines.push(`figure ${node.dataset.figure} ${node.querySelector("dd").textContent}`);
	lines.push(`charts ${all("#report figure svg").map((svg) =>
		svg.closest("[data-chart]").dataset.chart).join(" ")}`);
	lines.push(`title ${document.documentElement.lang} ${all("h1").map((h) => h.textContent)}`);
	for (const table of all("table.sortable"))
		lines.push(`rows ${table.id} ${table.tBodies[0].rows.length}`);
	lines.push(`headings ${all("#report h2").slice(0, 3).map((h) => h.textContent).join(", ")}`);
	const ideas = all(".suggestions > li");
	for (const idea of ideas)
		lines.push(`idea ${[idea.querySelector("p"), ...all(".bar", idea).map((bar) =>
			bar.previousElementSibling)].map((node) => node.textContent).join("|")}`);
	for (const idea of ideas.filter((node) => node.classList.contains("gap")))
		lines.push(`gap ${idea.querySelector("p").textContent}`);
	lines.push(`examples ${all(".suggestions ul a").map((a) => a.href).join(" ")}`);
	lines.push(`plans ${all("#plan").length}`);
	const main = document.scrollingElement;
	lines.push(`wide ${main.scrollWidth <= innerWidth ? "no" : main.scrollWidth}`);
	const ids = all("[id]").map((node) => node.id);
	lines.push(`ids ${ids.filter((id, n) => ids.indexOf(id) !== n).join(" ") || "once"}`);
	lines.push(`mouse ${all("[tabindex='-1'], [onclick]").length}`);
	lines.push(`unnamed ${all("input:not([type=hidden]), select").filter((field) =>
		field.labels.length === 0 && !field.ariaLabel).length}`);
	const sections = document.getElementById("sections");
	if (sections && sections.tBodies[0].rows.length > 20) {
		const names = (n) => shown(sections).slice(0, n).map((row) =>
			row.cells[0].textContent.trim()).join(", ");
		lines.push(`short ${shown(sections).length}`);
		sections.tHead.rows[0].cells[2].querySelector("button").click();
		lines.push(`most ${names(2)}`);
		sections.tHead.rows[0].cells[2].querySelector("button").click();
		lines.push(`least ${shown(sections)[0].cells[2].textContent}`);
		const search = sections.closest("section").querySelector(".within");
		search.value = sections.tBodies[0].rows[25].cells[0].textContent.trim();
		search.dispatchEvent(new Event("input"));
		lines.push(`found ${names(2).includes(search.value)} ${shown(sections).length < 20}`);
	}
	const map = document.querySelector("#map figure > div");
	if (map) {
		const label = () => all("#map circle title").length;
		const sizes = [label()];
		for (const key of ["+", "+", "+", "-", "ArrowUp", "0"]) {
			map.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
			sizes.push(label());
		}
		document.querySelector("#map .zoom button").click();
		lines.push(`zoom ${sizes[1] < sizes[0]} ${sizes[3] < sizes[2]} ${sizes[4] > sizes[3]} ${
			sizes[6] === sizes[0]} ${label() === sizes[1]}`);
	}
	const saved = [];
	HTMLAnchorElement.prototype.click = function () {
		saved.push([this.download, this.href.slice(0, 22), this.href.length > 5000]);
	};
	const save = document.querySelector("#trend .save");
	if (save) {
		save.click();
		await until(() => saved.length > 0);
		lines.push(`saved ${saved.join(" ")}`);
	}
	const form = document.querySelector("form.control");
	const key = new URL(location).hash.slice(1);
	if (form && key) {
		form.elements.key.value = decodeURIComponent(key);
		form.requestSubmit();
		const output = form.querySelector("output");
		await until(() => output.textContent !== "");
		lines.push(`started ${output.textContent}`);
		const before = output.textContent, states = [];
		const state = () => document.querySelector(`[data-run="${parseInt(before, 10)}"] td`);
		const follow = async (is) => {
			if (document.getElementById("runs") && await until(() => state() && is()))
				states.push(state().textContent);
		};
		await follow(() => true);
		form.querySelector(".stop").click();
		await until(() => output.textContent !== before);
		lines.push(`stopped ${output.textContent}`);
		await follow(() => state().textContent !== states[0]);
		lines.push(`followed ${states.join(" ")}`);
	}
	return lines.join("\n");
})()

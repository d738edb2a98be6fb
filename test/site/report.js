// What a report's page shows, a line each, as test/site/report.sql says it of the tables; evaluated in the page.
(() => {
	const all = (selector, of = document) => [...of.querySelectorAll(selector)], lines = [];
	const cells = (row) => all("th, td", row).map((cell) => cell.textContent).join("|");
	for (const node of all("[data-figure]")) lines.push(`figure ${node.dataset.figure} ${node.querySelector("dd.value").textContent}`);
	for (const figure of all("figure[data-chart]")) {
		// Of a map the points that are on it, but not those that explain it, and those that it says are outside.
		const marks = figure.dataset.chart === "map" ? all("g > .point:not(.other)", figure).length + Number(figure.querySelector("figcaption").dataset.outside) : all("svg .bar", figure).length;
		lines.push(`chart ${figure.dataset.chart} ${marks}`);
	}
	for (const name of ["causes", "sdgs", "types"]) for (const row of all(`#${name} tbody tr`)) lines.push(`row ${name} ${cells(row)}`);
	for (const row of all("#trend table:first-of-type tbody tr").filter((r) => /^[0-9]{4}/.test(r.textContent))) lines.push("row years " + cells(row).replace(/^([0-9]+)[^|]*\|([^|]*)\|[^|]*/, "$1|$2"));
	for (const row of all("#sections > .scroll tbody tr")) lines.push("row sections " + cells(row).split("|")[0]);
	for (const item of all("#largest li, #latest li")) lines.push(`item ${item.closest("section").id} ${item.querySelector(".title").textContent}`);
	// As on paper, and back.
	dispatchEvent(new Event("beforeprint"));
	const fits = all("figure svg").every((svg) => Number(svg.getAttribute("width")) <= 680 && Number(svg.getAttribute("height")) < 900);
	dispatchEvent(new Event("afterprint"));
	lines.push(`page ${document.documentElement.lang} ${document.title} ${all("h1").length} heading, ${all("svg:not([role=img][aria-label])").length} charts without a text, ${fits ? "all" : "not all"} fit on paper`);
	if (document.querySelector("#empty")) lines.push("page says that there is nothing");
	return lines.sort().join("\n");
})()

// What a report's page shows, one line each, as test/site/report.sql reads it from the tables;
// evaluated in the page.
(() => {
	const all = (selector, of = document) => [...of.querySelectorAll(selector)], lines = [];
	const cells = (row) => all("th, td", row).map((cell) => cell.textContent).join("|");
	for (const node of all("[data-figure]"))
		lines.push(`figure ${node.dataset.figure} ${node.querySelector("dd.value").textContent}`);
	// Of a map the points on it, but not those of its legend, and those that it counts as outside.
	const points = (figure) => all("g > .point:not(.other)", figure).length
		+ Number(figure.querySelector("figcaption").dataset.outside);
	for (const figure of all("figure[data-chart]")) {
		const { chart } = figure.dataset;
		const marks = chart === "map" ? points(figure) : all("svg .bar", figure).length;
		lines.push(`chart ${chart} ${marks}`);
	}
	for (const name of ["causes", "sdgs", "types"])
		for (const row of all(`#${name} tbody tr`)) lines.push(`row ${name} ${cells(row)}`);
	const isYear = (row) => /^[0-9]{4}/.test(row.textContent);
	for (const row of all("#trend table:first-of-type tbody tr").filter(isYear))
		lines.push("row years " + cells(row).replace(/^([0-9]+)[^|]*/, "$1"));
	for (const row of all("#sections > .scroll tbody tr"))
		lines.push("row sections " + cells(row).split("|")[0]);
	for (const item of all("#plan .reason")) lines.push(`item plan ${item.textContent}`);
	for (const row of all("#expectations tbody tr")) lines.push(`row plan ${cells(row)}`);
	for (const item of all("#largest li, #latest li")) {
		const section = item.closest("section").id;
		lines.push(`item ${section} ${item.querySelector(".title").textContent}`);
	}
	// As on paper, and back.
	const height = (svg) => Number(svg.getAttribute("height"));
	const width = (svg) => Number(svg.getAttribute("width"));
	dispatchEvent(new Event("beforeprint"));
	const fits = all("figure svg").every((svg) => width(svg) <= 680 && height(svg) < 900);
	dispatchEvent(new Event("afterprint"));
	const untold = all("svg:not([role=img][aria-label])").length;
	lines.push(`page ${document.documentElement.lang} ${document.title} `
		+ `${all("h1").length} heading, ${untold} charts without a text, `
		+ `${fits ? "all" : "not all"} fit on paper`);
	if (document.querySelector("#empty")) lines.push("page says that there is nothing");
	return lines.sort().join("\n");
})()

// The map: sections as points, sized by their activities, on the land of Natural Earth.

// land.json: lines of steps in hundredths of a degree, by the letters of the Encoded Polyline
// Algorithm; shapes of rings of lines, as TopoJSON has them.
function decodeLine(text) {
	const line = [];
	let at = 0, x = 0, y = 0;
	const next = () => {
		let value = 0, shift = 0, bits;
		do {
			bits = text.charCodeAt(at++) - 63;
			value |= (bits & 31) << shift;
			shift += 5;
		} while (bits >= 32);
		return value & 1 ? ~(value >> 1) : value >> 1;
	};
	while (at < text.length) {
		x += next();
		y += next();
		line.push([x / 100 - 180, y / 100 - 90]);
	}
	return line;
}

function decodeLand() {
	const lines = land.arcs.map(decodeLine);
	const ring = (arcs) =>
		arcs.reduce((points, arc) =>
			points.concat((arc < 0 ? lines[~arc].slice().reverse() : lines[arc])
				.slice(points.length > 0 ? 1 : 0)), []);
	return land.shapes.map((polygons) =>
		({ type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map(ring)) }));
}

const place = (s) => [s.longitude, s.latitude];
const degrees = (a, b) => d3.geoDistance(a, b) * 180 / Math.PI;
const within = (west, east, south, north) => ([x, y]) =>
	x > west && x < east && y > south && y < north;
// The area of nearly the whole network; if there is little room, without the Atlantic islands and
// the Caucasus.
const isEuropean = within(-26, 52, 31, 71.5), isCentral = within(-11, 41.5, 34, 66.5);

// The area that the map shows: that of the places that lie together, if most of them do; otherwise
// the whole world.
function extent(places, isNear) {
	const near = places.filter(isNear);
	return near.length >= 0.6 * places.length ? near : null;
}

// Places around one, so that a map of a few close points shows some land.
function around([x, y], radius) {
	const wide = radius / Math.max(0.2, Math.cos(y * Math.PI / 180));
	return [[x - wide, y], [x + wide, y], [x, Math.min(89, y + radius)],
		[x, Math.max(-89, y - radius)]];
}

function projectionFor(places, width, height) {
	if (places === null)
		return d3.geoEqualEarth().fitExtent([[4, 4], [width - 4, height - 4]], { type: "Sphere" });
	const x = d3.extent(places, (p) => p[0]), y = d3.extent(places, (p) => p[1]);
	return d3.geoAzimuthalEqualArea().rotate([-(x[0] + x[1]) / 2, -(y[0] + y[1]) / 2]).clipAngle(85)
		.fitExtent([[26, 26], [width - 26, height - 26]],
			{ type: "MultiPoint", coordinates: places })
		.clipExtent([[-5, -5], [width + 5, height + 5]]);
}

// The places that a report's map is fitted to.
function mapPlaces(report, sections, shapes, narrow) {
	const inside = sections.filter((s) => s.inside), places = inside.map(place);
	if (report.kind === "network") {
		const near = extent(places, isEuropean);
		return near && (narrow ? near.filter(isCentral) : near)
			.concat([[-9, 37], [29, 37], [-8, 58], [29, 60]]);
	}
	if (report.kind === "section") {
		const home = places[0],
			others = sections.filter((s) => !s.inside).map(place)
			.sort((a, b) => degrees(a, home) - degrees(b, home));
		const away = (n) => others.length > n ? degrees(others[n], home) : 3;
		// A dozen of them, unless they are far away; at least two.
		return around(home, Math.min(20, Math.max(1.2, away(1), Math.min(6, away(11)))));
	}
	const middle = [d3.median(places, (p) => p[0]), d3.median(places, (p) => p[1])];
	const near = extent(places, (p) => degrees(p, middle) < 15);
	if (near === null) return null;
	// The whole country as far as it has sections, without its overseas islands.
	const polygons = homeShapes(shapes, near).flatMap((s) => s.coordinates)
		.filter((rings) =>
			near.some((p) => d3.geoContains({ type: "Polygon", coordinates: rings }, p)));
	return near.concat(around(middle, 0.6),
		polygons.flatMap((rings) => rings[0]).filter((p) => degrees(p, middle) < 15));
}

// The shape on which most of these places are. The land has no names.
function homeShapes(shapes, places) {
	const counts = shapes.map((s) => places.filter((p) => d3.geoContains(s, p)).length),
		most = Math.max(0, ...counts);
	return most > 0 ? [shapes[counts.indexOf(most)]] : [];
}

// A name as shown on the map, where all are sections of ESN.
function shortened(name) {
	const short = name.replace(/^ESN /, "");
	return short.length > 30 ? short.slice(0, 28).trimEnd() + "\u2026" : short;
}

// Labels the subject and the sections with the most activities, so that labels cover neither each
// other nor large points. One without room is left out; a smaller section never takes its place.
function placeLabels(svg, points, width, height, most) {
	const order = points.slice().sort((a, b) => b.subject - a.subject || b.r - a.r);
	const taken = order.slice(0, 60)
		.map((p) => [p.x - p.r * 0.7, p.y - p.r * 0.7, p.x + p.r * 0.7, p.y + p.r * 0.7]);
	for (const p of order.filter((o) => o.subject || o.activities > 0).slice(0, most)) {
		const text = svg.append("text").attr("class", p.subject ? "label strong" : "label")
			.text(p.label), w = textWidth(text), gap = p.r + 4, aside = p.r * 0.7 + 3;
		const spots = [[p.x + gap, p.y + 4, "start", p.x + gap],
			[p.x - gap, p.y + 4, "end", p.x - gap - w], [p.x, p.y - gap - 1, "middle", p.x - w / 2],
			[p.x, p.y + gap + 10, "middle", p.x - w / 2],
			[p.x + aside, p.y - aside, "start", p.x + aside],
			[p.x + aside, p.y + aside + 9, "start", p.x + aside],
			[p.x - aside, p.y - aside, "end", p.x - aside - w],
			[p.x - aside, p.y + aside + 9, "end", p.x - aside - w]];
		const spot = spots.find(([, y, , x]) => {
			const box = [x - 2, y - 11, x + w + 2, y + 4];
			return box[0] > 2 && box[2] < width - 2 && box[1] > 2 && box[3] < height - 2
				&& (p.subject
					|| !taken.some((t) =>
						t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3]));
		});
		if (!spot) {
			text.remove();
			continue;
		}
		text.attr("x", spot[0]).attr("y", spot[1]).attr("text-anchor", spot[2]);
		taken.push([spot[3] - 2, spot[1] - 11, spot[3] + w + 2, spot[1] + 4]);
	}
}

// The sizes of points, below the map; returns where they end.
function mapKey(svg, top, width, most, radius, has) {
	let x = 0, y = top + 22;
	const entry = (r, name, label) => {
		const text = svg.append("text").attr("class", "soft").text(label);
		const needed = 2 * r + 6 + textWidth(text);
		if (x > 0 && x + needed > width) {
			x = 0;
			y += 24;
		}
		svg.append("circle").attr("class", name).attr("cx", x + r).attr("cy", y).attr("r", r);
		text.attr("x", x + 2 * r + 6).attr("y", y + 4);
		x += needed + 18;
	};
	const sizes = most < 4 ? [most]
		: [d3.ticks(0, most / 8, 2)[1] || 1, d3.ticks(0, most, 2)[1] || most];
	for (const size of new Set(sizes.map(Math.ceil).filter((s) => s > 0)))
		entry(radius(size), "point", t("n_activities", { n: size }));
	if (has.none) entry(SMALLEST, "point none", t("map_none"));
	if (has.unread) entry(SMALLEST, "point unread", t("map_unread"));
	return y + 22;
}

let shapesOfLand = null;
// The radius of a section without activities: smaller than that of any other.
const SMALLEST = 1.3;

// Land, with the report's country in its own shade.
function drawLand(sheet, projection, home) {
	const path = d3.geoPath(projection);
	for (const shape of shapesOfLand) {
		const d = path(shape);
		if (d) sheet.append("path").attr("class", home.includes(shape) ? "land home" : "land")
			.attr("d", d);
	}
}

// The subject's points above others, small ones above large ones.
function drawPoints(sheet, points) {
	for (const p of points.slice()
		.sort((a, b) => a.subject - b.subject || a.inside - b.inside || b.r - a.r)) {
		const name = ["point", p.activities > 0 ? "" : p.read ? "none" : "unread",
			p.inside ? "" : "other",
			p.subject ? "subject" : ""].filter((word) => word).join(" ");
		sheet.append("circle").attr("class", name).attr("cx", p.x).attr("cy", p.y).attr("r", p.r)
			.append("title")
			.text(`${p.name}: `
				+ (p.activities > 0 || p.read ? t("n_activities", { n: p.activities })
					: t("map_unread")));
	}
}

// A report's map, or the part of it that view names. Calls say with the names of the report's
// sections that are not on the whole map, and sized with its width and height.
function map(report, sections, view, say, sized) {
	return (svg, width) => {
		shapesOfLand = shapesOfLand || decodeLand();
		const narrow = width < 600,
			all = sections.filter((s) => s.latitude !== null && s.longitude !== null);
		const places = mapPlaces(report, all, shapesOfLand, narrow);
		const height = Math.round(places === null ? width / 2
			: Math.min(
				width * (narrow ? 1 : report.kind === "network" && !isPrinting ? 0.78 : 0.66),
				820));
		sized([width, height]);
		const projection = zoomInto(projectionFor(places, width, height), view, width, height);
		const clip = "clip" + ++ids;
		svg.append("clipPath").attr("id", clip).append("rect").attr("width", width)
			.attr("height", height);
		const sheet = svg.append("g").attr("clip-path", `url(#${clip})`);
		sheet.append("rect").attr("class", "sea").attr("width", width).attr("height", height);
		drawLand(sheet, projection,
			report.kind === "network" || places === null ? []
			: homeShapes(shapesOfLand, all.filter((s) => s.inside).map(place)));

		const isThere = (p) => p.x >= 0 && p.y >= 0 && p.x <= width && p.y <= height;
		const points = all.map((s) => {
			const [x, y] = projection(place(s));
			return { x, y, activities: s.activities, read: s.is_read, name: s.name,
				label: shortened(s.name),
				inside: s.inside, subject: report.kind === "section" && s.inside };
		});
		const shown = points.filter(isThere), most = Math.max(1, ...shown.map((p) => p.activities)),
			largest = Math.min(22, Math.max(9, width / 46));
		const radius = (n) => Math.max(narrow ? 2.2 : 2.6, largest * Math.sqrt(n / most));
		for (const p of shown)
			p.r = Math.max(p.activities > 0 ? radius(p.activities) : SMALLEST, p.subject ? 5 : 0);
		if (view.scale === 1 || isPrinting)
			say(points.filter((p) => p.inside && !isThere(p)).map((p) => p.name));
		drawPoints(sheet, shown);
		const labelled = report.kind === "country" ? shown.filter((p) => p.inside) : shown;
		placeLabels(sheet, labelled, width, height,
			Math.round(width / (report.kind === "network" ? 70 : 45)));
		const empty = shown.filter((p) => p.activities === 0);
		return mapKey(svg, height, width, most, radius,
			{ none: empty.some((p) => p.read), unread: empty.some((p) => !p.read) });
	};
}

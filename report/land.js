// Derives land.json from Natural Earth (coastlines and borders in the public domain), as the npm
// package world-atlas packs it: run once, not part of the build.
//   npm install world-atlas@2.0.2 topojson-client@3 topojson-server@3 topojson-simplify@3
//   node land.js > land.json
// Countries at 1:50 million where the network is (Europe and its neighbours), at 1:110 million
// elsewhere; simplified, and without what would be smaller than a dot. No names and no codes: whose
// land it is, the page sees by the sections that stand on it.
"use strict";
const { feature, quantize } = require("topojson-client");
const { topology } = require("topojson-server");
const { presimplify, simplify } = require("topojson-simplify");
const fine = require("world-atlas/countries-50m.json");
const coarse = require("world-atlas/countries-110m.json");

// Longitudes and latitudes in which the fine outlines count.
const [WEST, SOUTH, EAST, NORTH] = [-32, 25, 62, 72.5];
const BEND = 0.0012, ISLAND = 0.003; // square degrees that a bend, an island must span there
const FARTHER = 40; // so much more it must elsewhere
const GRID = { scale: [0.01, 0.01], translate: [-180, -90] }; // hundredths of a degree

const isNear = ([x, y]) => x > WEST && x < EAST && y > SOUTH && y < NORTH;
const polygons = (f) =>
	f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates;

const all = (atlas) =>
	feature(atlas, atlas.objects.countries).features.filter((f) => f.id !== "010");
	// but Antarctica
const near = all(fine).filter((f) => f.id === "398" || polygons(f).some((p) => p[0].some(isNear)));
const ids = new Set(near.map((f) => f.id));
const features = near.concat(all(coarse).filter((f) => !ids.has(f.id)));
for (const f of features) f.properties = {};

// The area of a triangle, where it counts less far away. A degree of longitude is shorter in the
// north.
function weight(triangle) {
	const [[ax, ay], [bx, by], [cx, cy]] = triangle;
	const area = Math.abs((ax - cx) * (by - ay) - (ax - bx) * (cy - ay)) / 2 * Math.cos(
		by * Math.PI / 180);
	return isNear(triangle[1]) ? area : area / FARTHER;
}

function ringArea(ring) {
	const area = Math.abs(ring.reduce((sum, [x, y], i) => {
		const [u, v] = ring[(i + 1) % ring.length];
		return sum + x * v - u * y;
	}, 0)) / 2;
	return ring.some(isNear) ? area : area / FARTHER;
}

const simpler = simplify(
	presimplify(topology({ land: { type: "FeatureCollection", features } }), weight), BEND);
const whole = feature(simpler, simpler.objects.land);
for (const f of whole.features)
	f.geometry = { type: "MultiPolygon",
		coordinates: polygons(f).filter((p) => ringArea(p[0]) >= ISLAND) };
whole.features = whole.features.filter((f) => f.geometry.coordinates.length > 0);

// One number of a line, and a line of steps, in the letters of the Encoded Polyline Algorithm: half
// of what JSON takes.
function letters(value) {
	let text = "";
	for (value = value < 0 ? ~(value << 1) : value << 1; value >= 32;
		value >>= 5) text += String.fromCharCode((32 | value & 31) + 63);
	return text + String.fromCharCode(value + 63);
}

// Only now on the grid: what falls together there would have had no area before.
const { arcs, objects } = quantize(topology({ land: whole }), GRID);
process.stdout.write(JSON.stringify({
	arcs: arcs.map((arc) => arc.map(([x, y]) => letters(x) + letters(y)).join("")),
	shapes: objects.land.geometries.map((shape) => shape.arcs)
}).replace(/",/g, "\",\n").replace(/\]\]\],/g, "]]],\n") + "\n");

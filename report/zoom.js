// Zoom of the map: by buttons, the keys + - 0 and the arrows, a double click, and dragging. The map
// is drawn anew each time, so that points keep their size and more names have room.

const ZOOM_STEP = 1.6, ZOOM_MOST = 40, MOVE = 0.2;

// The middle of what is shown, as shares of the whole map's width and height.
const wholeMap = () => ({ scale: 1, x: 0.5, y: 0.5 });

// The whole map's projection, made to show a part of it.
function zoomInto(projection, view, width, height) {
	if (view.scale === 1 || isPrinting) return projection;
	const [x, y] = projection.translate(), k = view.scale;
	return projection.scale(projection.scale() * k)
		.translate([width / 2 - (view.x * width - x) * k, height / 2 - (view.y * height - y) * k]);
}

// What is seen stays within the whole map.
function bounded(view) {
	const scale = Math.min(ZOOM_MOST, Math.max(1, view.scale)), half = 0.5 / scale;
	const inside = (value) => Math.min(1 - half, Math.max(half, value));
	return { scale, x: inside(view.x), y: inside(view.y) };
}

// Lets a map's figure be zoomed. view: its state; redraw: draws the map anew.
function letZoom(figure, view, redraw) {
	const holder = figure.firstChild;
	const show = (next) => {
		Object.assign(view, bounded({ ...view, ...next }));
		holder.classList.toggle("zoomed", view.scale > 1);
		redraw();
		for (const [name, button] of Object.entries(buttons))
			button.disabled = view.scale === (name === "zoom_in" ? ZOOM_MOST : 1);
	};
	const steps = { zoom_in: () => show({ scale: view.scale * ZOOM_STEP }),
		zoom_out: () => show({ scale: view.scale / ZOOM_STEP }), zoom_all: () => show(wholeMap()) };
	const move = (x, y) =>
		show({ x: view.x + x * MOVE / view.scale, y: view.y + y * MOVE / view.scale });
	const keys = { "+": steps.zoom_in, "=": steps.zoom_in, "-": steps.zoom_out,
		"0": steps.zoom_all, ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0),
		ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1) };
	const buttons = {};
	for (const [name, sign] of [["zoom_in", "+"], ["zoom_out", "\u2212"], ["zoom_all", "1:1"]]) {
		buttons[name] = el("button", { type: "button", "aria-label": t(name), title: t(name) },
			sign);
		buttons[name].addEventListener("click", steps[name]);
	}
	holder.after(el("div", { class: "zoom", role: "group", "aria-label": t("zoom") },
		...Object.values(buttons)));
	holder.tabIndex = 0;
	holder.setAttribute("role", "group");
	holder.setAttribute("aria-label", t("zoom_keys"));
	holder.addEventListener("keydown", (event) => {
		if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		keys[event.key]();
	});
	holder.addEventListener("dblclick", (event) => {
		const box = holder.getBoundingClientRect(), size = figure.mapSize;
		show({ scale: view.scale * ZOOM_STEP,
			x: view.x + ((event.clientX - box.left) / size[0] - 0.5) / view.scale,
			y: view.y + ((event.clientY - box.top) / size[1] - 0.5) / view.scale });
	});
	// A finger scrolls the page while the whole map is shown.
	holder.addEventListener("pointerdown", (down) => {
		if (view.scale === 1 || down.button !== 0) return;
		const { x, y } = view, size = figure.mapSize;
		holder.setPointerCapture(down.pointerId);
		const drag = (event) => show({ x: x - (event.clientX - down.clientX) / size[0] / view.scale,
			y: y - (event.clientY - down.clientY) / size[1] / view.scale });
		holder.addEventListener("pointermove", drag);
		for (const end of ["pointerup", "pointercancel"])
			holder.addEventListener(end, () => holder.removeEventListener("pointermove", drag),
				{ once: true });
	});
	show({});
	return figure;
}

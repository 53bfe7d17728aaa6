/* Through time: events by day and type, and below a ribbon for each district with its holder, painted patch over patch as they became known. */

const HIGH = 80;
const HEAD = 92;
const ROW = 13;
const HUES = ["#3f6fb0", "#c0792a", "#8d6bb5", "#4f8a46", "#a8434a", "#7d5a3c", "#2f8a8f", "#75747a", "#b04f86"];
const chart = { drawn: "", wide: 0, ink: "", chosen: NONE };

/** Write the names of the rows, and let the chart be clicked. */
function makeChart() {
  const rows = document.getElementById("rows");
  rows.append(...rowPlaces().map((place) => element("div", { "data-row": place }, bdi(data.places[place][1]))));
  const canvas = document.getElementById("ribbons");
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - HEAD) / ROW);
    const place = rowPlaces()[row];
    if (row >= 0 && place !== undefined) choose(place);
    moveTo(onGrid(instantAt((event.clientX - box.left) / box.width)));
  });
  new ResizeObserver(() => paintChart(true)).observe(canvas.parentElement);
  const used = [...new Set(data.claims.kinds.map(([type]) => type))].sort((a, b) => a - b);
  const dot = (type) => drawing("svg", { class: "dot", viewBox: "0 0 1 1", "aria-hidden": "true" }, drawing("rect", { width: 1, height: 1, fill: HUES[type] }));
  document.getElementById("types").append(...used.map((type) => element("li", {}, dot(type), data.types[type].replaceAll("_", " "))));
}

/** Return the districts, each of which has a ribbon: those of which most was said first, and what is answered alike together. */
function rowPlaces() {
  const plane = (place) => data.questions[data.control].of[keyOf(place)];
  const size = (place) => data.questions[data.control].planes[plane(place)].length;
  const all = [...data.map.areas.map((area) => area[0]), ...data.map.missing];
  return (rowPlaces.found ??= all.sort((a, b) => size(b) - size(a) || plane(a) - plane(b) || a - b));
}

function reach() {
  const { positions } = state;
  return [positions[0], positions[positions.length - 1]];
}

function instantAt(share) {
  const [first, last] = reach();
  return Math.round(first + Math.max(0, Math.min(1, share)) * (last - first));
}

function across(instant, wide) {
  const [first, last] = reach();
  return ((instant - first) / (last - first || 1)) * wide;
}

/** Put the clocks' lines where they belong, and paint the chart if anything else has changed: while a slider moves, once the map is shown. */
function paintChart(force = false, moving = false) {
  const key = [state.span, cutNow().known, world(), GROUPS.map((by) => [...state.off[by]]).join("|")].join();
  if (force || key !== chart.drawn) {
    chart.drawn = key;
    clearTimeout(chart.waiting);
    if (moving) chart.waiting = setTimeout(drawChart, 40);
    else drawChart();
  }
  placeClock("at-line", state.at);
  placeClock("known-line", state.known);
  if (chart.chosen === state.place) return;
  chart.chosen = state.place;
  document.querySelectorAll("#rows div").forEach((row) => row.classList.toggle("chosen", +row.dataset.row === state.place));
}

function drawChart() {
  const canvas = document.getElementById("ribbons");
  const ratio = window.devicePixelRatio || 1;
  const high = HEAD + rowPlaces().length * ROW + 4;
  chart.wide = canvas.clientWidth;
  chart.ink = getComputedStyle(document.body).color;
  if (!chart.wide) return;
  canvas.style.height = `${high}px`;
  canvas.width = Math.round(chart.wide * ratio);
  canvas.height = Math.round(high * ratio);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  paintDays(pen, chart.wide);
  paintRibbons(pen, chart.wide);
}

/** Put the line of a clock where its instant lies. */
function placeClock(id, instant) {
  const line = document.getElementById(id);
  line.hidden = instant === null;
  if (instant !== null) line.style.transform = `translateX(${Math.max(0, Math.min(chart.wide - 2, across(instant, chart.wide)))}px)`;
}

/** Paint how many events of each type speak of each stretch of time, of those known at the cut that the filters let through. */
function paintDays(pen, wide) {
  const [first, last] = reach();
  const step = Math.max(1, Math.ceil((last - first) / DAY / (wide / 3))) * DAY;
  const bars = new Map();
  const { known } = cutNow();
  for (let number = 0; number < data.claims.count && data.claims.known[number] <= known; number++) {
    const instant = data.instants[data.claims.begins[number]];
    if (instant < first || instant > last || !shows(number)) continue;
    const bar = Math.floor((instant - first) / step);
    const type = data.claims.kinds[data.claims.kind[number]][0];
    if (!bars.has(bar)) bars.set(bar, new Array(data.types.length).fill(0));
    bars.get(bar)[type] += 1;
  }
  const most = Math.max(1, ...[...bars.values()].map((types) => types.reduce((a, b) => a + b)));
  const barWide = Math.max(1.5, (step / (last - first || 1)) * wide - 1);
  for (const [bar, types] of bars) {
    let y = HIGH + 8;
    types.forEach((count, type) => {
      const tall = (count / most) * (HIGH - 12);
      pen.fillStyle = HUES[type];
      pen.fillRect(across(first + bar * step, wide), y - tall, Math.min(barWide, 14), tall);
      y -= tall;
    });
  }
  paintDates(pen, wide);
}

/** Write dates above the chart, as many as there is room for. */
function paintDates(pen, wide) {
  const [first, last] = reach();
  const room = Math.max(1, Math.floor(wide / 86));
  const days = Math.max(1, Math.ceil((last - first) / DAY / room));
  pen.fillStyle = chart.ink;
  pen.font = "11px system-ui, sans-serif";
  for (let end = endOfDay(first), n = 0; end < last; end = endOfDay(end + 1), n++) {
    if (n % days) continue;
    const x = across(end, wide);
    if (x < wide - 70) pen.fillText(inWords(end), x, 10);
    pen.fillRect(x, 12, 1, 4);
  }
}

function paintRibbons(pen, wide) {
  const { known } = cutNow();
  const fills = data.looks.faces.map((look) => ribbonFill(pen, look));
  rowPlaces().forEach((place, row) => {
    const plane = planeOf(data.control, keyOf(place), world());
    for (let at = 0; at < plane.length && plane[at] <= known; at += 4) {
      const [left, right] = [1, 2].map((n) => Math.max(0, Math.min(wide, across(data.instants[plane[at + n]], wide))));
      if (right <= left) continue;
      const look = data.questions[data.control].looks[plane[at + 3]];
      paintStretch(pen, data.looks.faces[look], fills[look], left, HEAD + row * ROW, right - left);
    }
  });
}

function paintStretch(pen, look, fill, x, y, wide) {
  if (look.kind !== "bands") {
    pen.fillStyle = fill;
    pen.fillRect(x, y, wide, ROW - 2);
    return;
  }
  let top = y;
  look.colours.forEach((colour, n) => {
    pen.fillStyle = colour;
    pen.fillRect(x, top, wide, look.shares[n] * (ROW - 2));
    top += look.shares[n] * (ROW - 2);
  });
}

/** Return what a look is filled with on the chart: a colour, or stripes or checks of its colours. */
function ribbonFill(pen, look) {
  if (look.kind === "plain" || look.kind === "bands") return look.colours[0];
  const tile = document.createElement("canvas");
  const side = 4 * look.colours.length;
  tile.width = tile.height = side;
  const brush = tile.getContext("2d");
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      const turn = look.kind === "checks" ? Math.floor(x / 4) + Math.floor(y / 4) : Math.floor((x + y) / 4);
      brush.fillStyle = look.colours[turn % look.colours.length];
      brush.fillRect(x, y, 1, 1);
    }
  }
  return pen.createPattern(tile, "repeat");
}

/* The map: districts are drawn once; a change of the clocks changes fills, letters and what is shown of lines and rings. */

/** The drawn parts of each map: its districts by place, its lines and its rings. */
const PARTS = new Map();

/** Draw the districts, lines and rings of a map into an SVG element. */
function makeMap(svg, active) {
  svg.setAttribute("viewBox", data.map.box.join(" "));
  const districts = new Map(data.map.areas.map((area) => [area[0], makeDistrict(area, active)]));
  const besieged = data.questions[questionNamed("siege")].at.map(([place]) => place);
  const rings = Object.entries(data.map.rings).map(([place, d]) => ({ key: besieged.indexOf(+place), element: drawing("path", { class: "ring", d }) }));
  const lines = data.map.lines.map(makeLine);
  svg.replaceChildren(...[...districts.values()].map((one) => one.element));
  svg.append(...rings.map((one) => one.element), ...lines.map((one) => one.element));
  PARTS.set(svg, { districts, rings, lines });
}

/** Return a district: its ground, the lines of its name, its letters and an edge that shows when it is chosen. */
function makeDistrict([place, d, lines, size, [x, y, letterSize], number], active) {
  const ground = drawing("path", { class: "ground", d, "fill-rule": "evenodd" });
  const texts = lines.map(([text, left, top]) => drawing("text", { x: left, y: top, "font-size": size }, text));
  const letters = drawing("text", { x, y, "font-size": letterSize });
  const edge = drawing("path", { class: "edge", d });
  const group = drawing("g", { class: "district", "data-place": data.places[place][0] }, ground, ...texts, letters, edge);
  if (number) group.append(drawing("title", {}, `${number}: ${data.places[place][1]}`));
  if (active) makeActive(group, place);
  return { place, element: group, ground, texts, letters, look: null };
}

/** Let a district be chosen by pointer and by keys. */
function makeActive(group, place) {
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "-1");
  group.addEventListener("click", () => choose(place));
  group.addEventListener("focus", () => rove(place));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(place);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      stepTo(neighbour(place, event.key));
    }
  });
}

/** Return the line of a route, with its head and the number of people. */
function makeLine([key, d, head, loose, [size, x, y]]) {
  const path = drawing("path", { d, ...(loose ? { "stroke-dasharray": "5 4" } : {}) });
  const caption = drawing("text", size ? { x, y, "font-size": size } : { display: "none" });
  const group = drawing("g", { class: "flow" }, path, drawing("path", { class: "head", d: head }), caption);
  return { key, element: group, path, caption };
}

/** Paint a map as it is at a cut. */
function paintMap(svg, cut, where) {
  const { districts, rings, lines } = PARTS.get(svg);
  for (const district of districts.values()) paintDistrict(district, cut, where);
  const flows = questionNamed("displacement");
  for (const line of lines) paintLine(line, flows, answerOf(flows, line.key, cut, where));
  const sieges = questionNamed("siege");
  for (const ring of rings) {
    const answer = answerOf(sieges, ring.key, cut, where);
    ring.element.style.display = answer !== NONE && faceOf(sieges, answer)[4] ? "" : "none";
  }
}

function paintDistrict(district, cut, where) {
  const answer = answerOf(data.control, keyOf(district.place), cut, where);
  if (district.answer === answer) return;
  district.answer = answer;
  const look = data.looks.faces[data.questions[data.control].looks[answer]];
  const { holder, status } = holding(answer);
  district.element.dataset.holder = holder.map((actor) => data.actors[actor][0]).join(" + ");
  district.element.dataset.status = status;
  district.element.setAttribute("aria-label", `${data.places[district.place][1]}: ${sentence(data.control, answer)}`);
  if (district.look === look) return;
  district.look = look;
  district.ground.setAttribute("fill", look.fill);
  district.letters.textContent = look.letters;
  for (const text of [...district.texts, district.letters]) {
    text.setAttribute("fill", look.ink);
    text.classList.toggle("edged", look.edged);
  }
}

function paintLine(line, flows, answer) {
  line.element.style.display = answer === NONE ? "none" : "";
  if (answer === NONE || line.answer === answer) return;
  line.answer = answer;
  const [, , , , , caption, wide] = faceOf(flows, answer);
  line.caption.textContent = data.texts[caption];
  line.path.setAttribute("stroke-width", wide);
}

function faceOf(question, answer) {
  const { faces, answers } = data.questions[question];
  return faces[answers[answer]];
}

function questionNamed(name) {
  return data.questions.findIndex((question) => question.name === name);
}

/** Mark the chosen district, and those in which two cuts differ. */
function markMap(svg, changed) {
  for (const [place, { element: group }] of PARTS.get(svg).districts) {
    group.classList.toggle("chosen", place === state.place);
    group.classList.toggle("changed", changed.has(place));
    if (group.hasAttribute("role")) group.setAttribute("aria-pressed", String(place === state.place));
  }
}

/** Let the tabulator key reach one district: the one that was last visited. */
function rove(place) {
  for (const [other, { element: group }] of PARTS.get(document.getElementById("map")).districts) {
    group.setAttribute("tabindex", other === place ? "0" : "-1");
  }
}

function stepTo(place) {
  PARTS.get(document.getElementById("map")).districts.get(place).element.focus();
}

/** Return the nearest district in the direction of an arrow key; the district itself at the edge. */
function neighbour(place, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const spots = new Map(data.map.areas.map((area) => [area[0], area[4]]));
  const [x, y] = spots.get(place);
  let best = place;
  let least = Infinity;
  for (const [other, [ox, oy]] of spots) {
    const along = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    const cost = along + 2 * aside;
    if (along > 0.5 && aside <= 1.8 * along && cost < least) [best, least] = [other, cost];
  }
  return best;
}

/** Show what the colours, letters and lines on the map mean, of those that occur. */
function paintLegend(svg) {
  const { districts, lines, rings } = PARTS.get(svg);
  const looks = [...new Set([...districts.values()].map((one) => one.look))];
  const entries = [];
  data.actors.forEach(([, label], actor) => {
    if (looks.some((look) => look.actors.includes(actor))) entries.push([swatch(data.looks.colours[actor], data.looks.letters[actor]), bdi(label)]);
  });
  const first = (test) => looks.find(test);
  const sample = (look, words) => look && entries.push([swatch(look.fill, look.letters, look), words]);
  sample(first((look) => look.kind === "stripes"), "disputed");
  sample(first((look) => look.kind === "checks"), "fought over");
  sample(first((look) => look.kind === "bands"), "divided");
  sample(first((look) => look.light), "only claimed, or perhaps not yet");
  sample(first((look) => look.letters === "?"), "nobody has said");
  const seen = (parts) => parts.some((one) => one.element.style.display !== "none");
  if (seen(rings)) entries.push([drawing("svg", { viewBox: "0 0 30 20" }, drawing("path", { d: "M1 10H29", stroke: "currentColor", "stroke-width": 3, "stroke-dasharray": "9 4" })), "besieged"]);
  if (seen(lines)) entries.push([drawing("svg", { viewBox: "0 0 30 20" }, drawing("path", { d: "M1 10H20M29 10L19 5V15Z", stroke: "currentColor", "stroke-width": 2, fill: "currentColor" })), "people displaced so far"]);
  document.getElementById("legend").replaceChildren(...entries.map(([mark, words]) => element("li", {}, mark, words)));
}

/** Return a small sample of a ground with its letters. */
function swatch(fill, letters, look = { ink: inkOn(fill), edged: false }) {
  const text = drawing("text", { x: 15, y: 14, "text-anchor": "middle", "font-size": letters.length > 3 ? 8 : 11, "font-weight": 600, fill: look.ink }, letters);
  if (look.edged) text.classList.add("edged");
  return drawing("svg", { viewBox: "0 0 30 20", "aria-hidden": "true" }, drawing("rect", { width: 30, height: 20, fill }), text);
}

/** Return the ink that the library uses on a plain colour. */
function inkOn(fill) {
  return data.looks.faces.find((look) => look.fill === fill)?.ink ?? data.looks.inks[data.looks.colours.indexOf(fill)];
}

/** Say what the map leaves out. */
function noteMap() {
  const notes = [];
  if (data.map.schematic) notes.push("Schematic: cells around one point of each district, not surveyed borders.");
  const numbered = data.map.areas.filter((area) => area[5]).sort((a, b) => a[5] - b[5]);
  if (numbered.length) notes.push(`Too small for a name: ${numbered.map((area) => `${area[5]} ${data.places[area[0]][1]}`).join(", ")}.`);
  if (data.map.missing.length) notes.push(`Not on the map, for want of a point: ${data.map.missing.map((place) => data.places[place][1]).join(", ")}.`);
  const routes = data.questions[questionNamed("displacement")].keys.length;
  if (routes > data.map.lines.length && data.map.lines.length > 20) notes.push(`Lines are drawn for the ${data.map.lines.length} largest of ${routes} routes; all are listed.`);
  document.getElementById("map-note").textContent = notes.join(" ");
}

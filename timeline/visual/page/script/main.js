/* The state of the page, what changes it, and its link. */

let data;
const state = { at: null, known: null, place: NONE, pinned: null, linked: false, span: "busy", positions: [], off: {}, playing: null };

function cutNow() {
  return cutOf(state.at, state.known);
}

function cutInWords(at, known) {
  const on = (instant) => `on ${inWords(instant)}`;
  return `${at === null ? "by the whole log" : on(at)}${known === null ? ", as known now" : `, as known ${on(known)}`}`;
}

/** Show the state as it is now: all of it, or at first what moves with a slider, and the rest once it rests. */
function refresh(moving = false) {
  if (state.linked) state.known = state.at;
  const cut = cutNow();
  paintClocks();
  paintCount(cut);
  paintMap(document.getElementById("map"), cut, world());
  paintComparison(cut, world());
  paintChart(false, moving);
  clearTimeout(refresh.waiting);
  if (moving) refresh.waiting = setTimeout(paintRest, 80);
  else paintRest();
}

/** Show what is read rather than watched. */
function paintRest() {
  const cut = cutNow();
  paintLegend(document.getElementById("map"));
  paintPanel(cut, world());
  paintTable();
  noteFilters();
  keepLink();
}

/** Set sliders, fields and the sentence that tells the cut. */
function paintClocks() {
  const words = cutInWords(state.at, state.known);
  const place = document.getElementById("cut");
  if (place.textContent !== words) place.textContent = words[0].toUpperCase() + words.slice(1);
  setSlider("at", state.at, state.positions.length - 1);
  setSlider("known", state.known, state.positions.length);
  for (const clock of ["at", "known"]) document.getElementById(clock).disabled = clock === "known" && state.linked;
  document.getElementById("known-date").disabled = state.linked;
  document.getElementById("linked").checked = state.linked;
}

function setSlider(clock, instant, last) {
  const slider = document.getElementById(clock);
  const position = instant === null ? last : Math.max(0, lastUpTo(state.positions, instant));
  slider.max = last;
  slider.value = position;
  slider.setAttribute("aria-valuetext", instant === null ? "now, the whole log" : inWords(instant));
  const field = document.getElementById(`${clock}-date`);
  if (document.activeElement !== field) field.value = instant === null ? "" : written(instant);
  field.placeholder = "now: the whole log";
}

/** Tell how many events there are, are known, and are shown. */
function paintCount(cut) {
  const all = knownCount(cut);
  let shown = leftOut().length ? 0 : all;
  if (!shown) for (let number = 0; number < all; number++) shown += shows(number) ? 1 : 0;
  const filtered = shown === all ? "" : `, ${shown.toLocaleString("en")} shown by the filters`;
  document.getElementById("count").textContent = `${counted(data.claims.count, "event")}, ${all.toLocaleString("en")} known at this cut${filtered} · policy ${data.policy.name}`;
}

function knownCount(cut) {
  return lastUpTo(data.claims.known, cut.known) + 1;
}

/** Move the clock of valid time to an instant. */
function moveTo(instant) {
  state.at = onGrid(instant);
  refresh();
}

function choose(place) {
  state.place = place;
  if (place !== NONE && PARTS.get(document.getElementById("map")).districts.has(place)) rove(place);
  refresh();
}

/** Go to the next, or the last, instant of which a known event speaks. */
function step(direction) {
  const { known } = cutNow();
  let best = null;
  const here = state.at ?? Infinity;
  for (let number = 0; number < data.claims.count && data.claims.known[number] <= known; number++) {
    const instant = data.instants[data.claims.begins[number]];
    if (!Number.isFinite(instant) || !shows(number) || (instant - here) * direction <= 0) continue;
    if (best === null || (instant - best) * direction < 0) best = instant;
  }
  if (best !== null) moveTo(best);
}

/** Let the time run, or stop it. */
function play() {
  const { positions } = state;
  if (state.playing !== null) return stop();
  if (state.at === null || state.at >= positions[positions.length - 1]) state.at = positions[0];
  const stride = Math.max(1, Math.round(positions.length / 150));
  const pace = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 250;
  state.playing = setInterval(() => {
    const next = lastUpTo(positions, state.at) + stride;
    moveTo(positions[Math.min(next, positions.length - 1)]);
    if (next >= positions.length - 1) stop();
  }, pace);
  showPlaying();
}

function stop() {
  clearInterval(state.playing);
  state.playing = null;
  showPlaying();
}

function showPlaying() {
  const made = document.getElementById("play");
  made.setAttribute("aria-pressed", String(state.playing !== null));
  made.textContent = state.playing === null ? "▶ Play" : "■ Stop";
}

/** Return the stretches of time that the sliders may span: all of it, and the one in which nearly all events lie. */
function spans() {
  const of = (numbers) => numbers.map((number) => data.instants[number]).filter(Number.isFinite).sort((a, b) => a - b);
  const begins = of(data.claims.begins);
  const all = [...begins, ...of(data.claims.known)].sort((a, b) => a - b);
  if (!all.length) return { busy: [0, DAY] };
  const last = all[all.length - 1];
  const fifth = begins[Math.floor(begins.length / 5)] ?? all[0];
  const around = (first) => [first - Math.max(DAY, (last - first) / 30), last + DAY];
  return last - fifth < (last - all[0]) / 3 ? { busy: around(fifth), whole: around(all[0]) } : { busy: around(all[0]) };
}

function setSpan(name) {
  const found = spans();
  state.span = name in found ? name : "busy";
  state.positions = positionsBetween(...found[state.span]);
}

/** Keep cut, place, filters and comparison in the link. */
function keepLink() {
  clearTimeout(keepLink.waiting);
  keepLink.waiting = setTimeout(() => {
    const off = leftOut().map(({ by, number }) => `${by}:${by === "type" ? data.types[number] : data[`${by}s`][number][0]}`);
    const parts = {
      at: written(state.at), known: written(state.known), place: state.place === NONE ? "" : data.places[state.place][0],
      off: off.join(","), vs: state.pinned ? `${written(state.pinned.at)}@${written(state.pinned.known)}` : "",
      linked: state.linked ? "1" : "", span: state.span === "busy" ? "" : state.span,
    };
    const kept = Object.entries(parts).filter(([, value]) => value);
    history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
  }, 150);
}

/** Read a clock of a link: null for none or for what is no date. */
function clockOf(text) {
  return text ? onGrid(parsed(text) ?? null) : null;
}

/** Take the state from the link; what it does not say is as the page was made. */
function readLink(hash) {
  const link = new URLSearchParams(hash.slice(1));
  const [at, known] = data.opens;
  setSpan(link.get("span") ?? "busy");
  state.at = link.has("at") ? clockOf(link.get("at")) : onGrid(at);
  state.known = link.has("at") || link.has("known") ? clockOf(link.get("known")) : onGrid(known);
  state.at ??= state.positions[state.positions.length - 1];
  state.place = data.places.findIndex(([id]) => id === link.get("place"));
  state.linked = link.get("linked") === "1";
  const [pinnedAt, pinnedKnown] = (link.get("vs") ?? "").split("@");
  state.pinned = pinnedAt ? { at: clockOf(pinnedAt), known: clockOf(pinnedKnown) } : null;
  state.off = { type: new Set(), source: new Set(), actor: new Set() };
  for (const one of (link.get("off") ?? "").split(",").filter(Boolean)) readFilter(...one.split(/:(.*)/));
}

function readFilter(by, id) {
  if (!GROUPS.includes(by)) return;
  const number = by === "type" ? data.types.indexOf(id) : data[`${by}s`].findIndex(([own]) => own === id);
  if (number !== NONE) state.off[by].add(number);
}

/** Let a field take a typed date; say so where it is none. */
function makeField(clock) {
  const field = document.getElementById(`${clock}-date`);
  field.addEventListener("change", () => {
    const empty = field.value.trim() === "";
    const instant = empty ? null : parsed(field.value);
    const wrong = instant === undefined || (empty && clock === "at");
    field.setAttribute("aria-invalid", String(wrong));
    document.getElementById("date-trouble").textContent = wrong ? `${field.value.trim() || "An empty field"} is no date; expected one as 2016-11-28 or 2016-11-28 18:00.` : "";
    if (wrong) return;
    state[clock] = onGrid(instant);
    field.value = written(state[clock]);
    refresh();
  });
}

function makeClocks() {
  const on = (id, event, act) => document.getElementById(id).addEventListener(event, act);
  let waiting = false;
  const soon = () => {
    if (!waiting) requestAnimationFrame(() => ((waiting = false), refresh(true)));
    waiting = true;
  };
  on("at", "input", (event) => ((state.at = state.positions[+event.target.value]), soon()));
  on("known", "input", (event) => ((state.known = state.positions[+event.target.value] ?? null), soon()));
  makeField("at");
  makeField("known");
  on("back", "click", () => step(-1));
  on("forward", "click", () => step(1));
  on("play", "click", play);
  on("linked", "change", (event) => ((state.linked = event.target.checked), event.target.checked || (state.known = null), refresh()));
  const select = document.getElementById("span");
  const titles = { busy: "whole" in spans() ? "the busiest time" : "all of the time", whole: "all of the time" };
  select.append(...Object.keys(spans()).map((name) => element("option", { value: name }, titles[name])));
  select.value = state.span;
  select.addEventListener("change", () => (setSpan(select.value), refresh()));
}

/** Let places be found by any of their names. */
function makeSearch() {
  const names = new Map();
  data.places.forEach(([id, name, arabic, aliases], place) => {
    if (keyOf(place) !== undefined) for (const one of [id, name, arabic, ...aliases]) if (one) names.set(folded(one), place);
  });
  const listed = [...new Set(data.places.filter((_, place) => keyOf(place) !== undefined).flatMap(([, name, arabic]) => [name, arabic]))];
  document.getElementById("names").append(...listed.filter(Boolean).map((name) => element("option", { value: name })));
  const field = document.getElementById("search");
  const find = (text) => names.get(text) ?? [...names].find(([name]) => name.startsWith(text))?.[1] ?? [...names].find(([name]) => name.includes(text))?.[1];
  const seek = (exact) => {
    const text = folded(field.value);
    const place = exact ? names.get(text) : find(text);
    field.setAttribute("aria-invalid", String(!exact && text !== "" && place === undefined));
    if (text && place !== undefined) choose(place);
  };
  field.addEventListener("input", () => seek(true));
  field.addEventListener("change", () => seek(false));
  document.getElementById("city").addEventListener("click", () => choose(NONE));
}

function makeKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const act = { ",": () => step(-1), ".": () => step(1), p: play, "/": () => document.getElementById("search").focus(), Escape: () => choose(NONE) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

async function start() {
  data = unpack(await readData());
  readLink(location.hash);
  const svg = document.getElementById("map");
  makeMap(svg, true);
  rove(state.place !== NONE && PARTS.get(svg).districts.has(state.place) ? state.place : data.map.areas[0][0]);
  noteMap();
  makeClocks();
  makeSearch();
  makeFilters();
  makeSaving();
  makeKeys();
  const on = (id, act) => document.getElementById(id).addEventListener("click", act);
  on("pin", pin);
  on("hindsight", lookBack);
  on("unpin", unpin);
  document.getElementById("page").hidden = false;
  makeChart();
  refresh();
  window.addEventListener("hashchange", (event) => {
    readLink(new URL(event.newURL).hash); // not the location's: a link that was about to be kept may stand there by now
    refreshFilters();
    refresh();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paintChart(true));
  document.documentElement.dataset.ready = "true";
}

function refreshFilters() {
  document.querySelectorAll("#filters input").forEach((box) => (box.checked = !state.off[box.dataset.by].has(+box.dataset.number)));
}

start().catch((error) => {
  const place = document.getElementById("trouble");
  place.textContent = `This page cannot be read: ${error.message}. It needs a browser of 2023 or later.`;
  place.hidden = false;
  throw error;
});

/* Filters: which claims are listed, and, as far as it was computed, what the map would say without the others. */

const GROUPS = ["type", "source", "actor"];

/** Return whether the filters let a claim be shown. */
function shows(number) {
  const [type, , actors] = data.claims.kinds[data.claims.kind[number]];
  const [source] = data.claims.prints[data.claims.print[number]];
  return !state.off.type.has(type) && !state.off.source.has(source) && !actors.some((actor) => state.off.actor.has(actor));
}

/** Return what is left out, as pairs of a group and a number. */
function leftOut() {
  return GROUPS.flatMap((by) => [...state.off[by]].map((number) => ({ by, number })));
}

/** Return the number of the world without what is left out: null for the log as it is, and undefined for one that was not computed. */
function worldWithout(out) {
  if (!out.length) return null;
  if (out.length > 1 || !data.without.length) return undefined;
  const found = data.without.findIndex((one) => one.by === out[0].by && one.number === out[0].number);
  return found === NONE ? null : found;
}

/** Return the world that the map shows. */
function world() {
  return worldWithout(leftOut()) ?? null;
}

function nameOf(by, number) {
  if (by === "type") return data.types[number].replaceAll("_", " ");
  return by === "source" ? data.sources[number][1] : data.actors[number][1];
}

/** Tell what the map shows under the filters. */
function noteFilters() {
  const out = leftOut();
  const names = out.map(({ by, number }) => nameOf(by, number)).join(", ");
  const found = worldWithout(out);
  let note = "Whatever is unticked is left out of the lists; one thing alone also of the map, which then shows what would be answered without it.";
  if (!data.without.length) note = "Whatever is unticked is left out of the lists. For a log of this size it was not computed what the map would say without it.";
  if (out.length && found === undefined) note = `The lists leave out ${names}. The map shows all claims: what it would say without these was not computed.`;
  if (out.length && found !== undefined) note = `HYPOTHETICAL: the map and all answers are those without ${names}.`;
  const place = document.getElementById("filter-note");
  place.textContent = note;
  place.classList.toggle("warning", out.length > 0);
}

/** Fill a group of filters with a box for each of its names that some claim has. */
function fillGroup(by, numbers) {
  const group = document.getElementById(`filter-${by}`);
  for (const [number, count] of [...numbers].sort((a, b) => b[1] - a[1])) {
    const box = element("input", { type: "checkbox", "data-by": by, "data-number": number });
    box.checked = !state.off[by].has(number);
    box.addEventListener("change", () => {
      if (box.checked) state.off[by].delete(number);
      else state.off[by].add(number);
      refresh();
    });
    group.append(element("label", {}, box, element("span", {}, bdi(nameOf(by, number)), ` ${count.toLocaleString("en")}`)));
  }
}

/** Make the boxes of all filters. */
function makeFilters() {
  const counts = { type: new Map(), source: new Map(), actor: new Map() };
  const add = (by, number) => counts[by].set(number, (counts[by].get(number) ?? 0) + 1);
  for (let number = 0; number < data.claims.count; number++) {
    const [type, , actors] = data.claims.kinds[data.claims.kind[number]];
    add("type", type);
    add("source", data.claims.prints[data.claims.print[number]][0]);
    actors.forEach((actor) => add("actor", actor));
  }
  GROUPS.forEach((by) => fillGroup(by, counts[by]));
  document.getElementById("all").addEventListener("click", showAll);
}

function showAll() {
  GROUPS.forEach((by) => state.off[by].clear());
  document.querySelectorAll("#filters input").forEach((box) => (box.checked = true));
  refresh();
}

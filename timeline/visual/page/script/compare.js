/* Two cuts side by side, and where they differ. */

/** Show the kept cut beside the present one, or put it away. */
function paintComparison(cut, where) {
  const shown = state.pinned !== null;
  for (const id of ["before", "now-cut", "unpin", "differences"]) document.getElementById(id).hidden = !shown;
  const svg = document.getElementById("map");
  if (!shown) return markMap(svg, new Set());
  const other = document.getElementById("before-map");
  if (!PARTS.has(other)) makeMap(other, false);
  const before = cutOf(state.pinned.at, state.pinned.known);
  paintMap(other, before, where);
  const rows = differing(before, cut, where);
  const changed = new Set(rows.map(([place]) => place));
  markMap(other, changed);
  markMap(svg, changed);
  document.getElementById("before-cut").textContent = cutInWords(state.pinned.at, state.pinned.known);
  document.getElementById("now-cut").textContent = cutInWords(state.at, state.known);
  other.setAttribute("aria-label", `The map ${cutInWords(state.pinned.at, state.pinned.known)}`);
  document.getElementById("differences").replaceChildren(differenceTable(rows));
}

/** Return the places whose answers say different things at two cuts, with both. */
function differing(a, b, where) {
  return rowPlaces()
    .map((place) => [place, ...[a, b].map((cut) => sentence(data.control, answerOf(data.control, keyOf(place), cut, where)))])
    .filter(([, before, after]) => before !== after);
}

function differenceTable(rows) {
  if (!rows.length) return element("p", {}, "No district differs.");
  const head = ["District", cutInWords(state.pinned.at, state.pinned.known), cutInWords(state.at, state.known)];
  const body = rows.map(([place, before, after]) =>
    element("tr", {}, element("th", { scope: "row" }, button(data.places[place][1], () => choose(place))), element("td", {}, bdi(before)), element("td", {}, bdi(after))),
  );
  return element(
    "table",
    {},
    element("caption", {}, `${counted(rows.length, "district")} differ${rows.length === 1 ? "s" : ""}`),
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...body),
  );
}

/** Keep the present cut to compare others with. */
function pin() {
  state.pinned = { at: state.at, known: state.known };
  refresh();
}

/** Compare what was known at the time asked about with what is known now. */
function lookBack() {
  state.pinned = { at: state.at, known: state.at };
  state.linked = false;
  state.known = null;
  refresh();
}

function unpin() {
  state.pinned = null;
  refresh();
}

/* Taking away what is shown: answers and claims as CSV, the map as SVG. */

/** Offer a text as a file. */
function offer(name, type, text) {
  const link = element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Return rows as CSV (RFC 4180); what a spreadsheet would take for a formula is quoted with an apostrophe. */
function csv(rows) {
  const cell = (value) => {
    const text = String(value ?? "");
    const plain = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function supposed() {
  const out = leftOut();
  const without = worldWithout(out) === undefined ? "" : out.map(({ by, number }) => `without ${nameOf(by, number)}`).join("; ");
  return [data.supposed, without].filter(Boolean).join("; ");
}

/** Return the places whose answers are listed: the districts, and the sites. */
function listedPlaces() {
  return [...rowPlaces(), ...data.map.sites];
}

/** Return the answer about every district and site at the cut. */
function answerRows() {
  const cut = cutNow();
  const head = ["place", "name", "arabic", "holder", "ground", "status", "certain", "in words", "how sure", "since", "last heard", "because", "against", "unclear", "at", "known", "policy", "hypothetical", "log sha256"];
  const rows = listedPlaces().map((place) => {
    const answer = answerOf(data.control, keyOf(place), cut, world());
    const { holder, ground, status, certain } = holding(answer);
    const { words, sure, since, heard } = told(data.control, answer);
    const grounds = groundsOf(data.control, answer);
    const ids = ["because", "against", "unclear"].map((name) => grounds[name].map((number) => data.claims.id[number]).join(" "));
    const [id, name, arabic] = data.places[place];
    const actor = holder.map((one) => data.actors[one][0]).join(" + ");
    return [id, name, arabic, actor, ground, status, certain ? "true" : "false", words, sure, since, heard, ...ids, written(state.at), written(state.known), data.policy.name, supposed(), data.origin.log.sha256];
  });
  return [head, ...rows];
}

/** Return the claims known at the cut that the filters let through, of the chosen place or of all. */
function claimRows() {
  const head = ["id", "type", "source", "kind of source", "says", "occurred", "reported", "outlet", "locator", "url", "grade", "wording", "note", "about", "withdrawn by", "log sha256"];
  const cut = cutNow();
  return [head, ...knownClaims(cut).filter(shows).map((number) => claimRow(number, cut))];
}

function knownClaims(cut) {
  if (state.place !== NONE) return claimsOn(state.place, cut);
  return Array.from({ length: knownCount(cut) }, (_, number) => number);
}

function claimRow(number, cut) {
  const one = claim(number);
  const [source, , , kind] = data.sources[one.source];
  const about = one.about.map((other) => data.claims.id[other]).join(" ");
  const gone = data.claims.id[withdrawnBy(one, cut)] ?? "";
  return [one.id, data.types[one.type], source, kind, one.says, one.occurred, one.reported, one.outlet, one.locator, one.url, one.grade, one.wording, one.note, about, gone, data.origin.log.sha256];
}

/** Return the map as a file of its own: with the patterns, the styles and the cut in its title. */
function mapFile() {
  const copy = document.getElementById("map").cloneNode(true);
  const [x, y, wide, high] = data.map.box;
  const rules = [...document.styleSheets[0].cssRules].filter((rule) => /^\.(district|edged|ring|flow)/.test(rule.selectorText ?? "")).map((rule) => rule.cssText);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  for (const [name, value] of Object.entries({ width: wide, height: high + 60, viewBox: `${x} ${y - 60} ${wide} ${high + 60}` })) copy.setAttribute(name, value);
  const title = `${data.city.name} ${cutInWords(state.at, state.known)}${supposed() ? ` · ${supposed()}` : ""}`;
  const heading = drawing("text", { x: x + 20, y: y - 25, "font-size": 24, "font-family": "sans-serif", "font-weight": 700 }, title);
  const small = drawing("text", { x: x + 20, y: y - 5, "font-size": 11, "font-family": "sans-serif" }, `policy ${data.policy.name} · log ${data.origin.log.sha256}`);
  const defs = document.querySelector("#patterns defs").cloneNode(true);
  copy.prepend(drawing("title", {}, title), drawing("style", {}, rules.join("\n")), defs, drawing("rect", { x, y: y - 60, width: wide, height: high + 60, fill: "#ffffff" }), heading, small);
  copy.querySelectorAll('[style*="display: none"]').forEach((hidden) => hidden.remove());
  return new XMLSerializer().serializeToString(copy);
}

/** Fill the table of all answers. */
function paintTable() {
  const place = document.getElementById("answers-table");
  if (!document.getElementById("answers").open) return place.replaceChildren();
  const cut = cutNow();
  const row = (where) => {
    const { words, sure, since, heard } = told(data.control, answerOf(data.control, keyOf(where), cut, world()));
    return element("tr", {}, element("th", { scope: "row" }, bdi(data.places[where][1])), ...[words, sure, since, heard].map((text) => element("td", {}, bdi(text))));
  };
  const head = element("tr", {}, ...["Place", "Held by", "How sure", "Since", "Last heard"].map((text) => element("th", { scope: "col" }, text)));
  place.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...listedPlaces().map(row))));
}

function makeSaving() {
  const name = () => `${data.city.id}-${written(state.at).replace(/[^0-9]+/g, "-")}${state.known === null ? "" : `-known-${written(state.known).replace(/[^0-9]+/g, "-")}`}`;
  const on = (id, act) => document.getElementById(id).addEventListener("click", act);
  on("save-csv", () => offer(`${name()}.csv`, "text/csv", csv(answerRows())));
  on("save-claims", () => offer(`${name()}-claims.csv`, "text/csv", csv(claimRows())));
  on("save-svg", () => offer(`${name()}.svg`, "image/svg+xml", mapFile()));
  document.getElementById("answers").addEventListener("toggle", paintTable);
}

/* The panel: the answer about the chosen place and every claim behind it, or the whole city. */

const LISTED = 12;

/** Show the answer about the chosen place, or about the city. */
function paintPanel(cut, where) {
  const answer = document.getElementById("answer");
  const claims = document.getElementById("claims");
  if (state.place === NONE) {
    answer.replaceChildren(...cityParts(cut, where));
    claims.replaceChildren(...questionParts(cut, where, null));
  } else {
    answer.replaceChildren(...placeParts(state.place, cut, where));
    claims.replaceChildren(...claimParts(state.place, cut, where), ...questionParts(cut, where, state.place));
  }
}

/** Return how many districts each holder has; what is disputed is told place by place, and never counted with others. */
function cityParts(cut, where) {
  const counts = new Map();
  const alone = [];
  for (const place of rowPlaces()) {
    const answer = answerOf(data.control, keyOf(place), cut, where);
    const words = sentence(data.control, answer);
    if (holding(answer).status === "disputed") alone.push([data.places[place][1], words]);
    else counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([words, count]) => [counted(count, "district"), words]);
  const facts = [...rows, ...alone].flatMap(([what, words]) => [element("dt", {}, bdi(what)), element("dd", {}, bdi(words))]);
  const sites = siteRows(cut, where).flatMap(([name, words]) => [element("dt", {}, bdi(name)), element("dd", {}, bdi(words))]);
  return [element("h2", {}, "The whole city"), element("dl", { class: "facts" }, ...facts, ...sites)];
}

/** Return the sites, which are not on the map, of which somebody spoke by themselves: each with its answer. */
function siteRows(cut, where) {
  const answers = data.map.sites.map((place) => [place, answerOf(data.control, keyOf(place), cut, where)]);
  const spoken = answers.filter(([, answer]) => holding(answer).status !== "unknown" && holding(answer).inherited === NONE);
  return spoken.map(([place, answer]) => [data.places[place][1], sentence(data.control, answer)]);
}

/** Return a place's name, and who holds it, how sure that is, since when, when that was last heard, and by which rules. */
function placeParts(place, cut, where) {
  const [, name, arabic] = data.places[place];
  const found = answerOf(data.control, keyOf(place), cut, where);
  const { words, sure, since, heard } = told(data.control, found);
  const { inherited, rules } = holding(found);
  const facts = [["Held by", words], ["How sure", sure || words], ["Since", since], ["Last heard", heard], ["As", inherited === NONE ? "" : data.places[inherited][1]]];
  const list = facts.filter(([, fact]) => fact).flatMap(([term, fact]) => [element("dt", {}, term), element("dd", {}, bdi(fact))]);
  const named = data.texts[rules].split(" ").filter(Boolean);
  const why = named.map((rule) => element("li", {}, element("b", {}, rule.replaceAll("_", " ")), `: ${data.rules[rule]}`));
  return [
    element("h2", {}, bdi(name), ...(arabic ? [" ", bdi(arabic)] : [])),
    element("dl", { class: "facts" }, ...list),
    element("details", { open: "" }, element("summary", {}, "Why: the rules that decided"), element("ul", {}, ...why)),
  ];
}

/** Return the claims behind an answer, and what else was said of the place by then. */
function claimParts(place, cut, where) {
  const found = groundsOf(data.control, answerOf(data.control, keyOf(place), cut, where));
  const part = [...found.because, ...found.against, ...found.unclear];
  const others = claimsOn(place, cut).filter((number) => !part.includes(number));
  const later = claimsOn(place, { known: data.instants.length }).length - claimsOn(place, cut).length;
  return [
    claimList("Says so", found.because, cut),
    claimList("Against", found.against, cut),
    claimList("Unclear", found.unclear, cut),
    claimList("Also said of it by then, and no part of this answer", others, cut),
    later ? element("p", { class: "small" }, `${counted(later, "claim")} on it ${later === 1 ? "was" : "were"} not known yet.`) : "",
  ];
}

/** Return the claims that name a place or one that it lies in, or speak of one that does, known by a cut. */
function claimsOn(place, { known }) {
  const around = new Set(lineage(place));
  const { claims } = data;
  const names = (number) => claims.kinds[claims.kind[number]][3].some((one) => around.has(one));
  const found = [];
  for (let number = 0; number < claims.count && claims.known[number] <= known; number++) {
    if (names(number) || (claims.about.get(number) ?? []).some(names)) found.push(number);
  }
  return found;
}

/** Return a list of claims under a heading, the newest first; nothing for none. */
function claimList(heading, numbers, cut) {
  const shown = numbers.filter(shows).reverse();
  const hidden = numbers.length - shown.length;
  if (!numbers.length) return "";
  const list = (some) => element("ul", { class: "claims" }, ...some.map((number) => claimItem(number, cut)));
  const parts = [element("h3", {}, `${heading} (${numbers.length.toLocaleString("en")})`), list(shown.slice(0, LISTED))];
  if (shown.length > LISTED) parts.push(unfolding(`${counted(shown.length - LISTED, "claim")} more`, () => list(shown.slice(LISTED))));
  if (hidden) parts.push(element("p", { class: "small" }, `${counted(hidden, "claim")} hidden by the filters.`));
  return element("section", { "aria-label": heading }, ...parts);
}

/** Return something that is made when it is first opened. */
function unfolding(title, make) {
  const details = element("details", {}, element("summary", {}, title));
  details.addEventListener("toggle", () => details.childElementCount > 1 || details.append(make()), { once: true });
  return details;
}

/** Return one claim: what is said, who says so, where, when it was so and when that was reported, and what became of it. */
function claimItem(number, cut) {
  const one = claim(number);
  const [, label, , kind, side] = data.sources[one.source];
  const gone = withdrawnBy(one, cut);
  const source = [bdi(label), ` (${kind}${side === NONE ? "" : ", serves "}`, ...(side === NONE ? [] : [bdi(data.actors[side][1])]), ")"];
  const printed = [one.outlet, one.locator].filter(Boolean).flatMap((text) => [" · ", bdi(text)]);
  const link = /^https?:/.test(one.url) ? [" · ", element("a", { href: one.url, rel: "noopener noreferrer", target: "_blank" }, "where it was printed")] : [];
  return element(
    "li",
    { id: `claim-${number}` },
    element("p", gone !== undefined ? { class: "gone" } : {}, bdi(one.says)),
    ...one.about.map((about) => element("p", { class: "note" }, "this: ", bdi(claim(about).says), ` (${claim(about).id})`)),
    element("p", { class: "small" }, ...source, ...printed, ...link),
    element("p", { class: "small" }, `${one.occurred} · reported ${one.reported}`, one.grade ? ` · ${one.grade}` : "", " · ", element("code", {}, one.id)),
    ...(one.wording ? [element("blockquote", {}, "“", bdi(one.wording), "”")] : []),
    ...(one.note ? [element("p", { class: "small note" }, "Recorder: ", bdi(one.note))] : []),
    ...(gone !== undefined ? [withdrawal(gone)] : []),
  );
}

function withdrawal(by) {
  const one = claim(by);
  const verb = data.types[one.type] === "retraction" ? "Retracted" : "Replaced";
  return element("p", { class: "small warning" }, `${verb}, reported ${one.reported}: `, bdi(one.says), ` (${one.id})`);
}

/** Return what is answered to the other questions: about a place and what lies in it or around it, or about all. */
function questionParts(cut, where, place) {
  const parts = data.questions.map((question, number) => (number === data.control ? "" : questionPart(number, cut, where, place)));
  const heading = element("h2", {}, place === null ? "People, siege and aid at this cut" : "People and siege here, at this cut");
  const said = parts.filter(Boolean);
  return said.length ? [heading, ...said] : [element("p", { class: "small" }, "Nothing was said by then of displaced or killed people, siege, aid or conditions.")];
}

function questionPart(number, cut, where, place) {
  const question = data.questions[number];
  const lines = [];
  question.at.forEach((places, key) => {
    if (place !== null && !places.some((one) => one !== NONE && touches(one, place))) return;
    const answer = answerOf(number, key, cut, where);
    if (answer !== NONE) lines.push([key, answer]);
  });
  const summary = place === null ? summaryOf(number, cut, where) : "";
  if (!lines.length) return "";
  if (question.name === "displacement") lines.sort((a, b) => faceOf(number, b[1])[3] - faceOf(number, a[1])[3]);
  const list = (some) => element("ul", { class: "claims" }, ...some.map(([key, answer]) => answerItem(number, key, answer, cut)));
  const parts = [element("h3", {}, question.heading)];
  if (summary === null) parts.push(element("p", { class: "small" }, "What all routes come to was not computed for a log of this size; timeline state tells it."));
  else if (summary) parts.push(element("p", {}, bdi(summary)));
  parts.push(list(lines.slice(0, LISTED)));
  if (lines.length > LISTED) parts.push(unfolding(`${(lines.length - LISTED).toLocaleString("en")} more`, () => list(lines.slice(LISTED))));
  return element("section", { "aria-label": question.heading }, ...parts);
}

function touches(one, place) {
  return lineage(one).includes(place) || lineage(place).includes(one);
}

/** Return an answer to another question, with who says so and the claims behind it. */
function answerItem(number, key, answer, cut) {
  const { words, sure, since, heard } = told(number, answer);
  const grounds = groundsOf(number, answer);
  const voices = [...new Set(grounds.because.map((one) => data.sources[data.claims.prints[data.claims.print[one]][0]][2]))].join(", ");
  const text = [bdi(data.texts[data.questions[number].keys[key]]), ": ", bdi(words), sure && sure !== words ? ` (${sure})` : "", since ? `, since ${since}` : "", heard ? `, last heard ${heard}` : ""];
  const all = [...grounds.because, ...grounds.against, ...grounds.unclear];
  const behind = () => element("ul", { class: "claims" }, ...all.map((one) => claimItem(one, cut)));
  const who = grounds.against.length ? `${voices}; ${counted(grounds.against.length, "claim")} against` : voices;
  return element("li", {}, element("p", {}, ...text), all.length ? unfolding(who, behind) : "");
}

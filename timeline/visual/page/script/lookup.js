/* Looking up: which answer the library gave at a cut. The last patch that covers the cut has it. */

/** Return a cut as numbers of instants: of the last one at or before each clock. */
function cutOf(at, known) {
  const last = data.instants.length - 1;
  return {
    at: Math.max(0, Math.min(last - 1, at === null ? last - 1 : lastUpTo(data.instants, at))),
    known: known === null ? last : lastUpTo(data.instants, known),
  };
}

/** Return the number of the answer at a cut; `NONE` where nobody speaks of it. */
function answerAt(plane, cut) {
  for (let at = plane.length - 4; at >= 0; at -= 4) {
    if (plane[at] <= cut.known && plane[at + 1] <= cut.at && cut.at < plane[at + 2]) return plane[at + 3];
  }
  return NONE;
}

/** Return the patches of a key in a world; none for a key that is not spoken of there. */
function planeOf(question, key, world) {
  const changed = world === null ? undefined : data.without[world].questions[question].of[key];
  const number = changed ?? data.questions[question].of[key] ?? NONE;
  const { planes, unpacked } = data.questions[question];
  if (number === NONE) return EMPTY_PLANE;
  return (unpacked[number] ??= unpackPlane(planes[number]));
}

const EMPTY_PLANE = new Int32Array(0);

/** Return the number of the answer to a question about a key. */
function answerOf(question, key, cut, world) {
  return answerAt(planeOf(question, key, world), cut);
}

/** Return what all answers to a question come to; empty where nothing is said of that, null where it was not computed. */
function summaryOf(question, cut, world) {
  const own = world === null ? undefined : data.without[world].questions[question].summary;
  const plane = own === undefined ? data.questions[question].summaryPlane : own && unpackPlane(own);
  if (plane === null) return null;
  const found = answerAt(plane, cut);
  return found === NONE ? "" : data.texts[found];
}

/** Return an answer in words: what it says, how sure that is, since when, and when it was last heard of. */
function told(question, answer) {
  if (answer === NONE) return { words: "nothing said", sure: "", since: "", heard: "" };
  const { faces, answers } = data.questions[question];
  const face = faces[answers[answer]];
  const [words, sure, since] = face;
  const text = (number) => (number === NONE ? "" : data.texts[number]);
  return { words: data.texts[words], sure: data.texts[sure], since: text(since), heard: text(face[face.length - 1]) };
}

/** Return an answer as one text. */
function sentence(question, answer) {
  const { words, sure } = told(question, answer);
  return sure ? `${words}, ${sure}` : words;
}

/** Return what an answer about control says beyond its words; the holder and the one before are lists of actors. */
function holding(answer) {
  const { faces, answers } = data.questions[data.control];
  const [, , , holder, status, certain, ground, before, inherited, rules, shares] = faces[answers[answer]];
  return { holder, status: data.statuses[status], certain, ground: data.grounds[ground], before, inherited, rules, shares };
}

/** Return the events for an answer, against it and unclear about it. */
function groundsOf(question, answer) {
  const { because, against, unclear } = data.questions[question];
  return answer === NONE ? { because: [], against: [], unclear: [] } : { because: because[answer], against: against[answer], unclear: unclear[answer] };
}

/** Return the key of a place among those that control is asked about. */
function keyOf(place) {
  keyOf.known ??= new Map(data.questions[data.control].at.map(([where], key) => [where, key]));
  return keyOf.known.get(place);
}

/** Return how a place looks at a cut. */
function lookOf(place, cut, world) {
  const answer = answerOf(data.control, keyOf(place), cut, world);
  return data.looks.faces[data.questions[data.control].looks[answer]];
}

/** Return the source, type, actors, places and texts of a claim. */
function claim(number) {
  const { claims, texts } = data;
  const [type, says, actors, places] = claims.kinds[claims.kind[number]];
  const [source, outlet, grade] = claims.prints[claims.print[number]];
  const text = (index) => (index === undefined || index === NONE ? "" : texts[index]);
  return {
    number, type, actors, places, source,
    id: claims.id[number],
    says: texts[says],
    outlet: text(outlet),
    grade: text(grade),
    locator: text(claims.locator[number]),
    url: text(claims.url[number]),
    wording: text(claims.wording[number]),
    note: text(claims.note[number]),
    occurred: text(claims.occurredWords[number]) || minuteInWords(claims.occurredMinutes[number]),
    reported: text(claims.reportedWords[number]) || minuteInWords(claims.reportedMinutes[number]),
    about: claims.about.get(number) ?? [],
    withdrawn: claims.withdrawn[number] ?? [],
  };
}

/** Return the number of the claim by which another is withdrawn at a cut, as far as known there; undefined for one that stands. */
function withdrawnBy(one, { known }) {
  return one.withdrawn.find(([begun, , ended]) => begun <= known && !(ended <= known))?.[1];
}

/** Return a place and the places that it lies in. */
function lineage(place) {
  const line = [];
  for (let here = place; here !== NONE; here = data.places[here][4]) line.push(here);
  return line;
}

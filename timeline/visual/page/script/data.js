/* The data of the page: read from its block, unpacked once, and never changed. It holds what was answered; no rule stands here or elsewhere. */

const NONE = -1;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

/** Return the data block as an object; a large one is compressed. */
async function readData() {
  const block = document.getElementById("data");
  if (block.type === "application/json") return JSON.parse(block.textContent);
  const bytes = new Blob([bytesOf(block.textContent.trim())]);
  return JSON.parse(await new Response(bytes.stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

/** Return the bytes that a text stands for, four in five characters of the alphabet. */
function bytesOf(text) {
  const values = new Uint8Array(128);
  for (let n = 0; n < ALPHABET.length; n++) values[ALPHABET.charCodeAt(n)] = n;
  const missing = (5 - (text.length % 5)) % 5;
  const padded = text + "~".repeat(missing);
  const bytes = new Uint8Array((padded.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0, to = 0; at < padded.length; at += 5, to += 4) {
    let word = 0;
    for (let n = 0; n < 5; n++) word = word * 85 + values[padded.charCodeAt(at + n)];
    view.setUint32(to, word);
  }
  return bytes.subarray(0, bytes.length - missing);
}

/** Return the running sums of steps. */
function summed(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

/** Return instants in microseconds since 1970, with the open ends before and after them. */
function unpackInstants(steps) {
  return Float64Array.from([-Infinity, ...summed(steps), Infinity]);
}

/** Return patches as numbers, four for each: known from, begin and end, as numbers of instants, and the answer. */
function unpackPlane(packed) {
  const plane = new Int32Array(packed.length);
  let known = 0;
  let answer = 0;
  for (let at = 0; at < packed.length; at += 4) {
    known += packed[at];
    answer += packed[at + 3];
    const begin = known + packed[at + 1];
    plane.set([known, begin, begin + packed[at + 2], answer], at);
  }
  return plane;
}

/** Return lists of events that were told as what each carries over from the one before it and what it adds. */
function unpackCarried(rows) {
  let before = [];
  return rows.map(([dropped, ...steps]) => {
    let last = before.length ? before[before.length - 1] : 0;
    before = [...before.slice(dropped), ...steps.map((step) => (last += step))];
    return before;
  });
}

/** Return a question with its lists unpacked; planes are unpacked when they are first asked for. */
function unpackQuestion(raw) {
  const bearings = {};
  for (const name of ["because", "against", "unclear"]) bearings[name] = unpackCarried(raw[name]);
  return { ...raw, ...bearings, unpacked: [], summaryPlane: raw.summary && unpackPlane(raw.summary) };
}

/** Return what each event speaks of, by its number. */
function unpackAbout(rows) {
  let number = 0;
  return new Map(rows.map(([step, ...back]) => [(number += step), back.map((one) => number - one)]));
}

/** Return the claims as columns. */
function unpackClaims(raw) {
  const known = summed(raw.known);
  const reported = summed(raw.reported);
  return {
    ...raw,
    id: raw.id.split(" "),
    about: unpackAbout(raw.about),
    count: known.length,
    known,
    begins: known.map((at, n) => at - raw.begins[n]),
    reportedMinutes: reported,
    occurredMinutes: reported.map((minute, n) => minute - raw.occurred[n]),
  };
}

/** Return everything that the page looks things up in. */
function unpack(raw) {
  return {
    ...raw,
    instants: unpackInstants(raw.instants),
    claims: unpackClaims(raw.claims),
    questions: raw.questions.map(unpackQuestion),
    control: 0,
  };
}

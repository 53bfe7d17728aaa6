/* Making elements. Every text of the log enters the page as a text, never as markup. */

/** Return an element with attributes and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Return an element of a drawing. */
function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Return a text of the log, whose direction of writing is its own matter. */
function bdi(text) {
  const arabic = /[\u0600-\u06ff]/.test(text);
  return element("bdi", arabic ? { lang: "ar", dir: "rtl" } : {}, text);
}

/** Return a button that does something. */
function button(text, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Return a name without case, accents and marks, so that spellings that differ only there are one. */
function folded(name) {
  return name.normalize("NFKD").toLowerCase().replace(/[\p{M}ـ'’‘ʿʾ`]/gu, "").replace(/[\s_-]+/g, " ").trim();
}

/* Of a page that is served: ask now and then whether the log has grown, and tell. What is shown stays until the reader wants the new one. */

const PAUSE = 5000;

/** Return what is to be told of an answer of the server; empty where nothing is new. */
async function newsOf(response, own) {
  const told = await response.json();
  if (!response.ok) return `The log cannot be read now: ${told.error}`;
  if (told.version === own) return "";
  const more = told.log.events - data.origin.log.events;
  return more > 0 ? `The log has grown by ${counted(more, "event")}.` : "The log, or what belongs to it, has changed.";
}

/** Show news, with a way to load the page anew; the link keeps cut, place and filters. */
function showNews(words) {
  const place = document.getElementById("news");
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  place.replaceChildren(words);
  if (!words) return;
  const load = element("button", { type: "button", id: "reload" }, "Show it as it is now");
  load.addEventListener("click", () => location.reload());
  place.append(" ", load);
}

async function watch() {
  if (document.hidden) return;
  const own = document.querySelector("meta[name=timeline-version]").content;
  try {
    showNews(await newsOf(await fetch("/api/version", { cache: "no-cache" }), own));
  } catch {
    showNews("The server does not answer; what is shown is the log as it was.");
  }
}

setInterval(watch, PAUSE);
document.addEventListener("visibilitychange", watch);
window.addEventListener("focus", watch);

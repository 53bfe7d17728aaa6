"""The page in a browser, offline: its answers are the engine's, and no text gets out of hand."""

import csv
import importlib.util
import io
import json
import random
import re
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browsers import browser, opened

from projections import CONTROL, PROJECTIONS
from timeline import AsOf, Timeline
from timeline.replay.shares import codes
from timeline.temporal.dates import FUTURE, PAST

pytest.importorskip("shapely", reason="no shapely here; pip install 'conflict-timeline[pictures]'")
pytest.importorskip("jinja2", reason="no jinja2 here; pip install 'conflict-timeline[pictures]'")

from timeline.visual.page import html
from timeline.visual.page.content import Request

ROOT = Path(__file__).parents[3]
EXACT = "%Y-%m-%dT%H:%M:%S.%fZ"
OPEN_ALL = "document.querySelectorAll('details').forEach(details => { details.open = true; })"


@pytest.fixture(scope="module")
def aleppo():
    return Timeline.open(ROOT / "events.jsonl", PROJECTIONS)


@pytest.fixture(scope="module")
def chromium():
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def address(aleppo, tmp_path_factory):
    return put(aleppo, tmp_path_factory.mktemp("page"))


@pytest.fixture
def page(chromium, address):
    with opened(chromium, f"{address}#at=2016-11-28") as shown:
        yield shown


def put(timeline, folder, **options):
    """Write the page of a timeline into a folder and return its address."""
    path = folder / "page.html"
    path.write_text(html.page(Request(timeline=timeline, cut=AsOf(), **options)), "utf-8")
    return path.as_uri()


def shown_holders(page):
    """Return the holder and the status of each district, as the map shows them."""
    script = """[...document.querySelectorAll('#map .district')].map(
      ({ dataset }) => [dataset.place, [dataset.holder, dataset.status]])"""
    return {place: tuple(answer) for place, answer in page.evaluate(script)}


def holders(timeline, cut, places):
    """Return the same from the engine."""
    answers = timeline.state(cut=cut)[CONTROL]
    return {place: (codes(answers[place].holder) or "", answers[place].status) for place in places}


def visit(page, link):
    """Go to another link of the page that is open, and wait until it is shown."""
    script = """link => new Promise(done => {
      addEventListener('hashchange', () => setTimeout(done), { once: true });
      location.hash = link;
    })"""
    page.evaluate(script, link)


def until(page, condition, argument=None):
    """Wait until a condition holds; Playwright's own waiting needs `eval`, which is forbidden."""
    for _ in range(200):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never came: {condition}")


def random_cuts(timeline, count, seed=2016):
    """Return cuts on, beside and between the instants at which a timeline changes."""
    rng = random.Random(seed)  # the same cuts every time
    instants = set()
    for timed in timeline.timed_events:
        instants |= {timed.window.earliest, timed.window.latest, timed.known}
    edges = sorted(instant for instant in instants if PAST < instant < FUTURE)
    near = [edge + timedelta(microseconds=step) for edge in edges for step in (-1, 0, 1)]
    first, span = edges[0], edges[-1] + timedelta(days=9) - edges[0]

    def instant():
        return rng.choice([rng.choice(near), first + span * rng.random()])

    return [AsOf(instant(), rng.choice([None, instant()])) for _ in range(count)]


def link_of(cut):
    clocks = {"at": cut.at, "known": cut.known}
    given = {name: clock.astimezone(UTC) for name, clock in clocks.items() if clock}
    return "&".join(f"{name}={clock.strftime(EXACT)}" for name, clock in given.items())


# What it shows ------------------------------------------------------------------------------------


def test_a_hundred_random_cuts_show_what_the_engine_answers(aleppo, chromium, address):
    with opened(chromium, address) as page:
        places = list(shown_holders(page))
        assert len(places) == 99
        for cut in random_cuts(aleppo, 100):
            visit(page, link_of(cut))
            assert shown_holders(page) == holders(aleppo, cut, places), link_of(cut)


def test_the_page_opens_at_its_link_and_says_which_cut_that_is(page):
    assert page.inner_text("#cut") == "On 28 Nov 2016, as known now"
    assert page.inner_text("#count") == "39 events, 39 known at this cut · policy latest"
    assert shown_holders(page)["sakhour"] == ("government", "disputed")


def test_the_panel_tells_the_answer_the_rules_and_every_claim(page):
    page.click('#map [data-place="sakhour"]')
    panel = page.inner_text("#panel")
    assert re.search(
        r"Sakhour\sالصاخور.*Held by\s+Government\s+How sure\s+disputed\s+Since\s+27–28 Nov 2016"
        r"\s+Last heard\s+28 Nov 2016",
        panel,
        re.DOTALL,
    )
    assert "newest turn: of the stands that may lead" in panel
    for heading, id in (
        ("Says so (1)", "sakhour-seized-sohr"),
        ("Against (1)", "sakhour-fall-denied"),
        ("Unclear (1)", "sakhour-unclear"),
    ):
        title = page.get_by_role("heading", name=heading)
        section = page.locator("#panel section", has=title).inner_text()
        assert id in section
        assert "The Guardian" in section
        assert "paragraph" in section
        assert "reported 28 Nov 2016" in section
    assert "People and siege here" in panel


def test_the_whole_city_tells_displaced_killed_siege_and_aid(page):
    page.click("#city")
    panel = page.inner_text("#panel")
    for text in (
        "6,000–12,000 people in all",
        "219 or more killed",
        "besieged by Government",
        "de-mistura-diplomacy: failed",
        "food: critical",
    ):
        assert text in panel


# Moving through time ------------------------------------------------------------------------------


def test_both_sliders_move_by_keys(page):
    page.focus("#at")
    page.keyboard.press("Home")
    until(page, "() => !document.querySelector('#cut').textContent.startsWith('On 28 Nov 2016')")
    first = page.inner_text("#cut")
    page.keyboard.press("ArrowRight")
    until(page, "before => document.querySelector('#cut').textContent !== before", first)
    page.focus("#known")
    page.keyboard.press("ArrowLeft")
    until(page, "() => !document.querySelector('#cut').textContent.endsWith('as known now')")
    assert page.get_attribute("#known", "aria-valuetext") in page.inner_text("#cut")


def test_linked_clocks_follow_the_news(page, aleppo):
    page.check("#linked")
    assert page.inner_text("#cut") == "On 28 Nov 2016, as known on 28 Nov 2016"
    page.fill("#at-date", "2016-11-24")
    page.press("#at-date", "Enter")
    assert page.inner_text("#cut") == "On 24 Nov 2016, as known on 24 Nov 2016"
    places = shown_holders(page)
    assert places == holders(aleppo, aleppo.cut("2016-11-24@2016-11-24"), places)
    page.uncheck("#linked")
    assert page.inner_text("#cut").endswith("as known now")


@pytest.mark.parametrize(
    "typed", ["28.11.2016", "2016-11-31", "2016-13-01", "soon", "2016-11-28 25:00x", ""]
)
def test_what_is_no_date_is_told_and_changes_nothing(page, typed):
    page.fill("#at-date", typed)
    page.press("#at-date", "Enter")
    page.focus("#at")
    assert "is no date; expected one as 2016-11-28" in page.inner_text("#date-trouble")
    assert page.get_attribute("#at-date", "aria-invalid") == "true"
    assert page.inner_text("#cut") == "On 28 Nov 2016, as known now"


def test_play_runs_and_stops(page):
    page.fill("#at-date", "2016-11-20")
    page.press("#at-date", "Enter")
    before = page.inner_text("#cut")
    page.click("#play")
    until(page, "before => document.querySelector('#cut').textContent !== before", before)
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "false"
    stopped = page.inner_text("#cut")
    page.wait_for_timeout(400)
    assert page.inner_text("#cut") == stopped


def test_steps_go_from_event_to_event(page, aleppo):
    seen = []
    for _ in range(4):
        page.click("#back")
        seen.append(page.input_value("#at-date"))
    begins = sorted({timed.window.earliest for timed in aleppo.timed_events}, reverse=True)
    expected = [begin for begin in begins if begin < aleppo.cut("2016-11-28").at][:4]
    assert [aleppo.cut(text.replace(" ", "T")).at for text in seen] == expected


def test_the_histogram_can_be_clicked(page):
    before = page.inner_text("#cut")
    page.locator("#ribbons").click(position={"x": 200, "y": 40})
    assert page.inner_text("#cut") != before
    page.locator("#ribbons").click(position={"x": 30, "y": 96})
    assert page.locator("#answer h2").inner_text() != "The whole city"


# Without a mouse, on a phone, on paper ------------------------------------------------------------


def test_keys_alone_reach_a_district_and_choose_it(page):
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('district')"):
            break
    first = page.evaluate("document.activeElement.dataset.place")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.dataset.place")
    assert first is not None
    assert first != second
    stroke = "getComputedStyle(document.activeElement.querySelector('.edge')).stroke"
    assert page.evaluate(stroke) != "none"
    page.keyboard.press("Enter")
    assert page.get_attribute(f'#map [data-place="{second}"]', "aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert page.locator("#answer h2").inner_text() == "The whole city"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


def test_every_district_can_be_reached_by_arrows(page):
    script = """() => {
      const at = () => document.activeElement.dataset.place, seen = new Set(), todo = [];
      const press = key =>
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      const go = place => document.querySelector(`#map [data-place="${place}"]`).focus();
      document.querySelector("#map [tabindex='0']").focus();
      todo.push(at());
      while (todo.length) {
        const here = todo.pop();
        if (seen.has(here)) continue;
        seen.add(here);
        for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
          go(here);
          press(key);
          todo.push(at());
        }
      }
      return seen.size;
    }"""
    assert page.evaluate(script) == 99


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Sakhour", "Sakhour"),
        ("الصاخور", "Sakhour"),
        ("as-sakhour", "Sakhour"),
        ("masaken", "Masaken Hanano"),
    ],
)
def test_places_are_found_by_english_and_arabic_names(page, typed, place):
    page.fill("#search", typed)
    page.press("#search", "Enter")
    page.focus("#city")
    assert place in page.locator("#answer h2").inner_text()


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "device_scale_factor": 2,
    },
    "dark phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.mark.parametrize(
    "look",
    ["light", *(pytest.param(look, marks=pytest.mark.slow) for look in LOOKS if look != "light")],
)
def test_axe_finds_nothing(chromium, address, look):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="no axe here; pip install 'conflict-timeline[browser]'",
    )
    link = f"{address}#at=2016-11-28&place=sakhour&vs=2016-11-28@2016-11-24&off=source:sohr"
    with opened(chromium, link, **LOOKS[look]) as page:
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(100)
        faults = axe.Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults] == []


def test_letters_stand_out_from_their_ground(page):
    """Axe does not see into drawings: every ink on a plain ground has a contrast of 4.5 to 1."""
    from timeline.visual.map.style import contrast

    script = """[...document.querySelectorAll('#map .district')].map(district => [
      district.querySelector('.ground').getAttribute('fill'),
      district.querySelector('text').getAttribute('fill'),
      district.querySelector('.edged') !== null,
    ])"""
    drawn = page.evaluate(script)
    assert len(drawn) == 99
    plain = [(ground, ink) for ground, ink, _ in drawn if ground.startswith("#")]
    assert [pair for pair in plain if contrast(*pair) < 4.5] == []
    assert all(edged for ground, _, edged in drawn if not ground.startswith("#"))


def test_dark_mode_is_dark(chromium, address):
    from timeline.visual.map.style import contrast

    with opened(chromium, address, color_scheme="dark") as page:
        script = "['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name])"
        ground, ink = (channels(colour) for colour in page.evaluate(script))
        assert max(ground) < 60
        assert contrast(f"#{bytes(ground).hex()}", f"#{bytes(ink).hex()}") >= 7


def channels(colour):
    """Return red, green and blue of a colour as a browser writes it."""
    return [int(number) for number in re.findall(r"\d+", colour)[:3]]


def test_a_phone_needs_no_scrolling_aside_and_has_no_blank_bands(chromium, address):
    with opened(chromium, f"{address}#at=2016-11-28&place=sakhour", **LOOKS["phone"]) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        names = "header, #clocks, #now, #panel, #compare, #time, #filters, #tables"
        parts = page.evaluate(
            """names => [...document.querySelectorAll(names)]
              .map(part => part.getBoundingClientRect()).map(box => [box.top, box.bottom])""",
            names,
        )
        gaps = [after[0] - before[1] for before, after in pairwise(parts)]
        assert max(gaps) < 60
        box = page.locator("#map").bounding_box()
        ratio = page.evaluate(
            """(({ width, height }) => height / width)(
              document.querySelector('#map').viewBox.baseVal)"""
        )
        assert box["height"] / box["width"] == pytest.approx(ratio, rel=0.02)
        heights = page.evaluate(
            """[...document.querySelectorAll('button, select')]
              .filter(control => control.offsetParent).map(control => control.offsetHeight)"""
        )
        assert min(heights) >= 24


def test_on_paper_stands_what_can_be_read_there(page):
    page.click('#map [data-place="sakhour"]')
    page.emulate_media(media="print")
    assert not page.is_visible("#at")
    assert not page.is_visible("#play")
    assert page.is_visible("#map")
    assert page.is_visible("#cut")
    assert "sakhour-seized-sohr" in page.inner_text("#panel")
    assert page.pdf().startswith(b"%PDF")


def test_nothing_moves_by_itself_and_play_is_slower_where_that_is_asked_for(chromium, address):
    with opened(chromium, f"{address}#at=2016-11-20", reduced_motion="reduce") as page:
        assert page.evaluate("document.getAnimations().length") == 0
        page.click("#play")
        page.wait_for_timeout(400)
        assert page.inner_text("#cut").startswith("On 20 Nov 2016")


# Filters, comparisons, links ----------------------------------------------------------------------


def test_without_one_source_the_map_shows_the_hypothesis(page, aleppo):
    page.get_by_label(re.compile("^Syrian Observatory")).uncheck()
    supposed = aleppo.supposing(without_sources=["sohr"])
    places = shown_holders(page)
    assert places == holders(supposed, aleppo.cut("2016-11-28"), places)
    assert places["sakhour"] == ("opposition", "reported")
    note = "the map and all answers are those without Syrian Observatory for Human Rights."
    assert page.inner_text("#filter-note") == f"HYPOTHETICAL: {note}"
    assert "33 shown by the filters" in page.inner_text("#count")
    page.click("#all")
    assert shown_holders(page)["sakhour"] == ("government", "disputed")


@pytest.mark.slow
def test_every_computed_hypothesis_is_the_engine_s(aleppo, chromium, address):
    cuts = random_cuts(aleppo, 3, seed=7)
    with opened(chromium, address) as page:
        places = list(shown_holders(page))
        for source in aleppo.city.sources:
            supposed = aleppo.supposing(without_sources=[source])
            for cut in cuts:
                visit(page, f"{link_of(cut)}&off=source:{source}")
                assert shown_holders(page) == holders(supposed, cut, places), source


def test_two_filters_that_were_not_computed_together_leave_the_map_as_it_is(page, aleppo):
    before = shown_holders(page)
    page.get_by_label(re.compile("^Syrian Observatory")).uncheck()
    page.get_by_label(re.compile("^The Guardian's report")).uncheck()
    assert shown_holders(page) == before
    note = "The map shows all claims: what it would say without these was not computed."
    assert note in page.inner_text("#filter-note")


def test_the_link_brings_back_cut_place_filters_and_comparison(chromium, address, page):
    page.fill("#at-date", "2016-11-26 18:00")
    page.press("#at-date", "Enter")
    page.fill("#known-date", "2016-12-01")
    page.press("#known-date", "Enter")
    page.click('#map [data-place="masaken-hanano"]')
    page.get_by_label(re.compile("^statement")).uncheck()
    page.click("#pin")
    page.fill("#at-date", "2016-11-28")
    page.press("#at-date", "Enter")
    until(page, "() => location.hash.includes('at=2016-11-28') && location.hash.includes('vs=')")
    parts = ["#cut", "#count", "#answer", "#differences", "#filter-note", "#before-cut"]
    before, link = list(map(page.inner_text, parts)), page.url
    with opened(chromium, link) as again:
        assert list(map(again.inner_text, parts)) == before
    assert "2016-11-26 at 18:00" not in link


@pytest.mark.parametrize(
    "link",
    [
        "at=%00&known=x&place=nowhere&off=source:nobody,type:,x&vs=@&span=z",
        "at=9999-99-99",
        "vs=soon@late",
        "%",
    ],
)
def test_a_link_that_makes_no_sense_opens_the_page(chromium, address, link):
    with opened(chromium, f"{address}#{link}") as page:
        assert page.inner_text("#cut").startswith("On ")


def test_known_then_and_known_now_side_by_side(page, aleppo):
    page.fill("#at-date", "2016-11-26")
    page.press("#at-date", "Enter")
    page.click("#hindsight")
    assert page.inner_text("#before-cut") == "on 26 Nov 2016, as known on 26 Nov 2016"
    assert page.inner_text("#now-cut") == "on 26 Nov 2016, as known now"
    then, now = aleppo.cut("2016-11-26@2016-11-26"), aleppo.cut("2016-11-26")
    places = shown_holders(page)
    a, b = holders(aleppo, then, places), holders(aleppo, now, places)
    listed = page.locator("#differences tbody tr").count()
    assert listed == sum(a[place] != b[place] for place in places) > 0
    assert page.locator("#before-map .district.changed").count() == listed
    page.click("#unpin")
    assert not page.is_visible("#before-map")


# To take with you ---------------------------------------------------------------------------------


def downloaded(page, button):
    with page.expect_download() as waiting:
        page.click(button)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_text("utf-8")


def test_the_answers_come_as_csv(page, aleppo):
    name, text = downloaded(page, "#save-csv")
    assert name == "aleppo-2016-11-28.csv"
    rows = {row["place"]: row for row in csv.DictReader(io.StringIO(text))}
    answers = aleppo.state(at="2016-11-28")[CONTROL]
    for place, row in rows.items():
        answer = answers[place]
        expected = (codes(answer.holder) or "", answer.status, answer.ground)
        assert (row["holder"], row["status"], row["ground"]) == expected
        assert row["because"].split() == list(answer.because)
        assert row["against"].split() == list(answer.against)
        assert row["certain"] == str(answer.certain).lower()
    assert {row["log sha256"] for row in rows.values()} == {aleppo.log.sha256}


def test_the_claims_come_as_csv(page, aleppo):
    _, text = downloaded(page, "#save-claims")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["id"] for row in rows} == {event.id for event in aleppo.events}


def test_the_map_comes_as_svg_of_its_own(page, chromium, tmp_path):
    name, text = downloaded(page, "#save-svg")
    assert name == "aleppo-2016-11-28.svg"
    root = ElementTree.fromstring(text)  # our own file
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == "Aleppo on 28 Nov 2016, as known now"
    assert sum("district" in group.get("class", "") for group in root.iter(f"{space}g")) == 99
    patterns = {pattern.get("id") for pattern in root.iter(f"{space}pattern")}
    assert set(re.findall(r"url\(#(look\w+)\)", text)) <= patterns


# Hostile texts ------------------------------------------------------------------------------------

HOSTILE = (
    "</script><script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "' onmouseover='document.title=1",
    "\u202eltr\u202c \u2066x\u2069",
    "<!--<script>",
    "]]>&amp;&#x3c;{{ 7 * 7 }}${7*7}",
    '=HYPERLINK("http://x")',
    "line\u2028and\u2029paragraph",
    "ة" * 400,
    "long " * 2000,
    "x" * 10_000,
)
VISIBLE = {3: "\\u202e", 7: "\\u2028"}
"""The visible form of the characters that the page does not show as they are, by text."""
INTRUDERS = "#panel img, #panel script, #map script, [onmouseover], [onerror]"


def hostile_city(names):
    """Yield the lines of a city file with some quoted names for everything."""
    yield f'[city]\nid = "city"\nname = {names[0]}\narabic = {names[3]}'
    yield 'timezone = "Asia/Damascus"\n[places]'
    for n, name in enumerate(names):
        alias = json.dumps(HOSTILE[n - 1][:900] + str(n))
        point = f"lat = {36 + n / 90}, lon = {37 + n * n % 7 / 60}"
        yield f"p{n} = {{ name = {name}, aliases = [{alias}], {point} }}"
    yield f"[actors]\na = {{ label = {names[1]}, letter = {names[4]} }}"
    yield f"b = {{ label = {names[0]} }}\n[sources]"
    for n, name in enumerate(names):
        yield f's{n} = {{ label = {name}, kind = "media", short = {name} }}'


def hostile_events():
    """Yield a change of control, a denial of it, a condition and a retraction for each text."""
    for n, text in enumerate(HOSTILE):
        days = {"occurred": f"2016-05-{n + 1:02}", "reported": f"2016-05-{n + 2:02}"}
        texts = dict.fromkeys(("outlet", "locator", "wording", "note"), text)
        common = {"v": 1, **days, "source": f"s{n}"}
        common |= {**texts, "url": f"https://x.example/{n}?<script>"}
        held = {"place": f"p{n}", "actor": "a", "ground": "held", "how": "change"}
        said = {"stance": "disagree", "about": [f"c{n}"], "topic": "x", "summary": text}
        fared = {"place": f"p{n}", "subject": "food", "level": "none", "summary": text}
        back = {"target": f"d{n}", "reason": text}
        yield {"id": f"c{n}", "type": "control_change", **common, **held}
        yield {"id": f"d{n}", "type": "statement", **common, **said}
        yield {"id": f"f{n}", "type": "condition", **common, **fared}
        yield {"id": f"r{n}", "type": "retraction", **common, **back}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    quoted = [json.dumps(text[:1500], ensure_ascii=False) for text in HOSTILE]
    names = [name.replace("\u2028", "\\u2028") for name in quoted]
    (folder / "city.toml").write_text("\n".join(hostile_city(names)) + "\n", "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8") as log:
        for event in hostile_events():
            log.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
    return Timeline.open(folder / "events.jsonl", PROJECTIONS)


@pytest.mark.parametrize(
    ("width", "readable"), [(1280, 0), (390, 10**9)], ids=["compressed", "as they are, on a phone"]
)
def test_hostile_texts_are_shown_as_texts(
    hostile, chromium, tmp_path, monkeypatch, width, readable
):
    monkeypatch.setattr(html, "READABLE", readable)
    address = put(hostile, tmp_path)
    with opened(chromium, address, viewport={"width": width, "height": 900}) as page:
        title = page.title()
        assert page.evaluate("document.querySelectorAll('script').length") == 2
        for n in range(len(HOSTILE)):
            visit(page, f"at=2016-06-01&place=p{n}&x={n}")
            page.evaluate(OPEN_ALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator(INTRUDERS).count() == 0
            shown = page.evaluate("document.querySelector('#panel').textContent")
            assert VISIBLE.get(n, HOSTILE[n]) in shown
        assert page.title() == title != "taken"
        text = page.evaluate("document.body.textContent")
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
        assert "'=HYPERLINK" in downloaded(page, "#save-csv")[1]


def test_what_is_not_of_the_page_does_not_run(chromium, address):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(address)
    page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.taken = 1';
      document.body.append(script);
    }""")
    assert page.evaluate("window.taken") is None
    context.close()


@pytest.mark.slow
def test_a_page_of_two_thousand_events_answers_for_the_ends_of_days(chromium, tmp_path):
    spec = importlib.util.spec_from_file_location("crowded", ROOT / "benchmarks" / "crowded.py")
    crowded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(crowded)
    crowded.write(2_000, tmp_path)
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    address = put(timeline, tmp_path)
    assert (tmp_path / "page.html").stat().st_size < 700 * 1024
    rng = random.Random(3)  # the same days every time
    days = [f"2016-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}" for _ in range(16)]
    with opened(chromium, address) as page:
        places = list(shown_holders(page))
        assert len(places) == 130
        for at, known in zip(days[::2], days[1::2], strict=True):
            visit(page, f"at={at}&known={known}")
            expected = holders(timeline, timeline.cut(at, known), places)
            assert shown_holders(page) == expected, (at, known)

"""Logs, events, dates and cuts at random, for every test that states a law.

The laws of the replay hold for every log, so they are tested on logs that nobody would think of
writing: reports in any order, windows that touch and overlap, several sources on the same few
places, statements about events that come later or were withdrawn. All that is drawn is valid.
"""

from strategies.city import CITY, CITY_FILE, SITES, cities
from strategies.dates import cuts, instants, moments, whens
from strategies.event_kinds import KINDS, events
from strategies.fields import estimates, shares, texts
from strategies.testimonies import told
from strategies.whole_logs import cuts_around, later, logs, repeating, timeline_of

__all__ = [
    "CITY",
    "CITY_FILE",
    "KINDS",
    "SITES",
    "cities",
    "cuts",
    "cuts_around",
    "estimates",
    "events",
    "instants",
    "later",
    "logs",
    "moments",
    "repeating",
    "shares",
    "texts",
    "timeline_of",
    "told",
    "whens",
]

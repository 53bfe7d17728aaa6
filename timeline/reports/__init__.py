"""Questions as people type them, and answers as briefings, tables, trees and records.

`queries` reads what was typed; `histories`, `subjects` and `disagreements` ask for more than a
state. `briefing` writes states and events; `explanations` why an answer is what it is; `changes`
what changed, from one time to the next, between two cuts or between policies; `hindsight` what was
known at the time against what is known now.
"""

"""What is written for people and for other programs: the same answers as briefings, tables, trees and records.

`briefing` writes states, lists of events and single events; `explanations` why an answer is what it
is; `changes` what changed, from one time to the next, between two cuts or between policies;
`hindsight` what was known at the time against what is known now.
"""

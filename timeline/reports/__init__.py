"""Questions as people type them, and answers as briefings, tables, trees and records."""

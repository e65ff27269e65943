"""One module for each rule that needs Python, or for a tight family of them.

A module has ``check(file: File, rule: Rule) -> Iterator[Finding]``, a pure generator: it reads nothing but `file`,
keeps no state, and imports no other lint. It is imported when a trigger of its page occurs in a file. Its findings
carry the rule's name, a span, a message and perhaps bytes and a fix; the engine adds code, aliases and severity.
"""

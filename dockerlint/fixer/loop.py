"""The fixpoint: whole fixes that do not touch each other are applied together, the result is linted again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dockerlint.edits import Companion, Edit, Fix, Licence, Safety, apply, merge
from dockerlint.engine import check_source
from dockerlint.findings import Finding, Severity, Withheld
from dockerlint.record import record, replace
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.verify import verify
from dockerlint.verify.ignored import keeps_what_is_needed
from dockerlint.verify.verdict import ACCEPTED, Verdict

if TYPE_CHECKING:
    from dockerlint.context import Context

MOST_PASSES = 20


@record
class FixResult:
    """What fixing one text came to."""

    text: str
    applied: tuple[Finding, ...]
    """In the order in which they were fixed; spans are those of the pass that fixed them."""
    withheld: tuple[Finding, ...]
    """Findings of `text` whose rule has a fix that was not offered or did not pass `verify`; `withheld` says why."""
    passes: int = 0
    companion: Companion | None = None
    """What is to be added to the ignore file beside the Dockerfile."""


def fix(source: Source, settings: Settings, context: Context | None = None) -> FixResult:
    """Fix all that may be fixed. A fix that `verify` refuses is withheld, never applied."""
    return _Fixer(source, settings, context).run()


class _Fixer:
    def __init__(self, source: Source, settings: Settings, context: Context | None) -> None:
        self.source = source
        self.settings = settings
        self.context = self.original = context
        self.companion: Companion | None = None
        self.allowed = {Safety.SAFE, Safety.UNSAFE} if settings.unsafe_fixes else {Safety.SAFE}
        self.refused: dict[tuple[str, ...], Withheld] = {}
        self.applied: list[Finding] = []
        self.licence = Licence()
        self.seen = {source.text}

    def run(self) -> FixResult:
        """Pass after pass; each text is checked against the one before and, if it can be, against the first."""
        source, passes = self.source, 0
        while passes < MOST_PASSES:
            passes += 1
            findings = check_source(source, self.settings, self.context)
            text = self._pass(source, findings)
            if text == source.text:
                if self._beside(source, findings):
                    continue  # with another ignore file in force other fixes may be free
                reason = self._needed(text)
                if reason:
                    return self._back(reason, passes)
                withheld = self._withheld(findings, source)
                return FixResult(text, tuple(self.applied), withheld, passes, self.companion)
            if text in self.seen:
                return self._back(f"the fixes of {self._cycle()} undo each other", passes)
            self.seen.add(text)
            source = Source(text, source.path)
            verdict = self._whole(text)
            if not verdict.ok:
                return self._back(verdict.reason, passes)
        return self._back(f"the fixes of {self._cycle()} do not come to an end", passes)

    def _whole(self, text: str) -> Verdict:
        """The text against the first one, though each pass was shown to be equal to the one before it.

        Not where an unsafe fix is among them: what moved into COPY in one pass no licence of all passes together tells
        apart from what another pass did to the same file.
        """
        if any(f.fix and f.fix.safety is not Safety.SAFE for f in self.applied):
            return ACCEPTED
        return verify(self.source.text, text, self.licence, self.context)

    def _beside(self, source: Source, findings: list[Finding]) -> bool:
        """The text is done: one more fix that adds to the ignore file, when there is one that does no harm."""
        for chosen in findings:
            added = chosen.fix.companion if chosen.fix is not None else None
            if added is None or self.context is None or not self._may(chosen, source):
                continue
            context = self.context.with_ignore_file(added.path, added.after)
            reason = keeps_what_is_needed(source.text, added, self.context, context)
            reason = reason or _worse(findings, check_source(source, self.settings, context), chosen)
            if reason:
                self.refused[_key(chosen, source)] = Withheld(f"the ignore file was not shown to be harmless: {reason}")
                continue
            first = self.companion or Companion(added.path, added.before, ())
            self.companion = Companion(first.path, first.before, (*first.lines, *added.lines))
            self.applied.append(chosen)
            self.context = context
            return True
        return False

    def _needed(self, text: str) -> str:
        """What the final text would miss under the final ignore file."""
        if self.companion is None or self.original is None or self.context is None:
            return ""
        return keeps_what_is_needed(text, self.companion, self.original, self.context)

    def _may(self, finding: Finding, source: Source) -> bool:
        return bool(finding.fix and finding.fix.safety in self.allowed and _key(finding, source) not in self.refused)

    def _pass(self, source: Source, findings: list[Finding]) -> str:
        """One pass: the candidates together, or one by one where together they do not pass.

        Those that wait for others get their turn when all of these are refused.
        """
        while candidates := [f for f in findings if f.fix and f.fix.edits and self._may(f, source)]:
            # A cut goes first and alone: what it leaves in the stage that builds ships no more, others let it be.
            cuts = [f for f in candidates if f.fix and f.fix.licence.splits]
            for some in [[f] for f in cuts[:1]] or _together(candidates):
                text = self._try(source, some)
                if text is not None:
                    return text
        return source.text

    def _try(self, source: Source, chosen: list[Finding]) -> str | None:
        """The text with these fixes, when `verify` agrees; a single fix that does not pass is refused from now on."""
        if not chosen:
            return None
        fixes = [f.fix for f in chosen if f.fix]
        edits: list[Edit] = [e for f in fixes for e in f.edits]
        licence = Licence()
        for one in fixes:
            licence |= one.licence
        text = apply(source.text, edits)
        verdict = verify(source.text, text, licence, self.context)
        if not verdict.ok:
            if len(chosen) == 1:
                self.refused[_key(chosen[0], source)] = Withheld(
                    f"the rewrite was not shown to be equal: {verdict.reason}", verdict.span
                )
            return None
        self.applied += chosen
        self.licence |= licence
        return text

    def _withheld(self, findings: list[Finding], source: Source) -> tuple[Finding, ...]:
        out = []
        for finding in findings:
            refused = self.refused.get(_key(finding, source))
            if refused is not None:
                out.append(replace(finding, fix=None, withheld=refused))
            elif finding.withheld is not None and finding.fix is None:
                out.append(finding)
        return tuple(out)

    def _back(self, reason: str, passes: int) -> FixResult:
        """Nothing is changed: the whole did not hold."""
        withheld = Withheld(reason)
        findings = check_source(self.source, self.settings, self.original)
        fixable = [replace(f, fix=None, withheld=withheld) for f in findings if f.fix and f.fix.safety in self.allowed]
        return FixResult(self.source.text, (), tuple(fixable), passes)

    def _cycle(self) -> str:
        return ", ".join(dict.fromkeys(f.rule for f in self.applied))


def _together(candidates: list[Finding]) -> list[list[Finding]]:
    """Those whose edits do not touch each other, at once and then one by one; the widest first: it holds others."""
    widest = sorted(candidates, key=lambda f: f.fix.span.start - f.fix.span.end if f.fix else 0)
    fixes = merge(_distinct(f.fix for f in widest if f.fix))
    chosen = [f for f in widest if f.fix in fixes]
    return [chosen, *([f] for f in chosen if len(chosen) > 1)]


def _distinct(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes once each: two rules may ask for the same edits."""
    return list(dict.fromkeys(fixes))


def _worse(before: list[Finding], after: list[Finding], chosen: Finding) -> str:
    """What a longer ignore file brought about that it should not; "" when all is well."""
    if any(f.rule == chosen.rule and f.span == chosen.span and f.message == chosen.message for f in after):
        return "the finding would stay"
    known = {(f.rule, f.span) for f in before}
    # What another rule says of the same instruction is what is left of the chosen finding.
    more = (f for f in after if (f.rule, f.span) not in known and f.span != chosen.span)
    new = next((f for f in more if f.severity > Severity.INFO), None)
    return f"{new.rule} would be new" if new is not None else ""


def _key(finding: Finding, source: Source) -> tuple[str, ...]:
    """A finding as the next pass will know it again: its rule, its lines, and what its fix would write."""
    first, last = (source.position(at).line for at in (finding.span.start, finding.span.end))
    lines = source.text[source.line_span(first).start : source.line_span(last).end]
    written: tuple[str, ...] = (finding.message,)
    if finding.fix:
        added = finding.fix.companion.lines if finding.fix.companion else ()
        written = (finding.fix.title, *(e.text for e in finding.fix.edits), *added)
    return finding.rule, lines, *written

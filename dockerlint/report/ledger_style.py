"""The style sheet of the page of layers."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --ink: #1b1f24; --soft: #5f6b7a; --rule: #dfe3e8; --mark: #fff3c4;
  --live: #2f6fb5; --on-live: #fff; --dead: #d8452e; --dead-back: #fbdcd5; --dead-ink: #b3301b; --link: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root {
  --back: #14171b; --card: #1c2026; --ink: #e4e8ed; --soft: #97a3b1; --rule: #323942; --mark: #4a3f14;
  --live: #2f6299; --on-live: #f2f7fc; --dead: #e0644f; --dead-back: #4b211a; --dead-ink: #ff9a87; --link: #7fb4ee; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
code, pre, .block { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 10px; padding: 18px 24px 10px; }
header p { margin: 0; color: var(--soft); }
h1 { margin: 0; font-size: 20px; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 6px; font-size: 15px; font-weight: 650; overflow-wrap: anywhere; }
.legend { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 4px 0 0; padding: 0;
  list-style: none; color: var(--soft); font-size: 12.5px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.key { width: 22px; height: 13px; border-radius: 3px; }
.key.live { background: var(--live); }
.dead { background: repeating-linear-gradient(135deg, var(--dead) 0 2.5px, var(--dead-back) 2.5px 9px); }
.key.unsized, .block.unsized { border: 1.5px dashed var(--soft); }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; padding: 8px 24px 32px; }
section, aside { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px; }
section + section { margin-top: 20px; }
.spare h2 { color: var(--soft); }
.none { margin: 0; color: var(--soft); }
.totals { display: flex; flex-wrap: wrap; gap: 4px 26px; margin: 0 0 14px; color: var(--soft); }
.figure b { color: var(--ink); font-size: 20px; font-weight: 650; }
.figure.lost b { color: var(--dead-ink); }
.pair { display: grid; grid-template-columns: 136px minmax(0, 1fr); gap: 18px; align-items: start; }
.stack { display: flex; flex-direction: column; gap: 2px; }
.block { position: relative; display: flex; align-items: flex-start; justify-content: space-between; gap: 6px;
  padding: 2px 4px; border-radius: 3px; overflow: hidden; font-size: 11px; line-height: 16px; color: var(--soft); }
.block:hover, .block:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; text-decoration: none; }
.block.sized { background: var(--live); color: var(--on-live); }
.block.empty { background: var(--rule); }
.block .dead { position: absolute; inset: 0 auto 0 0; }
.block span { position: relative; padding: 0 3px; border-radius: 3px; white-space: nowrap; }
.block .dead ~ span { background: var(--card); color: var(--dead-ink); }
.block.doomed { border-color: var(--dead); color: var(--dead-ink); }
table { width: 100%; border-collapse: collapse; }
th { padding: 0 6px 6px; color: var(--soft); font-size: 12px; font-weight: 500; text-align: left; white-space: nowrap; }
td { padding: 6px; border-top: 1px solid var(--rule); vertical-align: top; }
td:last-child { white-space: nowrap; }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.what { width: 100%; }
.what > code { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden;
  font-size: 12.5px; overflow-wrap: anywhere; }
.basis { color: var(--soft); font-size: 11px; font-weight: 400; }
td .basis { display: block; line-height: 1.2; }
.lost { color: var(--dead-ink); font-weight: 600; }
details { color: var(--soft); font-size: 12px; } summary { cursor: pointer; width: max-content; }
details ul { margin: 2px 0; padding-left: 16px; } details code { overflow-wrap: anywhere; color: var(--ink); }
aside { min-width: 0; }
.source { margin: 0; overflow: auto; font-size: 12.5px; line-height: 19px; tab-size: 4; }
.ins { display: block; border-left: 3px solid transparent; scroll-margin: 80px; }
.ins.lost { border-color: var(--dead); font-weight: inherit; color: inherit; }
.ins:target { background: var(--mark); border-color: var(--link); }
tr:target td { background: var(--mark); }
.row { display: flex; gap: 10px; padding-right: 6px; }
.no { flex: none; width: 4ch; text-align: right; color: var(--soft); user-select: none; }
.text { flex: 1; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.badge { flex: none; align-self: flex-start; margin-top: 1px; padding: 0 7px; border-radius: 9px; font-size: 11px;
  line-height: 17px; background: var(--dead-back); color: var(--dead-ink); white-space: nowrap; }
.badge.killer { background: var(--rule); color: var(--ink); }
@media screen and (min-width: 1080px) and (min-height: 480px) {
  /* Two panes: a click on a layer scrolls the source alone. */
  body { display: flex; flex-direction: column; height: 100vh; }
  main { flex: 1; min-height: 0; grid-template: minmax(0, 1fr) / minmax(0, 3fr) minmax(0, 2fr); padding-bottom: 0; }
  .stages { overflow: auto; padding-bottom: 24px; }
  aside { display: flex; flex-direction: column; align-self: start; max-height: calc(100% - 24px); } }
@media (max-width: 640px) { .pair { grid-template-columns: 96px minmax(0, 1fr); gap: 10px; }
  header, main { padding-left: 12px; padding-right: 12px; } }
@media print { .block, .key { print-color-adjust: exact; } }
"""

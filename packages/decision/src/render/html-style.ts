/** The page's style. Colours are variables, so that dark and light differ in one place. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f4f5f7; --ink: #1b1f24; --quiet: #57606a; --line: #c9d0d8;
  --adopt: #0b6e4f; --avoid: #a8461c; --unsure: #6a4fa3; --focus: #0550ae; --on-badge: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --panel: #1d2126; --ink: #e7eaee; --quiet: #a3adb8; --line: #3d454f;
    --adopt: #56c596; --avoid: #f0965f; --unsure: #b9a3ec; --focus: #79b8ff; --on-badge: #14171b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p, ul { margin: .5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
ul { padding-left: 1.25rem; }
li { margin: .3rem 0; }
.meta { color: var(--quiet); }
.badge { display: inline-block; padding: .15rem .7rem; border-radius: 1rem; font-weight: 650;
  color: var(--on-badge); background: var(--unsure); }
.badge.adopt { background: var(--adopt); } .badge.avoid { background: var(--avoid); }
.verdict { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem;
  padding: .9rem 1rem; margin: 1rem 0; }
.verdict p:last-child { margin-bottom: 0; }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; max-width: 36rem; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
svg .strong { font-weight: 650; }
svg .adopt { color: var(--adopt); } svg .avoid { color: var(--avoid); }
svg .met { fill: currentColor; stroke: currentColor; }
svg .unmet { fill: none; stroke: var(--quiet); stroke-width: .75; }
svg .edge { fill: none; stroke: currentColor; }
svg .hatch { stroke: currentColor; stroke-width: 3; }
svg .legend { color: var(--quiet); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; padding: .6rem .75rem; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); }
thead th { background: var(--panel); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9rem; }
td.wide { min-width: 13rem; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
th button { all: unset; cursor: pointer; font-weight: 650; }
th button::after { content: " \\2195"; color: var(--quiet); }
th[aria-sort="ascending"] button::after { content: " \\2191"; color: var(--ink); }
th[aria-sort="descending"] button::after { content: " \\2193"; color: var(--ink); }
:focus-visible, th button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .2rem; }
.state { white-space: nowrap; }
.state.met { font-weight: 650; }
.state.unknown { font-style: italic; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; background: var(--panel);
  padding: .05rem .3rem; border-radius: .25rem; overflow-wrap: anywhere; }
td code { white-space: nowrap; }
.look { border-left: 4px solid var(--unsure); padding-left: .75rem; }
@media print { .scroll { overflow: visible; } th button::after { content: ""; } }
`;

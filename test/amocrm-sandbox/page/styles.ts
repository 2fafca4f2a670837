/** No external resources: the page is looked at on machines without a network. */
export const styles = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #66727f; --line: #e3e8ee; --card: #fff; --ground: #f3f5f8; --accent: #2f6fed;
  --good: #12805c; --good-bg: #e2f5ed; --bad: #b3261e; --bad-bg: #fdeceb; --warn: #8a5a00; --warn-bg: #fff3d6; --calm-bg: #e9edf2; --new: #fff6cc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #94a1b0; --line: #2b3541; --card: #1a212a; --ground: #11161c; --accent: #7fa8ff;
  --good: #6fd8ae; --good-bg: #12382b; --bad: #ff9d94; --bad-bg: #46201d; --warn: #f0c36a; --warn-bg: #40320f; --calm-bg: #2a333e; --new: #3b3a1c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { padding: 22px 28px 6px; display: flex; flex-wrap: wrap; align-items: baseline; gap: 6px 14px; }
h1 { font-size: 20px; margin: 0; }
header p { margin: 0; color: var(--soft); }
main { padding: 12px 28px 40px; display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 16px; }
.tiles { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 10px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 16px; min-width: 108px; }
.tile b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 12px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; grid-column: span 6; align-self: start; }
section.wide { grid-column: 1 / -1; }
@media (max-width: 1000px) { section { grid-column: 1 / -1; } }
h2 { font-size: 14px; margin: 0; padding: 12px 16px; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; }
h2 small { color: var(--soft); font-weight: normal; }
.scroll { max-height: 460px; overflow: auto; }
table { width: 100%; border-collapse: collapse; }
th { position: sticky; top: 0; background: var(--card); text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); padding: 8px 10px; white-space: nowrap; }
td { padding: 8px 10px; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
td.p { white-space: nowrap; font-variant-numeric: tabular-nums; }
td code { overflow-wrap: anywhere; }
td.n, th.n { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
td.t { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
code { font: 12px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.soft { color: var(--soft); }
.badge { display: inline-block; padding: 1px 8px; border-radius: 999px; font-size: 12px; white-space: nowrap; background: var(--calm-bg); }
.good { background: var(--good-bg); color: var(--good); } .bad { background: var(--bad-bg); color: var(--bad); } .warn { background: var(--warn-bg); color: var(--warn); }
.empty { padding: 18px 16px; color: var(--soft); margin: 0; }
a { color: var(--accent); }
tr.new td { animation: arrive 6s ease-out; }
@keyframes arrive { from { background: var(--new); } to { background: transparent; } }
`

/** Fetches the page again each second and swaps its main part, so that scrolling and selection of the rest survive; new rows light up. */
export const script = `
const known = new Set([...document.querySelectorAll('tr[data-key]')].map((row) => row.dataset.key))
setInterval(async () => {
  if (document.hidden || String(getSelection()) !== '') return
  const answer = await fetch('/').catch(() => undefined)
  const status = document.querySelector('#status')
  if (answer === undefined || !answer.ok) { status.textContent = 'the sandbox does not answer'; return }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const scrolls = [...document.querySelectorAll('.scroll')].map((part) => part.scrollTop)
  for (const row of fresh.querySelectorAll('tr[data-key]')) {
    if (!known.has(row.dataset.key)) row.classList.add('new')
    known.add(row.dataset.key)
  }
  status.textContent = fresh.querySelector('#status').textContent
  const next = fresh.querySelector('main').outerHTML
  const main = document.querySelector('main')
  if (next === main.outerHTML) return
  main.replaceWith(fresh.querySelector('main'))
  document.querySelectorAll('.scroll').forEach((part, index) => { part.scrollTop = scrolls[index] ?? 0 })
}, 1000)
`

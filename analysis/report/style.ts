// The report's look, on screen, on a phone and on paper.

export const STYLE = `
:root { color-scheme: light; }
body { margin: 0; background: white; color: #1c1c1c; font: 15px/1.5 "DejaVu Sans", Helvetica, Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .6rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid #bbb; padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: .4rem 0; }
nav { font-size: .85rem; }
a { color: #0b3c74; }
figure { margin: 1.2rem 0 1.8rem; }
figure svg { max-width: 100%; height: auto; }
figcaption, .note { font-size: .82rem; color: #444; }
pre { background: #f3f3f3; padding: .6rem .8rem; overflow-x: auto; }
.table { overflow-x: auto; margin: 1rem 0 .4rem; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { text-align: left; padding: .18rem .7rem .18rem 0; border-bottom: 1px solid #e2e2e2; white-space: nowrap; vertical-align: top; }
td:nth-child(2):last-child { white-space: normal; }
th { border-bottom: 1px solid #888; }
.n { text-align: right; }
.finding { border-left: 4px solid #0f6b4f; padding: .1rem .8rem; margin: .8rem 0; }
.finding.answer { font-size: 1.08rem; background: #f4f8f6; }
.finding.contradicted, .finding.open { border-left-color: #b3261e; background: #fbf3f2; }
.finding p { margin: .3rem 0; }
.finding details { font-size: .8rem; color: #444; }
.flag { color: #b3261e; }
.warning { border: 1px solid #c77700; background: #fff6e5; padding: .5rem .8rem; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  figure, .finding, tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .table { overflow: visible; }
  table { font-size: 7pt; }
  th, td { white-space: normal; }
  thead { display: table-header-group; }
}
`;

/** The page's own look: no fonts, no images, nothing from elsewhere. Light and dark by the reader's choice. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--dim:#59636e;--line:#d1d9e0;--soft:#f6f8fa;
--Healthy:#1a7f37;--Minor:#8a6100;--Moderate:#b34700;--Critical:#cf222e;--Unknown:#7a4bd0;
--good:#b7e3c2;--serve:#b6dcf7;--wait:#f3dfa2;--bad:#f5b5b1;--rest:#dfe4ea;--off:#2f6fd0}
@media(prefers-color-scheme:dark){:root{--bg:#0f141a;--fg:#e3e8ee;--dim:#9aa6b2;--line:#323b46;--soft:#171d25;
--Healthy:#4cc267;--Minor:#d9a520;--Moderate:#f08c4a;--Critical:#ff6b62;--Unknown:#b392f0;
--good:#1f5c33;--serve:#1d4c6e;--wait:#5d4a10;--bad:#7c2722;--rest:#39424d;--off:#6ba6ff}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 60px}h1{font-size:22px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 4px}
h3{font-size:15px;margin:22px 0 6px}p{margin:4px 0}.dim{color:var(--dim)}a{color:inherit}
.badge{display:inline-block;border:1.5px solid currentColor;border-radius:5px;padding:0 8px;font-weight:600;font-size:13px;vertical-align:2px}
.Healthy{color:var(--Healthy)}.Minor{color:var(--Minor)}.Moderate{color:var(--Moderate)}.Critical{color:var(--Critical)}.Unknown{color:var(--Unknown)}
.scroll,.chart{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--dim);font-weight:500}td.num,th.num{text-align:right;font-variant-numeric:tabular-nums}.nowrap{white-space:nowrap}
pre{margin:4px 0;padding:8px 10px;background:var(--soft);border:1px solid var(--line);border-radius:5px;overflow-x:auto;font:12.5px/1.45 ui-monospace,monospace}
details summary{cursor:pointer;color:var(--dim)}.note{border-left:3px solid var(--line);padding-left:10px}.warn{border-left:3px solid var(--Moderate);padding-left:10px}
.chart{margin:14px 0 4px}.chart svg{min-width:760px;width:100%;display:block;font:11px system-ui,sans-serif}
.tick{fill:var(--dim)}.name{fill:var(--fg);font-size:11.5px}.end{text-anchor:end}.mid{text-anchor:middle}
.grid{stroke:var(--line);stroke-width:.6}.zero{stroke:var(--dim);stroke-width:.8}
.off{fill:var(--off);fill-opacity:.35;stroke:var(--off);stroke-width:1.2;stroke-linejoin:round}
.st{stroke:var(--bg);stroke-width:.8}.st.good{fill:var(--good)}.st.serve{fill:var(--serve)}.st.wait{fill:var(--wait)}.st.bad{fill:var(--bad)}.st.rest{fill:var(--rest)}.in{fill:var(--fg)}
.fault rect{fill:currentColor;fill-opacity:.13}.mark{fill:currentColor;text-anchor:middle;font-weight:600}
@media print{main{max-width:none}details{display:block}}
`;

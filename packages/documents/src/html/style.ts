/**
 * The one stylesheet, inline in every page. It names no font, image or script outside the page. Its digest stands in the
 * page's content security policy, so a browser runs no other style and no script at all.
 */
import { sha256 } from "@countersign/kernel";

const css = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f4f5f6;--ink:#1a1c20;--muted:#555b65;--line:#cfd3d8;--strong:#8b919b;
--link:#174a85;--mark:#8f1d1a;--operated:#2c6349;--late:#7d5200;--deviated:#a01f1b;--unknown:#4c4f92;--quiet:#666d78;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Palatino Linotype",Palatino,Georgia,"Liberation Serif",serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--ground:#141619;--panel:#1c1f23;--ink:#e4e6e9;--muted:#a9afb9;--line:#373c44;
--strong:#6d747f;--link:#8fbcf2;--mark:#ff9a91;--operated:#79c19d;--late:#e2b45c;--deviated:#ff8d84;--unknown:#b6b9f2;--quiet:#98a0ab}}
*{box-sizing:border-box}
html{font:15px/1.5 var(--sans);background:var(--ground);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:80rem;padding:0 1.5rem 3rem}
a{color:var(--link);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:2px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:1px}
.skip{position:absolute;left:-100vw;background:var(--ground);padding:.5rem 1rem}
.skip:focus{left:1rem;top:.5rem;z-index:1}
.symbols{position:absolute}
.sample{max-width:none;margin:0 -1.5rem;padding:.45rem 1.5rem;border-bottom:3px double var(--mark);color:var(--mark);font-weight:700;letter-spacing:.02em}
.top{display:flex;flex-wrap:wrap;gap:.25rem 1.75rem;align-items:baseline;padding:.7rem 0 .6rem;border-bottom:1px solid var(--line)}
.top .who{font-weight:650}
.top nav{margin-left:auto}
.top ul{display:flex;flex-wrap:wrap;gap:0 1.35rem;list-style:none;margin:0;padding:0}
.top nav a{display:inline-block;min-height:24px;min-width:24px;text-decoration:none}
.top nav a:hover{text-decoration:underline}
.top nav a[aria-current]{color:var(--ink);font-weight:650;box-shadow:0 2px 0 var(--ink)}
.kicker{margin:1.6rem 0 0;color:var(--muted);font-size:.92rem}
h1{font:600 1.8rem/1.2 var(--serif);margin:.15rem 0 .5rem;max-width:62rem;overflow-wrap:anywhere}
h2{font:600 1.3rem/1.25 var(--serif);margin:2.4rem 0 .5rem;padding-top:.55rem;border-top:1px solid var(--strong)}
h3{font:650 1.02rem/1.35 var(--sans);margin:1.6rem 0 .3rem;overflow-wrap:anywhere}
h4{font:650 .93rem/1.35 var(--sans);margin:1.1rem 0 .25rem}
p{margin:.35rem 0 .6rem;max-width:46rem}
.statement{font:1.08rem/1.45 var(--serif);max-width:44rem;margin:.25rem 0 .55rem}
.lead{font-size:1.05rem}
.note,.local,.none{color:var(--muted);font-size:.9rem}
.local{white-space:nowrap}
.absent{color:var(--muted);font-style:italic}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
code,pre,.id{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);padding:.6rem .8rem;margin:.4rem 0 .8rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
ul,ol{margin:.3rem 0 .7rem;padding-left:1.25rem;max-width:50rem}
li{margin:.12rem 0}
.facts{margin:.5rem 0 .9rem;display:grid;gap:.1rem 0;max-width:62rem}
.facts>div{display:grid;grid-template-columns:minmax(8rem,13rem) 1fr;gap:0 1rem;padding:.14rem 0}
.facts dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere;min-width:0}
.facts dd p{margin:0}
.facts .facts{margin:0}
.facts.read>div{grid-template-columns:minmax(9rem,22rem) 1fr}
.facts.read .facts.read>div{grid-template-columns:minmax(8rem,15rem) 1fr}
.facts ol{margin:0;padding-left:1.4rem}
.facts dt code{color:var(--ink)}
.wide{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:650;padding:.25rem 0 .3rem;color:var(--ink)}
caption .note{font-weight:400}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--muted);font-weight:500;vertical-align:bottom;border-bottom:1px solid var(--strong);line-height:1.25}
tbody th{font-weight:500;min-width:9rem}
td.n,th.n{padding-right:.6rem}
.reasons{list-style:none;padding-left:1.1rem;text-indent:-1.1rem}
th.label{width:18rem}
tbody th.label .note{display:inline}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
th.n{font-size:.9em;max-width:6.2em}
th.n .shape{display:block;margin:0 0 .1rem auto}
td.zero{color:var(--muted)}
td.strip,th.strip{padding-right:0;white-space:nowrap}
td.strip{padding-top:.5rem;text-align:right}
th.strip{text-align:right}
tr.whole th,tr.whole td{font-weight:650}
td .note,tbody th .note{display:block}
tbody th .note{font-weight:400}
.shape{vertical-align:-1.5px;overflow:visible}
.state{white-space:nowrap}
.map{display:inline-block;vertical-align:top;overflow:visible}
.axis text{font:9px var(--sans);fill:var(--muted)}
.axis path{stroke:var(--strong);stroke-width:1;fill:none}
.f-operated{fill:var(--operated)}
.f-late{fill:var(--late)}.o-late{fill:none;stroke:var(--late);stroke-width:1.4}
.o-missed{fill:none;stroke:var(--deviated);stroke-width:2.4}
.f-deviated{fill:var(--deviated)}
.o-unknown{fill:none;stroke:var(--unknown);stroke-width:1.5;stroke-dasharray:2.1 1.7}
.f-not-due{fill:var(--quiet)}
.o-not-applicable{fill:none;stroke:var(--quiet);stroke-width:1.8}
.o-nothing{fill:none;stroke:var(--strong);stroke-width:.9}
.o-gap{stroke:var(--ink);stroke-width:.9}
.gap{fill:url(#hatch);stroke:var(--ink);stroke-width:.6}
.legend{margin:.9rem 0 1.1rem;padding:.5rem .9rem;border:1px solid var(--line)}
.legend-title{margin:0 0 .2rem;font-weight:650}
.legend ul{list-style:none;margin:0;padding:0;max-width:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(21rem,1fr));gap:.05rem 1.5rem;font-size:.9rem}
.legend li{display:grid;grid-template-columns:16px 1fr;gap:.35rem;align-items:baseline}
.legend .note{margin:.35rem 0 0;max-width:none}
.warn{border-left:3px solid var(--mark);padding-left:.8rem}
.control{margin:1.5rem 0 2rem}
.control h3{display:flex;flex-wrap:wrap;gap:0 .8rem;align-items:baseline;font-size:1.1rem;margin-top:1rem}
.control h3 .crit{margin-left:auto;font-weight:400;font-size:.9rem;color:var(--muted)}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr));gap:0 2.5rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:0 2.5rem}
.foot{margin-top:3rem;padding-top:.7rem;border-top:1px solid var(--strong);color:var(--muted);font-size:.88rem}
.foot p{max-width:none;margin:.15rem 0}
@media screen and (max-width:44rem){.facts.read>div,.facts.read .facts.read>div{grid-template-columns:1fr}body{padding:0 .9rem 2rem}.sample{margin:0 -.9rem;padding:.45rem .9rem}.facts>div{grid-template-columns:1fr}.top nav{margin-left:0}
.legend ul{grid-template-columns:1fr}}
@page{size:landscape;margin:13mm}
@media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--muted:#333;--line:#aaa;--strong:#555;--link:#000;--mark:#000;
--operated:#2c6349;--late:#6b4600;--deviated:#a01f1b;--unknown:#3c3f80;--quiet:#444}
html{font-size:9.5pt}body{max-width:none;padding:0}.skip,.top nav{display:none}.sample{margin:0;padding:.3rem 0}
h2,h3,h4,caption{break-after:avoid}tr,.facts>div,li,.legend,figure{break-inside:avoid}thead{display:table-header-group}
.wide{overflow:visible}
table{font-size:8.5pt}th,td{padding-right:.5rem}tbody th{min-width:7rem}.control h3{break-after:avoid}.skip{display:none}
main a[href]:not([href^="#"])::after{content:" \\2192 " attr(href);font-size:.82em;color:#333;font-family:var(--mono);overflow-wrap:anywhere}
main td.strip a::after,main a.quiet::after{content:none!important}
.control{break-before:auto}.page{break-before:page}}
`;

/** As it stands between `<style>` and `</style>`. */
export const stylesheet: string = css.trim().replace(/\n/g, "");

/** For `style-src`: the browser takes this stylesheet and no other. */
export const stylesheetHash = `sha256-${Buffer.from(sha256(stylesheet)).toString("base64")}`;

/**
 * The one Typst source of every PDF. What a document says comes as data (`/document.json`) and is never read as source, so
 * no text of the company's can be a command. Text is a list of spans: look, and pieces between which a line may break.
 */
export const PDF_TEMPLATE = String.raw`
#let doc = json("/document.json")
#let ink = rgb("#1a1c20")
#let mark = rgb("#8f1d1a")
#let quiet = rgb("#555b65")

#set document(
  title: doc.title,
  author: doc.organization,
  date: datetime(
    year: doc.date.at(0), month: doc.date.at(1), day: doc.date.at(2),
    hour: doc.date.at(3), minute: doc.date.at(4), second: doc.date.at(5),
  ),
)
#set text(font: ("DejaVu Sans", "DejaVu Sans Mono"), stretch: 75%, size: 9.5pt, fill: ink, lang: doc.language, hyphenate: false)
#set par(leading: 0.6em, spacing: 0.85em)

// A piece may be parted from the next one at the end of a line.
#let pieces(all) = all.map(lines => lines.map(piece => [#piece]).join(sym.zws)).join(linebreak())
#let span(one) = {
  let (look, all) = one
  if look == "exact" { text(font: ("DejaVu Sans Mono", "DejaVu Sans"), size: 0.88em, pieces(all)) }
  else if look == "hole" {
    highlight(fill: rgb("#fdecea"), stroke: 0.8pt + mark, extent: 1.5pt, text(fill: mark, weight: "bold", pieces(all)))
  } else { pieces(all) }
}
#let said(spans) = spans.map(span).join()

#set page(
  paper: "us-letter",
  flipped: doc.landscape,
  margin: (x: 0.75in, top: 0.95in, bottom: 0.85in),
  header: [
    #set text(size: 8pt, fill: quiet)
    #if doc.sampleData { align(center, text(fill: mark, weight: "bold", doc.sampleWords)); v(-0.4em) }
    #grid(columns: (1fr, 1fr), align: (left, right), said(doc.titleSpans), said(doc.organizationSpans))
    #v(-0.5em)
    #line(length: 100%, stroke: 0.5pt + quiet)
  ],
  footer: [
    #set text(size: 8pt, fill: quiet)
    #grid(
      columns: (1fr, auto), column-gutter: 2em, align: (left, right),
      said(doc.notice), context [Page #counter(page).display() of #counter(page).final().first()],
    )
  ],
)

#show heading: set block(sticky: true, above: 1.7em, below: 0.8em)
#show heading.where(level: 1): set text(size: 13pt)
#show heading.where(level: 2): set text(size: 11.5pt)
#show heading.where(level: 3): set text(size: 10.5pt)
#show heading: set text(size: 9.5pt)
#show figure: set block(breakable: true, above: 1.2em, below: 1.4em)
#show figure: set align(left)
#show figure.caption: it => block(sticky: true, width: 100%, below: 0.6em, align(left, strong(it.body)))

#let lined = 0.5pt + rgb("#8b919b")
#let listing(one) = figure(
  kind: table, supplement: none, numbering: none, outlined: false,
  caption: figure.caption(position: top, said(one.caption)),
  {
    set text(size: 8pt)
    set par(leading: 0.5em)
    table(
      columns: one.columns.map(c => c.width * 1fr),
      align: one.columns.map(c => if c.number { right + top } else { left + top }),
      inset: (x: 4pt, y: 4pt),
      stroke: lined,
      table.header(..one.columns.map(c => table.cell(fill: rgb("#e9ebee"), breakable: false, strong(said(c.head))))),
      ..one.rows.map(row => row.cells.enumerate().map(((at, cell)) => table.cell(
        breakable: row.splits,
        if one.columns.at(at).names { strong(said(cell)) } else { said(cell) },
      ))).flatten(),
    )
  },
)

// Every mark stands where it was laid out, in points from the corner.
#let drawing(one) = box(width: one.width * 1pt, height: one.height * 1pt, {
  for path in one.paths {
    let (x, y) = path.last()
    let points = path.map(((x, y)) => (x * 1pt, y * 1pt))
    place(curve(stroke: 0.7pt + quiet, curve.move(points.first()), ..points.slice(1).map(p => curve.line(p))))
    place(polygon(fill: quiet, (x * 1pt, y * 1pt), ((x - 4) * 1pt, (y - 2) * 1pt), ((x - 4) * 1pt, (y + 2) * 1pt)))
  }
  for each in one.boxes {
    place(dx: each.x * 1pt, dy: each.y * 1pt, rect(
      width: each.width * 1pt, height: each.height * 1pt, fill: rgb("#f4f5f6"),
      radius: if each.look == "rest" { 6pt } else { 0pt },
      stroke: if each.look == "rest" { 1.4pt + ink } else if each.look == "outside" {
        (paint: rgb("#8b919b"), thickness: 0.8pt, dash: "dashed")
      } else { 0.8pt + rgb("#8b919b") },
    ))
  }
  for each in one.words {
    place(dx: each.x * 1pt, dy: each.y * 1pt, text(
      size: each.size * 1pt, top-edge: "baseline", bottom-edge: "baseline",
      weight: if each.look in ("title", "hole", "column") { "bold" } else { "regular" },
      fill: if each.look == "hole" { mark } else if each.look in ("kind", "column") { quiet } else { ink },
      box(each.text),
    ))
  }
})
#let picture(one) = {
  block(sticky: true, above: 1.2em, below: 0.6em, strong(said(one.caption)))
  for each in one.drawings {
    figure(kind: image, supplement: none, numbering: none, outlined: false, alt: one.alternative, drawing(each))
  }
}

#let leaf(one) = {
  if one.kind == "paragraph" { par(said(one.spans)) }
  else if one.kind == "list" {
    let items = one.items.map(said)
    if one.ordered { enum(..items) } else { list(..items) }
  } else if one.kind == "picture" { picture(one) } else { listing(one) }
}
#let section(one, level) = {
  heading(level: level, numbering: none)[#one.number#h(0.7em)#said(one.heading)]
  for each in one.leaves { leaf(each) }
  for each in one.sections { section(each, level + 1) }
}

#title(text(size: 20pt, weight: "bold", said(doc.titleSpans)))
#v(0.3em)
#table(
  columns: (auto, 1fr), stroke: none, inset: (x: 0pt, y: 3pt), column-gutter: 1.5em,
  ..doc.entries.map(((term, value)) => (text(fill: quiet, said(term)), said(value))).flatten(),
)
#par(text(fill: quiet, said(doc.notice)))
#for each in doc.leaves { leaf(each) }
#for each in doc.sections { section(each, 1) }
`;

import DomainModel

/// The view that report templates are filled with; `Templates/README.md` names every field.
enum ReportView {
    /// In which everything is written.
    static let language = "en-GB"

    static func view(of data: ReportData, _ design: ReportDesign) -> View {
        let pen = Pen(data, design)
        let summary = data.summary ?? SummaryText.summary(of: data)
        let name = data.subject.name
        return .object([
            "document": .sparse(
                [
                    "language": .text(language), "title": .text(title(of: data)),
                    "dark": .flag(if: design.theme == .dark),
                ]
            ),
            "brand": Brand.view(design, client: name),
            "client": .sparse(
                [
                    "name": .text(name), "domain": .text(data.subject.domain),
                    "language": .text(NameLanguage.of(name) ?? language), "long_name": .flag(if: name.count > 40),
                ]
            ),
            "report": .sparse(
                [
                    "kind": .text(data.period.kind), "period": .text(data.period.days),
                    "compared_with": .text(data.period.previous.name),
                    "prepared": .text(CalendarDay(of: data.gatheredAt, in: data.zone).long),
                    "verification": design.verification.map { .text(Brand.bare($0)) },
                    "verification_url": design.verification.map(View.text),
                ]
            ),
            "summary": summaryView(pen, summary),
            "sections": .list(sections(pen)),
            "losses": losses(pen),
            "method": method(pen),
        ])
    }

    static func title(of data: ReportData) -> String {
        "\(data.period.kind), \(data.period.name): \(data.subject.name)"
    }

    private static func summaryView(_ pen: Pen, _ summary: ReportSummary) -> View {
        let tiles = Headlines.tiles(pen)
        return .sparse(
            [
                "headline": .text(summary.headline), "has_tiles": .flag(if: !tiles.isEmpty),
                "tiles": .list(tiles.map(\.view)), "paragraphs": .texts(summary.paragraphs),
                "moved": .texts(summary.moved), "why": .texts(summary.why), "next": .texts(summary.next),
                "needs": .list(
                    pen.data.needs.prefix(6).map { need in
                        .sparse(
                            ["what": .text(NeedWords.what(need)), "by": .text(ifAny: NeedWords.by(need))]
                        )
                    }
                ),
            ]
        )
    }

    private static func sections(_ pen: Pen) -> [View] {
        var views: [View] = []
        for section in pen.data.sections {
            guard let drawn = SectionWords.drawn(section, pen) else { continue }
            views.append(
                .sparse(
                    [
                        "key": .text(section.rawValue), "index": .text(String(views.count + 1)),
                        "heading": .text(SectionWords.heading(section, pen.period)),
                        "is_first": .flag(if: views.isEmpty),
                        "finding": .text(ifAny: drawn.finding), "empty": .text(ifAny: drawn.empty),
                        "blocks": .list(drawn.blocks),
                    ]
                )
            )
        }
        return views
    }

    private static func losses(_ pen: Pen) -> View {
        .object([
            "heading": "Losses and delays", "finding": .text(LossWords.finding(pen)),
            "blocks": .list(LossWords.blocks(pen)),
        ])
    }

    private static func method(_ pen: Pen) -> View {
        let zone = pen.data.subject.timeZone
        return .object([
            "has_sources": .flag(!pen.data.sources.isEmpty),
            "sources": .list(
                pen.data.sources.map { source in
                    .object([
                        "source": .text(SourceWords.name(source.kind)), "used_for": .text(SourceWords.use(source)),
                        "read_at": .text(source.readAt?.minute(in: zone) ?? "never"),
                    ])
                }
            ),
            "notes": .texts(SourceWords.notes(pen)),
            "figures": .list(
                pen.data.explanations.map { explanation in
                    .object([
                        "figure": .text(explanation.figure.name), "formula": .text(explanation.figure.formula),
                        "basis": .text(SourceWords.basis(explanation)),
                    ])
                }
            ),
            "has_figures": .flag(!pen.data.explanations.isEmpty),
            "ahrefs_note":
                "A measure from 0 to 100 of the strength of a site’s links, calculated by Ahrefs.",
        ])
    }
}

/// A section as it is drawn: blocks, or one line.
struct DrawnSection {
    var finding: String?
    var empty: String?
    var blocks: [View]

    init(_ finding: String, _ blocks: [View?]) {
        self.finding = finding
        self.blocks = blocks.compactMap { $0 }
    }

    init(empty: String) {
        self.empty = empty
        blocks = []
    }
}

extension ReportDesign {
    /// The report's public page.
    var verification: String? {
        guard let base = publicBaseURL, let code = verificationCode, base.hasPrefix("http") else { return nil }
        return base + "/v/" + code
    }
}

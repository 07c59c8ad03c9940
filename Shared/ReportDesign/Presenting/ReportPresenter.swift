public import DomainModel

/// Makes a report's HTML of its facts and its design: a pure function, the same bytes each time.
public enum ReportPresenter {
    /// The document for the renderer.
    /// - Throws: ``TemplateFault`` for a customer's template that cannot be used.
    public static func document(_ data: ReportData, _ design: ReportDesign) throws -> ReportDocument {
        let view = ReportView.view(of: data, design)
        return ReportDocument(
            html: try ReportHTML.render(view, custom: design.templateHTML),
            styleSheets: [HouseTemplates.baseCSS, HouseTemplates.reportCSS]
                + [design.templateCSS].compactMap { $0 }.filter { !$0.isEmpty },
            title: view["document"]?["title"]?.renderText ?? "",
            language: ReportView.language,
            author: design.brandName,
            created: data.gatheredAt,
            assets: design.logo.map { [.init(sha256: $0.sha256, mediaType: $0.mediaType)] } ?? []
        )
    }
}

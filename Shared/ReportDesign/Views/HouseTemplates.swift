import Mustache

/// The house's own templates and style sheets, as they lie in `Templates/`.
enum HouseTemplates {
    static let reportHTML = text(PackageResources.report_mustache)
    static let invoiceHTML = text(PackageResources.invoice_mustache)
    static let baseCSS = text(PackageResources.base_css)
    static let reportCSS = text(PackageResources.report_css)
    static let invoiceCSS = text(PackageResources.invoice_css)

    /// What a template may take in: `{{> block}}`.
    static let partials: [String: String] = [
        "section": text(PackageResources.section_mustache), "block": text(PackageResources.block_mustache),
        "tile": text(PackageResources.tile_mustache),
    ]

    /// The parsed templates; a test reads each, so none can fail here.
    static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for (name, html) in partials { try? library.register(html, named: name) }
        try? library.register(reportHTML, named: "report")
        try? library.register(invoiceHTML, named: "invoice")
        return library
    }()

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

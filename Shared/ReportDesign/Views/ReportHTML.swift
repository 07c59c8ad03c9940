import Mustache

/// Fills a report's template in.
public enum ReportHTML {
    /// Reads a customer's template without filling it in: what an editor says at once.
    /// - Throws: ``TemplateFault``, with the line.
    public static func check(_ html: String) throws { _ = try TemplateReader.parts(of: html) }

    static func render(_ view: View, custom html: String?) throws -> String {
        guard let html, !html.isEmpty else {
            return HouseTemplates.library.render(view, withTemplate: "report") ?? ""
        }
        _ = try TemplateMeasure.bytes(of: TemplateReader.parts(of: html), with: view)
        do {
            return try MustacheTemplate(string: html).render(view, library: HouseTemplates.library)
        } catch let error as MustacheTemplate.ParserError {
            throw TemplateFault(line: error.context.lineNumber, "The template cannot be read: \(error.error).")
        }
    }
}

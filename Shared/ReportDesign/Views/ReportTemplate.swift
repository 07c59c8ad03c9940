import Mustache

/// Fills a report's template in.
enum ReportTemplate {
    static func render(_ view: View, custom: String?) throws -> String {
        HouseTemplates.library.render(view, withTemplate: "report") ?? ""
    }
}

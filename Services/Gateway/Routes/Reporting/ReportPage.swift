import DomainModel
import FileStore
import Foundation
import HTTPTypes
import Persistence
import Postgres
import ReportDesign

/// A report as a page. Its template may be a customer's, so a browser is told that nothing in it runs, fetches, or is of our
/// origin, whatever it says.
enum ReportPage {
    static let policy =
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'self'"

    /// The page of a stored report.
    static func answer(_ data: PostgresJSON, _ design: PostgresJSON, _ call: Call) async throws -> Answer {
        try await answer(
            ReportData(json: String(decoding: data.bytes, as: UTF8.self)),
            design.decode(ReportDesign.self),
            call
        )
    }

    static func answer(_ data: ReportData, _ design: ReportDesign, _ call: Call) async throws -> Answer {
        let document: ReportDocument
        do {
            document = try ReportPresenter.document(data, design)
        } catch let fault as TemplateFault {
            throw Problem.conflict("template-fault", fault.description)
        }
        var html = document.html
        for asset in document.assets {
            guard let hash = ContentHash(hex: asset.sha256) else { continue }
            let bytes = try await call.bytes(of: hash)
            html = html.replacing(
                "asset:" + asset.sha256,
                with: "data:\(asset.mediaType);base64,\(Data(bytes).base64EncodedString())"
            )
        }
        return Answer(
            status: .ok,
            headers: [.contentSecurityPolicy: policy],
            body: Array(styled(html, document.styleSheets).utf8),
            mediaType: "text/html; charset=utf-8"
        )
    }

    /// The style sheets in the head. In them `</` is written so that it ends nothing.
    private static func styled(_ html: String, _ sheets: [String]) -> String {
        let styles = sheets.map { "<style>\n\($0.replacing("</", with: "<\\/"))\n</style>\n" }.joined()
        guard let end = html.range(of: "</head>", options: .caseInsensitive) else { return styles + html }
        return html[..<end.lowerBound] + styles + html[end.lowerBound...]
    }
}

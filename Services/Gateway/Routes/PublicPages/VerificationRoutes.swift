import Crypto
import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence
import Postgres
import ReportDesign

/// "Issued by this agency on this day, unaltered" (spec 11.4): the page that a report's code leads to. Whoever has the code has
/// seen the report; the page tells nothing that is not on its cover, and the hashes of its PDFs.
enum VerificationRoutes {
    static let endpoints = [page, check]

    private static let page = Endpoint(
        .get,
        "/v/{code}",
        .public,
        "verifyReport",
        "A report's public page; with the SHA-256 of a file it says whether that is the report"
    ) { call in
        let report = try await issued(call)
        let verdict = call.query["sha256"].flatMap { ContentHash(hex: $0) }.map { Verdict($0, report) }
        return try await answer(report, verdict, call)
    }.with {
        $0.isPage = true
        $0.query = [
            QueryParameter(
                "sha256",
                .formatted(.sha256, max: 64),
                "Of the file that is to be checked, in hexadecimal digits."
            )
        ]
        $0.limit = RateLimit(rate: 1, burst: 60)
    }

    private static let check = Endpoint(
        .post,
        "/v/{code}",
        .public,
        "verifyReportFile",
        "Says whether a file is the report. It is hashed as it comes and kept nowhere"
    ) { call in
        let report = try await issued(call)
        return try await answer(report, Verdict(try await FileHash.read(call.request), report), call)
    }.with {
        $0.isPage = true
        $0.uploads = ["multipart/form-data", "application/octet-stream"]
        $0.bodyLimit = FileHash.largest
        $0.takesIdempotencyKey = false
        $0.limit = RateLimit(rate: 1.0 / 5, burst: 20)
    }

    /// On a brand's own domain only what that brand has issued is known.
    private static func issued(_ call: Call) async throws -> IssuedReport {
        guard let code = VerificationCode(try call.parameter("code")) else { throw Problem.unknownCode }
        let found = try await call.services.store.read(as: system, actor: "public") { tx in
            try await IssuedReport.find(code, in: tx)
        }
        guard let report = found, try await call.isRightDomain(report.brandDomain) else { throw Problem.unknownCode }
        return report
    }

    private static let system = Tenant.system(reason: "a public page")

    private static func answer(_ report: IssuedReport, _ verdict: Verdict?, _ call: Call) async throws -> Answer {
        let design = try report.design.decode(ReportDesign.self)
        var page = PublicPage(
            title: "\(report.type.rawValue.capitalized) report for \(report.domain)",
            body: VerificationPage.body(report, design, verdict)
        )
        page.brand = design.brandName
        if TextFormat.color.accepts(design.primaryColor) {
            page.color = design.primaryColor
            page.textColor = report.textColor
        }
        page.logo = await logo(design, call)
        return page.answer()
    }

    /// Without its picture a page is still true.
    private static func logo(_ design: ReportDesign, _ call: Call) async -> String? {
        guard let logo = design.logo, let hash = ContentHash(hex: logo.sha256),
            let bytes = try? await call.bytes(of: hash), bytes.count <= 512 * 1024
        else { return nil }
        return "data:\(logo.mediaType);base64,\(Data(bytes).base64EncodedString())"
    }
}

/// Which of a report's PDFs a file is.
enum Verdict: Equatable {
    case present
    case earlier(IssuedReport.Edition)
    case stranger

    init(_ hash: ContentHash, _ report: IssuedReport) {
        switch report.editions.last(where: { $0.hash == hash }) {
        case let edition? where edition.hash == report.editions.last?.hash: self = .present
        case let edition?: self = .earlier(edition)
        case nil: self = .stranger
        }
    }
}

private enum VerificationPage {
    static func body(_ report: IssuedReport, _ design: ReportDesign, _ verdict: Verdict?) -> String {
        let (first, last) = (report.editions.first, report.editions.last)
        var html = "<h1>\(report.type.rawValue.capitalized) report for \(report.domain.htmlEscaped)</h1>\n"
        if let verdict { html += shown(verdict) }
        html += """
            <dl>
            <dt>Issued by</dt><dd>\(design.brandName.htmlEscaped)</dd>
            <dt>For</dt><dd>\(report.domain.htmlEscaped)</dd>
            <dt>Period</dt><dd>\(report.start) to \(report.end)</dd>
            <dt>Issued on</dt><dd>\(first.map { "\($0.day)" } ?? "")</dd>
            <dt>Code</dt><dd>\(report.code.grouped)</dd>
            \(last.map { "<dt>Pages</dt><dd>\($0.pages)</dd>\n<dt>SHA-256</dt><dd><code>\($0.hash.hex)</code></dd>" } ?? "")
            </dl>

            """
        if report.editions.count > 1 {
            html += "<h2>Earlier editions</h2>\n<p>The report was made anew; these were issued before.</p>\n<dl>\n"
            for edition in report.editions.dropLast().reversed() {
                html += "<dt>\(edition.number), \(edition.day)</dt><dd><code>\(edition.hash.hex)</code></dd>\n"
            }
            html += "</dl>\n"
        }
        html += """
            <h2>Is your file this report, unaltered?</h2>
            <form method="post" enctype="multipart/form-data">
            <label>The PDF: <input type="file" name="document" accept="application/pdf" required></label>
            <br><button>Check the file</button>
            </form>
            <form method="get">
            <label>Or its SHA-256: <input type="text" name="sha256" pattern="[0-9a-fA-F]{64}" required></label>
            <button>Check the hash</button>
            </form>
            """
        return html
    }

    private static func shown(_ verdict: Verdict) -> String {
        let (kind, text) =
            switch verdict {
            case .present: ("yes", "Yes: this file is the report as it was issued, byte for byte.")
            case .earlier(let edition):
                (
                    "older",
                    "This file is edition \(edition.number) of the report, issued on \(edition.day), unaltered. "
                        + "A newer edition has taken its place."
                )
            case .stranger:
                ("no", "No: this file is not the report that was issued under this code, or it was altered.")
            }
        return "<p class=\"verdict \(kind)\" role=\"status\">\(text)</p>\n"
    }
}

extension Problem {
    static let unknownCode = Problem(
        .notFound,
        "not-found",
        "Not found",
        "No document was issued under this address. Compare it with the one that is printed on the document."
    )
}

extension TextFormat {
    static let sha256 = TextFormat(
        name: nil,
        pattern: "^[0-9a-fA-F]{64}$",
        expected: "a SHA-256 in 64 hexadecimal digits"
    ) { ContentHash(hex: $0) != nil }

    static let verificationCode = TextFormat(
        name: nil,
        pattern: "^[0-9A-Za-z-]{16,19}$",
        expected: "a code as it is printed on a report"
    ) { VerificationCode($0) != nil }
}

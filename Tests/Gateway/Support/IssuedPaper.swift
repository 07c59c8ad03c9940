import DomainModel
import FileStore
import Foundation
import Persistence
import Postgres
import ReportDesign
import Testing

/// A report that was made, as the worker leaves it, and the PDFs that lie in the store.
enum IssuedPaper {
    /// What stands for a PDF of a client: its bytes are all that counts here.
    static func pdf(_ name: String, edition: Int = 1) -> [UInt8] { Array("%PDF-1.7 \(name) \(edition)".utf8) }

    static func code(_ name: String) -> String {
        let letters = name.uppercased().filter { "ABCDEFGHJKMNPQRSTVWXYZ0123456789".contains($0) }
        return letters + String(repeating: "0", count: 16 - letters.count)
    }

    /// Monday, the 21st of September 2026.
    private static let gatheredAt = Date(timeIntervalSince1970: 1_789_970_400)

    static func data(_ name: String, site: Site.ID) -> ReportData {
        let day = CalendarDay(of: gatheredAt, in: .gmt).adding(days: -7)
        var data = ReportData(
            subject: ReportSubject(
                siteID: site.rawValue,
                name: name,
                domain: "\(name).example",
                url: "https://\(name).example/",
                timeZone: "Europe/London",
                currency: .usd,
                tier: "pro"
            ),
            period: ReportPeriod(.weekly, containing: day),
            gatheredAt: gatheredAt,
            sections: ReportSection.allCases
        )
        data.explanations = [ReportExplanation(figure: .clicks, value: "12480", rows: 7, from: day, to: day)]
        return data
    }

    static func design(_ name: String) -> ReportDesign {
        var design = ReportDesign(brandName: "Agency \(name) & Sons", primaryColor: "#ffd400", isWhiteLabel: true)
        design.publicBaseURL = "https://reports.\(name).example"
        design.verificationCode = code(name)
        return design
    }

    static func note(_ bytes: [UInt8], account: Account.ID, in tx: PostgresTransaction) async throws -> ContentHash {
        let hash = ContentHash(of: bytes)
        try await StoredFiles.note(hash, type: "application/pdf", bytes: bytes.count, account: account, in: tx)
        return hash
    }

    /// A weekly report that is ready, in its first edition.
    static func report(
        _ name: String,
        account: Account.ID,
        site: Site.ID,
        subscription: ManagedSubscription.ID,
        branding: Int64,
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        let data = data(name, site: site)
        let row = try #require(
            try await tx.query(
                """
                insert into igny8_service_reports (account_id, site_id, subscription_id, report_type, period_start,
                    period_end, sections_included, status, report_data, design, is_white_label, branding_id,
                    verification_code)
                values (\(account.rawValue), \(site.rawValue), \(subscription.rawValue), 'weekly',
                    \(data.period.start.postgres), \(data.period.end.postgres), '{content}', 'rendering',
                    \(PostgresJSON(bytes: Array(data.json.utf8))), \(try PostgresJSON(design(name))), true, \(branding),
                    \(code(name)))
                returning id
                """
            ).first
        )
        let id: Int64 = try row.decode(0)
        try await finish(id, pdf(name), name, account: account, in: tx)
        return id
    }

    /// One more edition.
    static func finish(
        _ id: Int64,
        _ bytes: [UInt8],
        _ name: String,
        account: Account.ID,
        in tx: PostgresTransaction
    ) async throws {
        _ = try await note(bytes, account: account, in: tx)
        let report = try #require(try await ServiceReports.find(id, for: TestGateway.system, in: tx))
        let rendering = ServiceReports.Rendering(
            pdf: ContentHash(of: bytes),
            bytes: bytes.count,
            pages: 9,
            cpuMilliseconds: 400,
            fileName: "\(name) – weekly.pdf"
        )
        #expect(try await ServiceReports.finish(report, rendering, job: 1, in: tx) != nil)
    }
}

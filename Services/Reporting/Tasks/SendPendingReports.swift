import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// Puts what is ready into the mail: each report to each recipient once, whatever happens (the outbox' key), with its PDF. Right
/// after rendering for one; daily for whatever got stuck.
struct SendPendingReports: JobTask {
    static let name = "send_pending_reports"

    let press: Press

    func run(_ payload: ReportsJobs.Sending, _ context: JobContext) async throws {
        var sent = 0
        var after: Int64 = 0
        while payload.reportID == nil {
            let page = try await press.transaction(context) { [after] tx in
                let page = try await ServiceReports.outgoing(after: after, limit: Self.page, in: tx)
                try await press.mail(page, context, in: tx)
                return (count: page.count, last: page.last?.report.id)
            }
            sent += page.count
            guard let last = page.last, page.count == Self.page else { break }
            after = last
        }
        try await press.transaction(context) { [sent] tx in
            var sent = sent
            if let id = payload.reportID {
                let asked = payload.isAskedFor ?? false
                let page = try await ServiceReports.outgoing(only: id, isAskedFor: asked, limit: 1, in: tx)
                try await press.mail(page, context, in: tx)
                sent = page.count
            }
            try await context.complete(result: ["reports": sent], in: tx)
        }
    }

    /// Reports a transaction.
    private static let page = 100
}

extension Press {
    /// The largest PDF that goes with its mail (spec 7).
    static let largestAttachment = 5_000_000

    /// Writes mails and the jobs that send them, in a few statements however many they are.
    fileprivate func mail(
        _ page: [ServiceReports.Outgoing],
        _ context: JobContext,
        in tx: PostgresTransaction
    ) async throws {
        if page.isEmpty { return }
        var mails: [NewEmail] = []
        var reached: [Int64: [EmailAddress]] = [:]
        for item in page {
            let report = item.report
            var addresses: [EmailAddress] = []
            for address in item.recipients.compactMap({ EmailAddress($0) }) where !addresses.contains(address) {
                addresses.append(address)
            }
            reached[report.id] = addresses
            guard let pdf = report.pdf else { continue }
            let reporter = Reporter(
                brand: item.brand,
                isWhiteLabel: report.isWhiteLabel,
                account: item.accountName,
                house: house
            )
            // A white label without a domain of its own has no address that does not name the house.
            let base = item.brand?.customDomain.map { "https://\($0)" } ?? (report.isWhiteLabel ? nil : house.portal)
            let isAttached = item.pdfBytes < Self.largestAttachment || base == nil
            var link: String?
            if !isAttached, let base {
                let token = try await ReportFiles.link(to: report.id, pdf, account: report.accountID, in: tx)
                link = "\(base)/r/\(token)"
            }
            let letter = ReportLetter(
                reporter: reporter,
                kind: report.period.type,
                period: report.period.words,
                domain: item.domain,
                headline: item.headline,
                isAttached: isAttached,
                link: link
            )
            let bodies = letters.render(letter)
            for address in addresses {
                mails.append(
                    NewEmail(
                        .reportReady,
                        uniqueKey: "report:\(report.id):\(report.renderings):\(address)",
                        account: report.accountID,
                        subscription: report.subscriptionID,
                        from: reporter.sender.header,
                        replyTo: reporter.replyTo?.rawValue,
                        to: [address],
                        subject: letter.subject,
                        text: bodies.text,
                        html: bodies.html,
                        attachments: isAttached
                            ? [
                                StoredAttachment(
                                    sha256: pdf,
                                    fileName: report.fileName ?? "report.pdf",
                                    mediaType: "application/pdf",
                                    bytes: item.pdfBytes
                                )
                            ] : [],
                        messageDomain: reporter.messageDomain
                    )
                )
            }
        }
        let ids = try await Emails.queue(mails, messageDomain: house.sender.domain, in: tx)
        let jobs = mails.compactMap { mail in
            ids[mail.uniqueKey].map { SubscriptionsJobs.sendEmail($0.rawValue, account: mail.account) }
        }
        try await producer.enqueue(jobs, in: tx)
        try await ServiceReports.markSent(reached, in: tx)
        try await AuditLog.record(
            page.map { item in
                let to = (reached[item.report.id] ?? []).map(\.rawValue).joined(separator: ", ")
                return event(.mailSent, item.report, to: .sent, because: to, context)
            },
            in: tx
        )
    }
}

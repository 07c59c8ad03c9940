import DomainModel
import JobQueue
import Persistence

/// Fetches one list anew and keeps it instead of the one before.
struct RefreshAhrefsView: AhrefsTask {
    static let name = "refresh_ahrefs_view"

    let bureau: Bureau

    private struct Result: Codable {
        var rows: Int
    }

    /// Rows of some kind, ready to be kept.
    private struct Rows: Encodable, Sendable {
        let count: Int
        private let write: @Sendable (any Encoder) throws -> Void

        init(_ rows: [some Encodable & Sendable]) {
            count = rows.count
            write = { try rows.encode(to: $0) }
        }

        func encode(to encoder: any Encoder) throws { try write(encoder) }
    }

    func run(_ payload: AhrefsJobs.View, _ context: JobContext) async throws {
        try await bureau.unlessStopped(context) {
            let (open, known) = try await bureau.read(context) { tx in
                (
                    try await bureau.open(payload.accountID, in: tx),
                    try await AhrefsCache.ages(
                        of: [payload.view],
                        domains: [payload.domain],
                        account: payload.accountID,
                        for: .job(context),
                        in: tx
                    ).first
                )
            }
            guard let open else { throw AhrefsStop.notConnected }
            // Who asked while the job before was just being done is served already: it is not paid for twice. (The age of
            // metrics is their snapshot's.)
            if let known, payload.view != .metrics, !known.isStale {
                return try await bureau.transaction(context) { tx in
                    try await context.complete(result: Result(rows: known.rowCount), in: tx)
                }
            }
            let most = open.connection.rowsPerRequest
            let fetched = try await bureau.call(
                payload.view.endpoint,
                about: payload.domain,
                forecast: payload.view.forecast(rows: most),
                open,
                context
            ) { ahrefs, key throws(AhrefsError) in
                try await fetch(payload, open, ahrefs, key)
            }
            let rows = fetched ?? Rows([String]())
            try await bureau.transaction(context) { tx in
                try await AhrefsCache.put(
                    rows,
                    count: rows.count,
                    isCut: payload.view.isList && rows.count >= most,
                    as: payload.view,
                    of: payload.domain,
                    account: payload.accountID,
                    in: tx
                )
                try await context.complete(result: Result(rows: rows.count), in: tx)
            }
        }
    }

    private func fetch(
        _ payload: AhrefsJobs.View,
        _ open: OpenConnection,
        _ ahrefs: AhrefsClient,
        _ key: String
    ) async throws(AhrefsError) -> AhrefsAnswer<Rows> {
        let (domain, rows) = (payload.domain, open.connection.rowsPerRequest)
        let past = open.today.adding(days: -30 * AhrefsView.monthsOfHistory)
        switch payload.view {
        case .metrics:
            let answer = try await ahrefs.batchAnalysis(of: [domain], key: key)
            let known = answer.value[domain].map { [AhrefsKnownMetrics($0)] } ?? []
            return AhrefsAnswer(value: Rows(known), receipt: answer.receipt)
        case .backlinks: return kept(try await ahrefs.backlinks(of: domain, rows: rows, key: key))
        case .referringDomains: return kept(try await ahrefs.refdomains(of: domain, rows: rows, key: key))
        case .organicKeywords:
            return kept(try await ahrefs.organicKeywords(of: domain, on: open.today, rows: rows, key: key))
        case .topPages: return kept(try await ahrefs.topPages(of: domain, on: open.today, rows: rows, key: key))
        case .domainRatingHistory:
            return kept(try await ahrefs.domainRatingHistory(of: domain, from: past, key: key))
        case .trafficHistory: return kept(try await ahrefs.trafficHistory(of: domain, from: past, key: key))
        case .referringDomainsHistory:
            return kept(try await ahrefs.refdomainsHistory(of: domain, from: past, key: key))
        }
    }

    private func kept(_ answer: AhrefsAnswer<[some Encodable & Sendable]>) -> AhrefsAnswer<Rows> {
        AhrefsAnswer(value: Rows(answer.value), receipt: answer.receipt)
    }
}

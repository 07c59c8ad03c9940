import DomainModel
import JobQueue
import Persistence
import Postgres

/// Reads a site's final figures: what is new, and the last days again, for Google corrects them. The first time it is all that
/// Search Console remembers of the whole site, and a hundred days of its queries and pages.
struct SyncSearchConsole: JobTask {
    static let name = "sync_search_console"

    let desk: DataDesk

    /// A first run of a large site is some hundred thousand rows.
    var timeout: Duration { .seconds(900) }

    /// Search Console remembers sixteen months.
    private static let memory = 487
    private static let memoryOfParts = 100
    /// Figures are final two days later.
    private static let lag = 2
    /// Days that are read again.
    private static let again = 2
    /// A million rows: an answer that never ends is none.
    private static let mostPages = 40

    private struct Outcome: Codable, Sendable {
        var from: String
        var through: String?
        var rows: Int
        var changed: Int
    }

    func run(_ payload: CoreDataJobs.Connection, _ context: JobContext) async throws {
        guard let (connection, access) = try await desk.open(payload, needing: "basic", context) else { return }
        let last = connection.today.adding(days: -Self.lag)
        let first =
            connection.syncedThrough.map { min($0.adding(days: 1 - Self.again), last) }
            ?? connection.today.adding(days: -Self.memory)
        var outcome = Outcome(from: first.description, rows: 0, changed: 0)
        var through: CalendarDay?
        do throws(GoogleError) {
            for part in [SearchMetrics.Part.whole, .query, .page] {
                let from = part == .whole ? first : max(first, connection.today.adding(days: -Self.memoryOfParts))
                var startRow = 0
                for page in 0...Self.mostPages {
                    guard page < Self.mostPages else { throw GoogleError(.unreadable, "the figures have no end") }
                    let answer = try await desk.console.figures(part, from: from, to: last, startRow: startRow, access)
                    outcome.rows += answer.rows.count
                    if part == .whole { through = answer.rows.map(\.day).max() ?? through }
                    outcome.changed += try await store(answer.rows, part, connection, context)
                    if answer.isLast { break }
                    startRow += SearchConsole.rowLimit
                }
            }
        } catch {
            return try await desk.settle(error, connection, context)
        }
        outcome.through = through?.description
        try await desk.transaction(context) { [outcome, through] tx in
            try await SearchConsoleConnections.synced(connection, through: through, in: tx)
            try await DeliveryFlags.clear(
                .consentNeeded,
                on: FlagSubject(kind: SearchConsoleStatus.subject, id: connection.id),
                because: "Search Console is read again",
                for: .system(reason: Self.name),
                in: tx
            )
            try await context.complete(result: outcome, in: tx)
        }
    }

    /// Errors of the database are the job's own: they pass through as they are.
    private func store(
        _ rows: [SearchMetrics.Row],
        _ part: SearchMetrics.Part,
        _ connection: SearchConsoleConnections.Connection,
        _ context: JobContext
    ) async throws(GoogleError) -> Int {
        // A statement must not meet a key twice, whatever was answered.
        var known: Set<String> = []
        let rows = rows.filter { known.insert("\($0.day) \($0.key ?? "")").inserted }
        do {
            return try await desk.transaction(context, as: .account(connection.accountID)) { tx in
                try await SearchMetrics.upsert(
                    rows,
                    part,
                    of: connection.siteID,
                    account: connection.accountID,
                    in: tx
                )
            }
        } catch {
            throw GoogleError(.unavailable, "the figures could not be stored: \(error)")
        }
    }
}

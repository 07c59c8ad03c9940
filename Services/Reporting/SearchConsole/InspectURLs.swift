import DomainModel
import JobQueue
import Persistence
import Postgres

/// Asks Google about a site's published pages, the least recently inspected first: at most 600 a minute and 2,000 a day
/// (spec 5.6).
struct InspectURLs: JobTask {
    static let name = "inspect_urls"

    let desk: DataDesk

    /// 600 answers of a second each, four at a time.
    var timeout: Duration { .seconds(300) }

    private static let aMinute = 600
    private static let atOnce = 4

    func run(_ payload: CoreDataJobs.Connection, _ context: JobContext) async throws {
        guard let (connection, access) = try await desk.open(payload, needing: "full", context) else { return }
        let limit = min(Self.aMinute, connection.inspectionsLeft)
        let pages = try await desk.read(context) { tx in
            try await URLInspections.due(of: connection.siteID, limit: limit, in: tx)
        }
        let (findings, error) = await ask(about: pages, access)
        // What was answered counts, whatever came after it.
        try await desk.transaction(context) { tx in
            try await URLInspections.store(findings.sorted { $0.page.url < $1.page.url }, by: connection, in: tx)
            guard error == nil, pages.count < Self.aMinute else { return }
            try await context.complete(result: ["inspected": findings.count], in: tx)
        }
        if let error { return try await desk.settle(error, connection, context) }
        // As many as a minute allows: the next ones in a minute.
        if pages.count == Self.aMinute { throw JobError.snooze(for: .seconds(60)) }
    }

    /// Stops at the first error.
    private func ask(
        about pages: [URLInspections.Page],
        _ access: SearchConsole.Access
    ) async -> (findings: [URLInspections.Finding], error: GoogleError?) {
        await withTaskGroup(of: Result<URLInspections.Finding, GoogleError>.self) { group in
            var waiting = pages[...]
            func next() {
                guard let page = waiting.popFirst() else { return }
                group.addTask {
                    do throws(GoogleError) {
                        return .success(try await desk.console.inspect(page, access))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<Self.atOnce { next() }
            var findings: [URLInspections.Finding] = []
            var fault: GoogleError?
            for await result in group {
                switch result {
                case .success(let finding):
                    findings.append(finding)
                    if fault == nil { next() }
                case .failure(let error): fault = fault ?? error
                }
            }
            return (findings, fault)
        }
    }
}

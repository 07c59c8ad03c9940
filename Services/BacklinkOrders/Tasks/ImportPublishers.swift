import DomainModel
import JobQueue
import Persistence
import Postgres

/// Reads a marketplace's export into the publishers, a thousand lines a statement: what is known is renewed, a line that is
/// wrong is left out and told. How far it is stands in the database with each batch: another attempt goes on there.
struct ImportPublishers: JobTask {
    static let name = "import_publishers"

    let office: Office

    /// 100,000 lines take some seconds.
    var timeout: Duration { .seconds(900) }

    /// What came of an import; also the job's result.
    struct Outcome: Codable, Sendable {
        var rows = 0
        var new = 0
        var known = 0
        var failed = 0
        /// The first of the lines that were wrong.
        var errors: [Fault] = []

        struct Fault: Codable, Sendable {
            let row: Int
            let message: String
        }
    }

    /// More would only hide the first.
    private static let mostErrors = 200
    private static let batch = 1_000

    func run(_ payload: BacklinkOrdersJobs.Import, _ context: JobContext) async throws {
        let id = payload.importID
        let (found, niches) = try await office.read(context) { tx in
            (try await PublisherImports.find(id, in: tx), try await PublisherImports.niches(in: tx))
        }
        guard let found else { throw JobError.permanent("there is no import \(id)") }
        var kept = try found.progress?.decode(Outcome.self)
        var outcome = kept ?? Outcome()
        if !found.isFinished {
            var reader: any ExportReader = found.format == "csv" ? CSVReader() : JSONLinesReader()
            var waiting: [PublisherListing] = []
            var position = 0
            // Those that an attempt before this one has dealt with.
            var dealtWith = outcome.rows
            while let piece = try await office.read(
                context,
                { [position] tx in
                    try await PublisherImports.part(position, of: id, in: tx)
                }
            ) {
                position += 1
                for line in reader.take(piece) {
                    guard dealtWith == 0 else {
                        dealtWith -= 1
                        continue
                    }
                    take(line, of: found.marketplace, niches, into: &waiting, &outcome)
                    if waiting.count >= Self.batch {
                        try await write(&waiting, of: id, &kept, context, &outcome)
                    }
                }
                try Task.checkCancellation()
            }
            for line in reader.finish().dropFirst(dealtWith) {
                take(line, of: found.marketplace, niches, into: &waiting, &outcome)
            }
            try await write(&waiting, of: id, &kept, context, &outcome)
        }
        try await office.transaction(context) { [outcome] tx in
            try await context.complete(result: outcome, in: tx)
            try await PublisherImports.finish(id, outcome, in: tx)
            return []
        }
    }

    private func take(
        _ line: ExportLine,
        of marketplace: Marketplace,
        _ niches: Set<String>,
        into waiting: inout [PublisherListing],
        _ outcome: inout Outcome
    ) {
        outcome.rows += 1
        let message: String
        if let fields = line.fields {
            do throws(PublisherRowFault) {
                waiting.append(try PublisherListing(fields: fields, marketplace: marketplace, niches: niches))
                return
            } catch {
                message = "\(error)"
            }
        } else {
            message = "the line cannot be read"
        }
        outcome.failed += 1
        if outcome.errors.count < Self.mostErrors {
            outcome.errors.append(Outcome.Fault(row: line.number, message: message))
        }
    }

    private func write(
        _ waiting: inout [PublisherListing],
        of id: Int64,
        _ kept: inout Outcome?,
        _ context: JobContext,
        _ outcome: inout Outcome
    ) async throws {
        guard !waiting.isEmpty else { return }
        // Of several lines of one domain the last counts; a statement must not meet a row twice.
        var last: [String: PublisherListing] = [:]
        for listing in waiting { last["\(listing.marketplace.rawValue) \(listing.domain)"] = listing }
        let listings = last.sorted { $0.key < $1.key }.map(\.value)
        let repeated = waiting.count - listings.count
        waiting.removeAll(keepingCapacity: true)
        let (before, now) = (kept, outcome)
        outcome = try await office.store.transaction(as: .job(context), actor: "job:\(context.id)") { tx in
            let counts = try await Publishers.upsert(listings, in: tx)
            var after = now
            after.new += counts.new
            after.known += counts.known + repeated
            guard try await PublisherImports.advance(id, from: before, to: after, in: tx) else {
                // Another attempt is further: from there it goes on.
                throw JobError.snooze(for: .seconds(1))
            }
            return after
        }
        kept = outcome
    }
}

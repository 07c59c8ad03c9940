import DomainModel
import JobQueue
import Persistence
import Postgres

/// Reads what the core has sent into its tables, a thousand rows a statement. How far it is stands in the database with each
/// batch: another attempt goes on there, and no row counts twice.
struct ImportCoreData: JobTask {
    static let name = "import_core_data"

    let desk: DataDesk

    /// 100,000 rows take some seconds.
    var timeout: Duration { .seconds(900) }

    private static let batch = 1_000
    /// Articles are long: a batch is not more of them than this in memory.
    private static let batchBytes = 4 << 20
    private static let longestLine = 2 << 20

    /// A line as it was read.
    private enum Entry {
        case row(CoreRow)
        case refused(CoreRowFault)
    }

    func run(_ payload: CoreDataJobs.Import, _ context: JobContext) async throws {
        let id = payload.importID
        let found = try await desk.read(context) { tx in
            try await CoreImports.find(id, for: .system(reason: "import \(id)"), in: tx)
        }
        guard let found, let kind = CoreKind.named(found.kind) else {
            throw JobError.permanent("there is no import \(id)")
        }
        var progress = found.progress
        if found.finishedAt == nil {
            var reader: any ExportReader =
                found.format == "csv"
                ? CSVReader(longestLine: Self.longestLine) : NDJSONReader(longestLine: Self.longestLine)
            var waiting: [Entry] = []
            var bytes = 0
            // Those that an attempt before this one has dealt with.
            var dealtWith = progress?.rows ?? 0
            var position = 0
            var isOver = false
            while !isOver {
                let piece = try await desk.read(context) { [position] tx in
                    try await CoreImports.part(position, of: id, in: tx)
                }
                position += 1
                isOver = piece == nil
                for line in piece.map({ reader.take($0) }) ?? reader.finish() {
                    guard dealtWith == 0 else {
                        dealtWith -= 1
                        continue
                    }
                    do throws(CoreRowRefusal) {
                        let row = try kind.read(line)
                        bytes += row.bytes
                        waiting.append(.row(row))
                    } catch {
                        waiting.append(.refused(error.fault))
                    }
                    if waiting.count >= Self.batch || bytes >= Self.batchBytes {
                        try await write(waiting[...], of: found, kind, &progress, context)
                        waiting.removeAll(keepingCapacity: true)
                        bytes = 0
                    }
                }
                try Task.checkCancellation()
            }
            try await write(waiting[...], of: found, kind, &progress, context)
        }
        try await desk.transaction(context) { [result = progress ?? CoreImportCount()] tx in
            try await context.complete(result: result, in: tx)
            try await CoreImports.finish(id, result, in: tx)
        }
    }

    /// One batch is one transaction. What the database refuses is cut in half until the row is found that it refuses.
    private func write(
        _ entries: ArraySlice<Entry>,
        of found: CoreImports.Import,
        _ kind: CoreKind,
        _ progress: inout CoreImportCount?,
        _ context: JobContext
    ) async throws {
        guard !entries.isEmpty else { return }
        do {
            progress = try await store(entries, of: found, kind, progress, context)
        } catch let PostgresError.server(state, message, _, _) where state.isAboutValues {
            guard entries.count > 1 else {
                guard case .row(let row) = entries[entries.startIndex] else { throw JobError.permanent(message) }
                let fault = CoreRowFault(line: row.line, field: nil, message: "the database refuses it: \(message)")
                return try await write([.refused(fault)], of: found, kind, &progress, context)
            }
            let middle = entries.startIndex + entries.count / 2
            try await write(entries[..<middle], of: found, kind, &progress, context)
            try await write(entries[middle...], of: found, kind, &progress, context)
        }
    }

    private func store(
        _ entries: ArraySlice<Entry>,
        of found: CoreImports.Import,
        _ kind: CoreKind,
        _ before: CoreImportCount?,
        _ context: JobContext
    ) async throws -> CoreImportCount {
        var rows: [CoreRow] = []
        var refused: [CoreRowFault] = []
        for entry in entries {
            switch entry {
            case .row(let row): rows.append(row)
            case .refused(let fault): refused.append(fault)
            }
        }
        let tenant = found.account.map { Tenant.account($0) }
        let (written, faults) = (rows, refused)
        return try await desk.transaction(context, as: tenant) { tx in
            var after = before ?? CoreImportCount()
            var faults = faults
            if !written.isEmpty {
                let outcome = try await CoreRows.upsert(written, of: kind, account: found.account, in: tx)
                after.new += outcome.new
                after.known += outcome.known
                after.rows += outcome.new + outcome.known
                faults += outcome.faults
            }
            for fault in faults.sorted(by: { $0.line < $1.line }) { after.refuse(fault) }
            guard try await CoreImports.advance(found.id, from: before, to: after, in: tx) else {
                // Another attempt is further: from there it goes on.
                throw JobError.snooze(for: .seconds(1))
            }
            return after
        }
    }
}

extension SQLState {
    /// Whether a row is at fault, and not the server: a constraint, or a value that is none.
    var isAboutValues: Bool { rawValue.hasPrefix("22") || rawValue.hasPrefix("23") }
}

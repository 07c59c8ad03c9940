import ArgumentParser
import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// `igny8 billing …`
struct BillingCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "The month's billing: what it would do, what it did, and what the gateways say of it.",
        subcommands: [Preview.self, Run.self, Diff.self, BillingReconcile.self]
    )

    /// `igny8 billing preview`
    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what the run of a month's 1st would invoice and charge, client by client.",
            discussion: """
                Reckoned by the run's own rules over one snapshot of the live data; nothing is written, nothing is held,
                no gateway is asked: each is taken to answer as it last did. Keep it, and hold it against what happened:

                Example: igny8 billing preview --month 2026-12 --json > december.json
                         igny8 billing diff december.json
                """
        )

        @Option(help: "Which month, such as 2026-12; the one after the present one when left out.")
        var month: String?

        @Flag(help: "As JSON.")
        var json = false

        func validate() throws {
            if let month, CalendarDay("\(month)-01") == nil {
                throw ValidationError("--month \(month): expected a month such as 2026-12.")
            }
        }

        func run() async throws {
            let named = month.flatMap { CalendarDay("\($0)-01")?.calendarMonth }
            let preview = try await BillingCommands.snapshot { tx in
                let now = try await BusinessClock.now(in: tx)
                let next = named ?? CalendarDay(of: now, in: .gmt).calendarMonth.next
                return try await BillingPreview.reckon(next, in: tx)
            }
            try BillingCommands.show(preview, asJSON: json)
        }
    }

    /// `igny8 billing run`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Orders a billing run, or says what it would do.",
            discussion: """
                A run invoices each period once, however often it is ordered.

                Example: igny8 billing run --dry-run
                """
        )

        @Flag(help: "Only say what a run right now would invoice and charge.")
        var dryRun = false

        @Flag(help: "With --dry-run: as JSON.")
        var json = false

        func validate() throws {
            if json, !dryRun { throw ValidationError("--json goes with --dry-run.") }
        }

        func run() async throws {
            guard dryRun else {
                let id = try await Workbench.run { bench in
                    try await bench.withProducer { producer, store in
                        try await store.transaction(as: .system(reason: "operator"), actor: Workbench.actor) { tx in
                            try await producer.enqueue(SubscriptionsJobs.bill(at: BusinessClock.now(in: tx)), in: tx)
                        }
                    }
                }
                return print(id.map { "ordered: job \($0)" } ?? "one is ordered already")
            }
            try BillingCommands.show(
                try await BillingCommands.snapshot { tx in try await BillingPreview.reckon(nil, in: tx) },
                asJSON: json
            )
        }
    }

    /// `igny8 billing diff`
    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Holds a kept preview against what happened. Exit code 1 when they differ.",
            discussion: "Example: igny8 billing diff december.json"
        )

        @Argument(help: "What `igny8 billing preview --json` printed.", completion: .file())
        var preview: String

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: preview) else {
                throw OperatorFailure("\(preview) cannot be read.")
            }
            let kept: BillingPreview
            do {
                let decoder = JSONDecoder()
                decoder.dateDecodingStrategy = .iso8601
                kept = try decoder.decode(BillingPreview.self, from: data)
            } catch {
                throw OperatorFailure("\(preview) is not what igny8 billing preview --json prints.")
            }
            let findings = try await BillingCommands.snapshot { tx in try await BillingDifference.find(kept, in: tx) }
            for finding in findings { print(finding) }
            guard findings.isEmpty else {
                throw OperatorFailure("\(findings.count) differences to what was foreseen.")
            }
            print("as foreseen: \(kept.invoices.count) invoices")
        }
    }

    /// One snapshot of everything, in which nothing can be written and by which nobody is held up.
    private static func snapshot<Value: Sendable>(
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await Workbench.run { bench in
            let url = try bench.settings.databaseURL()
            // Before the first statement of a transaction, and the first one says whose rows it may see.
            let level = "options=-c%20default_transaction_isolation%3Drepeatable%5C%20read"
            return try await bench.withDatabase(url + (url.contains("?") ? "&" : "?") + level) { database in
                let reason = Tenant.system(reason: "billing, looked at")
                return try await Store(database: database).read(as: reason, actor: Workbench.actor, body)
            }
        }
    }

    private static func show(_ preview: BillingPreview, asJSON: Bool) throws {
        if asJSON {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return print(String(decoding: try encoder.encode(preview), as: UTF8.self))
        }
        print(BillingTable.text(preview))
    }
}

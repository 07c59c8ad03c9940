import ArgumentParser
import Foundation
import JobQueue
import Persistence

/// `igny8 plans …`
struct PlanCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans",
        abstract: "The plans and what they open.",
        subcommands: [MigrateFeatures.self]
    )

    /// `igny8 plans migrate`
    struct MigrateFeatures: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Brings the plans up to the features that this release knows.",
            discussion: """
                Fills only what a plan does not name; what staff have edited stays. Accounts that were here before a
                feature had a gate keep what they could do. Orders the job migrate_plan_features of the subscriptions
                worker; run again, it changes nothing. --dry-run only says what it would do.

                Example: igny8 plans migrate --dry-run
                """
        )

        @Flag(help: "Only say what would be done.")
        var dryRun = false

        func run() async throws {
            try await Workbench.run { bench in
                try await bench.withProducer { producer, store in
                    let report = try await store.read(as: .system(reason: "plan features"), actor: Workbench.actor) {
                        tx in
                        try await PlanFeatureMigration.plan(in: tx)
                    }
                    for line in Self.lines(report) { print(line) }
                    guard !dryRun else { return }
                    let id = try await store.transaction(as: .system(reason: "plan features"), actor: Workbench.actor) {
                        tx in
                        try await producer.enqueue([SubscriptionsJobs.migratePlanFeatures()], in: tx).first ?? nil
                    }
                    print(id.map { "job \($0) does it: igny8 job show \($0)" } ?? "a job that does it waits already")
                }
            }
        }

        static func lines(_ report: PlanFeatureMigration.Report) -> [String] {
            let filled = report.filled.map { "fill \($0.plan): \($0.feature) = \($0.level)" }
            let kept = report.kept.map { "keep \($0.feature) at \($0.level) for \($0.accounts) accounts" }
            return filled.isEmpty && kept.isEmpty ? ["nothing to do"] : filled + kept
        }
    }
}

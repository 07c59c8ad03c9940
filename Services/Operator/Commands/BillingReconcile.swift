import ArgumentParser
import JobQueue
import Persistence
import Postgres

/// `igny8 billing reconcile`
struct BillingReconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "What our books and the gateways' lists do not agree on.",
        discussion: """
            The worker compares them each night at half past five UTC. This command prints what is open of it; with --run it
            asks the worker to compare again now, which takes a moment: print again after it. Exit code 1 when something
            is open.

            Example: igny8 billing reconcile --run --days 7
            """
    )

    @Flag(name: .customLong("run"), help: "Ask the worker to compare now.")
    var isOrder = false

    @Option(help: "How far back from now, 1 to 30 days.")
    var days = 3

    func validate() throws {
        guard (1...30).contains(days) else { throw ValidationError("--days: expected 1 to 30.") }
    }

    func run() async throws {
        try await Workbench.run { bench in
            if isOrder { try await order(bench) } else { try await show(bench) }
        }
    }

    private func order(_ bench: Workbench) async throws {
        try await bench.withProducer { producer, store in
            let job = try await store.transaction(as: .system(reason: "reconcile"), actor: Workbench.actor) { tx in
                try await producer.enqueue(SubscriptionsJobs.reconcile(days: days), in: tx)
            }
            print(job.map { "job \($0) compares the last \(days) days" } ?? "a comparison waits or runs already")
        }
    }

    private func show(_ bench: Workbench) async throws {
        let rows = try await bench.inSystem { tx in
            try await tx.query(
                """
                select provider, subject, kind, provider_reference, coalesce(ours, '-') as ours,
                    coalesce(theirs, '-') as theirs, to_char(found_at, 'YYYY-MM-DD') as since
                from igny8_reconciliation_differences where cleared_at is null order by id limit 1000
                """
            ).map { row in
                try [
                    "provider", "subject", "kind", "provider_reference", "ours", "theirs", "since",
                ].map { try row.decode($0, as: String.self) }
            }
        }
        guard !rows.isEmpty else { return print("our books and the gateways agree") }
        var table = Table(["gateway", "what", "difference", "name", "ours", "theirs", "since"])
        for row in rows { table.add(row) }
        print(table.text)
        throw OperatorFailure("\(rows.count) differences are open.")
    }
}

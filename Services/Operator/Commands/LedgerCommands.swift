import ArgumentParser
import DomainModel
import Persistence

/// `igny8 ledger …`
struct LedgerCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "The books.",
        subcommands: [Check.self, Explain.self, Export.self]
    )

    /// `igny8 ledger check`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replays the books and says whether they balance.",
            discussion: """
                Holds every entry against the documents it is about, and names each row that is wrong. Exit code 1 when
                there is one.

                Example: igny8 ledger check
                """
        )

        func run() async throws {
            let report = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "check the ledger"), actor: Workbench.actor) { tx in
                        try await LedgerCheck.run(in: tx)
                    }
                }
            }
            for balance in report.balances { print("  \(balance)") }
            guard report.isBalanced else {
                for finding in report.findings { print("wrong: \(finding.rule): \(finding.row)") }
                throw OperatorFailure("The books do not balance: \(report.findings.count) rows are wrong.")
            }
            print("the books balance: \(report.entries) entries, \(report.invoices) invoices")
        }
    }

    /// `igny8 ledger explain`
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a number of the books to the rows it comes from.",
            discussion: """
                Examples: igny8 ledger explain IG-2026-000001
                          igny8 ledger explain IG-C-2026-000003
                          igny8 ledger explain invoice_paid:inv:IG-2026-000001:pay:1
                          igny8 ledger explain deferred_revenue --as-of 2026-09-30 --client 12
                """
        )

        @Argument(help: "An invoice, a credit note, a refund, an entry's key or id, or an account of the chart.")
        var name: String

        @Option(help: "For an account of the chart: its balance up to and with this day.")
        var asOf: String?

        @Option(help: "For an account of the chart: of this client (an account's id) only.")
        var client: Int64?

        func validate() throws {
            if let asOf, CalendarDay(asOf) == nil { throw ValidationError("--as-of \(asOf): expected a day.") }
        }

        func run() async throws {
            let (name, day, client) = (name, asOf.flatMap { CalendarDay($0) }, client.map { Account.ID($0) })
            let explanation = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "explain a number"), actor: Workbench.actor) { tx in
                        try await LedgerExplanation.of(name, asOf: day, client: client, in: tx)
                    }
                }
            }
            guard let explanation else { throw OperatorFailure("There is nothing called \(name) in the books.") }
            print(explanation.title)
            for formula in explanation.formulas { print("  \(formula)") }
            for section in explanation.sections {
                print("\(section.heading)")
                for row in section.rows { print("  \(row)") }
            }
        }
    }

    /// `igny8 ledger export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the books by natural keys only.",
            discussion: """
                Two lives of the same agency in which the same things happened print the same text, whatever crashed in
                between: no ids, no moments. Compare two stacks by their digests.

                Example: igny8 ledger export --digest
                """
        )

        @Flag(help: "Print only the SHA-256 of the text.")
        var digest = false

        func run() async throws {
            let books = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "export the ledger"), actor: Workbench.actor) { tx in
                        try await LedgerExport.books(in: tx)
                    }
                }
            }
            if digest { print(books.digest) } else { for line in books.lines { print(line) } }
        }
    }
}

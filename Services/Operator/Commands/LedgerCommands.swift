import ArgumentParser
import Persistence

/// `igny8 ledger …`
struct LedgerCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "The books.",
        subcommands: [Check.self, Export.self]
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

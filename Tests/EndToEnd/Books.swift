import Persistence
import Testing

extension Stack {
    /// The books by natural keys: the same whenever the same things happened.
    func books() async throws -> LedgerExport.Books {
        try await store.read(as: .system(reason: "end-to-end test"), actor: "test") { tx in
            try await LedgerExport.books(in: tx)
        }
    }

    /// Orders, links and what became of them, by natural keys.
    func links() async throws -> [String] {
        try await store.read(as: .system(reason: "end-to-end test"), actor: "test") { tx in
            try await LinkExport.facts(in: tx)
        }
    }

    /// Nothing in the books contradicts anything, and the command says so too.
    func expectBalancedBooks(_ location: SourceLocation = #_sourceLocation) async throws {
        let report = try await store.read(as: .system(reason: "end-to-end test"), actor: "test") { tx in
            try await LedgerCheck.run(in: tx)
        }
        #expect(report.findings.isEmpty, sourceLocation: location)
        #expect(report.entries > 0, sourceLocation: location)
        let check = try await igny8("ledger", "check")
        #expect(check.succeeded, "igny8 ledger check: \(check.output)", sourceLocation: location)
    }
}

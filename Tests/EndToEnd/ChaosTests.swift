import Foundation
import Persistence
import Testing

/// The same quarter on two stacks: one lives it in peace, the other while everything around it is killed.
@Suite(.serialized) struct ChaosTests {
    /// How far the lives go. `IGNY8_CHAOS_UNTIL` shortens or lengthens them; the whole quarter is the default.
    private static let end = ProcessInfo.processInfo.environment["IGNY8_CHAOS_UNTIL"] ?? "2026-12-31T08:00:00Z"

    /// A life that was struck less was no chaos. A shortened one on a quick machine is over after some twenty seconds.
    private static let fewestFaults = ProcessInfo.processInfo.environment["IGNY8_CHAOS_UNTIL"] == nil ? 10 : 4

    @Test(
        "kill -9 anywhere, FLUSHALL and a gateway that times out after charging leave the same books",
        .timeLimit(.minutes(20))
    )
    func sameBooks() async throws {
        let seed =
            ProcessInfo.processInfo.environment["IGNY8_CHAOS_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0 ... .max)
        print("chaos seed: \(seed) (IGNY8_CHAOS_SEED=\(seed) repeats it)")

        let peaceful = try await Repository.freshStack(named: "peace")
        let lived = try await peaceful.igny8("simulate", "--until", Self.end)
        #expect(lived.succeeded, "igny8 simulate: \(lived.output)")
        let expected = try await peaceful.books()
        let expectedLinks = try await peaceful.links()
        let expectedReports = try await peaceful.reports()
        try await peaceful.expectBalancedBooks()
        try await Repository.takeDown("peace")

        // A short lease, so that what a killed worker held runs again within seconds. And the same port: it stands in the
        // pages' addresses, by which clicks and the hold-out of indexing are dealt.
        let port = peaceful.description.sandbox.split(separator: ":").last.map(String.init) ?? ""
        let settings = ["IGNY8_JOB_LEASE_SECONDS": "3", "IGNY8_SANDBOX_PORT": port]
        let troubled = try await Repository.freshStack(named: "chaos", settings: settings)
        #expect(troubled.description.sandbox == peaceful.description.sandbox)
        let simulation = RunningProcess()
        let chaos = Chaos(stack: troubled, simulation: simulation, seed: seed)
        let striking = Task { try await chaos.strike() }
        var outcome: Stack.Outcome
        var lives = 0
        repeat {
            // Killed, or broken off by a fault that lasted too long for it: run again, it goes on where it was.
            outcome = try await troubled.igny8("simulate", "--until", Self.end, as: simulation)
            lives += 1
        } while !outcome.succeeded && lives < 100
        striking.cancel()
        _ = await striking.result
        #expect(outcome.succeeded, "igny8 simulate: \(outcome.output)")
        let books = try await troubled.books()
        let links = try await troubled.links()
        let reports = try await troubled.reports()
        let summary = await chaos.summary
        print("chaos did: \(summary); \(lives) simulations")

        let missing = expected.lines.difference(from: books.lines)
        #expect(missing.isEmpty, "the books differ: \(missing.prefix(10))")
        #expect(books.digest == expected.digest)
        let otherLinks = expectedLinks.difference(from: links)
        #expect(otherLinks.isEmpty, "the links differ: \(otherLinks.prefix(10))")
        #expect(links.count > 6, "\(links)")
        let otherReports = expectedReports.difference(from: reports)
        #expect(otherReports.isEmpty, "the reports differ: \(otherReports.prefix(10))")
        #expect(reports.count > 6, "\(reports)")
        #expect(await chaos.faults >= Self.fewestFaults, "only \(summary)")
        try await troubled.expectBalancedBooks()
        try await Repository.takeDown("chaos")
    }
}

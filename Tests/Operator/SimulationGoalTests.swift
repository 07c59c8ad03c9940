import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@testable import Operator

@Suite("Where a simulation wants to go") struct SimulationGoalTests {
    private static let start = Date(timeIntervalSince1970: 1_789_632_000)
    private static let day: TimeInterval = 86_400

    private func settle(_ test: TestDatabase, days: Int? = nil, until: Date? = nil) async throws -> Date {
        try await test.service.transaction { try await SimulationGoal.settle(days: days, until: until, in: $0) }
    }

    @Test("days count from where business time stands")
    func days() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await BusinessClock.freeze(at: Self.start, in: test.service)
            #expect(try await settle(test, days: 92) == Self.start.addingTimeInterval(92 * Self.day))
        }
    }

    @Test("a run that was broken off goes on to the end it had, and a finished one does not")
    func resumed() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await BusinessClock.freeze(at: Self.start, in: test.service)
            let end = try await settle(test, days: 92)
            try await BusinessClock.advance(to: Self.start.addingTimeInterval(40 * Self.day), in: test.service)
            #expect(try await settle(test, days: 92) == end)
            try await test.service.transaction { try await SimulationGoal.reached(in: $0) }
            #expect(try await settle(test, days: 92) == Self.start.addingTimeInterval(132 * Self.day))
        }
    }

    @Test("another wish takes the place of the one that was broken off")
    func replaced() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await BusinessClock.freeze(at: Self.start, in: test.service)
            _ = try await settle(test, days: 92)
            let named = Self.start.addingTimeInterval(5 * Self.day)
            #expect(try await settle(test, until: named) == named)
            #expect(try await settle(test, days: 1) == Self.start.addingTimeInterval(Self.day))
        }
    }

    @Test("what happened in an empty stack is nothing, line by line")
    func happenings() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let lines = try await Store(database: test.service).read(as: .system(reason: "test"), actor: "test") { tx in
                try await Happenings.read(from: Self.start, to: Self.start.addingTimeInterval(Self.day), in: tx)
            }
            #expect(lines.map(\.count) == Array(repeating: 0, count: 10))
            #expect(Happenings.text(lines).contains("0  invoices issued"))
        }
    }
}

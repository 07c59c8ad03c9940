import FoundationEssentials
import Hummingbird
import Persistence
import Postgres

/// Business time, to be read and moved. Everything that waits for it is told at once.
struct ClockRoutes: Sendable {
    private struct Order: Decodable, Sendable {
        var freeze: Moment?
        var advanceTo: Moment?
        var release: Bool?
    }

    private struct Position: Encodable {
        var now: Moment
        var frozen: Bool
    }

    let database: PostgresDatabase

    func add(to router: Router<SandboxContext>) {
        router.get("clock") { _, _ in try await position() }
        router.post("clock") { request, context in
            let order = try await Questions.json(Order.self, from: request, context)
            switch (order.freeze, order.advanceTo, order.release) {
            case (let moment?, nil, nil):
                return try await move { tx in
                    try await BusinessClock.freeze(at: moment.date, in: tx)
                    // Back before a schedule was known: its first due time is sought from here, or the past would have none.
                    try await tx.query(
                        """
                        update igny8_schedules set next_at = null, known_since = igny8_now()
                        where known_since > igny8_now()
                        """
                    )
                }
            case (nil, let moment?, nil):
                guard try await BusinessClock.now(in: database) <= moment.date else {
                    return try Answers.refusal("advance_to: business time never goes back.", status: .conflict)
                }
                return try await move { _ = try await BusinessClock.advance(to: moment.date, in: $0) }
            case (nil, nil, true?):
                return try await move { try await BusinessClock.release(in: $0) }
            default:
                return try Answers.refusal("Expected one of freeze (a moment), advance_to (a moment), release (true).")
            }
        }
    }

    private func move(_ change: (PostgresTransaction) async throws -> Void) async throws -> Response {
        try await database.transaction { tx in
            try await change(tx)
            try await tx.query("select pg_notify('\(unsafeRaw: ClockWatch.channel)', igny8_now()::text)")
        }
        return try await position()
    }

    private func position() async throws -> Response {
        let reading = try await BusinessClock.read(in: database)
        return try Answers.json(Position(now: Moment(reading.now), frozen: reading.isFrozen))
    }
}

/// A moment on the wire, to the microsecond where it has any: `2026-09-17T08:00:00Z`.
struct Moment: Codable, Hashable, Sendable {
    var date: Date

    init(_ date: Date) {
        self.date = date
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = Self.read(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected a moment such as 2026-09-17T08:00:00Z"
            )
        }
        self.date = date
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    var text: String {
        let isWhole = date.timeIntervalSince1970 == date.timeIntervalSince1970.rounded(.down)
        return date.formatted(isWhole ? .iso8601 : Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func read(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

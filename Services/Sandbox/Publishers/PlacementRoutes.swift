import FoundationEssentials
import Hummingbird
import Postgres

/// Publishers' pages, and what is to become of them: told in advance by name and seed, or chosen.
struct PlacementRoutes: Sendable {
    private struct Order: Decodable, Sendable {
        var reference: String
        var host: String
        var targetUrl: String
        var anchorText: String
        var fate: Placement.Fate?
        var appearsAt: Moment?
        var vanishesAt: Moment?
    }

    private struct Orders: Decodable, Sendable {
        var seed: String?
        var placements: [Order]
    }

    private struct Choice: Decodable, Sendable {
        var fate: Placement.Fate?
        var vanishesAt: Moment?
    }

    private struct Shown: Encodable, Sendable {
        var reference: String
        var url: String
        var fate: String
        var appearsAt: Moment
        @Nullable var vanishesAt: Moment?
    }

    let database: PostgresDatabase
    let port: Int

    func add(to router: Router<SandboxContext>) {
        router.get("placements") { _, _ in
            let rows = try await database.query("select * from sandbox.placements order by id")
            return try Answers.json(try rows.map { try shown(Placement($0)) })
        }
        router.post("placements") { request, context in
            let orders = try await Questions.json(Orders.self, from: request, context)
            if let bad = orders.placements.first(where: { !Self.isName($0.reference) || !Self.isHost($0.host) }) {
                return try Answers.refusal(
                    "\(bad.reference) on \(bad.host): expected a name of letters, digits and hyphens, and a host under .localhost."
                )
            }
            let now = try await now()
            let placements = orders.placements.map { order in
                var placement = Placement(
                    order.reference,
                    on: order.host,
                    to: order.targetUrl,
                    anchor: order.anchorText,
                    orderedAt: now,
                    seed: orders.seed ?? LinkBuyer.seed
                )
                if let appearsAt = order.appearsAt { placement.appearsAt = appearsAt.date }
                if let fate = order.fate { placement.choose(fate) }
                if let vanishesAt = order.vanishesAt { placement.vanishesAt = vanishesAt.date }
                return placement
            }
            try await database.transaction { tx in for placement in placements { try await placement.insert(in: tx) } }
            return try Answers.json(placements.map(shown), status: .created)
        }
        router.patch("placements/{reference}") { request, context in
            let choice = try await Questions.json(Choice.self, from: request, context)
            guard var placement = try await find(try context.parameters.require("reference")) else {
                throw HTTPError(.notFound)
            }
            if let fate = choice.fate { placement.choose(fate) }
            if let vanishesAt = choice.vanishesAt { placement.vanishesAt = vanishesAt.date }
            try await database.query(
                """
                update sandbox.placements set fate = \(placement.fate.rawValue), vanishes_at = \(placement.vanishesAt)
                where reference = \(placement.reference)
                """
            )
            return try Answers.json(shown(placement))
        }
        router.get("placements/{reference}") { _, context in
            guard let placement = try await find(try context.parameters.require("reference")),
                let page = placement.page(at: try await now())
            else { throw HTTPError(.notFound) }
            return Answers.html(page)
        }
    }

    private func now() async throws -> Date {
        guard let row = try await database.query("select igny8_now() as now").first else { throw HTTPError(.notFound) }
        return try row.decode("now")
    }

    private func find(_ reference: String) async throws -> Placement? {
        try await database.query("select * from sandbox.placements where reference = \(reference)").first
            .map { try Placement($0) }
    }

    private func shown(_ placement: Placement) -> Shown {
        Shown(
            reference: placement.reference,
            url: placement.url(port: port),
            fate: placement.fate.rawValue,
            appearsAt: Moment(placement.appearsAt),
            vanishesAt: placement.vanishesAt.map(Moment.init)
        )
    }

    private static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                    || (0x41...0x5A).contains(byte)
            }
    }

    private static func isHost(_ text: String) -> Bool {
        text.hasSuffix(".localhost") && isName(String(text.dropLast(10)))
    }
}

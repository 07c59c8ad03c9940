import DomainModel
import FoundationEssentials
import Postgres

/// What one call works with: its transaction, the books in it, the business time it reads once.
struct PayPalScope: Sendable {
    let tx: PostgresTransaction
    let outbox: WebhookOutbox
    let now: Date
    /// Where this PayPal is, without a slash at the end.
    let baseURL: String

    var moment: String { Moment(now).text }

    func link(_ path: String, _ rel: String = "self", _ method: String = "GET") -> PayPalLink {
        PayPalLink(href: "\(baseURL)/\(path)", rel: rel, method: method)
    }

    // MARK: The books

    func insert<Object: PayPalObject>(_ object: Object) async throws {
        let (index, money) = (object.index, try object.index.amount?.money())
        try await tx.query(
            """
            insert into sandbox.paypal_objects (id, kind, created, parent, invoice_id, status, currency, amount, body)
            values (\(object.id), \(Object.kind), \(now), \(index.parent), \(index.invoice), \(object.status),
                \(money?.currency.code), \(money?.minor), \(PostgresJSON(bytes: try StripeJSON.encode(object))))
            """
        )
    }

    func update<Object: PayPalObject>(_ object: Object) async throws {
        try await tx.query(
            """
            update sandbox.paypal_objects set status = \(object.status),
                body = \(PostgresJSON(bytes: try StripeJSON.encode(object)))
            where id = \(object.id)
            """
        )
    }

    func find<Object: PayPalObject>(_: Object.Type, _ id: String, isLocked: Bool = false) async throws -> Object? {
        let lock: SQL = isLocked ? " for update" : ""
        let rows = try await tx.query(
            "select body from sandbox.paypal_objects where id = \(id) and kind = \(Object.kind)" + lock
        )
        return try rows.first.map(Self.object)
    }

    func all<Object: PayPalObject>(_: Object.Type, of parents: [String]) async throws -> [Object] {
        try await tx.query(
            """
            select body from sandbox.paypal_objects
            where parent = any(\(parents)) and kind = \(Object.kind) order by serial
            """
        ).map(Self.object)
    }

    static func object<Object: Decodable>(_ row: PostgresRow) throws -> Object {
        try StripeJSON.decode(Object.self, from: try row.decode("body", as: PostgresJSON.self).bytes)
    }

    // MARK: Events

    func emit<Object: PayPalObject>(_ type: String, _ object: Object, _ resourceType: String) async throws {
        let event = PayPalEvent(
            id: "WH-\(PayPalID.make())-\(PayPalID.make())",
            createTime: moment,
            resourceType: resourceType,
            eventType: type,
            summary: "\(resourceType) \(object.id) is \(object.status)",
            resource: object
        )
        try await outbox.record(event.id, type, about: object.id, body: try StripeJSON.encode(event), in: tx)
    }

    /// Lets something happen at a later business time.
    func later(
        _ name: String,
        after seconds: TimeInterval,
        _ kind: WorldEvent.Kind,
        _ payload: some Encodable
    )
        async throws
    {
        try await tx.query(
            """
            insert into sandbox.world_events (name, kind, due_at, payload)
            values (\(name), \(kind.rawValue), \(now.addingTimeInterval(seconds)), \(try PostgresJSON(payload)))
            on conflict (name) do nothing
            """
        )
    }
}

import Postgres

/// The objects of the account, a row each.
struct StripeStore: Sendable {
    let tx: PostgresTransaction

    func find<Object: StripeObject>(
        _ type: Object.Type,
        _ id: String,
        param: String = "id",
        locked: Bool = false
    ) async throws -> Object {
        let lock: SQL = locked ? " for update" : ""
        let rows = try await tx.query(
            "select body from sandbox.stripe_objects where id = \(id) and kind = \(Object.kind)" + lock
        )
        guard let row = rows.first else {
            throw StripeError.noSuch(Object.title, id, param: param, status: param == "id" ? 404 : 400)
        }
        return try Self.object(row)
    }

    func insert(_ object: some StripeObject) async throws {
        let links = object.links
        try await tx.query(
            """
            insert into sandbox.stripe_objects
              (id, kind, created, customer, invoice, payment_intent, charge, status, body)
            values (\(object.id), \(type(of: object).kind), \(object.created), \(links.customer), \(links.invoice),
              \(links.paymentIntent), \(links.charge), \(links.status), \(try Self.json(object)))
            """
        )
    }

    func update(_ object: some StripeObject) async throws {
        let links = object.links
        try await tx.query(
            """
            update sandbox.stripe_objects
            set customer = \(links.customer), invoice = \(links.invoice), payment_intent = \(links.paymentIntent),
              charge = \(links.charge), status = \(links.status), body = \(try Self.json(object))
            where id = \(object.id)
            """
        )
    }

    func delete(_ object: some StripeObject) async throws {
        try await tx.query("delete from sandbox.stripe_objects where id = \(object.id)")
    }

    func all<Object: StripeObject>(_ type: Object.Type, where filter: StripeFilter) async throws -> [Object] {
        let rows = try await tx.query(
            "select body from sandbox.stripe_objects where kind = \(Object.kind)" + filter.sql + " order by serial"
        )
        return try rows.map(Self.object)
    }

    func page<Object: StripeObject>(
        _ type: Object.Type,
        where filter: StripeFilter,
        _ window: StripeWindow,
        url: String
    ) async throws -> StripeList<Object> {
        let rows = try await tx.query(
            "select body from sandbox.stripe_objects where kind = \(Object.kind)" + filter.sql
                + window.sql(in: "sandbox.stripe_objects")
        )
        let objects: [Object] = try rows.map(Self.object)
        return StripeList(data: window.cut(objects), hasMore: objects.count > window.limit, url: url)
    }

    private static func json(_ object: some StripeObject) throws -> PostgresJSON {
        PostgresJSON(bytes: try StripeJSON.encode(object))
    }

    private static func object<Object: StripeObject>(_ row: PostgresRow) throws -> Object {
        try StripeJSON.decode(Object.self, from: try row.decode("body", as: PostgresJSON.self).bytes)
    }
}

import Postgres

/// `limit`, `starting_after`, `ending_before`: which page of a list.
struct StripeWindow: Sendable {
    private enum Cursor: Sendable {
        case newest
        case after(String)
        case before(String)
    }

    let limit: Int
    private let cursor: Cursor

    init(_ parameters: inout StripeParameters) throws(StripeError) {
        let limit = try parameters.integer("limit") ?? 10
        guard (1...100).contains(limit) else {
            throw .invalid("Invalid limit: must be between 1 and 100", param: "limit")
        }
        self.limit = Int(limit)
        switch (try parameters.string("starting_after"), try parameters.string("ending_before")) {
        case (nil, nil): cursor = .newest
        case (let id?, nil): cursor = .after(id)
        case (nil, let id?): cursor = .before(id)
        default:
            throw .invalid("You may only specify one of these parameters: ending_before, starting_after.", param: nil)
        }
    }

    /// One more than the page, so that `has_more` is known.
    func sql(in table: String) -> SQL {
        switch cursor {
        case .newest: " order by serial desc limit \(limit + 1)"
        case .after(let id):
            " and serial < (select serial from \(unsafeRaw: table) where id = \(id))"
                + " order by serial desc limit \(limit + 1)"
        case .before(let id):
            " and serial > (select serial from \(unsafeRaw: table) where id = \(id)) order by serial limit \(limit + 1)"
        }
    }

    func cut<Object>(_ objects: [Object]) -> [Object] {
        let page = Array(objects.prefix(limit))
        return if case .before = cursor { page.reversed() } else { page }
    }
}

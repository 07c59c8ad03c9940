public import Postgres

/// What a list of the API reads: its columns, and which of them may filter, order and be searched. Nothing else of a
/// request ever reaches the statement but as a bound value.
public struct Listing<Row: Sendable>: Sendable {
    let columns: SQL
    let source: SQL
    let condition: SQL
    let tenantColumn: String
    let keyColumn: String
    let filters: [String: ListFilter]
    let orderings: [String: String]
    let searched: [String]
    let decode: @Sendable (PostgresRow) throws -> Row

    /// Describes a list.
    /// - Parameters:
    ///   - columns: what is selected.
    ///   - source: the table with its joins.
    ///   - condition: what holds for every row of the list, such as `not is_deleted`.
    ///   - tenantColumn: the account's column, qualified.
    ///   - keyColumn: the id's column, qualified; it ends every ordering and is what a cursor holds.
    ///   - filters: by the name in the query string.
    ///   - orderings: the name in the query string to the column, qualified.
    ///   - searched: columns that `search` looks into.
    ///   - decode: makes a row.
    public init(
        columns: SQL,
        source: SQL,
        condition: SQL = "true",
        tenantColumn: String,
        keyColumn: String,
        filters: [String: ListFilter],
        orderings: [String: String],
        searched: [String] = [],
        decode: @escaping @Sendable (PostgresRow) throws -> Row
    ) {
        self.columns = columns
        self.source = source
        self.condition = condition
        self.tenantColumn = tenantColumn
        self.keyColumn = keyColumn
        self.filters = filters
        self.orderings = orderings
        self.searched = searched
        self.decode = decode
    }

    /// The names a request may filter by, sorted.
    public var filterNames: [String] { filters.keys.sorted() }

    /// The names a request may order by, sorted; each also with `-` before it.
    public var orderingNames: [String] { (orderings.keys + ["id"]).sorted() }

    /// The statements of a page: how many rows there are in all, and the page's.
    /// - Throws: ``ListError`` for what the list does not offer.
    public func statements(_ request: ListRequest, for tenant: Tenant) throws(ListError) -> [SQL] {
        var filter: SQL = "\(fragment: condition) and \(fragment: tenant.owns(tenantColumn))"
        for (name, text) in request.filters {
            guard let column = filters[name] else { throw .unknownFilter(name, allowed: filterNames) }
            filter += try column.condition(name, text)
        }
        if let search = request.search, !search.isEmpty, !searched.isEmpty {
            let pattern = "%" + search.flatMap { "\\%_".contains($0) ? ["\\", $0] : [$0] } + "%"
            filter += " and (" + searched.map { SQL(unsafeRaw: "\($0) ilike ") + "\(pattern)" }.joined(" or ") + ")"
        }
        let count: SQL = "select count(*) as count from \(fragment: source) where \(fragment: filter)"
        var page: SQL = "select \(fragment: columns) from \(fragment: source) where \(fragment: filter)"
        let (order, isDescending) = try ordering(request.ordering)
        if let cursor = request.cursor {
            guard order == keyColumn, let last = Int64(cursor) else { throw .badCursor }
            page += SQL(unsafeRaw: isDescending ? " and \(keyColumn) < " : " and \(keyColumn) > ") + "\(last)"
        }
        let direction = isDescending ? " desc" : ""
        page += SQL(unsafeRaw: " order by \(order)\(direction)")
        if order != keyColumn { page += SQL(unsafeRaw: ", \(keyColumn)\(direction)") }
        page += " limit \(request.pageSize)"
        if request.cursor == nil, request.page > 1 { page += " offset \((request.page - 1) * request.pageSize)" }
        return [count, page]
    }

    private func ordering(_ name: String?) throws(ListError) -> (column: String, isDescending: Bool) {
        guard let name, !name.isEmpty else { return (keyColumn, true) }
        let isDescending = name.hasPrefix("-")
        let plain = isDescending ? String(name.dropFirst()) : name
        if plain == "id" { return (keyColumn, isDescending) }
        guard let column = orderings[plain] else { throw .unknownOrdering(plain, allowed: orderingNames) }
        return (column, isDescending)
    }
}

extension [SQL] {
    /// The statements with a text between them.
    func joined(_ separator: String) -> SQL {
        var sum: SQL = ""
        for (index, part) in enumerated() {
            if index > 0 { sum += SQL(unsafeRaw: separator) }
            sum += part
        }
        return sum
    }
}

/// One page of a list.
public struct ListPage<Row: Sendable>: Sendable {
    /// How many rows the list has in all.
    public let count: Int
    /// The page's rows.
    public let rows: [Row]
}

extension Store {
    /// Reads a page of a list with the number of all its rows, in one flight.
    /// - Throws: ``ListError`` for what the list does not offer.
    public func list<Row>(
        _ listing: Listing<Row>,
        _ request: ListRequest,
        as tenant: Tenant,
        actor: String
    ) async throws -> ListPage<Row> {
        let results = try await batch(as: tenant, actor: actor, try listing.statements(request, for: tenant))
        guard results.count == 2 else { throw PostgresError.skipped }
        return ListPage(count: try results[0].only().decode("count"), rows: try results[1].map(listing.decode))
    }
}

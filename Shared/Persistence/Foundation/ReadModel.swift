public import Postgres

/// How rows of one kind are shown: the columns with their meaning, and the statements that list or find them.
///
/// One declaration serves the statement, the published schema and the writer of the answer, so none of them can drift.
/// Expressions are text of our own making; what a client sends is always bound.
public struct ReadModel: Sendable {
    /// What a column means, beyond its type.
    public enum Kind: Sendable, Hashable {
        /// A row's id.
        case id
        /// A count.
        case integer
        /// An amount in the currency of the row's column `currency`.
        case money
        /// A decimal number that is no money.
        case decimal
        /// A number of a JSON number's precision, such as a progress.
        case number
        /// Free text.
        case text
        /// One of these words.
        case word([String])
        case boolean
        /// A moment.
        case time
        /// A calendar day.
        case day
        /// A JSON document.
        case json
        /// An array of text.
        case texts
    }

    /// One column of an answer.
    public struct Column: Sendable {
        /// As it is called in the API.
        public let name: String
        /// What it is.
        public let kind: Kind
        /// The SQL expression that gives it.
        public let expression: String
        /// Whether it may be null.
        public let isNullable: Bool
        /// Whether clients may ask for an exact value.
        public let isFilter: Bool
        /// Whether clients may order by it.
        public let isSortable: Bool

        /// A column; its expression is its name in the base table unless another is given.
        public init(
            _ name: String,
            _ kind: Kind,
            _ expression: String? = nil,
            null: Bool = false,
            filter: Bool = false,
            sort: Bool = false
        ) {
            self.name = name
            self.kind = kind
            self.expression = expression ?? "t." + name
            isNullable = null
            isFilter = filter
            isSortable = sort
        }
    }

    /// What one row is called in the published schema: `Subscription`.
    public let name: String
    /// The base table, known as `t` in every expression.
    public let table: String
    /// Joins that give further columns and never change the number of rows.
    public let joins: String
    /// What always holds, such as `not t.is_deleted`.
    public let condition: String?
    /// The column that row security reads, also asked for in code; nil where rows belong to no account.
    public let tenantColumn: String?
    /// The unique column that lists end their order with and that a cursor counts by.
    public let key: String
    /// In the order they are shown.
    public let columns: [Column]
    /// Expressions that `?search=` looks into.
    public let search: [String]
    /// `-id` shows the newest first.
    public let defaultOrder: String
    /// Whether there may be so many rows that clients should page by cursor.
    public let isLarge: Bool

    private let selection: String
    /// Whether its rows change without any commit, because an expression reads the clock.
    private let readsClock: Bool

    /// Declares a model.
    public init(
        _ name: String,
        table: String,
        joins: String = "",
        condition: String? = nil,
        tenantColumn: String? = "t.account_id",
        key: String = "id",
        search: [String] = [],
        defaultOrder: String = "-id",
        isLarge: Bool = false,
        columns: [Column]
    ) {
        self.name = name
        self.table = table
        self.joins = joins
        self.condition = condition
        self.tenantColumn = tenantColumn
        self.key = key
        self.search = search
        self.defaultOrder = defaultOrder
        self.isLarge = isLarge
        self.columns = columns
        selection = columns.map { column in
            let expression = column.kind == .texts ? "to_jsonb(\(column.expression))" : column.expression
            return "\(expression) as \(column.name)"
        }.joined(separator: ", ")
        readsClock = Self.readsClock(selection + joins + (condition ?? ""))
    }

    private static func readsClock(_ text: String) -> Bool {
        ["now(", "current_date", "current_time", "clock_timestamp", "random("].contains { text.contains($0) }
    }

    /// The column of a name.
    public func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

extension ReadModel {
    /// A value that a client filters by, already held against the column's kind.
    public enum Value: Sendable, Hashable {
        case integer(Int64)
        case text(String)
        case boolean(Bool)
    }

    /// Which rows, in which order, and how many of them.
    public struct Page: Sendable {
        /// Exact values by column name.
        public var filters: [(column: String, value: Value)] = []
        /// Text to look for.
        public var search: String?
        /// The column to order by, nil for the model's own order.
        public var order: (column: String, isDescending: Bool)?
        /// At most so many rows.
        public var limit: Int
        /// Rows to pass over.
        public var offset: Int = 0
        /// Cursor: only rows whose key lies beyond this one, newest first.
        public var before: Int64?
        /// Further conditions of the route.
        public var condition: SQL?

        /// A page of a size.
        public init(limit: Int) { self.limit = limit }
    }

    /// The rows of a page, and behind their columns the snapshot they were read at.
    /// - Parameter snapshot: where the caller still has the page as it was at this one. While the database is at that
    ///   snapshot, the statement gives no rows and costs next to nothing.
    public func rows(_ page: Page, for tenant: Tenant, unlessAt snapshot: String?) -> SQL {
        if readsClock || page.condition.map({ Self.readsClock($0.text) }) == true { return rows(page, for: tenant) }
        return rows(
            page,
            tenant,
            also: ", (select pg_current_snapshot()::text) as snapshot",
            where: " and pg_current_snapshot()::text <> \(snapshot ?? "")"
        )
    }

    /// The snapshot that rows were read at; nil where there are none, or where the clock changes them.
    public func snapshot(of rows: PostgresRows) throws(PostgresError) -> String? {
        guard let row = rows.first, row.count > columns.count else { return nil }
        return try row.decode(columns.count)
    }

    /// The rows of a page.
    public func rows(_ page: Page, for tenant: Tenant) -> SQL { rows(page, tenant) }

    private func rows(_ page: Page, _ tenant: Tenant, also column: String = "", where condition: SQL = "") -> SQL {
        var sql = SQL(unsafeRaw: "select \(selection)\(column) from \(table) t \(joins)")
        sql += conditions(page, tenant)
        sql += condition
        if let before = page.before { sql += SQL(unsafeRaw: " and t.\(key) < ") + "\(before)" }
        sql += SQL(unsafeRaw: " order by \(orderClause(page)) limit ") + "\(page.limit)"
        if page.offset > 0 { sql += " offset \(page.offset)" }
        return sql
    }

    /// How many rows there are over all pages.
    public func count(_ page: Page, for tenant: Tenant) -> SQL {
        let needsJoins =
            page.search != nil || page.condition != nil
            || page.filters.contains { filter in column(filter.column).map { !$0.expression.hasPrefix("t.") } ?? true }
        let source = needsJoins ? "\(table) t \(joins)" : "\(table) t"
        return SQL(unsafeRaw: "select count(*) as count from \(source)") + conditions(page, tenant)
    }

    /// The row of an id.
    public func row(_ id: Int64, for tenant: Tenant) -> SQL {
        var page = Page(limit: 1)
        page.condition = SQL(unsafeRaw: "t.\(key) = ") + "\(id)"
        return rows(page, for: tenant)
    }

    private func conditions(_ page: Page, _ tenant: Tenant) -> SQL {
        var sql: SQL = " where true"
        if let condition { sql += SQL(unsafeRaw: " and \(condition)") }
        if let tenantColumn, case .account = tenant { sql += " and " + tenant.owns(tenantColumn) }
        if let condition = page.condition { sql += " and (" + condition + ")" }
        for (name, value) in page.filters {
            guard let column = column(name) else { continue }
            sql += SQL(unsafeRaw: " and \(column.expression) = ")
            switch value {
            case .integer(let number): sql += "\(number)"
            case .boolean(let flag): sql += "\(flag)"
            case .text(let text): sql += column.kind == .day ? "\(text)::text::date" : "\(text)"
            }
        }
        if let text = page.search, !search.isEmpty {
            let pattern = "%" + Self.escaped(text) + "%"
            let tests = search.map { SQL(unsafeRaw: "\($0) ilike ") + "\(pattern)" }
            sql += " and (" + tests.dropFirst().reduce(tests[0]) { $0 + " or " + $1 } + ")"
        }
        return sql
    }

    private func orderClause(_ page: Page) -> String {
        if page.before != nil { return "t.\(key) desc" }
        let name: String
        let isDescending: Bool
        if let order = page.order {
            (name, isDescending) = order
        } else {
            isDescending = defaultOrder.hasPrefix("-")
            name = isDescending ? String(defaultOrder.dropFirst()) : defaultOrder
        }
        let direction = isDescending ? " desc" : ""
        guard let column = column(name), name != key else { return "t.\(key)\(direction)" }
        return "\(column.expression)\(direction) nulls last, t.\(key)\(direction)"
    }

    /// The pattern letters of `like`, made plain.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}

import FoundationEssentials
import Postgres

/// What indexing services know: keys with their balances, tasks, and the index.
struct IndexingWorld: Sendable {
    let database: PostgresDatabase

    /// Whose key it is; one that looks like none is not good. A good one is made when it first comes.
    func admits(_ key: String, of provider: Fault.Provider) async throws -> Bool {
        guard key.utf8.count >= 8, !key.hasPrefix("wrong") else { return false }
        return try await database.query(
            """
            with made as (
                insert into sandbox.indexing_keys (provider, key) values (\(provider.rawValue), \(key))
                on conflict do nothing
            )
            select coalesce((select is_valid from sandbox.indexing_keys
                where provider = \(provider.rawValue) and key = \(key)), true) as good
            """
        )[0].decode("good")
    }

    func balance(of key: String, _ provider: Fault.Provider) async throws -> (submissions: Int, checks: Int) {
        let row = try await database.query(
            """
            select balance, check_balance from sandbox.indexing_keys
            where provider = \(provider.rawValue) and key = \(key)
            """
        )[0]
        return (try row.decode("balance"), try row.decode("check_balance"))
    }

    /// Takes pages: a task of them, off the balance.
    /// - Returns: the task; nil where the balance is used up.
    func take(
        _ urls: [String],
        title: String,
        kind: String,
        key: String,
        _ provider: Fault.Provider
    ) async throws -> String? {
        let isCheck = kind == "checker"
        return try await database.transaction { tx in
            let paid = try await tx.query(
                """
                update sandbox.indexing_keys set requests = requests + 1,
                    balance = balance - case when \(isCheck) then 0 else \(urls.count) end,
                    check_balance = check_balance - case when \(isCheck) then \(urls.count) else 0 end
                where provider = \(provider.rawValue) and key = \(key)
                    and case when \(isCheck) then check_balance else balance end >= \(urls.count)
                """
            ).affected
            guard paid > 0 else { return nil }
            if !isCheck {
                try await tx.query(
                    """
                    insert into sandbox.indexing_submissions (url, provider)
                    select url, \(provider.rawValue) from unnest(\(urls)) as u (url)
                    """
                )
            }
            return try await tx.query(
                """
                insert into sandbox.indexing_tasks (provider, key, kind, title, urls)
                values (\(provider.rawValue), \(key), \(kind), \(title), \(urls)) returning id
                """
            )[0].decode("id", as: String.self)
        }
    }

    struct Task: Sendable {
        let id: String
        let title: String
        let kind: String
        let size: Int
        let createdAt: Date
    }

    func tasks(of key: String, kind: String, page: Int) async throws -> (tasks: [Task], last: Int) {
        let rows = try await database.query(
            """
            select id, title, kind, cardinality(urls) as size, created_at, count(*) over () as total
            from sandbox.indexing_tasks where provider = 'speedyindex' and key = \(key) and kind = \(kind)
            order by position desc limit 1000 offset \(page * 1_000)
            """
        )
        let total = try rows.first.map { try $0.decode("total", as: Int.self) } ?? 0
        return (try rows.map(Self.task), max(total - 1, 0) / 1_000)
    }

    private static func task(_ row: PostgresRow) throws -> Task {
        try Task(
            id: row.decode("id"),
            title: row.decode("title"),
            kind: row.decode("kind"),
            size: row.decode("size"),
            createdAt: row.decode("created_at")
        )
    }

    /// A task with its pages and whether each is in the index now.
    func report(of id: String, key: String) async throws -> (task: Task, pages: [(url: String, isIndexed: Bool)])? {
        let rows = try await database.query(
            """
            select id, title, kind, cardinality(urls) as size, created_at from sandbox.indexing_tasks
            where provider = 'speedyindex' and key = \(key) and id = \(id)
            """
        )
        guard let row = rows.first else { return nil }
        let pages = try await database.query(
            """
            select page.url, coalesce(sandbox.indexed_at(page.url) <= igny8_now(), false) as is_indexed
            from sandbox.indexing_tasks task cross join lateral unnest(task.urls) with ordinality as page (url, position)
            where task.id = \(id) order by page.position
            """
        ).map { row in
            (url: try row.decode("url", as: String.self), isIndexed: try row.decode("is_indexed", as: Bool.self))
        }
        return (try Self.task(row), pages)
    }

    // MARK: What a test or a simulation says and sees

    struct KeyOrder: Decodable, Sendable {
        var provider: Fault.Provider
        var key: String
        var isValid: Bool?
        var balance: Int?
        var checkBalance: Int?
    }

    func set(_ order: KeyOrder) async throws {
        try await database.query(
            """
            insert into sandbox.indexing_keys as old (provider, key, is_valid, balance, check_balance)
            values (\(order.provider.rawValue), \(order.key), coalesce(\(order.isValid), true),
                coalesce(\(order.balance)::bigint, 1000000), coalesce(\(order.checkBalance)::bigint, 1000000))
            on conflict (provider, key) do update set is_valid = coalesce(\(order.isValid), old.is_valid),
                balance = coalesce(\(order.balance)::bigint, old.balance),
                check_balance = coalesce(\(order.checkBalance)::bigint, old.check_balance)
            """
        )
    }

    struct PageOrder: Decodable, Sendable {
        struct Page: Decodable, Sendable {
            var url: String
            /// When it is in the index; never when left out.
            var indexedAt: Moment?
        }

        var pages: [Page]
    }

    func set(_ order: PageOrder) async throws {
        try await database.query(
            """
            insert into sandbox.indexing_pages (url, indexed_at)
            select * from unnest(\(order.pages.map(\.url)), \(order.pages.map { $0.indexedAt?.date }))
            on conflict (url) do update set indexed_at = excluded.indexed_at
            """
        )
    }

    struct TaskReport: Encodable, Sendable {
        var provider: String
        var kind: String
        var title: String
        var urls: [String]
        var createdAt: Moment
    }

    func all() async throws -> [TaskReport] {
        try await database.query(
            "select provider, kind, title, urls, created_at from sandbox.indexing_tasks order by position"
        ).map { row in
            try TaskReport(
                provider: row.decode("provider"),
                kind: row.decode("kind"),
                title: row.decode("title"),
                urls: row.decode("urls"),
                createdAt: Moment(row.decode("created_at"))
            )
        }
    }
}

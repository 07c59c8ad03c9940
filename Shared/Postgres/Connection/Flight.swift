/// A statement ready to be sent.
struct Statement: Sendable {
    let text: String
    let binds: PostgresBinds
    /// Whether it is planned once and kept. The words of a transaction are not worth a plan.
    let isPrepared: Bool
    /// Whether its rows go to the caller.
    let isVisible: Bool

    init(_ sql: SQL) {
        text = sql.text
        binds = sql.binds
        isPrepared = true
        isVisible = true
    }

    /// One of our own words: `begin`, `commit`, `deallocate`.
    init(word: String, isVisible: Bool = false) {
        text = word
        binds = PostgresBinds()
        isPrepared = false
        self.isVisible = isVisible
    }

    /// Sets `settings` for the rest of the transaction.
    init?(settings: [PostgresSetting]) {
        guard !settings.isEmpty else { return nil }
        var binds = PostgresBinds()
        for setting in settings {
            binds.append(setting.name)
            binds.append(setting.value)
        }
        text =
            settings.count < Self.usualTexts.count ? Self.usualTexts[settings.count] : Self.settingsText(settings.count)
        self.binds = binds
        isPrepared = true
        isVisible = false
    }

    /// What row security reads (scope, account, actor) and what the planner is told. Sent with nearly every flight, so
    /// the texts are kept.
    private static let usualTexts = (0...12).map(settingsText)

    private static func settingsText(_ count: Int) -> String {
        "select " + (0..<count).map { "set_config($\(2 * $0 + 1), $\(2 * $0 + 2), true)" }.joined(separator: ", ")
    }

    var key: StatementCache.Key { StatementCache.Key(text: text, types: binds.types) }
}

/// Statements that travel together: one sync point ends them, and with it their implicit transaction.
struct Flight {
    typealias Outcome = Result<[PostgresRows], PostgresError>

    /// Whose result comes next. Each command has exactly one.
    enum Part {
        case preparation(StatementCache.Key)
        case execution(StatementCache.Key?, isVisible: Bool)
    }

    let id: Int
    /// Nil once the caller has stopped waiting; the results still come.
    var waiter: CheckedContinuation<Outcome, Never>?
    var parts: [Part] = []
    private(set) var nextPart = 0
    private(set) var rows: [PostgresRows] = []
    private(set) var failure: PostgresError?

    init(id: Int, waiter: CheckedContinuation<Outcome, Never>?) {
        self.id = id
        self.waiter = waiter
    }

    var outcome: Outcome { failure.map(Outcome.failure) ?? .success(rows) }

    /// The part whose result has just come.
    mutating func takePart() -> Part? {
        guard nextPart < parts.count else { return nil }
        defer { nextPart += 1 }
        return parts[nextPart]
    }

    mutating func succeed(with result: PostgresRows) { rows.append(result) }

    /// The first failure counts: the others follow from it.
    mutating func fail(_ error: PostgresError) {
        if failure == nil { failure = error }
    }
}

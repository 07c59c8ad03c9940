/// Where a statement can be run: the database itself, or a transaction.
public protocol PostgresQuerying: Sendable {
    /// Runs one statement and returns its rows.
    @discardableResult
    func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows
}

/// A setting that holds for one transaction and is gone with it: what row security reads.
public struct PostgresSetting: Hashable, Sendable {
    /// Its name, such as `igny8.account`.
    public var name: String

    /// Its value.
    public var value: String

    /// - Parameters:
    ///   - name: its name, such as `igny8.account`.
    ///   - value: its value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

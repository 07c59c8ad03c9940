import CLibPQ

/// Where the database is and how hard to lean on it.
public struct PostgresConfiguration: Sendable {
    /// A connection string of libpq, `postgresql://user:password@host:port/name?sslmode=verify-full`.
    public var url: String

    /// What `pg_stat_activity` shows.
    public var applicationName: String

    /// Pipelined connections that all single statements and batches share, at most. One is enough until a long statement
    /// or a long queue holds it up.
    public var sharedConnections = 3

    /// Connections for transactions. Twice the two cores of the reference machine: half of them wait for a lock or for
    /// their own task at any moment.
    public var leasedConnections = 4

    /// Limit for one attempt to connect, name resolution included.
    public var connectTimeout: Duration = .seconds(5)

    /// How long a query or a transaction waits for a connection: for a free one, or for the server to come back.
    public var acquireTimeout: Duration = .seconds(10)

    /// The server ends a statement that runs longer. Zero for no limit.
    public var statementTimeout: Duration = .seconds(30)

    /// How much longer than ``statementTimeout`` to wait for an answer before the connection is given up.
    public var answerGrace: Duration = .seconds(10)

    /// The server ends a transaction that does nothing for longer. Zero for no limit.
    public var idleInTransactionTimeout: Duration = .seconds(60)

    /// Prepared statements kept for each connection; the least recently used goes first.
    public var preparedStatements = 256

    /// - Parameters:
    ///   - url: a connection string of libpq.
    ///   - applicationName: what `pg_stat_activity` shows.
    public init(url: String, applicationName: String = "igny8") {
        self.url = url
        self.applicationName = applicationName
    }

    /// When to give up on a server that says nothing at all. Without a limit for statements there is none here.
    var answerTimeout: Duration? { statementTimeout > .zero ? statementTimeout + answerGrace : nil }

    /// Checks the URL's form without connecting.
    /// - Throws: ``PostgresError/connection(_:)`` with what libpq says is wrong.
    public func validate() throws(PostgresError) {
        _ = try ConnectionParameters(parsing: url)
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    /// Without the password.
    public var description: String {
        let target = try? ConnectionParameters(parsing: url)
        let place = ["user", "host", "port", "dbname"].compactMap { key in target?[key].map { "\(key)=\($0)" } }
        return "PostgreSQL " + place.joined(separator: " ")
    }
}

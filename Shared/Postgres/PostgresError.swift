/// Why a statement gave no rows.
///
/// No description holds a bound value; ``server(sqlState:message:detail:constraint:)``'s `detail` may, so it is left
/// out of ``description`` and must not be logged.
public enum PostgresError: Error, Equatable {
    /// The server refused the statement.
    case server(sqlState: SQLState, message: String, detail: String?, constraint: String?)
    /// The connection is gone, or none could be had. Whether a statement that was under way took effect is unknown.
    case connection(String)
    /// The connection was lost between `COMMIT` and its answer: the transaction may have taken effect or not.
    case outcomeUnknown(String)
    /// An earlier statement of the same batch failed, so this one was not run.
    case skipped
    /// A column is missing or holds something else than was asked for.
    case decoding(column: String, reason: String)
    /// No connection came free in time.
    case timeout
    /// The calling task was cancelled while it waited. The statement may have run.
    case cancelled
}

extension PostgresError {
    /// The server's code, when it was the server that refused.
    public var sqlState: SQLState? {
        if case .server(let state, _, _, _) = self { state } else { nil }
    }

    /// The violated constraint's name, if any.
    public var constraint: String? {
        if case .server(_, _, _, let constraint) = self { constraint } else { nil }
    }

    /// Whether the same transaction, run again from its start, may well succeed and cannot take effect twice.
    public var isRetryable: Bool {
        switch self {
        case .server(.serializationFailure, _, _, _), .server(.deadlockDetected, _, _, _): true
        case .server(.lockNotAvailable, _, _, _): true
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// One sentence without bound values.
    public var description: String {
        switch self {
        case .server(let state, let message, _, let constraint):
            "PostgreSQL \(state): \(message)" + (constraint.map { " [\($0)]" } ?? "")
        case .connection(let message): "PostgreSQL connection: \(message)"
        case .outcomeUnknown(let message): "PostgreSQL lost the answer to COMMIT, its outcome is unknown: \(message)"
        case .skipped: "PostgreSQL skipped the statement: an earlier one of its batch failed"
        case .decoding(let column, let reason): "PostgreSQL column \(column): \(reason)"
        case .timeout: "no PostgreSQL connection came free in time"
        case .cancelled: "the task that waited for PostgreSQL was cancelled"
        }
    }
}

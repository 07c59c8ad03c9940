import CLibPQ

/// An error result's fields.
struct ServerReport {
    let severity: String
    let state: SQLState
    let message: String
    let detail: String?
    let constraint: String?

    init(_ result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        severity = field("V") ?? field("S") ?? "ERROR"
        state = SQLState(rawValue: field("C") ?? "")
        message = field("M") ?? String(cString: PQresultErrorMessage(result))
        detail = field("D")
        constraint = field("n")
    }

    /// Whether the connection ends with it. A report without a state is libpq's own: the server closed the socket.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" || state.rawValue.isEmpty }

    var error: PostgresError {
        .server(sqlState: state, message: message, detail: detail, constraint: constraint)
    }
}

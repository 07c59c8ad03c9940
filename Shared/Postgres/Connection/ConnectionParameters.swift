import CLibPQ

/// The keywords of a connection string, as libpq reads it.
struct ConnectionParameters: Sendable {
    private var values: [String: String] = [:]

    init(parsing url: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            // libpq quotes the part it stumbles over, which may be the password.
            throw .connection("the database URL cannot be read as a PostgreSQL connection string")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
    }

    subscript(keyword: String) -> String? {
        get { values[keyword] }
        set { values[keyword] = newValue }
    }

    /// Sets `keyword` unless the URL has.
    mutating func setDefault(_ keyword: String, _ value: String) {
        if values[keyword] == nil { values[keyword] = value }
    }

    /// Adds what every connection of ours asks for.
    func completed(by configuration: PostgresConfiguration) -> ConnectionParameters {
        var parameters = self
        parameters["client_encoding"] = "UTF8"
        parameters.setDefault("application_name", configuration.applicationName)
        // Kerberos encryption is never used here and costs a round trip.
        parameters.setDefault("gssencmode", "disable")
        // A vanished peer is noticed after 30 s: 15 s of silence, then three probes 5 s apart.
        parameters.setDefault("keepalives_idle", "15")
        parameters.setDefault("keepalives_interval", "5")
        parameters.setDefault("keepalives_count", "3")
        parameters.setDefault("tcp_user_timeout", "30000")
        let options = [
            "-c statement_timeout=\(configuration.statementTimeout.wholeMilliseconds)",
            "-c idle_in_transaction_session_timeout=\(configuration.idleInTransactionTimeout.wholeMilliseconds)",
            // The server, too, is to notice a vanished peer, within 25 s: what that has locked waits for it.
            "-c tcp_keepalives_idle=10", "-c tcp_keepalives_interval=5", "-c tcp_keepalives_count=3",
            "-c tcp_user_timeout=25000",
            "-c timezone=UTC",
            "-c datestyle=ISO",
            // Our statements take milliseconds, and compiling one takes hundreds when its cost is guessed too high.
            "-c jit=off",
            // Our disks are solid and our tables cached: a random page costs hardly more than the next one. At 4, the default, a
            // list of 50 subscriptions read all accounts for each row.
            "-c random_page_cost=1.1",
        ]
        // The URL's own come last and win.
        parameters["options"] = (options + [parameters["options"] ?? ""]).joined(separator: " ")
        return parameters
    }

    /// Calls `body` with the arrays that `PQconnectStartParams` takes.
    func withArrays<Result>(
        _ body: (_ keywords: [UnsafePointer<CChar>?], _ values: [UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        let pairs = values.sorted { $0.key < $1.key }
        var storage: [CChar] = []
        let places = pairs.map { pair in
            let keyword = storage.count
            storage += pair.key.utf8CString
            let value = storage.count
            storage += pair.value.utf8CString
            return (keyword, value)
        }
        return storage.withUnsafeBufferPointer { buffer in
            let at = { (place: Int) in buffer.baseAddress.map { $0 + place } }
            return body(places.map { at($0.0) } + [nil], places.map { at($0.1) } + [nil])
        }
    }
}

extension Duration {
    /// Milliseconds, as the server's settings and `poll` count them.
    var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}

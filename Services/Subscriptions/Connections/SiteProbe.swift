/// Asks a client's web site whether our plugin answers there.
protocol SiteProbe: Sendable {
    func testConnection(to baseURL: String) async -> SiteProbeResult
}

/// What a connection test found.
enum SiteProbeResult: Hashable, Sendable {
    case passed
    /// For a person: `the site answered 404`.
    case failed(String)
}

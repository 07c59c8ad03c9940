import DomainModel

/// Fetches the page a link stands on.
protocol PageSource: Sendable {
    /// - Throws: ``HostBusy``, and `CancellationError`; whatever the page does is an outcome, not an error.
    func fetch(_ url: String) async throws -> FetchOutcome
}

/// The page's host is being visited, or wants to be left alone for a while: try again later.
struct HostBusy: Error {
    let wait: Duration
}

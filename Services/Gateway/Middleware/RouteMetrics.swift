import Metrics
import NIOConcurrencyHelpers

/// Rate, errors and duration by route. The handles are kept, because making one looks its labels up anew.
final class RouteMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let handles = NIOLockedValueBox<[Key: (requests: Counter, duration: Timer)]>([:])

    func record(method: String, route: String, status: Int, _ elapsed: Duration) {
        let key = Key(method: Self.methods.contains(method) ? method : "other", route: route, status: status)
        let handle = handles.withLockedValue { handles in
            if let handle = handles[key] { return handle }
            let labels = [("method", key.method), ("route", route), ("status", String(status))]
            let handle = (
                requests: Counter(label: "http_requests_total", dimensions: labels),
                duration: Timer(label: "http_request_duration_seconds", dimensions: Array(labels.prefix(2)))
            )
            handles[key] = handle
            return handle
        }
        handle.requests.increment()
        handle.duration.recordMicroseconds(elapsed.microseconds)
    }

    /// Any other word a client invents counts as one.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}

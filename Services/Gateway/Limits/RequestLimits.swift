/// Which limits a request meets: its route's own, and the common one of its account, or of its address.
struct RequestLimits: Sendable {
    let limiter: RateLimiter
    /// For those who have signed in, by account.
    let perAccount: RateLimit
    /// For those who have not, by address.
    let perAddress: RateLimit

    func admit(credentials: Credentials?, address: String, endpoint: Endpoint) async throws {
        if let own = endpoint.limit {
            try await limiter.admit("\(endpoint.operation):\(address)", own)
        }
        if let credentials {
            try await limiter.admit("account:\(credentials.accountID)", perAccount)
        } else {
            try await limiter.admit("address:\(address)", perAddress)
        }
    }
}

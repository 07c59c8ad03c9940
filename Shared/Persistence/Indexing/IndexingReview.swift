public import DomainModel
public import Postgres

/// What people decide about requests that wait for them.
public enum IndexingReview {
    /// The decision.
    public enum Decision: String, CaseIterable, Sendable {
        /// Once more, with another service.
        case retry
        /// Nothing more is done about it.
        case writeOff = "write_off"
        /// It has been submitted by hand.
        case done
    }

    /// Carries a decision out. A second try is a request of its own, free of charge: the client has paid for the first.
    /// - Parameter service: who is to have it now; nil: whoever promises most, but not who had it.
    /// - Returns: the new request of a second try.
    /// - Throws: ``IllegalTransition`` where there is nothing to decide, or not so.
    public static func decide(
        _ decision: Decision,
        about request: IndexingRequests.Request,
        service: IndexingServiceKey? = nil,
        by user: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64? {
        guard (decision == .done) == (request.status.isOpen && request.service == .manual),
            decision == .done || request.status == .failed
        else {
            throw IllegalTransition(
                subject: IndexingStatus.subject,
                from: request.status.rawValue,
                transition: decision.rawValue,
                allowed: request.status == .failed ? ["retry", "write_off"] : []
            )
        }
        try await tx.query(
            """
            update igny8_backlink_indexing_requests set needs_review = false,
                last_error = case when \(decision == .done) then null else last_error end
            where id = \(request.id)
            """
        )
        _ = try await DeliveryFlags.clear(
            .indexingFailed,
            on: FlagSubject(kind: IndexingStatus.subject, id: request.id),
            because: decision == .retry ? "submitted with another service" : "written off",
            for: .account(request.accountID),
            in: tx
        )
        guard decision == .retry else { return nil }
        let unwanted =
            service.map { chosen in IndexingServiceKey.allCases.filter { $0 != chosen && $0 != .manual } }
            ?? Array(request.unwanted.union(request.service.map { [$0] } ?? []))
        return try await tx.query(
            """
            insert into igny8_backlink_indexing_requests (account_id, site_id, sector_id, backlink_id, url, is_ready,
                precheck, inspected_at, unwanted, client_price, currency, replaces_id, created_by)
            select account_id, site_id, sector_id, backlink_id, url, true, 'unknown', igny8_now(),
                \(unwanted.map(\.rawValue).sorted()), 0, currency, id, \(user?.rawValue)::bigint
            from igny8_backlink_indexing_requests where id = \(request.id)
            on conflict do nothing
            returning id
            """
        ).first?.decode("id")
    }
}

public import DomainModel
public import Foundation
public import Postgres

/// `igny8_link_claims`: what is asked of vendors for links lost within their guarantee (spec 11.6). For staff.
public enum LinkClaims {
    static let columns: SQL = """
        id, account_id, site_id, order_id, backlink_id, publisher_id, status, lost_at, guarantee_until, letter, expected,
        recovered, currency, replacement_id, sent_to, sent_at, resolved_at, note, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<LinkClaim> {
        let currency = try row.currency()
        return try Stored(
            LinkClaim(
                id: row.id("id"),
                accountID: row.id("account_id"),
                siteID: row.id("site_id"),
                orderID: row.id(ifAny: "order_id"),
                backlinkID: row.id("backlink_id"),
                publisherID: row.id(ifAny: "publisher_id"),
                lostAt: row.decode("lost_at"),
                guaranteeUntil: row.day("guarantee_until"),
                letter: row.decode("letter"),
                expected: row.money("expected", in: currency),
                recovered: row.money("recovered", in: currency),
                replacementID: row.id(ifAny: "replacement_id"),
                status: row.word("status"),
                sentTo: row.decode("sent_to"),
                sentAt: row.decode("sent_at"),
                resolvedAt: row.decode("resolved_at"),
                note: row.decode("note")
            ),
            row
        )
    }

    /// A claim, when the tenant may see it.
    public static func find(
        _ id: LinkClaim.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Stored<LinkClaim>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_link_claims
            where id = \(id.rawValue) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// All claims for a link, the newest first.
    public static func all(
        of link: Backlink.ID,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<LinkClaim>] {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_link_claims
            where backlink_id = \(link.rawValue) and \(fragment: tenant.owns()) order by id desc\(fragment: lock.clause)
            """
        ).map(decode)
    }

    /// Saves everything that may change.
    /// - Throws: ``StaleRevision``.
    public static func save(_ claim: inout Stored<LinkClaim>, in queries: some PostgresQuerying) async throws {
        let value = claim.value
        let rows = try await queries.query(
            """
            update igny8_link_claims set status = \(value.status.rawValue), letter = \(value.letter),
                recovered = \(value.recovered.numeric), replacement_id = \(value.replacementID?.rawValue),
                sent_to = \(value.sentTo), sent_at = \(value.sentAt), resolved_at = \(value.resolvedAt), note = \(value.note)
            where id = \(value.id.rawValue) and revision = \(claim.revision)
            returning revision, updated_at
            """
        )
        try claim.saved(rows, subject: LinkClaimStatus.subject)
    }

    /// Drafts the claim for a link that was just lost, once for each loss; nothing is drafted for one that nobody answers for.
    public static func draft(for link: Backlink, in tx: PostgresTransaction) async throws -> [AuditEvent] {
        guard let lostAt = link.times.lost, let until = link.guaranteeUntil,
            let account = try await Accounts.find(link.accountID, for: .account(link.accountID), in: tx),
            LinkGuarantee.covers(link, in: account.timeZone)
        else { return [] }
        let publisher: Publisher? =
            if let id = link.publisherID { try await Publishers.find(all: [id], in: tx).first?.value } else { nil }
        let looks = try await BacklinkChecks.latest(50, of: [link.id], for: .account(link.accountID), in: tx)
        let letter = LinkGuarantee.letter(
            about: link,
            of: publisher,
            looks: looks.map { (at: $0.checkedAt, check: $0.check) },
            in: account.timeZone
        )
        let rows = try await tx.query(
            """
            insert into igny8_link_claims (account_id, site_id, order_id, backlink_id, publisher_id, lost_at, guarantee_until,
                letter, expected, currency)
            values (\(link.accountID.rawValue), \(link.siteID.rawValue), \(link.orderID?.rawValue), \(link.id.rawValue),
                \(link.publisherID?.rawValue), \(lostAt), \(until.postgres), \(String(letter.prefix(20_000))),
                \(link.cost.numeric), \(link.cost.currency.code))
            on conflict do nothing
            returning id
            """
        )
        guard let row = rows.first else { return [] }
        return [
            AuditEvent(
                .claimDrafted,
                account: link.accountID,
                subjectKind: LinkClaimStatus.subject,
                subjectID: try row.decode("id"),
                to: LinkClaimStatus.draft.rawValue,
                reason: "lost within the guarantee, which runs until \(until)"
            )
        ]
    }

    /// Ends the open claim for a link that is there again.
    public static func restore(
        _ link: Backlink,
        at moment: Date,
        in tx: PostgresTransaction
    ) async throws -> [AuditEvent] {
        let claims = try await all(of: link.id, for: .account(link.accountID), lock: .forUpdate, in: tx)
        guard var claim = claims.first(where: { $0.resolvedAt == nil }) else { return [] }
        let before = claim.status
        try claim.value.restore(at: moment, note: "the link is there again")
        try await save(&claim, in: tx)
        return [event(.claimResolved, claim.value, from: before, because: claim.note)]
    }

    static func event(
        _ action: AuditAction,
        _ claim: LinkClaim,
        from before: LinkClaimStatus,
        because reason: String
    ) -> AuditEvent {
        AuditEvent(
            action,
            account: claim.accountID,
            subjectKind: LinkClaimStatus.subject,
            subjectID: claim.id.rawValue,
            from: before.rawValue,
            to: claim.status.rawValue,
            reason: reason
        )
    }
}

extension OrderDesk {
    /// What a vendor answers to a claim.
    public enum ClaimAnswer: Sendable {
        /// Places another link, at no cost.
        case replacement
        /// Gives money back.
        case refund(Money)
        /// Does nothing.
        case refusal
    }

    /// Ends a claim of one of the order's links: a replacement is planned and tied to the lost link, a refund lowers what the
    /// link cost, in the books too. In all three cases the lost link is waited for no longer.
    /// - Returns: false when the order has no such claim.
    @discardableResult
    public mutating func resolve(_ id: LinkClaim.ID, by answer: ClaimAnswer, note: String) async throws -> Bool {
        guard var claim = try await LinkClaims.find(id, for: tenant, lock: .forUpdate, in: tx),
            claim.orderID == order.id
        else { return false }
        let before = claim.status
        let link = claim.backlinkID
        switch answer {
        case .replacement:
            _ = try before.applying(.replace)
            let replacement = try await replace(
                link,
                cost: .zero(claim.expected.currency),
                because: "claim \(claim.id)"
            )
            try claim.value.replace(by: replacement, at: now, note: note)
        case .refund(let amount):
            try claim.value.refund(amount, at: now, note: note)
            try await refund(amount, for: link, because: "claim \(claim.id)")
        case .refusal:
            try claim.value.refuse(at: now, note: note)
            try await writeOff(link, because: "claim \(claim.id) was refused")
        }
        try await LinkClaims.save(&claim, in: tx)
        aftermath.events.append(LinkClaims.event(.claimResolved, claim.value, from: before, because: note))
        return true
    }
}

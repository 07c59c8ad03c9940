public import DomainModel
public import Foundation
public import Postgres

/// `igny8_search_console_consents`: consents under way, from the question to the connection. What is secret in them is sealed,
/// and gone as soon as it has served.
public enum SearchConsoleConsents {
    /// One of them, without its secrets.
    public struct Consent: Sendable, Hashable {
        /// The row's id.
        public let id: Int64
        /// Whose.
        public let accountID: Account.ID
        /// For which site.
        public let siteID: Site.ID
        /// What was asked for; nil leaves the choice to what Google lists.
        public let property: String?
        /// As it was sent to Google.
        public let redirectURI: String
        /// Where it stands.
        public let status: SearchConsoleConsent
        /// For a person: why nothing came of it, and what to do.
        public let failure: String?
        /// Who asked for it.
        public let createdBy: User.ID?
        /// When it came to stand there.
        public let updatedAt: Date
    }

    /// How long a client may take at Google: for a login with a second factor and for finding the right account.
    public static let minutes = 15

    private static let columns: SQL = """
        id, account_id, site_id, property, redirect_uri, failure, created_by, updated_at,
        case when status = 'open' and expires_at <= now() then 'expired' else status end as status
        """

    private static func decode(_ row: PostgresRow) throws -> Consent {
        Consent(
            id: try row.decode("id"),
            accountID: try row.id("account_id"),
            siteID: try row.id("site_id"),
            property: try row.decode("property"),
            redirectURI: try row.decode("redirect_uri"),
            status: try row.word("status"),
            failure: try row.decode("failure"),
            createdBy: try row.id(ifAny: "created_by"),
            updatedAt: try row.decode("updated_at")
        )
    }

    /// The secret columns.
    private enum Secret: String {
        case verifier
        case code
        case refreshToken = "refresh_token"

        func place(_ id: Int64, _ account: Account.ID) -> SecretBox.Place {
            SecretBox.Place(table: "igny8_search_console_consents.\(rawValue)", row: id, account: account)
        }
    }

    /// A question to the client. What became of earlier ones for the site is forgotten, other than those still under way; a day
    /// later none is, whatever its job has died of.
    public static func ask(
        _ site: Site,
        property: String?,
        state: String,
        verifier: String,
        redirectURI: String,
        sealedBy box: SecretBox,
        createdBy: User.ID?,
        in tx: PostgresTransaction
    ) async throws -> Int64 {
        try await tx.query(
            """
            delete from igny8_search_console_consents
            where account_id = \(site.accountID.rawValue) and site_id = \(site.id.rawValue)
                and (status in ('accepted', 'refused', 'failed') or status = 'open' and expires_at <= now()
                    or expires_at <= now() - interval '1 day')
            """
        )
        let id: Int64 = try await tx.query(
            """
            insert into igny8_search_console_consents (account_id, site_id, property, redirect_uri, state_hash, created_by,
                expires_at)
            values (\(site.accountID.rawValue), \(site.id.rawValue), \(property), \(redirectURI),
                \(TokenHash.of(state)), \(createdBy?.rawValue), now() + make_interval(mins => \(minutes)::integer))
            returning id
            """
        ).only().decode("id")
        let place = Secret.verifier.place(id, site.accountID)
        let sealed = try await box.seal(Array(verifier.utf8), for: place, in: tx)
        try await tx.query("update igny8_search_console_consents set verifier = \(sealed) where id = \(id)")
        return id
    }

    /// What came back from Google with a state.
    public enum Answer: Sendable {
        /// To be exchanged.
        case code(String)
        /// Nothing to exchange: where the consent stands now, and why, for a person.
        case nothing(SearchConsoleConsent, why: String)
    }

    /// What a state was good for.
    public enum Spent: Sendable {
        /// It is used up now; the site is this domain.
        case now(Consent, domain: String)
        /// It was used before.
        case before
        /// Its time is over.
        case expired
        /// Nobody was given it.
        case unknown
    }

    /// Uses a state up, under the system. Of two that come at once one does.
    public static func spend(
        _ state: String,
        for answer: Answer,
        sealedBy box: SecretBox,
        in tx: PostgresTransaction
    ) async throws -> Spent {
        let found = try await tx.query(
            """
            select \(fragment: columns),
                (select domain from igny8_sites site where site.id = consent.site_id) as domain
            from igny8_search_console_consents consent
            where state_hash = \(TokenHash.of(state)) for no key update
            """
        ).first
        guard let found else { return .unknown }
        let consent = try decode(found)
        guard consent.status == .open else { return consent.status == .expired ? .expired : .before }
        let domain: String = try found.decode("domain")
        switch answer {
        case .code(let code):
            let place = Secret.code.place(consent.id, consent.accountID)
            let sealed = try await box.seal(Array(code.utf8), for: place, in: tx)
            try await tx.query(
                """
                update igny8_search_console_consents set status = 'received', code = \(sealed) where id = \(consent.id)
                """
            )
        case .nothing(let status, let why): _ = try await end(consent, status, why, in: tx)
        }
        return .now(consent, domain: domain)
    }

    /// One by its id.
    public static func find(
        _ id: Int64,
        for tenant: Tenant,
        lock: RowLock = .none,
        in queries: some PostgresQuerying
    ) async throws -> Consent? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_search_console_consents
            where id = \(id) and \(fragment: tenant.owns())\(fragment: lock.clause)
            """
        ).first.map(decode)
    }

    /// The last one of each site of an account.
    public static func latest(
        of account: Account.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Consent] {
        try await queries.query(
            """
            select distinct on (site_id) \(fragment: columns) from igny8_search_console_consents
            where account_id = \(account.rawValue) and \(fragment: tenant.owns()) order by site_id, id desc
            """
        ).map(decode)
    }

    /// What goes to Google for a lasting consent: for the worker alone, and for no longer than a call.
    public static func codeAndVerifier(
        of consent: Consent,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> (code: String, verifier: String) {
        let row = try await queries.query(
            "select code, verifier from igny8_search_console_consents where id = \(consent.id)"
        ).only()
        let code = Secret.code.place(consent.id, consent.accountID)
        let verifier = Secret.verifier.place(consent.id, consent.accountID)
        return (
            String(decoding: try await box.open(try row.decode("code"), from: code, in: queries), as: UTF8.self),
            String(decoding: try await box.open(try row.decode("verifier"), from: verifier, in: queries), as: UTF8.self)
        )
    }

    /// The lasting consent itself, between the exchange and the connection.
    public static func refreshToken(
        of consent: Consent,
        openedBy box: SecretBox,
        in queries: some PostgresQuerying
    ) async throws -> String {
        let sealed: [UInt8] = try await queries.query(
            "select refresh_token from igny8_search_console_consents where id = \(consent.id)"
        ).only().decode("refresh_token")
        let place = Secret.refreshToken.place(consent.id, consent.accountID)
        return String(decoding: try await box.open(sealed, from: place, in: queries), as: UTF8.self)
    }

    /// From one state to another, where no secret comes or goes.
    /// - Returns: whether it was still in the first.
    public static func move(
        _ consent: Consent,
        from status: SearchConsoleConsent,
        to next: SearchConsoleConsent,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await tx.query(
            """
            update igny8_search_console_consents set status = \(next.rawValue)
            where id = \(consent.id) and status = \(status.rawValue)
            """
        ).affected > 0
    }

    /// Google has given a lasting consent; the code has served.
    /// - Returns: whether it was still awaited.
    public static func keep(
        _ refreshToken: String,
        for consent: Consent,
        sealedBy box: SecretBox,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        let place = Secret.refreshToken.place(consent.id, consent.accountID)
        let sealed = try await box.seal(Array(refreshToken.utf8), for: place, in: tx)
        return try await tx.query(
            """
            update igny8_search_console_consents
            set status = 'exchanged', refresh_token = \(sealed), code = '\\x', verifier = '\\x'
            where id = \(consent.id) and status = 'exchanging'
            """
        ).affected > 0
    }

    /// It is over; no secret of it stays.
    /// - Parameter why: for a person, where nothing came of it.
    /// - Returns: whether it was not over before.
    public static func end(
        _ consent: Consent,
        _ status: SearchConsoleConsent,
        _ why: String? = nil,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        try await tx.query(
            """
            update igny8_search_console_consents set status = \(status.rawValue), failure = \(why),
                code = '\\x', verifier = '\\x', refresh_token = '\\x'
            where id = \(consent.id) and status not in ('accepted', 'refused', 'failed')
            """
        ).affected > 0
    }
}

public import DomainModel
public import Postgres

/// The pictures of `igny8_agency_brandings`, as the worker that fetches them sees them.
public enum BrandLogos {
    /// A picture to fetch.
    public struct Wanted: Sendable, Hashable {
        /// `igny8_agency_brandings.id`
        public let brandingID: Int64
        /// Whose it is.
        public let accountID: Account.ID
        /// Where it lies.
        public let url: String
    }

    /// What a brand names; nil where it names none.
    public static func wanted(_ branding: Int64, in queries: some PostgresQuerying) async throws -> Wanted? {
        try await queries.query(
            """
            select id, account_id, brand_logo_url from igny8_agency_brandings
            where id = \(branding) and brand_logo_url is not null
            """
        ).first.map { row in
            try Wanted(
                brandingID: row.decode("id"),
                accountID: row.id("account_id"),
                url: row.decode("brand_logo_url")
            )
        }
    }

    /// Takes a stored picture for what the brand names, if it still names it.
    public static func store(
        _ hash: ContentHash,
        type: String,
        for wanted: Wanted,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_agency_brandings set logo_sha256 = \(hash.bytes), logo_media_type = \(type), logo_error = null
            where id = \(wanted.brandingID) and brand_logo_url = \(wanted.url)
            """
        )
    }

    /// It cannot be had; an older picture of the same address stays.
    public static func refuse(_ reason: String, for wanted: Wanted, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            update igny8_agency_brandings set logo_error = \(reason)
            where id = \(wanted.brandingID) and brand_logo_url = \(wanted.url)
            """
        )
    }
}

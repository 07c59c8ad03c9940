public import DomainModel
public import Postgres

/// `igny8_tax_rates`: rates by country and day. A country without a rate pays no tax, which is the default (spec 9.10).
public enum TaxRates {
    /// The rate of a country on a day; where several hold for it, such as a state's beside the country's, their sum.
    public static func rate(
        in country: String?,
        on day: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws -> Ratio {
        guard let country else { return .zero }
        return try await queries.query(
            """
            select coalesce(sum(rate), 0)::numeric(7, 6) as rate from igny8_tax_rates
            where country = \(country) and region = '' and valid_from <= \(day.postgres)
                and (valid_until is null or valid_until > \(day.postgres))
            """
        ).only().ratio("rate")
    }
}

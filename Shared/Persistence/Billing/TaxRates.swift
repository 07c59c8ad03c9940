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
        let place = Place(country: country, day: day)
        return try await rates([place], in: queries)[place] ?? .zero
    }

    /// Where and when tax is to be paid.
    struct Place: Hashable, Sendable {
        let country: String
        let day: CalendarDay
    }

    /// The rates of several places, in one statement.
    static func rates(_ places: Set<Place>, in queries: some PostgresQuerying) async throws -> [Place: Ratio] {
        let places = Array(places)
        let rows = try await queries.query(
            """
            select place.n, coalesce(sum(rate.rate), 0)::numeric(7, 6) as rate
            from unnest(\(places.map(\.country)), \(places.map(\.day.postgres))) with ordinality as place (country, day, n)
            left join igny8_tax_rates rate on rate.country = place.country and rate.region = ''
                and rate.valid_from <= place.day and (rate.valid_until is null or rate.valid_until > place.day)
            group by place.n
            """
        )
        var rates: [Place: Ratio] = [:]
        for row in rows { rates[places[try row.decode("n", as: Int.self) - 1]] = try row.ratio("rate") }
        return rates
    }
}
